/* Rows of an export against sales of the log: each case of what may become of them, and the sums. */
#include "cli/reconciliation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { OPENS_MS = 1000, CLOSES_MS = 2000 };

static const struct {
    const char *id;
    struct booked_sale sale;
} log_sales[] = {
    {"same", {.amount_fen = 100, .remaining_fen = 100}},
    {"back", {.amount_fen = 100, .remaining_fen = 0}},
    {"part", {.amount_fen = 100, .remaining_fen = 60}},
    {"void", {.amount_fen = 100, .remaining_fen = 100, .status = SALE_VOIDED}},
    {"late", {.amount_fen = 100, .remaining_fen = 100, .status = SALE_REFUSED}},
    {"twice", {.amount_fen = 200, .remaining_fen = 200, .is_doubled = true}},
    {"a", {.amount_fen = 30, .remaining_fen = 30}},
    {"b", {.amount_fen = 70, .remaining_fen = 70}},
    {"alone", {.amount_fen = 500, .remaining_fen = 400}},
};

enum { SALE_COUNT = sizeof log_sales / sizeof *log_sales };

struct held {
    struct contest contest;
    struct sales_book book;
    struct reconciliation sums;
};

static void
begin(struct held *held)
{
    *held = (struct held){.contest = {.opens_ms = OPENS_MS, .closes_ms = CLOSES_MS}};
    id_table_init(&held->book.ids, 1);
    held->book.sales = calloc(SALE_COUNT, sizeof *held->book.sales);
    assert_non_null(held->book.sales);
    for (uint32_t i = 0; i < SALE_COUNT; i++) {
        assert_int_equal(id_table_add(&held->book.ids, span_of(log_sales[i].id)), i);
        held->book.sales[i] = log_sales[i].sale;
    }
    reconciliation_init(&held->sums, &held->contest, &held->book);
}

static void
end(struct held *held)
{
    reconciliation_free(&held->sums);
    sales_book_free(&held->book);
}

struct wanted {
    const char *id;
    int64_t amount_fen, refunded_fen;
    bool counts;
    enum row_kind kind;
    int64_t time_ms;
    enum outcome outcome;
    int64_t refund_fen;
};

static const struct wanted cases[] = {
    {"same", 100, 0, true, ROW_ORDER, 1500, OUTCOME_MATCHED, 0},
    {"same", 101, 0, true, ROW_ORDER, 1500, OUTCOME_AMOUNT_DIFFERS, 0},
    {"same", 100, -1, true, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 100},
    {"same", 100, 40, true, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 40},
    {"same", 100, 0, false, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 100},
    {"same", 100, 0, true, ROW_COMBINED, 1500, OUTCOME_MATCHED, 0},
    {"same", 100, 0, true, ROW_ORDER, 10, OUTCOME_MATCHED, 0},
    {"same", 100, 0, true, ROW_UNREADABLE, 1500, OUTCOME_UNREADABLE, 0},
    {"back", 100, -1, true, ROW_ORDER, 1500, OUTCOME_MATCHED, 0},
    {"back", 100, 100, true, ROW_ORDER, 1500, OUTCOME_MATCHED, 0},
    {"back", 100, 0, false, ROW_ORDER, 1500, OUTCOME_MATCHED, 0},
    {"back", 100, 0, true, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 0},
    {"part", 100, 40, true, ROW_ORDER, 1500, OUTCOME_MATCHED, 0},
    {"part", 100, 50, true, ROW_ORDER, 1500, OUTCOME_AMOUNT_DIFFERS, 10},
    {"part", 100, 30, true, ROW_ORDER, 1500, OUTCOME_AMOUNT_DIFFERS, 0},
    {"part", 100, -1, true, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 0},
    {"part", 100, 0, false, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 60},
    {"void", 100, 0, true, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 0},
    {"void", 100, 0, false, ROW_ORDER, 1500, OUTCOME_NEITHER, 0},
    {"late", 100, 0, true, ROW_ORDER, 2000, OUTCOME_OUTSIDE, 0},
    {"late", 100, 0, true, ROW_ORDER, 1999, OUTCOME_STATE_DIFFERS, 0},
    {"twice", 100, 0, true, ROW_ORDER, 1500, OUTCOME_STATE_DIFFERS, 0},
    {"a;b", 100, 0, true, ROW_COMBINED, 1500, OUTCOME_MATCHED, 0},
    {"a；b", 100, 0, true, ROW_COMBINED, 1500, OUTCOME_MATCHED, 0},
    {"a;b", 101, 0, true, ROW_COMBINED, 1500, OUTCOME_CANNOT_SPLIT, 0},
    {"a;x", 30, 0, true, ROW_COMBINED, 1500, OUTCOME_CANNOT_SPLIT, 0},
    {"x;y", 100, 0, true, ROW_COMBINED, 1500, OUTCOME_CANNOT_SPLIT, 0},
    {"x;y", 100, 0, false, ROW_COMBINED, 1500, OUTCOME_NEITHER, 0},
    {"new", 100, 0, true, ROW_ORDER, 1500, OUTCOME_MISSING_HERE, 0},
    {"new", 100, 0, true, ROW_ORDER, -1, OUTCOME_MISSING_HERE, 0},
    {"new", 100, -1, true, ROW_ORDER, 1500, OUTCOME_MISSING_HERE, 100},
    {"new", 100, 40, true, ROW_ORDER, 1500, OUTCOME_MISSING_HERE, 40},
    {"new", 100, 0, true, ROW_COMBINED, 1500, OUTCOME_CANNOT_SPLIT, 0},
    {"new", 100, 0, false, ROW_ORDER, 1500, OUTCOME_NEITHER, 0},
    {"new", 100, 0, true, ROW_ORDER, 999, OUTCOME_OUTSIDE, 0},
    {"new", 100, 0, true, ROW_ORDER, 2000, OUTCOME_OUTSIDE, 0},
    {"new", 0, 0, true, ROW_ORDER, 1500, OUTCOME_GIFT, 0},
    {"new", 0, 0, true, ROW_UNREADABLE, 1500, OUTCOME_UNREADABLE, 0},
};

