/*
 * What stands in a cell of a platform's export, freed of how spreadsheets and exporters wrap it. Pure; total
 * over any text. The text is UTF-8 by now (platform_file.h).
 */
#ifndef BOCHUANG_CLI_CELL_TEXT_H
#define BOCHUANG_CLI_CELL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/*
 * Without blanks and tabs (wide ones and marks too) around it, without the apostrophe or the ="…" that keeps
 * a spreadsheet from rounding an id. "-" and "--" are empty: so exports write that there is nothing.
 */
struct span cell_trim(struct span text);

/* "1,234.50", "￥12", "-3.00元"; with `in_fen` a whole number of fen. Commas only where thousands have them.
 */
bool cell_money(struct span text, bool in_fen, int64_t *fen);

/* A whole number, "2" or "2.00" or "1,200". */
bool cell_count(struct span text, int64_t *count);

/*
 * "2021-11-26 19:21:07" (also with slashes, with T, without seconds) of a clock `offset_min` minutes ahead of
 * UTC, or a whole RFC 3339 time, which says so itself.
 */
bool cell_time(struct span text, int offset_min, int64_t *ms);

/* An id that a spreadsheet has rounded: "6.91712E+18". What it was cannot be known any more. */
bool cell_is_rounded_id(struct span text);

/* Several things in one cell: "A;B". */
bool cell_is_several(struct span text);

/* Cuts the next of several off the front; false where there is none any more. */
bool cell_next_of_several(struct span *rest, struct span *part);

#endif
