/* Exports as platforms give them: which rows are orders, and what is said of files that are no export. */
#include "cli/platform_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/limits.h"

static struct mapping *mapping;

static int
load_mapping(void **state)
{
    (void)state;
    struct errors errors = {0};
    mapping = mapping_load("douyin", (struct span){0}, &errors);
    return mapping ? 0 : -1;
}

static int
drop_mapping(void **state)
{
    (void)state;
    mapping_free(mapping);
    return 0;
}

static void
add_row(const struct platform_row *row, struct buf *out)
{
    static const char *const kinds[] = {"order", "combined", "unreadable", "heading"};
    buf_printf(out, "%u %s %.*s %lld/%lld x%lld %s", (unsigned)row->line, kinds[row->kind], SPAN_FMT(row->id),
               (long long)row->amount_fen, (long long)row->refunded_fen, (long long)row->quantity,
               row->counts ? "counts" : "not");
    if (row->kind == ROW_UNREADABLE)
        buf_printf(out, " (%s)", row->why);
    buf_add_byte(out, '\n');
}

/* All rows of a file with that content, one a line; or why it is none. */
static const char *
read_rows(struct span content)
{
    static struct buf out;
    char path[] = "/tmp/bochuang-export-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content.at, content.len), (ssize_t)content.len);
    close(fd);
    struct buf why = {0};
    struct platform_row row;
    struct platform_file *file = platform_file_open(path, mapping, 480, &why);
    enum file_verdict verdict = file ? FILE_ROW : FILE_BROKEN;
    buf_free(&out);
    while (verdict == FILE_ROW && (verdict = platform_file_next(file, &row, &why)) == FILE_ROW)
        add_row(&row, &out);
    buf_add_span(&out, buf_span(&why));
    platform_file_free(file);
    buf_free(&why);
    unlink(path);
    return buf_text(&out);
}

#define HEAD "主订单编号,子订单编号,商品数量,订单应付金额,收件人,订单状态,售后状态,订单提交时间\n"
#define CHECK(content, expected) assert_string_equal(read_rows(SPAN(content)), expected)

static void
orders_with_their_quirks(void **state)
{
    (void)state;
    CHECK("\xef\xbb\xbf" HEAD "\"\t1\",\"\t11\",2,\"1,234.50\",张三,已完成,-,2021-11-26 19:21:07\n"
          "'2,'22,1,39.8,李四,已关闭,退款成功,-\n\n"
          "3,33,-,10,王五,已发货,退款成功,2021/11/26 19:21\n",
          "2 order 11 123450/0 x2 counts\n3 order 22 3980/-1 x1 not\n5 order 33 1000/-1 x1 counts\n");
    CHECK(HEAD "1,11;12,1,10,张三,已完成,-,-\n", "2 combined 11;12 1000/0 x1 counts\n");
    CHECK(HEAD "1,11,x,10,张三,已完成,退款中,-\n", "2 order 11 1000/0 x-1 counts\n");
}

static void
titles_where_exports_have_them(void **state)
{
    (void)state;
    CHECK("抖店订单导出\n导出时间：2021-11-27\n" HEAD
          "1,11,1,10,张三,已完成,-,-\n合计,合计：,9,999,,,,\n" HEAD,
          "4 order 11 1000/0 x1 counts\n");
    CHECK(HEAD "1,11,1,10,张三,已完成,-,-\n合计,,2,\"1,234.50\",,,,\n,,-,-,,,-,\n",
          "2 order 11 1000/0 x1 counts\n");
    CHECK(HEAD "合计,,2,10,,已完成,,\n",
          "2 unreadable  0/0 x1 not (子订单编号: expected an order number, found nothing)\n");
    CHECK(HEAD "编号,编号,件,元,姓名,状态,状态,时间\n1,11,1,10,张三,已完成,-,-\n",
          "3 order 11 1000/0 x1 counts\n");
    CHECK(
        "订单,,金额,,状态,\n主订单编号,子订单编号,订单应付金额,运费,订单状态,售后状态\n1,11,10,0,已完成,-\n",
        "3 order 11 1000/0 x1 counts\n");
    CHECK("子订单编号,金额,,订单状态,售后状态\n,订单应付金额,运费,,\n11,10,0,已完成,-\n",
          "3 order 11 1000/0 x1 counts\n");
    CHECK(HEAD, "");
}

static void
rows_that_cannot_be_read(void **state)
{
    (void)state;
    CHECK(HEAD "1,-,1,10,张三,已完成,-,-\n2,6.9E+18,1,10,张三,已完成,-,-\n3,3#,1,10,张三,已完成,-,-\n"
               "4,44,1,一百,张三,已完成,-,-\n5,55,1,-1,张三,已完成,-,-\n6,66,1,1,张三,奇怪,-,-\n7,77,1,1,"
               "张三,-,-,-\n"
               "8,88,1,1,湘,区,已完成,-,-\n9,99,1,1\n\"10\"x,100,1,1,张三,已完成,-,-\n",
          "2 unreadable  0/0 x1 not (子订单编号: expected an order number, found nothing)\n"
          "3 unreadable 6.9E+18 0/0 x1 not (子订单编号: expected an order number, found one that a "
          "spreadsheet has "
          "rounded: export it again, and do not save it there)\n"
          "4 unreadable 3# 0/0 x1 not (子订单编号: expected an order number of 1 to 64 letters, digits and . "
          "_ : -, "
          "found other text)\n"
          "5 unreadable 44 0/0 x1 not (订单应付金额: expected an amount in yuan, such as 1,234.50, found "
          "other text)\n"
          "6 unreadable 55 -100/0 x1 not (订单应付金额: expected an amount in yuan, such as 1,234.50, found "
          "other text)\n"
          "7 unreadable 66 100/0 x1 not (订单状态: expected a state that the mapping names, found another)\n"
          "8 unreadable 77 100/0 x1 not (订单状态: expected a state that the mapping names, found nothing)\n"
          "9 unreadable 88 100/0 x1 not (expected 8 cells, as in the header row, found 9: is there a comma "
          "or a line "
          "break that is not in quotes?)\n"
          "10 unreadable 99 100/0 x1 not (expected 8 cells, as in the header row, found 4: is there a comma "
          "or a line "
          "break that is not in quotes?)\n"
          "11 unreadable 100 100/0 x1 counts (expected a comma behind a closing quote, found other text)\n");
}