static struct platform_row
row_of(const struct wanted *wanted)
{
    return (struct platform_row){.kind = wanted->kind,
                                 .line = 2,
                                 .id = span_of(wanted->id),
                                 .amount_fen = wanted->kind == ROW_UNREADABLE ? 0 : wanted->amount_fen,
                                 .refunded_fen = wanted->refunded_fen,
                                 .time_ms = wanted->time_ms,
                                 .counts = wanted->counts && wanted->kind != ROW_UNREADABLE};
}

static void
sum_rest_cb(const struct finding *finding, void *arg)
{
    assert_int_equal(finding->outcome, OUTCOME_MISSING_THERE);
    *(int64_t *)arg += finding->here_fen;
}

/* Whatever became of the rows: the outcomes add up to both sides' totals. */
static void
check_sums(struct held *held)
{
    int64_t rest_fen = 0, there_fen = 0, here_fen = 0;
    reconcile_rest(&held->sums, sum_rest_cb, &rest_fen);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        there_fen += held->sums.sums[i].there_fen;
        here_fen += held->sums.sums[i].here_fen;
    }
    assert_int_equal(there_fen, held->sums.there.gross_fen - held->sums.there.refunded_fen);
    assert_int_equal(here_fen, held->sums.here.gross_fen - held->sums.here.refunded_fen);
    assert_int_equal(rest_fen, held->sums.sums[OUTCOME_MISSING_THERE].here_fen);
}

static void
each_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct held held;
        struct finding finding;
        struct platform_row row = row_of(&cases[i]);
        begin(&held);
        reconcile_row(&held.sums, &row, &finding);
        if (finding.outcome != cases[i].outcome || finding.refund_fen != cases[i].refund_fen)
            fail_msg("case %zu: %s, refund %lld: %s", i, outcome_key(finding.outcome),
                     (long long)finding.refund_fen, finding.note);
        assert_int_equal(reconciliation_differences(&held.sums), outcome_differs(cases[i].outcome));
        reconcile_row(&held.sums, &row, &finding);
        if (cases[i].kind == ROW_ORDER)
            assert_int_equal(finding.outcome, OUTCOME_REPEATED);
        check_sums(&held);
        end(&held);
    }
}

static void
all_cases_together_add_up(void **state)
{
    (void)state;
    struct held held;
    struct finding finding;
    begin(&held);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct platform_row row = row_of(&cases[i]);
        reconcile_row(&held.sums, &row, &finding);
    }
    check_sums(&held);
    assert_int_equal(held.sums.sums[OUTCOME_MISSING_THERE].count, 1);
    assert_int_equal(held.sums.sums[OUTCOME_MISSING_THERE].here_fen, 400);
    end(&held);
}

static void
what_is_unreadable_has_a_number_only_where_the_log_knows_it(void **state)
{
    (void)state;
    struct held held;
    struct finding finding;
    struct platform_row row = {.kind = ROW_UNREADABLE, .id = SPAN("13912345678"), .why = "expected …"};
    begin(&held);
    reconcile_row(&held.sums, &row, &finding);
    assert_int_equal(finding.id.len, 0);
    assert_string_equal(finding.note, "expected …");
    row.id = SPAN("same");
    reconcile_row(&held.sums, &row, &finding);
    assert_true(span_is(finding.id, "same"));
    end(&held);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case),
        cmocka_unit_test(all_cases_together_add_up),
        cmocka_unit_test(what_is_unreadable_has_a_number_only_where_the_log_knows_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
