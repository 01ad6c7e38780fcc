/* The small things that everything stands on: clock, buf, json_out, utf8, money, decimal, nearest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/decimal.h"
#include "common/json_cursor.h"
#include "common/json_out.h"
#include "common/money.h"
#include "common/nearest.h"
#include "common/utf8.h"

/* --- clock --- */

static const struct moment {
    const char *text;
    int64_t ms;
    int offset_min;
} moments[] = {
    {"1970-01-01T00:00:00Z", 0, 0},
    {"2021-11-26T19:00:00+08:00", 1637924400000, 480},
    {"2021-11-26T19:00:00.5+08:00", 1637924400500, 480},
    {"2021-11-26t19:00:00.123999z", 1637953200123, 0},
    {"2021-11-26 19:00:00+08:00", 1637924400000, 480},
    {"2020-02-29T00:00:00-05:30", 1582954200000, -330},
    {"2000-02-29T23:59:59Z", 951868799000, 0},
    {"2016-12-31T23:59:60Z", 1483228800000, 0},
    {"9999-12-31T23:59:59.999Z", 253402300799999, 0},
};

static const char *const no_moments[] = {
    "",
    "2021-11-26",
    "2021-11-26T19:00:00",
    "2021-11-26T19:00Z",
    "2021-13-26T19:00:00Z",
    "2021-00-26T19:00:00Z",
    "2021-02-29T19:00:00Z",
    "1900-02-29T00:00:00Z",
    "2021-11-31T19:00:00Z",
    "2021-11-26T24:00:00Z",
    "2021-11-26T19:60:00Z",
    "2021-11-26T19:00:61Z",
    "2021-11-26T19:00:00.Z",
    "2021-11-26T19:00:00+8:00",
    "2021-11-26T19:00:00+0800",
    "2021-11-26T19:00:00+08:60",
    "2021-11-26T19:00:00+24:00",
    "2021-11-26T19:00:00Z ",
    " 2021-11-26T19:00:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+00:01",
    "21-11-26T19:00:00Z",
    "2021/11/26T19:00:00Z",
};

static void
test_clock_parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        int64_t ms;
        int offset_min;
        assert_true(clock_parse_rfc3339(span_of(moments[i].text), &ms, &offset_min));
        assert_int_equal(ms, moments[i].ms);
        assert_int_equal(offset_min, moments[i].offset_min);
        assert_true(clock_parse_rfc3339(span_of(moments[i].text), &ms, NULL));
    }
    for (size_t i = 0; i < sizeof no_moments / sizeof *no_moments; i++) {
        int64_t ms;
        if (clock_parse_rfc3339(span_of(no_moments[i]), &ms, NULL))
            fail_msg("taken for a time: %s", no_moments[i]);
    }
    int64_t ms;
    assert_false(clock_parse_rfc3339((struct span){0}, &ms, NULL));
    assert_false(clock_parse_rfc3339(SPAN("2021-11-26T19:00:00\0"), &ms, NULL));
}

static void
test_clock_formats(void **state)
{
    (void)state;
    char text[36];
    clock_format_rfc3339(text, sizeof text, 1637924400000, 480);
    assert_string_equal(text, "2021-11-26T19:00:00+08:00");
    clock_format_rfc3339(text, sizeof text, 1637924400005, -330);
    assert_string_equal(text, "2021-11-26T05:30:00.005-05:30");
    for (int64_t ms = 0; ms < 4102444800000; ms += 86399999 * 7) {
        int64_t again;
        int offset_min;
        clock_format_rfc3339(text, sizeof text, ms, (int)(ms % 1439));
        assert_true(clock_parse_rfc3339(span_of(text), &again, &offset_min));
        assert_int_equal(again, ms);
        assert_int_equal(offset_min, ms % 1439);
    }
}

static void
test_clocks_run(void **state)
{
    (void)state;
    int64_t steady = clock_steady_ms();
    assert_true(clock_steady_ms() >= steady);
    assert_true(clock_wall_ms() > 1637895600000);
}

/* --- buf --- */

static void
test_buf_grows_and_drops(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i);
    assert_int_equal(buf.len, 10 * 2 + 90 * 3 + 900 * 4);
    buf_drop(&buf, buf.len - 4);
    assert_string_equal(buf_text(&buf), "999,");
    buf_drop(&buf, 0);
    buf_clear(&buf);
    buf_add_span(&buf, SPAN("ab"));
    buf_add(&buf, NULL, 0);
    buf_add_byte(&buf, 'c');
    buf_add_text(&buf, "de");
    assert_string_equal(buf_text(&buf), "abcde");
    buf_free(&buf);
    assert_null(buf.at);
    buf_free(&buf);
}

