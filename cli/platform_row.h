/*
 * A row of a platform's export, as the mapping reads it: one order line. Pure.
 *
 * Nothing of the row but what stands here is ever seen by anybody, and a sentence about it never repeats
 * what a cell holds: where columns have slipped it could be anyone's address.
 */
#ifndef BOCHUANG_CLI_PLATFORM_ROW_H
#define BOCHUANG_CLI_PLATFORM_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/mapping.h"
#include "common/span.h"

enum { ROW_WHY_SIZE = 200 }; /* its sentence about what is wrong, with a column's title */

enum row_kind {
    ROW_ORDER,      /* an order line */
    ROW_COMBINED,   /* several products with one total: "A;B"; `id` may be several too */
    ROW_UNREADABLE, /* `why` says what is wrong with it */
    ROW_HEADING,    /* no order: titles again, or a line of totals */
};

/* What a row has in the places of one mapped column: the first that is not empty is at[0], "" where none is.
 */
struct cell_texts {
    struct span at[MAPPED_PLACES_MOST];
    size_t count;
};

struct platform_row {
    enum row_kind kind;
    uint64_t line;                       /* in the file, from 1 */
    struct span id, session;             /* borrowed until the next row; empty: not there */
    struct cell_texts product, streamer; /* codes: which one is known is for the contest to say */
    int64_t amount_fen;
    int64_t refunded_fen; /* of a refund; -1: there is one, and the export does not say how much */
    int64_t quantity;     /* 1 where the export has none; -1: it has, and it is no number */
    int64_t time_ms;      /* -1: none, or none that can be read */
    bool counts;          /* by its state */
    struct span state;    /* one of the mapping's words; empty where states are not mapped */
    char why[ROW_WHY_SIZE];
};

/*
 * `cells`: of each mapped column the texts, trimmed; `offset_min`: of the contest's
 * local time. Fills all but `line`. A refund of all is one of `amount_fen`, unless its column says otherwise.
 */
void platform_row_read(const struct mapping *mapping, const struct cell_texts cells[MAPPED_COUNT],
                       int offset_min, struct platform_row *row);

/* No digit where an order number and an amount would be: titles, rather than an order that cannot be read. */
bool platform_row_is_titles(const struct cell_texts cells[MAPPED_COUNT]);

/* Makes it unreadable: "expected …, found …". */
void platform_row_refuse(struct platform_row *row, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What remains of it on the platform: 0 where it does not count. A refund of unknown size is of all. */
int64_t platform_row_net_fen(const struct platform_row *row);

#endif
