#include "cli/reconciliation.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/cell_text.h"
#include "common/money.h"
#include "common/sentence.h"

static const struct {
    const char *key, *title;
    bool differs;
} outcomes[] = {
#define X(constant, key, title, differs) {key, title, differs},
    OUTCOMES(X)
#undef X
};

const char *
outcome_key(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].key;
}

const char *
outcome_title(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].title;
}

bool
outcome_differs(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].differs;
}

void
reconciliation_init(struct reconciliation *reconciliation, const struct contest *contest,
                    struct sales_book *book)
{
    *reconciliation = (struct reconciliation){.contest = contest, .book = book};
    id_table_init(&reconciliation->strangers, book->ids.seed);
    for (uint32_t i = 0; i < book->ids.count; i++) {
        const struct booked_sale *sale = &book->sales[i];
        struct side_sum *here = &reconciliation->here;
        if (sale->status != SALE_COUNTED)
            continue;
        here->orders++;
        here->gross_fen = fen_add(here->gross_fen, sale->amount_fen);
        here->refunded_fen = fen_add(here->refunded_fen, sale->amount_fen - sale->remaining_fen);
    }
}

void
reconciliation_free(struct reconciliation *reconciliation)
{
    id_table_free(&reconciliation->strangers);
}

/* --- One row --- */

static void __attribute__((format(printf, 3, 4)))
decide(struct finding *finding, enum outcome outcome, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sentence_write(finding->note, sizeof finding->note, format, arguments);
    va_end(arguments);
    finding->outcome = outcome;
}

static void
decide_amount(struct finding *finding, const char *what, int64_t there_fen, int64_t here_fen)
{
    struct buf there = {0}, here = {0};
    money_add_yuan(&there, there_fen);
    money_add_yuan(&here, here_fen);
    decide(finding, OUTCOME_AMOUNT_DIFFERS, "%s: %s there, %s here", what, buf_text(&there), buf_text(&here));
    buf_free(&there);
    buf_free(&here);
}

static bool
is_outside(const struct reconciliation *reconciliation, const struct platform_row *row)
{
    const struct contest *contest = reconciliation->contest;
    return row->time_ms >= 0 && (row->time_ms < contest->opens_ms || row->time_ms >= contest->closes_ms);
}

/* Both count, and the amounts are the same: are the refunds? */
static void
compare_refunds(const struct platform_row *row, const struct booked_sale *sale, struct finding *finding)
{
    int64_t here_fen = sale->amount_fen - sale->remaining_fen;
    bool is_unknown = row->refunded_fen < 0;
    int64_t there_fen = is_unknown ? sale->amount_fen : row->refunded_fen;
    if (there_fen == here_fen) {
        decide(finding, OUTCOME_MATCHED, "%s", "");
    } else if (there_fen == 0) {
        decide(finding, OUTCOME_STATE_DIFFERS, "refunded here, not there");
    } else if (here_fen == 0) {
        decide(finding, OUTCOME_STATE_DIFFERS, "refunded there, not here");
        finding->refund_fen = there_fen;
    } else if (is_unknown) {
        decide(finding, OUTCOME_STATE_DIFFERS,
               "refunded there, the export does not say how much; in part here");
    } else {
        decide_amount(finding, "refunded", there_fen, here_fen);
        finding->refund_fen = there_fen > here_fen ? there_fen - here_fen : 0;
    }
}

static void
compare(const struct reconciliation *reconciliation, const struct platform_row *row,
        const struct booked_sale *sale, struct finding *finding)
{
    bool counts_here = sale->status == SALE_COUNTED;
    if (sale->is_doubled) {
        decide(finding, OUTCOME_STATE_DIFFERS, "counts here more than once: several streamers have sent it");
    } else if (!row->counts && counts_here && sale->remaining_fen > 0) {
        decide(finding, OUTCOME_STATE_DIFFERS, "does not count there, counts here");
        finding->refund_fen = sale->remaining_fen;
    } else if (!row->counts) {
        decide(finding, counts_here ? OUTCOME_MATCHED : OUTCOME_NEITHER, "%s", "");
    } else if (!counts_here && is_outside(reconciliation, row)) {
        decide(finding, OUTCOME_OUTSIDE, "%s", "");
    } else if (!counts_here) {
        decide(finding, OUTCOME_STATE_DIFFERS, "counts there, %s here",
               sale_status_name((enum sale_status)sale->status));
    } else if (row->amount_fen != sale->amount_fen) {
        decide_amount(finding, "paid", row->amount_fen, sale->amount_fen);
    } else {
        compare_refunds(row, sale, finding);
    }
}

static void
place_stranger(struct reconciliation *reconciliation, const struct platform_row *row, struct finding *finding)
{
    uint32_t known = reconciliation->strangers.count;
    bool is_new = id_table_add(&reconciliation->strangers, row->id) == known;
    if (!is_new)
        decide(finding, OUTCOME_REPEATED, "%s", "");
    else if (!row->counts)
        decide(finding, OUTCOME_NEITHER, "%s", "");
    else if (is_outside(reconciliation, row))
        decide(finding, OUTCOME_OUTSIDE, "%s", "");
    else if (row->amount_fen == 0)
        decide(finding, OUTCOME_GIFT, "%s", "");
    else if (row->kind == ROW_COMBINED)
        decide(finding, OUTCOME_CANNOT_SPLIT, "none of it is in the log");
    else
        decide(finding, OUTCOME_MISSING_HERE, "%s", "");
    if (finding->outcome == OUTCOME_MISSING_HERE)
        finding->refund_fen = row->refunded_fen < 0 ? row->amount_fen : row->refunded_fen;
}

/* The log's sales of a row with several order numbers. */
struct several {
    struct booked_sale sum; /* of those that count */
    int64_t new_fen;        /* what remains of those that no row was held against yet */
    size_t wanted, found, fresh;
};

