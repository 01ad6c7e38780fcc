/*
 * The log's sales of one platform, by order number: what an export is held against. Read from the board, page
 * by page; some 60 bytes of memory a sale.
 */
#ifndef BOCHUANG_CLI_SALES_BOOK_H
#define BOCHUANG_CLI_SALES_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/http_client.h"
#include "cli/id_table.h"
#include "common/contest.h"

/* X(constant, as the board calls it): what became of a sale. */
#define SALE_STATUSES(X)                                                                                     \
    X(SALE_COUNTED, "counted")                                                                               \
    X(SALE_PENDING, "pending")                                                                               \
    X(SALE_REFUSED, "refused")                                                                               \
    X(SALE_REJECTED, "rejected")                                                                             \
    X(SALE_VOIDED, "voided")

enum sale_status {
#define X(constant, name) constant,
    SALE_STATUSES(X)
#undef X
        SALE_STATUS_COUNT
};

const char *sale_status_name(enum sale_status status);

struct booked_sale {
    int64_t amount_fen, remaining_fen;
    uint32_t session; /* of the contest */
    uint8_t status;   /* enum sale_status */
    bool is_doubled;  /* streamers have each sent a sale of this number: the sums are of all of them */
    bool is_in_file;  /* for the owner: a row of the export was held against it */
};

struct sales_book {
    struct id_table ids;
    struct booked_sale *sales; /* owned; by the number of the id */
    size_t cap;
    char *version; /* owned: the log position of the last page */
    int64_t as_of_ms;
    bool has_moved; /* the log grew while it was read */
};

/* Whose sales are wanted: online ones of a platform, and only of one session where `session` is given. */
struct sales_wanted {
    const struct contest *contest;
    const char *platform;
    const char *session; /* NULL: of all */
};

/* False where the board refuses, or does not answer: said on standard error in the name of `command`. */
bool sales_book_fetch(struct sales_book *book, struct http_client *board, const struct sales_wanted *wanted,
                      const char *command);
void sales_book_free(struct sales_book *book);

/* NULL where no sale of that number is in the log. */
struct booked_sale *sales_book_find(const struct sales_book *book, struct span id);

/* What it adds to the figures: 0 where it does not count. */
int64_t booked_net_fen(const struct booked_sale *sale);

#endif
