/*
 * The cube: all counted figures, in cells keyed by (session, product, channel).
 *
 * A session gives streamer, county, city, province, division and platform, a product gives origin and
 * category, so every table is a projection of the same cells (tally.h) and no two tables can disagree. Beside
 * the cells stand what belongs to no product: sessions held and their metrics, videos; and the trend, the
 * same money by cell and minute of the events' own time.
 *
 * Pure. Sums are checked (money.h); running out of memory ends the process: the log is folded again.
 */
#ifndef BOCHUANG_CUBE_H
#define BOCHUANG_CUBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/event.h"

struct cell {
    uint32_t session, product;
    enum channel channel;
    int64_t gross_fen, refunded_fen, orders, orders_kept, quantity;
    int64_t reached_at_ms; /* log time of the entry that last changed gross - refunded; 0: never */
};

struct session_figures {
    bool held;
    int64_t sample[SAMPLE_COUNT];
};

/* One minute of one cell. */
struct trend_point {
    uint32_t cell;
    uint32_t minute; /* since the Unix epoch */
    int64_t gross_fen, refunded_fen, orders;
};

struct cube {
    struct cell *cells;
    size_t cell_count;
    struct session_figures *sessions; /* by session; as many as were touched */
    size_t session_count;
    int64_t *videos; /* by streamer; as many as were touched */
    size_t streamer_count;
    struct trend_point **trend; /* in chunks, see cube_point() */
    size_t trend_count;
    struct cube_index *index; /* owned: cells and trend points by their keys */
    uint64_t seed;            /* keys the hash tables; may be set while the cube is empty */
};

enum { TREND_CHUNK_BITS = 16, TREND_CHUNK = 1 << TREND_CHUNK_BITS };

static inline struct trend_point *
cube_point(const struct cube *cube, size_t index)
{
    return &cube->trend[index >> TREND_CHUNK_BITS][index & (TREND_CHUNK - 1)];
}

void cube_init(struct cube *cube);
void cube_free(struct cube *cube);
/* A deep copy that never changes: what the public sees during a freeze. */
void cube_copy(struct cube *to, const struct cube *from);
/* Where a shard's sessions, products and streamers stand in the merged cube; an array that is NULL: where
 * they stood. What has gone to CONTEST_NONE is left out. */
struct cube_moves {
    uint32_t *sessions, *products, *streamers;
};
/* Adds a shard's cube to another: a session's cells and metrics live in one shard, all else adds up. */
void cube_merge(struct cube *to, const struct cube *from, const struct cube_moves *moves);

/* The cell of a key, made where it is not there yet. Its index stays. */
uint32_t cube_cell(struct cube *cube, uint32_t session, uint32_t product, enum channel channel);

/* What one step of the log does to a cell; any figure may be negative. */
struct cube_change {
    int64_t gross_fen, refunded_fen, orders, orders_kept, quantity;
};
/* Changes a cell at log time `log_ms`: where the net moves, that is when it was reached. */
void cube_change(struct cube *cube, uint32_t cell, const struct cube_change *change, int64_t log_ms);
/* Changes the cell's trend in the minute of an event's own time. A change of many events (a sale that leaves
 * with its refunds) is one cube_change() but has a trend at each of their times. */
void cube_trend(struct cube *cube, uint32_t cell, const struct cube_change *change, int64_t time_ms);

/* Hints: bring what a sale will change nearer. The first asks for the slots, the second, some time later, for
 * the cell and the minute that stand in them. */
struct cube_hint {
    uint32_t cell_tag, trend_tag;
};
struct cube_hint cube_prefetch_slots(const struct cube *cube, uint32_t session, uint32_t product,
                                     enum channel channel, int64_t time_ms);
void cube_prefetch(const struct cube *cube, struct cube_hint hint);

void cube_hold_session(struct cube *cube, uint32_t session);
void cube_sample(struct cube *cube, uint32_t session, enum sample sample, int64_t value);
void cube_add_video(struct cube *cube, uint32_t streamer, int64_t by); /* +1, or -1 when voided */

#endif
