/*
 * CSV as RFC 4180 has it, read in pieces of any size, of bounded memory: quotes, doubled quotes, separators
 * and line breaks inside quotes, LF, CRLF or CR behind a row.
 *
 *   bytes ──▶ csv_read() ──▶ CSV_MORE   all of them are read: give the next ones
 *                        ──▶ CSV_ROW    a row is whole: csv_cell(); what is behind it is left in `bytes`
 *                        ──▶ CSV_BROKEN this is no CSV; csv_explain() says why, with the line
 *
 * It works on bytes, so it reads UTF-8 and GB18030 alike: none of its special characters is ever a part of
 * another character there. Only the cells that are wanted are kept: an export holds names, telephone numbers
 * and addresses, which nobody here has to know. Pure; total over any bytes.
 */
#ifndef BOCHUANG_CSV_READER_H
#define BOCHUANG_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/limits.h"
#include "common/span.h"

enum csv_verdict { CSV_MORE, CSV_ROW, CSV_BROKEN };

enum csv_trouble {
    CSV_SOUND,
    CSV_NUL_BYTE,
    CSV_ROW_TOO_LONG,
    CSV_TOO_MANY_CELLS,
    CSV_QUOTE_LEFT_OPEN,
};

enum csv_state { CSV_CELL_BEGINS, CSV_PLAIN, CSV_QUOTED, CSV_QUOTE_IN_QUOTED, CSV_BEHIND_QUOTED };

struct csv_reader {
    char separator;
    const bool *wanted; /* borrowed, `wanted_count` columns, none behind them; NULL: all are wanted */
    size_t wanted_count;

    enum csv_state state;
    enum csv_trouble trouble;
    bool row_is_whole;    /* the next byte begins a new one */
    bool after_cr;        /* an LF now is the second half of the line break that was read */
    uint64_t line;        /* of the next byte, from 1 */
    uint64_t row_line;    /* where the row begins */
    uint64_t quote_line;  /* where the last quoted cell begins */
    bool text_behind;     /* of this row: text stands behind a closing quote */
    size_t row_bytes;     /* of this row, as read */
    size_t cell_count;    /* of this row */
    size_t content_count; /* the same without the empty ones at its end */
    struct buf bytes;     /* owned: the cells that are kept, one behind the other */
    size_t ends[LIMIT_CSV_CELLS];
};

/* `separator`: a comma, most often. */
void csv_init(struct csv_reader *reader, char separator);
void csv_free(struct csv_reader *reader); /* what was kept is wiped */

/* Cuts off the front of `bytes` what it reads: to the end of a row, or all. */
enum csv_verdict csv_read(struct csv_reader *reader, struct span *bytes);

/* There are no more bytes: CSV_ROW where a row was not ended by a line break, CSV_MORE where there is none.
 */
enum csv_verdict csv_end(struct csv_reader *reader);

/* After CSV_ROW, until the next csv_read(): a cell; empty where it is not there or not wanted. */
struct span csv_cell(const struct csv_reader *reader, size_t index);

/* A line with nothing on it. */
bool csv_row_is_blank(const struct csv_reader *reader);

/* After CSV_BROKEN: "line 12: …". */
void csv_explain(const struct csv_reader *reader, struct buf *out);

#endif