/* A title as long as anybody likes is shortened, between two of its characters; what is wrong is said whole.
 */
static void
a_long_title_is_shortened(void **state)
{
    (void)state;
    struct errors errors = {0};
    struct mapping *before = mapping;
    mapping =
        mapping_load(NULL,
                     SPAN("platform: shop\ncolumns:\n"
                          "  id: [订单的号码订单的号码订单的号码订单的号码订单的号码订单的号码订单的号码]\n"
                          "  amount: [钱]\n"),
                     &errors);
    assert_non_null(mapping);
    CHECK("订单的号码订单的号码订单的号码订单的号码订单的号码订单的号码订单的号码,钱\n"
          "7E+18,1\n",
          "2 unreadable 7E+18 0/0 x1 not (订单的号码订单的号码订单的号…: expected an order number, found one "
          "that a spreadsheet has rounded: export it again, and do not save it there)\n");
    mapping_free(mapping);
    mapping = before;
}

static void
gbk_is_told_from_utf8(void **state)
{
    (void)state;
    /* 子订单编号,订单应付金额,订单状态,售后状态 / 11,10,已完成,退款成功 */
    CHECK("\xd7\xd3\xb6\xa9\xb5\xa5\xb1\xe0\xba\xc5,\xb6\xa9\xb5\xa5\xd3\xa6\xb8\xb6\xbd\xf0\xb6\xee,"
          "\xb6\xa9\xb5\xa5\xd7\xb4"
          "\xcc\xac,\xca\xdb\xba\xf3\xd7\xb4\xcc\xac\n11,10,\xd2\xd1\xcd\xea\xb3\xc9,"
          "\xcd\xcb\xbf\xee\xb3\xc9\xb9\xa6\n",
          "2 order 11 1000/-1 x1 counts\n");
    CHECK(HEAD "1,11,1,10,\xd5\xc5,\xd2\xd1\xcd\xea\xb3\xc9,-,-\n1,12,1,10,\xd5\xc5,已完成,-,-\n",
          "2 unreadable  0/0 x0 not (expected text in UTF-8, as the rows before it, found other bytes)\n"
          "3 order 12 1000/0 x1 counts\n");
}

static void
what_is_no_export_is_said(void **state)
{
    (void)state;
    CHECK("", "line 1: expected the columns 子订单编号 or 子订单号, 订单应付金额, 订单状态, 售后状态 of an "
              "export of douyin, found "
              "nothing");
    CHECK("\n\n商品标题,实付款,订单编号\n甲,1,2\n",
          "line 3: expected the columns 子订单编号 or 子订单号, 订单应付金额, 订单状态, 售后状态 of an "
          "export of douyin, found "
          "商品标题, 实付款, 订单编号");
    CHECK("6917001,10,张三,13912345678\n", "line 1: expected the columns 子订单编号 or 子订单号, "
                                           "订单应付金额, 订单状态, 售后状态 of an export of douyin, found a "
                                           "row without titles: is the header row missing?");
    CHECK("PK\x03\x04zip", "line 1: expected CSV, found a spreadsheet (.xlsx) or a ZIP file: save it as CSV");
    CHECK("\xff\xfe\x01", "line 1: expected CSV, found UTF-16 text: save it as CSV in UTF-8");
    CHECK("<table>",
          "line 1: expected CSV, found HTML or XML, as some exports named .xls or .csv are: open it in a "
          "spreadsheet, save it as CSV");
    CHECK("\x7f"
          "ELF\x02\0\0",
          "line 1: expected text, found a NUL byte: this is no CSV file");
    CHECK(HEAD "1,11,1,10,\"张三,已完成,-,-\n2,22\n",
          "line 2: the quote that opens here is not closed before the end of the file");
}

static void
a_row_has_an_end(void **state)
{
    (void)state;
    size_t len = LIMIT_CSV_ROW_BYTES + 2;
    struct buf text = {0};
    buf_add_text(&text, HEAD "1,11,1,10,张三,已完成,-,-\n2,22,1,10,");
    assert_true(buf_reserve(&text, len));
    memset(text.at + text.len, 'x', len);
    text.len += len;
    assert_string_equal(read_rows(buf_span(&text)),
                        "2 order 11 1000/0 x1 counts\n"
                        "line 3: expected a row of at most 1048576 bytes, found a longer one");
    buf_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_with_their_quirks), cmocka_unit_test(titles_where_exports_have_them),
        cmocka_unit_test(rows_that_cannot_be_read), cmocka_unit_test(a_long_title_is_shortened),
        cmocka_unit_test(gbk_is_told_from_utf8),    cmocka_unit_test(what_is_no_export_is_said),
        cmocka_unit_test(a_row_has_an_end),
    };
    return cmocka_run_group_tests(tests, load_mapping, drop_mapping);
}
