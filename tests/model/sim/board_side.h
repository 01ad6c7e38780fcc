/*
 * Aggregators of a world: the real reader, folds and publisher. Whenever a figure could be shown, it is held
 * against the reference at the place in the log that it claims to stand on.
 */
#ifndef BOCHUANG_SIM_BOARD_SIDE_H
#define BOCHUANG_SIM_BOARD_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct board_side;

struct board_side *board_side_start(const char *name);
void board_side_kill(struct board_side *board); /* nothing that it still does reaches anybody */
const char *board_side_not_ready(const struct board_side *board); /* why; NULL: it is */
/* All its figures are shown and stand on the end of every log. */
bool board_side_at_end(const struct board_side *board);
/* Everything that it shows, as text: two boards over one log must say the same, byte for byte. */
void board_side_figures(struct board_side *board, struct buf *out);
/* Net sales of a streamer, and what adjustments gave it, by the board. */
int64_t board_side_net_fen(struct board_side *board, uint32_t streamer);
int64_t board_side_adjusted_milli(struct board_side *board, uint32_t streamer);

struct board_side_stats {
    uint64_t checks, rewinds;
};
extern struct board_side_stats board_side_stats;

#endif