static void
add_one_of_several(struct several *several, struct booked_sale *sale)
{
    bool is_fresh = !sale->is_in_file;
    several->found++;
    several->fresh += is_fresh;
    several->new_fen = fen_add(several->new_fen, is_fresh ? booked_net_fen(sale) : 0);
    several->sum.is_doubled = several->sum.is_doubled || sale->is_doubled;
    sale->is_in_file = true;
    if (sale->status != SALE_COUNTED)
        return;
    several->sum.amount_fen = fen_add(several->sum.amount_fen, sale->amount_fen);
    several->sum.remaining_fen = fen_add(several->sum.remaining_fen, sale->remaining_fen);
}

/* Several order numbers with one total: the log's sales of these numbers, added up, may well be that total.
 */
static void
compare_several(struct reconciliation *reconciliation, const struct platform_row *row,
                struct finding *finding)
{
    struct several several = {.sum.status = SALE_COUNTED};
    struct span rest = row->id, id;
    for (; cell_next_of_several(&rest, &id); several.wanted++) {
        struct booked_sale *sale = sales_book_find(reconciliation->book, id);
        if (sale)
            add_one_of_several(&several, sale);
    }
    finding->here_fen = several.new_fen;
    if (several.found == 0) {
        place_stranger(reconciliation, row, finding);
        return;
    }
    if (several.fresh == 0) {
        decide(finding, OUTCOME_REPEATED, "%s", "");
        return;
    }
    compare(reconciliation, row, &several.sum, finding);
    finding->refund_fen = 0; /* of which of them? */
    if (outcome_differs(finding->outcome) || several.found < several.wanted)
        decide(finding, OUTCOME_CANNOT_SPLIT, "%zu of its %zu order numbers are in the log", several.found,
               several.wanted);
}

static void
find(struct reconciliation *reconciliation, const struct platform_row *row, struct finding *finding)
{
    struct booked_sale *sale = sales_book_find(reconciliation->book, row->id);
    finding->there_fen = platform_row_net_fen(row);
    if (row->kind == ROW_COMBINED && cell_is_several(row->id)) {
        compare_several(reconciliation, row, finding);
        return;
    }
    if (!sale) {
        place_stranger(reconciliation, row, finding);
        return;
    }
    finding->sale = sale;
    finding->here_fen = booked_net_fen(sale);
    if (sale->is_in_file)
        decide(finding, OUTCOME_REPEATED, "%s", "");
    else
        compare(reconciliation, row, sale, finding);
    sale->is_in_file = true;
}

/* Its order number is shown only where the log knows it: else who can say what stands in that cell? */
static void
note_unreadable(struct reconciliation *reconciliation, const struct platform_row *row,
                struct finding *finding)
{
    struct booked_sale *sale = sales_book_find(reconciliation->book, row->id);
    decide(finding, OUTCOME_UNREADABLE, "%s", row->why);
    if (!sale) {
        finding->id = SPAN("");
        return;
    }
    finding->sale = sale;
    finding->here_fen = sale->is_in_file ? 0 : booked_net_fen(sale);
    sale->is_in_file = true;
}

/* --- Sums --- */

static void
add_there(struct side_sum *there, const struct finding *finding)
{
    const struct platform_row *row = finding->row;
    bool is_apart = finding->outcome == OUTCOME_REPEATED || finding->outcome == OUTCOME_UNREADABLE ||
                    finding->outcome == OUTCOME_OUTSIDE || finding->outcome == OUTCOME_GIFT;
    if (!row || is_apart || !row->counts)
        return;
    there->orders++;
    there->gross_fen = fen_add(there->gross_fen, row->amount_fen);
    there->refunded_fen = fen_add(there->refunded_fen, row->amount_fen - finding->there_fen);
}

static void
add_up(struct reconciliation *reconciliation, struct finding *finding)
{
    /* What is not compared is on neither side of the sums: its order number's first row is. */
    if (finding->outcome == OUTCOME_REPEATED || finding->outcome == OUTCOME_OUTSIDE)
        finding->there_fen = finding->here_fen = 0;
    struct outcome_sum *sum = &reconciliation->sums[finding->outcome];
    sum->count++;
    sum->there_fen = fen_add(sum->there_fen, finding->there_fen);
    sum->here_fen = fen_add(sum->here_fen, finding->here_fen);
    add_there(&reconciliation->there, finding);
}

void
reconcile_row(struct reconciliation *reconciliation, const struct platform_row *row, struct finding *finding)
{
    assert(row->kind != ROW_HEADING);
    *finding = (struct finding){.row = row, .id = row->id};
    if (row->kind == ROW_UNREADABLE)
        note_unreadable(reconciliation, row, finding);
    else
        find(reconciliation, row, finding);
    add_up(reconciliation, finding);
}

void
reconcile_rest(struct reconciliation *reconciliation, void (*each)(const struct finding *, void *), void *arg)
{
    struct sales_book *book = reconciliation->book;
    for (uint32_t i = 0; i < book->ids.count; i++) {
        const struct booked_sale *sale = &book->sales[i];
        if (sale->is_in_file || booked_net_fen(sale) == 0)
            continue;
        struct finding finding = {.outcome = OUTCOME_MISSING_THERE,
                                  .sale = sale,
                                  .id = id_table_id(&book->ids, i),
                                  .here_fen = booked_net_fen(sale)};
        add_up(reconciliation, &finding);
        each(&finding, arg);
    }
}

int64_t
reconciliation_differences(const struct reconciliation *reconciliation)
{
    int64_t count = 0;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        count += outcome_differs((enum outcome)i) ? reconciliation->sums[i].count : 0;
    return count;
}
