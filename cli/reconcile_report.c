#include "cli/reconcile_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column outcome_columns[] = {
    {"outcome", "outcome", COLUMN_TEXT},
    {"orders", "orders", COLUMN_COUNT},
    {"there_fen", "there (yuan)", COLUMN_FEN},
    {"here_fen", "here (yuan)", COLUMN_FEN},
    {"difference_fen", "here - there", COLUMN_FEN},
    {"meaning", "meaning", COLUMN_TEXT},
};

static const struct column total_columns[] = {
    {"side", "side", COLUMN_TEXT},
    {"orders", "orders", COLUMN_COUNT},
    {"gross_fen", "gross (yuan)", COLUMN_FEN},
    {"refunded_fen", "refunded (yuan)", COLUMN_FEN},
    {"net_fen", "net (yuan)", COLUMN_FEN},
};

static const struct column difference_columns[] = {
    {"outcome", "outcome", COLUMN_TEXT},
    {"file", "file", COLUMN_TEXT},
    {"line", "line", COLUMN_COUNT},
    {"id", "order number", COLUMN_TEXT},
    {"there_fen", "there (yuan)", COLUMN_FEN},
    {"here_fen", "here (yuan)", COLUMN_FEN},
    {"state_there", "state there", COLUMN_TEXT},
    {"state_here", "state here", COLUMN_TEXT},
    {"session", "session", COLUMN_TEXT},
    {"note", "note", COLUMN_TEXT},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
put_span(struct table *table, struct span text)
{
    struct buf copy = {0};
    buf_add_span(&copy, text);
    table_text(table, text.len > 0 ? buf_text(&copy) : NULL);
    buf_free(&copy);
}

static void
put_outcomes(struct table *table, const struct reconciliation *reconciliation)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        const struct outcome_sum *sum = &reconciliation->sums[i];
        table_text(table, outcome_key((enum outcome)i));
        table_number(table, sum->count);
        table_number(table, sum->there_fen);
        table_number(table, sum->here_fen);
        table_number(table, sum->here_fen - sum->there_fen);
        table_text(table, outcome_title((enum outcome)i));
    }
}

static void
put_side(struct table *table, const char *side, const struct side_sum *sum)
{
    table_text(table, side);
    table_number(table, sum->orders);
    table_number(table, sum->gross_fen);
    table_number(table, sum->refunded_fen);
    table_number(table, sum->gross_fen - sum->refunded_fen);
}

void
reconcile_report_start(struct reconcile_report *making, const struct reconciliation *reconciliation,
                       size_t list_most)
{
    struct report *report = report_new();
    *making = (struct reconcile_report){.report = report,
                                        .contest = reconciliation->contest,
                                        .list_most = list_most};
    making->differences =
        report_table(report, "differences", "differences", difference_columns, COUNT(difference_columns));
}

static const char *
session_of(const struct reconcile_report *making, const struct booked_sale *sale)
{
    return sale && sale->session != CONTEST_NONE ? making->contest->sessions[sale->session].id : NULL;
}

void
reconcile_report_add(struct reconcile_report *making, const struct finding *finding)
{
    struct table *table = making->differences;
    const struct platform_row *row = finding->row;
    if (!outcome_differs(finding->outcome) || table_row_count(table) >= making->list_most)
        return;
    bool has_sums = finding->outcome != OUTCOME_REPEATED && finding->outcome != OUTCOME_UNREADABLE;
    table_text(table, outcome_key(finding->outcome));
    table_text(table, row ? making->file : NULL);
    row ? table_number(table, (int64_t)row->line) : table_none(table);
    put_span(table, finding->id);
    row &&has_sums ? table_number(table, finding->there_fen) : table_none(table);
    finding->outcome != OUTCOME_REPEATED && (finding->sale || finding->here_fen > 0)
        ? table_number(table, finding->here_fen)
        : table_none(table);
    put_span(table, row ? row->state : SPAN(""));
    table_text(table, finding->sale ? sale_status_name((enum sale_status)finding->sale->status) : NULL);
    table_text(table, session_of(making, finding->sale));
    table_text(table, finding->note[0] ? finding->note : NULL);
}

/* The sums stand before what they sum up. */
static void
move_to_the_end(struct report *report, size_t from)
{
    struct table *table = report->tables[from];
    for (size_t i = from; i + 1 < report->table_count; i++)
        report->tables[i] = report->tables[i + 1];
    report->tables[report->table_count - 1] = table;
}

struct report *
reconcile_report_end(struct reconcile_report *making, const struct reconciliation *reconciliation)
{
    struct report *report = making->report;
    const struct sales_book *book = reconciliation->book;
    put_outcomes(report_table(report, "outcomes", "outcomes", outcome_columns, COUNT(outcome_columns)),
                 reconciliation);
    struct table *totals = report_table(report, "totals", "totals", total_columns, COUNT(total_columns));
    put_side(totals, "there", &reconciliation->there);
    put_side(totals, "here", &reconciliation->here);
    move_to_the_end(report, 0);
    report->contest = strdup(reconciliation->contest->id);
    report->view = strdup("live");
    report->version = strdup(book->version ? book->version : "");
    report->as_of_ms = book->as_of_ms;
    if (!report->contest || !report->view || !report->version)
        abort();
    return report;
}
