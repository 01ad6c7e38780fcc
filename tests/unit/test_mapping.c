/* Mapping files: what is built in, what a file of one's own changes, and what is wrong said with its line. */
#include "cli/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"

static struct errors errors;

static struct mapping *
load(const char *platform, const char *text)
{
    errors_free(&errors);
    return mapping_load(platform, span_of(text), &errors);
}

static void
read_file(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_true(buf_reserve(text, 1 << 16));
    text->len = fread(text->at, 1, 1 << 16, file);
    fclose(file);
}

static void
douyin_is_built_in(void **state)
{
    (void)state;
    struct mapping *mapping = load("douyin", NULL);
    assert_non_null(mapping);
    assert_string_equal(mapping->platform, "douyin");
    assert_int_equal(mapping->separator, ',');
    assert_false(mapping->in_fen);
    assert_string_equal(mapping->columns[MAPPED_ID].at[0], "子订单编号");
    assert_string_equal(mapping->columns[MAPPED_AMOUNT].at[0], "订单应付金额");
    assert_true(words_have(&mapping->counting, SPAN("已完成")));
    assert_true(words_have(&mapping->not_counting, SPAN("已关闭")));
    assert_false(words_have(&mapping->counting, SPAN("已关闭")));
    assert_true(words_have(&mapping->refunded, SPAN("退款成功")));
    assert_int_equal(mapping->columns[MAPPED_SESSION].count, 0);
    mapping_free(mapping);
    assert_null(mapping_built_in(SPAN("kuaishou")).at);
    mapping = load("抖音", NULL);
    assert_non_null(mapping);
    assert_string_equal(mapping->platform, "抖音"); /* as the contest's sessions say */
    assert_string_equal(mapping->columns[MAPPED_ID].at[0], "子订单编号");
    mapping_free(mapping);
}

static void
no_personal_column_is_ever_asked_for(void **state)
{
    (void)state;
    static const char *const personal[] = {"收件人", "收件人手机号", "详细地址", "手机号",
                                           "地址",   "商家备注",     "买家留言"};
    struct mapping *mapping = load("douyin", NULL);
    for (int column = 0; column < MAPPED_COUNT; column++)
        for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
            assert_false(words_have(&mapping->columns[column], span_of(personal[i])));
    mapping_free(mapping);
}

static void
the_example_is_right(void **state)
{
    (void)state;
    struct buf text = {0};
    read_file("config/mappings/example.yaml", &text);
    struct mapping *mapping = load(NULL, buf_text(&text));
    assert_non_null(mapping);
    assert_string_equal(mapping->platform, "kuaishou");
    assert_int_equal(mapping->columns[MAPPED_ID].count, 2);
    assert_string_equal(codes_find(&mapping->products, SPAN("20211126002")), "yizhang-navel-orange");
    assert_string_equal(codes_find(&mapping->sessions, SPAN("7034567890123456789")), "s-001");
    assert_null(codes_find(&mapping->products, SPAN("2021112600")));
    assert_null(codes_find(&mapping->products, SPAN("202111260011")));
    mapping_free(mapping);
    buf_free(&text);
}

static void
a_file_replaces_what_it_gives(void **state)
{
    (void)state;
    struct mapping *mapping =
        load("douyin", "columns: {time: [下单时间]}\nunit: fen\nproducts:\n"
                       "  - {code: b, product: tofu}\n  - {code: a, product: orange}\n");
    assert_non_null(mapping);
    assert_true(mapping->in_fen);
    assert_int_equal(mapping->columns[MAPPED_TIME].count, 1);
    assert_string_equal(mapping->columns[MAPPED_TIME].at[0], "下单时间");
    assert_string_equal(mapping->columns[MAPPED_ID].at[0], "子订单编号");
    assert_string_equal(codes_find(&mapping->products, SPAN("a")), "orange");
    assert_string_equal(codes_find(&mapping->products, SPAN("b")), "tofu");
    mapping_free(mapping);
    mapping = load(NULL, "platform: douyin\nseparator: tab\n");
    assert_non_null(mapping);
    assert_int_equal(mapping->separator, '\t');
    mapping_free(mapping);
}

static const struct {
    const char *platform, *text;
    int line;
    const char *field, *message;
} wrongs[] = {
    {NULL, "", 0, "", ""},
    {NULL, "columns: {id: [a], amount: [b]}\n", 0, "platform", "expected the platform"},
    {NULL, "platform: p\n", 0, "columns.id", "expected the title of a column"},
    {NULL, "platform: p\ncolumns: {id: [a], amuont: [b]}\n", 2, "columns.amuont", "did you mean \"amount\"?"},
    {NULL, "platform: p\ncolumns: {id: [a], amount: [b], state: [c]}\n", 0, "states.counting", "found none"},
    {NULL, "platform: p\ncolumns: {id: [a], amount: [b], refund_state: [c]}\n", 0, "states.refunded",
     "found none"},
    {"douyin", "unit: mao\n", 1, "unit", "expected yuan | fen"},
    {"douyin", "\nencoding: latin1\n", 2, "encoding", "auto | utf-8 | gb18030"},
    {"douyin", "platform: kuaishou\n", 1, "platform", "expected \"douyin\", as --platform says"},
    {"douyin", "products:\n- {code: a, product: x}\n- {code: a, product: y}\n", 2, "products",
     "each code once"},
    {"douyin", "products:\n- {code: a}\n", 2, "products[0].product", "found none"},
    {"douyin", "columns: {id: 子订单编号}\n", 1, "columns.id", "expected a list"},
    {"douyin", "[", 0, "", ""},
};

static void
what_is_wrong_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        struct mapping *mapping = load(wrongs[i].platform, wrongs[i].text);
        assert_null(mapping);
        assert_true(errors.count > 0);
        bool said = !wrongs[i].message[0];
        for (size_t j = 0; j < errors.count && !said; j++)
            said = errors.items[j].line == wrongs[i].line &&
                   strcmp(errors.items[j].field, wrongs[i].field) == 0 &&
                   strstr(errors.items[j].message, wrongs[i].message);
        if (!said)
            fail_msg("%s: %d: %s: %s", wrongs[i].text, errors.items[0].line, errors.items[0].field,
                     errors.items[0].message);
    }
    errors_free(&errors);
}

static void
a_file_has_a_size(void **state)
{
    (void)state;
    static char text[(1 << 20) + 2] = "platform: douyin\n";
    memset(text + strlen(text), '#', sizeof text - 1 - strlen(text));
    assert_null(load(NULL, text));
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.items[0].message, "a file of at most 1048576 bytes, found 1048577"));
    errors_free(&errors);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(douyin_is_built_in),    cmocka_unit_test(no_personal_column_is_ever_asked_for),
        cmocka_unit_test(the_example_is_right),  cmocka_unit_test(a_file_replaces_what_it_gives),
        cmocka_unit_test(what_is_wrong_is_said), cmocka_unit_test(a_file_has_a_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
