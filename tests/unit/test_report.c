/* The printers of a report: what a spreadsheet would run or round is guarded, and all show the same figures.
 */
#include "common/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static const struct column columns[] = {
    {"id", "编号\nId", COLUMN_TEXT},           {"name", "名称\nName", COLUMN_TEXT},
    {"orders", "订单\nOrders", COLUMN_COUNT},  {"net_fen", "净额（元）\nNet (yuan)", COLUMN_FEN},
    {"points", "得分\nPoints", COLUMN_POINTS}, {"rate", "退款率\nRate", COLUMN_PERCENT},
};

static struct report *
make_report(const char *id, const char *name)
{
    struct report *report = report_new();
    struct table *table = report_table(report, "rows", "榜\nRows", columns, sizeof columns / sizeof *columns);
    table_text(table, id);
    table_text(table, name);
    table_number(table, -1234567);
    table_number(table, 123456789);
    table_number(table, -1005);
    table_number(table, 714);
    table_text(table, NULL);
    table_text(table, "二");
    table_number(table, 999);
    table_number(table, -5);
    table_none(table);
    table_number(table, 0);
    return report;
}

static void
csv_is_what_a_spreadsheet_should_see(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"=1+1", "\"'=1+1\""},
        {"+1", "\"'+1\""},
        {"-1", "\"'-1\""},
        {"@SUM", "\"'@SUM\""},
        {"\tx", "\"'\tx\""},
        {"\rx", "\"'\rx\""},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"甲", "甲"},
        {"", ""},
        {"12345678901", "12345678901"},
        {"123456789012", "\"\t123456789012\""},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct report *report = make_report("6920011223344", names[i][0]);
        struct buf out = {0}, expected = {0};
        report_csv(report, &out);
        buf_printf(
            &expected,
            "\xef\xbb\xbf编号 Id,名称 Name,订单 Orders,净额（元） Net (yuan),得分 Points,退款率 Rate\r\n"
            "\"\t6920011223344\",%s,-1234567,1234567.89,-1.005,7.14%%\r\n"
            ",二,999,-0.05,,0.00%%\r\n",
            names[i][1]);
        assert_string_equal(buf_text(&out), buf_text(&expected));
        buf_free(&out);
        buf_free(&expected);
        report_free(report);
    }
}

static void
html_lets_nothing_through(void **state)
{
    (void)state;
    struct report *report = make_report("<script>alert(1)</script>", "\"a\" & 'b'");
    struct buf out = {0}, policy = {0};
    report->title = "<b>题</b>\nTitle & more";
    report_html(report, &out);
    const char *html = buf_text(&out);
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<b>"));
    assert_non_null(strstr(html, "<h1>&lt;b&gt;题&lt;/b&gt;<small>Title &amp; more</small></h1>"));
    assert_non_null(strstr(html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_non_null(strstr(html, "&quot;a&quot; &amp; 'b'"));
    assert_non_null(strstr(html, "<td class=\"n\">-1,234,567</td><td class=\"n\">1,234,567.89</td>"
                                 "<td class=\"n\">-1.005</td><td class=\"n\">7.14%</td>"));
    /* The policy names exactly the style that stands in the page. */
    const char *style = strstr(html, "<style>") + strlen("<style>");
    size_t len = (size_t)(strstr(html, "</style>") - style);
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[64];
    crypto_hash_sha256(hash, (const unsigned char *)style, len);
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    report_html_policy(&policy);
    assert_non_null(strstr(buf_text(&policy), text));
    buf_free(&out);
    buf_free(&policy);
    report_free(report);
}

static void
a_spreadsheet_is_the_same_bytes(void **state)
{
    (void)state;
    struct buf one = {0}, other = {0};
    const char *why = NULL;
    for (int i = 0; i < 2; i++) {
        struct report *report = make_report("6920011223344", "=1+1");
        report->made_ms = 1638201600000;
        assert_true(report_xlsx(report, i ? &other : &one, &why));
        report_free(report);
    }
    assert_true(one.len > 1000);
    assert_memory_equal(one.at, "PK\003\004", 4);
    assert_true(span_eq(buf_span(&one), buf_span(&other)));
    buf_free(&one);
    buf_free(&other);
}

static void
rows_that_paper_has_no_room_for_are_said(void **state)
{
    (void)state;
    struct report *report = make_report("a", "b");
    struct buf out = {0};
    report->tables[0]->paper_rows = 1;
    report->tables[0]->detail_from = 3;
    report->language = "en";
    report_html(report, &out);
    assert_non_null(strstr(buf_text(&out), "2 rows in all, the first 1 are here"));
    assert_non_null(strstr(buf_text(&out), "The spreadsheet has 3 more columns."));
    assert_null(strstr(buf_text(&out), "净额"));
    buf_clear(&out);
    report->language = "zh-CN";
    report_html(report, &out);
    assert_non_null(strstr(buf_text(&out), "另有 3 列见电子表格。</p>"));
    buf_clear(&out);
    report->english_too = true;
    report_html(report, &out);
    assert_non_null(strstr(buf_text(&out),
                           "另有 3 列见电子表格。<small>The spreadsheet has 3 more columns.</small></p>"));
    assert_non_null(strstr(buf_text(&out), "此处为前 1 行，其余见电子表格。<small>2 rows in all"));
    buf_free(&out);
    report_free(report);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_what_a_spreadsheet_should_see),
        cmocka_unit_test(html_lets_nothing_through),
        cmocka_unit_test(a_spreadsheet_is_the_same_bytes),
        cmocka_unit_test(rows_that_paper_has_no_room_for_are_said),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
