/*
 * A recount: the logs of all shards of a contest, folded again, and what they say as bytes that can be held
 * against those of another recount (docs/evidence.md). Pure; the same fold as the board's.
 *
 * The logs may be anybody's: whatever they hold, a recount ends with figures or with a sentence that says
 * what is wrong.
 */
#ifndef BOCHUANG_RECOUNT_H
#define BOCHUANG_RECOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/fold.h"
#include "aggregator/results.h"
#include "common/json_out.h"

struct recount {
    char contest[LIMIT_CONTEST_ID_BYTES + 1];
    uint32_t shard_count;
    struct fold *folds[LIMIT_SHARDS]; /* owned */
    struct results results;           /* good once recount_results() has made them */
};

/* `seed` keys hash tables; no figure depends on it. */
void recount_init(struct recount *recount, struct span contest, uint32_t shard_count, uint64_t seed);
void recount_free(struct recount *recount);

/* Folds the next entry of a shard; false where it cannot be read. */
bool recount_entry(struct recount *recount, uint32_t shard, const struct log_entry *entry);

/* A log has come to its end: false, and `trouble`, where it is not one of that contest and that shard. */
bool recount_shard_end(const struct recount *recount, uint32_t shard, struct buf *trouble);

/* All logs have: works out the results. False, and `trouble`, where the shards do not belong together. */
bool recount_results(struct recount *recount, struct buf *trouble);

/* The version at `index` of the results, with every figure, as JSON; after recount_results(). */
void recount_version(const struct recount *recount, size_t index, struct buf *out);

/* The totals, the versions and the chain's heads, as JSON; after recount_results(). */
void recount_summary(const struct recount *recount, struct buf *out);

/* The member "chains" of an open object: where each shard's log ends, and the chain's head there. */
void recount_put_chains(const struct recount *recount, struct json_out *json);

uint64_t recount_entry_count(const struct recount *recount);
uint64_t recount_event_count(const struct recount *recount);

#endif
