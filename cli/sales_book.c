#include "cli/sales_book.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/terminal.h"
#include "common/clock.h"
#include "common/money.h"

enum { PAGE_ROWS = 10000, SALES_AT_FIRST = 1024 };

/* --- One row of a page --- */

static const char *const status_names[] = {
#define X(constant, name) name,
    SALE_STATUSES(X)
#undef X
};

const char *
sale_status_name(enum sale_status status)
{
    assert(status < SALE_STATUS_COUNT);
    return status_names[status];
}

/* One that is not known here does not count for sure. */
static enum sale_status
status_find(const char *name)
{
    for (int status = 0; status < SALE_STATUS_COUNT; status++)
        if (strcmp(status_names[status], name) == 0)
            return (enum sale_status)status;
    return SALE_REFUSED;
}

static struct booked_sale *
room_for(struct sales_book *book, uint32_t number)
{
    if (number >= book->cap) {
        book->cap = book->cap ? book->cap * 2 : SALES_AT_FIRST;
        book->sales = realloc(book->sales, book->cap * sizeof *book->sales);
        if (!book->sales)
            abort();
    }
    return &book->sales[number];
}

/* A number that two streamers have sent is one sale counted twice: their sums are held against the export. */
static void
add_again(struct booked_sale *sale, const struct booked_sale *again)
{
    if (sale->status != SALE_COUNTED) {
        *sale = *again;
    } else if (again->status == SALE_COUNTED) {
        sale->is_doubled = true;
        sale->amount_fen = fen_add(sale->amount_fen, again->amount_fen);
        sale->remaining_fen = fen_add(sale->remaining_fen, again->remaining_fen);
    }
}

static void
add_row(struct sales_book *book, const struct contest *contest, const json_t *row)
{
    struct booked_sale sale = {.amount_fen = ask_int(row, "amount_fen"),
                               .remaining_fen = ask_int(row, "remaining_fen"),
                               .session = contest_find_session(contest, span_of(ask_text(row, "session"))),
                               .status = (uint8_t)status_find(ask_text(row, "status"))};
    uint32_t known = book->ids.count;
    uint32_t number = id_table_add(&book->ids, span_of(ask_text(row, "id")));
    struct booked_sale *place = room_for(book, number);
    if (number == known)
        *place = sale;
    else
        add_again(place, &sale);
}

/* --- Page after page --- */

static void
add_query(struct buf *path, const char *name, const char *value)
{
    struct buf encoded = {0};
    http_path_add(&encoded, value); /* with a '/' before it */
    buf_printf(path, "&%s=%s", name, buf_text(&encoded) + 1);
    buf_free(&encoded);
}

static void
make_path(struct buf *path, const struct sales_wanted *wanted, const char *after)
{
    buf_clear(path);
    buf_add_text(path, "/v1/contests");
    http_path_add(path, wanted->contest->id);
    buf_printf(path, "/sales?limit=%d&channel=online", PAGE_ROWS);
    add_query(path, "platform", wanted->platform);
    if (wanted->session)
        add_query(path, "session", wanted->session);
    if (after)
        add_query(path, "after", after);
}

static void
take_page(struct sales_book *book, const struct contest *contest, const json_t *page)
{
    const char *version = ask_text(page, "version");
    book->has_moved = book->has_moved || (book->version && strcmp(book->version, version) != 0);
    free(book->version);
    book->version = strdup(version);
    book->as_of_ms = ask_int(page, "as_of_ms");
    const json_t *rows = json_object_get(page, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++)
        add_row(book, contest, json_array_get(rows, i));
}

bool
sales_book_fetch(struct sales_book *book, struct http_client *board, const struct sales_wanted *wanted,
                 const char *command)
{
    uint64_t seed;
    randombytes_buf(&seed, sizeof seed);
    *book = (struct sales_book){0};
    id_table_init(&book->ids, seed);
    struct progress progress = progress_start(command, clock_steady_ms());
    struct buf path = {0};
    char *after = NULL;
    bool answered = false;
    do {
        char note[64];
        make_path(&path, wanted, after);
        free(after);
        after = NULL;
        json_t *page = ask_board(board, buf_text(&path), ASK_PATIENCE_MS, command);
        answered = page != NULL;
        if (!answered)
            break;
        take_page(book, wanted->contest, page);
        const char *next = json_string_value(json_object_get(page, "next"));
        after = next ? strdup(next) : NULL;
        json_decref(page);
        snprintf(note, sizeof note, "%" PRIu32 " sales of the log", book->ids.count);
        progress_show(&progress, clock_steady_ms(), 0, 0, note);
    } while (after);
    progress_clear(&progress);
    buf_free(&path);
    return answered;
}

void
sales_book_free(struct sales_book *book)
{
    id_table_free(&book->ids);
    free(book->sales);
    free(book->version);
    *book = (struct sales_book){0};
}

struct booked_sale *
sales_book_find(const struct sales_book *book, struct span id)
{
    uint32_t number = id_table_find(&book->ids, id);
    return number == ID_NONE ? NULL : &book->sales[number];
}

int64_t
booked_net_fen(const struct booked_sale *sale)
{
    return sale->status == SALE_COUNTED ? sale->remaining_fen : 0;
}