static void
test_buf_writes_integers(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"},
                 {-1, "-1"},
                 {10, "10"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf buf = {0};
        buf_add_int(&buf, cases[i].value);
        assert_string_equal(buf_text(&buf), cases[i].text);
        buf_free(&buf);
    }
}

static void
test_buf_remembers_a_failure(void **state)
{
    (void)state;
    struct buf buf = {0};
    buf_add_text(&buf, "kept");
    assert_false(buf_reserve(&buf, SIZE_MAX - 100));
    assert_true(buf.failed);
    buf_add_text(&buf, "ignored");
    assert_int_equal(buf.len, 4);
    buf_clear(&buf);
    assert_false(buf.failed);
    buf_free(&buf);
}

/* --- json_out --- */

static void
test_json_has_its_commas(void **state)
{
    (void)state;
    struct buf buf = {0};
    struct json_out json = {.buf = &buf};
    json_open(&json, '{');
    json_put_int(&json, "a", 1);
    json_key(&json, "b");
    json_open(&json, '[');
    json_close(&json, ']');
    json_key(&json, "c");
    json_open(&json, '[');
    json_bool(&json, true);
    json_bool(&json, false);
    json_nil(&json);
    json_open(&json, '{');
    json_close(&json, '}');
    json_close(&json, ']');
    json_key(&json, "d");
    json_open(&json, '{');
    json_put_text(&json, "e", "x");
    json_put_text(&json, "f", NULL);
    json_close(&json, '}');
    json_key(&json, "g");
    json_raw(&json, SPAN("[1,2]"));
    json_put_bool(&json, "h", true);
    json_close(&json, '}');
    assert_string_equal(
        buf_text(&buf),
        "{\"a\":1,\"b\":[],\"c\":[true,false,null,{}],\"d\":{\"e\":\"x\",\"f\":null},\"g\":[1,2],"
        "\"h\":true}");
    buf_free(&buf);
}

static void
write_string(struct buf *buf, struct span text)
{
    struct json_out json = {.buf = buf};
    json_str(&json, text);
}

