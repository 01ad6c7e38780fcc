/*
 * A platform's export held against the log's sales, order number by order number. Pure.
 *
 *   row ──▶ in the log? ── yes ──▶ same amount, same state? ──▶ matched, or what differs
 *                      └── no ───▶ does it count there, in the contest's time? ──▶ missing here, or set aside
 *   and in the end: sales that no row was held against ──▶ missing there
 *
 * What a row or a sale amounts to is what remains of it: refunds are taken off, and what does not count is 0.
 */
#ifndef BOCHUANG_CLI_RECONCILIATION_H
#define BOCHUANG_CLI_RECONCILIATION_H

#include "cli/platform_row.h"
#include "cli/sales_book.h"

/* X(constant, key, for people, whether it is a difference) */
#define OUTCOMES(X)                                                                                          \
    X(OUTCOME_MATCHED, "matched", "matched", false)                                                          \
    X(OUTCOME_MISSING_HERE, "missing_here", "missing here: sold there, not in the log", true)                \
    X(OUTCOME_MISSING_THERE, "missing_there", "missing there: in the log, not in the file", true)            \
    X(OUTCOME_AMOUNT_DIFFERS, "amount_differs", "amount differs", true)                                      \
    X(OUTCOME_STATE_DIFFERS, "state_differs", "state differs", true)                                         \
    X(OUTCOME_CANNOT_SPLIT, "cannot_split", "several products with one total: cannot be split", true)        \
    X(OUTCOME_REPEATED, "repeated", "order number again: only its first row is compared", true)              \
    X(OUTCOME_UNREADABLE, "unreadable", "row that cannot be read", true)                                     \
    X(OUTCOME_NEITHER, "neither", "counts on neither side", false)                                           \
    X(OUTCOME_GIFT, "gift", "gift of 0.00, not in the log", false)                                           \
    X(OUTCOME_OUTSIDE, "outside", "before or after the contest", false)

enum outcome {
#define X(constant, key, title, differs) constant,
    OUTCOMES(X)
#undef X
        OUTCOME_COUNT
};

const char *outcome_key(enum outcome outcome);
const char *outcome_title(enum outcome outcome);
bool outcome_differs(enum outcome outcome);

/* What became of one row, or of a sale without one. Borrowed until the row is gone. */
struct finding {
    enum outcome outcome;
    const struct platform_row *row; /* NULL: missing there */
    const struct booked_sale *sale; /* NULL: not in the log */
    struct span id;
    int64_t there_fen, here_fen; /* what remains of it on each side */
    int64_t refund_fen;          /* a refund of so much would make the log the same; 0: none would */
    char note[ROW_WHY_SIZE];
};

struct outcome_sum {
    int64_t count, there_fen, here_fen;
};

/* One side's total. */
struct side_sum {
    int64_t orders, gross_fen, refunded_fen;
};

struct reconciliation {
    const struct contest *contest; /* borrowed */
    struct sales_book *book;       /* borrowed */
    struct id_table strangers;     /* owned: numbers of the file that are not in the log */
    struct outcome_sum sums[OUTCOME_COUNT];
    struct side_sum there, here;
};

void reconciliation_init(struct reconciliation *reconciliation, const struct contest *contest,
                         struct sales_book *book);
void reconciliation_free(struct reconciliation *reconciliation);

/* Holds a row against the log, and adds it to the sums. */
void reconcile_row(struct reconciliation *reconciliation, const struct platform_row *row,
                   struct finding *finding);

/* After the last row: calls `each` for the sales that count and that no row was held against. */
void reconcile_rest(struct reconciliation *reconciliation, void (*each)(const struct finding *, void *),
                    void *arg);

/* How many differ. */
int64_t reconciliation_differences(const struct reconciliation *reconciliation);

#endif
