/*
 * The parts that the board's answers and its live messages share, as JSON (docs/board-json.md). Pure: the
 * same standing gives the same bytes.
 */
#ifndef BOCHUANG_BOARD_JSON_H
#define BOCHUANG_BOARD_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/contests.h"
#include "aggregator/rank.h"
#include "aggregator/tally.h"
#include "common/json_out.h"

/* What the envelope of every answer says. */
struct envelope {
    const char *contest;
    enum contest_state state;
    enum view view;
    const struct standing *standing;
};

struct envelope board_envelope(struct board_contest *contest, enum view view, int64_t now_ms);

/* The envelope's six members, into an open object. */
void board_put_envelope(struct json_out *json, const struct envelope *envelope);

/* "shard","log_id","head", into an open object: where a log stands, and the chain's head there. */
void board_put_chain(struct json_out *json, uint32_t shard, struct log_id id, const struct chain *chain);

/* All metrics, or those of sales only; `reached_at_ms` is null where there was no sale. */
void board_put_figures(struct json_out *json, const struct figures *figures, bool whole);

/* {"gross_fen":…, …, "voided":…} */
void board_totals(struct json_out *json, const struct totals *totals);

/* "name","name_en","of","division"?,"by"? */
void board_put_ranking(struct json_out *json, const struct contest *contest, const struct ranking *ranking);

/* How much of each row is wanted. */
enum row_width { ROWS_FULL, ROWS_LIVE };

/* [row, …], at most `most` of them. */
void board_rank_rows(struct json_out *json, const struct rank_table *table, enum row_width width,
                     size_t most);

#endif
