/* Cells of exports, as platforms and spreadsheets write them. */
#include "cli/cell_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A copy of exactly its length: a sanitizer sees a read behind it. */
static struct span
exact(const char *text)
{
    static char *last;
    free(last);
    size_t len = strlen(text);
    last = malloc(len ? len : 1);
    assert_non_null(last);
    memcpy(last, text, len);
    return (struct span){last, len};
}

static void
wrappings_come_off(void **state)
{
    (void)state;
    static const char *const cells[][2] = {
        {"6917001", "6917001"},
        {"\t6917001", "6917001"},
        {"6917001\t ", "6917001"},
        {"'6917001", "6917001"},
        {"=\"6917001\"", "6917001"},
        {"\xef\xbb\xbf子订单编号", "子订单编号"},
        {"\xe3\x80\x80已完成\xc2\xa0", "已完成"},
        {" a b ", "a b"},
        {"-", ""},
        {"--", ""},
        {"—", ""},
        {"\t-", ""},
        {"'", ""},
        {"", ""},
        {"-1", "-1"},
        {"=\"", "=\""},
        {"=\"69", "=\"69"},
    };
    for (size_t i = 0; i < COUNT(cells); i++)
        assert_true(span_is(cell_trim(exact(cells[i][0])), cells[i][1]));
}

static void
money_is_exact_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int64_t fen;
    } cells[] = {
        {"0.00", true, 0},
        {"39.8", true, 3980},
        {"1,234.50", true, 123450},
        {"1,234,567", true, 123456700},
        {"￥12", true, 1200},
        {"¥ 12.05", true, 1205},
        {"12元", true, 1200},
        {"-3.00", true, -300},
        {"39.800", true, 3980},
        {"12,34.50", false, 0},
        {"1234,567", false, 0},
        {"1,2345", false, 0},
        {",123", false, 0},
        {"1,23", false, 0},
        {"1.234,50", false, 0},
        {"1,234.5,0", false, 0},
        {"39.805", false, 0},
        {"1e3", false, 0},
        {"", false, 0},
        {"张三", false, 0},
        {"1;2", false, 0},
        {"99999999999999999999999999999999999999999999", false, 0},
    };
    int64_t fen;
    for (size_t i = 0; i < COUNT(cells); i++) {
        bool good = cell_money(exact(cells[i].text), false, &fen);
        if (good != cells[i].good || (good && fen != cells[i].fen))
            fail_msg("\"%s\"", cells[i].text);
    }
    assert_true(cell_money(exact("1,234"), true, &fen) && fen == 1234);
    assert_false(cell_money(exact("12.34"), true, &fen));
    assert_true(cell_count(exact("2.00"), &fen) && fen == 2);
    assert_false(cell_count(exact("2.5"), &fen));
}

static void
times_of_a_local_clock(void **state)
{
    (void)state;
    static const char *const same[] = {"2021-11-26 19:21:07",      "2021/11/26 19:21:07",
                                       "2021-11-26T19:21:07",      "2021-11-26  19:21:07",
                                       "2021-11-26T11:21:07.000Z", "2021-11-26 19:21:07.0"};
    static const char *const wrong[] = {"",
                                        "2021-11-26",
                                        "2021-13-26 19:21:07",
                                        "19:21:07",
                                        "2021",
                                        "2021-",
                                        "2021-x",
                                        "2021-11",
                                        "2021-11-",
                                        "2021-11-26 ",
                                        "2021-11-26 1",
                                        "2021-11-26 19:",
                                        "2021-11-26 19:2",
                                        "2021-11-26 19:21:7",
                                        "2021-11-26 19:21:07.",
                                        "2021-11-26 25:00:00",
                                        "26/11/2021 19:21",
                                        "张三",
                                        "2021-11-26 19:21:07x"};
    int64_t ms;
    for (size_t i = 0; i < COUNT(same); i++) {
        assert_true(cell_time(exact(same[i]), 480, &ms));
        assert_int_equal(ms, 1637925667000);
    }
    assert_true(cell_time(exact("2021/1/5 9:03"), 480, &ms));
    assert_int_equal(ms, 1609808580000);
    assert_true(cell_time(exact("2021-11-26 06:21:07"), -300, &ms));
    assert_int_equal(ms, 1637925667000);
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (cell_time(exact(wrong[i]), 480, &ms))
            fail_msg("\"%s\"", wrong[i]);
}

static void
ids_that_a_spreadsheet_rounded(void **state)
{
    (void)state;
    assert_true(cell_is_rounded_id(exact("6.91712E+18")));
    assert_true(cell_is_rounded_id(exact("4e+15")));
    assert_false(cell_is_rounded_id(exact("6917120000")));
    assert_false(cell_is_rounded_id(exact("E+18")));
    assert_false(cell_is_rounded_id(exact("6E+")));
    assert_false(cell_is_rounded_id(exact("6E-18")));
}

static void
several_in_one_cell(void **state)
{
    (void)state;
    struct span rest, part;
    assert_true(cell_is_several(exact("A;B")) && cell_is_several(exact("香干；脐橙")));
    assert_false(cell_is_several(exact("香干")) || cell_is_several(exact("")));
    rest = exact("\t1; '2；3;;");
    assert_true(cell_next_of_several(&rest, &part) && span_is(part, "1"));
    assert_true(cell_next_of_several(&rest, &part) && span_is(part, "2"));
    assert_true(cell_next_of_several(&rest, &part) && span_is(part, "3"));
    assert_false(cell_next_of_several(&rest, &part));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrappings_come_off),     cmocka_unit_test(money_is_exact_or_refused),
        cmocka_unit_test(times_of_a_local_clock), cmocka_unit_test(ids_that_a_spreadsheet_rounded),
        cmocka_unit_test(several_in_one_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
