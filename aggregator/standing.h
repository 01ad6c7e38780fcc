/*
 * A standing: everything that a table, a ranking or a page is made from, at one point of the log.
 *
 * The fold keeps two: the live one moves with each entry; the public one is the same until a freeze, then
 * a copy that stands still until the thaw. Standings of shards merge into one.
 */
#ifndef BOCHUANG_STANDING_H
#define BOCHUANG_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/cube.h"
#include "common/contest.h"
#include "common/limits.h"
#include "common/log.h"

/* What happened to events beside being counted. Duplicates and conflicts count every copy; the others count
 * events: `pending` offline sales that await a decision, `voided` sales and videos that arrived and are void.
 */
struct event_counts {
    int64_t duplicates, conflicts, refused, parked, pending, voided;
};

/* One jury mark: the last one said of (judge, streamer, criterion). */
struct mark {
    uint32_t judge, streamer, criterion;
    int64_t points_milli;
};

struct standing {
    struct contest *contest;             /* held; NULL before the first document */
    struct log_id version[LIMIT_SHARDS]; /* the last entry folded, of each shard */
    uint32_t shard_count;
    uint64_t steps;       /* documents and actions applied so far: the more, the newer */
    bool closed;          /* between close and reopen */
    bool frozen;          /* between freeze and thaw */
    int64_t frozen_at_ms; /* log time of that freeze */
    struct cube cube;
    struct event_counts counts;
    struct mark *marks; /* by streamer, judge, criterion */
    size_t mark_count;
    int64_t *adjusted_milli; /* by streamer: the sum of its adjustments */
    bool *disqualified;      /* by streamer */
    size_t streamer_count;   /* length of these two; a streamer beyond it has none */
};

void standing_init(struct standing *standing, uint32_t shard_count);
void standing_free(struct standing *standing);
void standing_copy(struct standing *to, const struct standing *from);
/* All shards' standings as one: cubes and counts add up, contest and jury are taken from the newest. Shards
 * that took `register` actions in another order are brought together by the ids of their entities. */
void standing_merge(struct standing *to, const struct standing *const *shards, uint32_t shard_count);
/* False for standings of logs that cannot be shards of one contest: what one of them knows has no place in
 * the merged contest. Ingest writes none such; a log from elsewhere may be anything. */
bool standing_can_merge(const struct standing *const *shards, uint32_t shard_count);

/* The log time of the newest entry folded: what the figures are "as of". 0 before the first. */
int64_t standing_as_of_ms(const struct standing *standing);

/* "1637895600000-0", for several shards joined with ','; at most LIMIT_SHARDS * LOG_ID_SIZE bytes. */
void standing_version(const struct standing *standing, struct buf *out);

/* Sets a mark, in place of the one that was there. */
void standing_mark(struct standing *standing, const struct mark *mark);
void standing_adjust(struct standing *standing, uint32_t streamer, int64_t points_milli);
void standing_disqualify(struct standing *standing, uint32_t streamer, bool disqualified);

/* The marks of a streamer: the first, and how many. */
const struct mark *standing_marks_of(const struct standing *standing, uint32_t streamer, size_t *count);

int64_t standing_adjusted_milli(const struct standing *standing, uint32_t streamer);
bool standing_disqualified(const struct standing *standing, uint32_t streamer);

#endif