/* Any bytes come out as a JSON string that another reader reads; good UTF-8 comes back as it was. */
static void
test_json_strings_read_back(void **state)
{
    (void)state;
    char bytes[64];
    unsigned seed = 1;
    for (int round = 0; round < 3000; round++) {
        size_t len = (size_t)(rand_r(&seed) % (int)sizeof bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(rand_r(&seed) % (round % 2 ? 127 : 255) + 1);
        struct buf buf = {0};
        struct json_value value;
        write_string(&buf, (struct span){bytes, len});
        struct json_cursor cursor = json_over(buf_span(&buf));
        assert_true(json_take_value(&cursor, &value));
        assert_ptr_equal(cursor.at, cursor.end);
        if (utf8_is_valid((struct span){bytes, len})) {
            char out[6 * sizeof bytes];
            assert_int_equal(json_unescape(value.text, out), len);
            assert_memory_equal(out, bytes, len);
        }
        buf_free(&buf);
    }
}

static void
test_json_escapes(void **state)
{
    (void)state;
    struct buf buf = {0};
    write_string(&buf, SPAN("\"\\\n\x01\0攸\xff\xc3🍊"));
    assert_string_equal(buf_text(&buf), "\"\\\"\\\\\\n\\u0001\\u0000攸\xef\xbf\xbd\xef\xbf\xbd🍊\"");
    buf_free(&buf);
}

static void
test_json_thousandths(void **state)
{
    (void)state;
    static const struct {
        int64_t milli;
        const char *text;
    } cases[] = {{0, "0"},     {14564, "14.564"}, {40000, "40"}, {-1, "-0.001"},
                 {500, "0.5"}, {-1250, "-1.25"},  {10, "0.01"},  {INT64_MIN, "-9223372036854775.808"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf buf = {0};
        struct json_out json = {.buf = &buf};
        json_milli(&json, cases[i].milli);
        assert_string_equal(buf_text(&buf), cases[i].text);
        buf_free(&buf);
    }
}

/* --- utf8 --- */

static void
test_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {
        "", "a", "\x7f", "é", "攸县", "🍊", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc3",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf8\x88\x80\x80\x80",
                                      "a\xff",
                                      "\xe6\x94"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(utf8_is_valid(span_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8_is_valid(span_of(bad[i])));
}

static void
test_utf8_puts_what_it_reads(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x10ffff; point++) {
        char out[4];
        if (point >= 0xd800 && point <= 0xdfff)
            continue;
        size_t len = utf8_put(out, point);
        assert_int_equal(utf8_len((struct span){out, len}), len);
    }
}

/* --- money --- */

static void
test_money(void **state)
{
    (void)state;
    static const struct {
        int64_t fen;
        const char *yuan, *wan;
    } cases[] = {
        {0, "0.00", "0.00元"},
        {5, "0.05", "0.05元"},
        {9800, "98.00", "98.00元"},
        {-123456, "-1,234.56", "-1234.56元"},
        {650123456, "6,501,234.56", "650.12万元"},
        {516266175, "5,162,661.75", "516.26万元"},
        {12000000000, "120,000,000.00", "1.2000亿元"},
        {INT64_MAX, "92,233,720,368,547,758.07", "922337203.6854亿元"},
        {INT64_MIN, "-92,233,720,368,547,758.08", "-922337203.6854亿元"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf yuan = {0}, wan = {0};
        money_add_yuan(&yuan, cases[i].fen);
        money_add_wan(&wan, cases[i].fen);
        assert_string_equal(buf_text(&yuan), cases[i].yuan);
        assert_string_equal(buf_text(&wan), cases[i].wan);
        buf_free(&yuan);
        buf_free(&wan);
    }
    assert_int_equal(fen_add(INT64_MAX - 1, 1), INT64_MAX);
}

/* --- decimal --- */

static void
test_decimal(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int decimals;
        int64_t value;
    } good[] = {{"0", 3, 0},          {"40", 3, 40000},
                {"14.564", 3, 14564}, {"-0.001", 3, -1},
                {"0.5000", 3, 500},   {"-0", 3, 0},
                {"12", 0, 12},        {"12.00", 0, 12},
                {"007", 0, 7},        {"9223372036854775.807", 3, INT64_MAX}};
    static const char *const bad[] = {"",
                                      "-",
                                      ".",
                                      ".5",
                                      "5.",
                                      "1e3",
                                      "+1",
                                      "1,000",
                                      " 1",
                                      "1 ",
                                      "0.0001",
                                      "--1",
                                      "0x1",
                                      "9223372036854775.808",
                                      "99999999999999999999",
                                      "1.2.3",
                                      "1.000.0",
                                      "NaN"};
    int64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(decimal_read(span_of(good[i].text), good[i].decimals, &value));
        assert_int_equal(value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (decimal_read(span_of(bad[i]), 3, &value))
            fail_msg("taken for a number: %s", bad[i]);
    }
}

/* --- nearest, arena --- */

static void
test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"title", "title_en", "opens", "streamer", "reached_at"};
    static const struct {
        const char *typed, *nearest;
    } cases[] = {{"titel", "title"},
                 {"open", "opens"},
                 {"title-en", "title_en"},
                 {"streamre", "streamer"},
                 {"stramers", "streamer"},
                 {"xyz", NULL},
                 {"", NULL},
                 {"reached", "reached_at"},
                 {"reached_a_very_long_name_of_nothing_at_all", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *nearest = nearest_name(span_of(cases[i].typed), names, sizeof names / sizeof *names);
        if (!cases[i].nearest)
            assert_null(nearest);
        else
            assert_string_equal(nearest, cases[i].nearest);
    }
}

static void
test_arena(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    for (size_t size = 0; size < 40000; size = size * 2 + 1) {
        unsigned char *at = arena_array(arena, size, 1);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xff, size);
    }
    assert_string_equal(arena_text(arena, (struct span){"abc", 2}), "ab");
    assert_string_equal(arena_text(arena, (struct span){0}), "");
    arena_free(arena);
    arena_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_parses),
        cmocka_unit_test(test_clock_formats),
        cmocka_unit_test(test_clocks_run),
        cmocka_unit_test(test_buf_grows_and_drops),
        cmocka_unit_test(test_buf_writes_integers),
        cmocka_unit_test(test_buf_remembers_a_failure),
        cmocka_unit_test(test_json_has_its_commas),
        cmocka_unit_test(test_json_strings_read_back),
        cmocka_unit_test(test_json_escapes),
        cmocka_unit_test(test_json_thousandths),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_utf8_puts_what_it_reads),
        cmocka_unit_test(test_money),
        cmocka_unit_test(test_decimal),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
