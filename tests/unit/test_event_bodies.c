/* Whole bodies in JSON and NDJSON: broken ones, arrays, lines; and the cursor beneath, at the edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/json_cursor.h"
#include "tests/unit/event_harness.h"

#define PAID_HEAD                                                                                            \
    "\"id\":\"a-1\",\"type\":\"order.paid\",\"time\":1637924400000,\"session\":\"s-001\",\"product\":"       \
    "\"tofu\""
#define PAID "{" PAID_HEAD ",\"quantity\":2,\"amount_fen\":1990}"
static struct decoded
decode(enum body_format format, const char *text, size_t capacity)
{
    struct span bytes = span_of(text);
    struct decoded decoded = harness_decode(format, bytes, capacity);
    harness_check(format, bytes, &decoded);
    return decoded;
}

static void
test_unreadable_json(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "7",
        "\"a\"",
        "null",
        "{",
        "[",
        "[" PAID,
        PAID PAID,
        PAID "x",
        "[" PAID ",]",
        "[" PAID "}",
        "[]]",
        "[][]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1 2}",
        "{a:1}",
        "{'a':1}",
        "[tru]",
        "[nul]",
        "[True]",
        "[01]",
        "[-]",
        "[1.]",
        "[.5]",
        "[1e]",
        "[1e+]",
        "[+1]",
        "[0x1]",
        "[NaN]",
        "[-Infinity]",
        "[--1]",
        "[\"\t\"]",
        "[\"\x7f",
        "[\"\\x\"]",
        "[\"\\u12g4\"]",
        "[\"\\u12\"]",
        "[\"\\\"]",
        "[\"a]",
        "[\"\\ud800\"]",
        "[\"\\udc00\"]",
        "[\"\\ud800\\u0041\"]",
        "[\"\\ud800\\ud800\"]",
        "[\"\\ud800x\"]",
        "[\"\xc0\x80\"]",
        "[\"\xed\xa0\x80\"]",
        "[\"\xf4\x90\x80\x80\"]",
        "[\"\xe4\xb8\"]",
        "[\"\x80\"]",
        "\xef\xbb\xbf" PAID,
        "[1,,2]",
        "[,1]",
        "{\"a\":1,,\"b\":2}",
        "[1 2]",
        "[}",
        "{]",
        "{\"a\":1]",
        "[{\"a\":[1}]",
        "/**/[]",
        "[]//",
        "[{\"a\":{\"b\" 1}}]",
        "[\"\\U0041\"]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct decoded decoded = decode(BODY_JSON, texts[i], 4);
        if (decoded.verdict != BODY_UNREADABLE)
            print_error("taken: %s\n", texts[i]);
        assert_int_equal(decoded.verdict, BODY_UNREADABLE);
        assert_true(strncmp(decoded.body.message, "at byte ", 8) == 0);
        harness_free(&decoded);
    }
}

/* Strings are read eight bytes at a time: whatever may not stand in one is found at each place of the eight.
 */
static void
test_bad_bytes_anywhere(void **state)
{
    (void)state;
    static const char bad[] = {'\x01', '\x1f', '\n', '\\', '\x80', '\xc0', '\xff', '"', '\0'};
    for (size_t len = 1; len < 20; len++) {
        for (size_t i = 0; i < len * sizeof bad; i++) {
            char text[32] = "[\"";
            memset(text + 2, 'x', len);
            text[2 + i % len] = bad[i / len];
            memcpy(text + 2 + len, "\"]", 2);
            struct span body = {text, len + 4};
            struct decoded decoded = harness_decode(BODY_JSON, body, 1);
            harness_check(BODY_JSON, body, &decoded);
            assert_int_equal(decoded.verdict, BODY_UNREADABLE);
            harness_free(&decoded);
        }
    }
}

/* A NUL byte is a byte like others: it ends nothing. */
static void
test_nul_byte(void **state)
{
    (void)state;
    struct span texts[] = {SPAN("[]\0"), SPAN("\0[]"), SPAN("[\"a\0b\"]"), SPAN("[1\0]"), SPAN("[\"\\\0\"]")};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct decoded decoded = harness_decode(BODY_JSON, texts[i], 4);
        harness_check(BODY_JSON, texts[i], &decoded);
        assert_int_equal(decoded.verdict, BODY_UNREADABLE);
        harness_free(&decoded);
    }
}

static void
test_arrays(void **state)
{
    (void)state;
    struct decoded decoded = decode(BODY_JSON, " [ ] ", 1);
    assert_int_equal(decoded.verdict, BODY_READ);
    assert_int_equal(decoded.body.count, 0);
    harness_free(&decoded);

    decoded = decode(BODY_JSON, "[" PAID " , 7, {}," PAID "]", 4);
    assert_int_equal(decoded.verdict, BODY_READ);
    assert_int_equal(decoded.body.count, 4);
    assert_int_equal(decoded.body.items[0].code, CODE_OK);
    assert_int_equal(decoded.body.items[1].code, CODE_WRONG_TYPE);
    assert_int_equal(decoded.body.items[2].code, CODE_MISSING_FIELD);
    assert_int_equal(decoded.body.items[3].code, CODE_OK);
    assert_true(span_is(decoded.body.items[3].bytes, PAID));
    harness_free(&decoded);

    decoded = decode(BODY_JSON, "[" PAID "," PAID "]", 1);
    assert_int_equal(decoded.verdict, BODY_TOO_MANY);
    harness_free(&decoded);
}

static void
test_lines(void **state)
{
    (void)state;
    struct decoded decoded = decode(BODY_NDJSON, "", 0);
    assert_int_equal(decoded.verdict, BODY_READ);
    assert_int_equal(decoded.body.count, 0);
    harness_free(&decoded);

    decoded = decode(BODY_NDJSON, "\n  \t\r\n\n" PAID "\r\n{\"id\":\n" PAID " x\n" PAID PAID "\n" PAID, 9);
    assert_int_equal(decoded.verdict, BODY_READ);
    static const enum event_code codes[] = {CODE_OK, CODE_INVALID_JSON, CODE_INVALID_JSON, CODE_INVALID_JSON,
                                            CODE_OK};
    assert_int_equal(decoded.body.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(decoded.body.items[i].code, codes[i]);
    harness_free(&decoded);

    decoded = decode(BODY_NDJSON, PAID "\n\n" PAID "\n" PAID, 2);
    assert_int_equal(decoded.verdict, BODY_TOO_MANY);
    assert_string_equal(decoded.body.message, "expected at most 2 events in a request, found more");
    harness_free(&decoded);
}

/* Numbers at the edges of int64_t, straight from the cursor. */
static void
test_exact_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum json_kind kind;
        int64_t integer;
    } cases[] = {
        {"0", JSON_IS_INTEGER, 0},
        {"-0", JSON_IS_INTEGER, 0},
        {"9007199254740993", JSON_IS_INTEGER, 9007199254740993},
        {"9223372036854775807", JSON_IS_INTEGER, INT64_MAX},
        {"-9223372036854775808", JSON_IS_INTEGER, INT64_MIN},
        {"9223372036854775808", JSON_IS_HUGE, 0},
        {"-9223372036854775809", JSON_IS_HUGE, 0},
        {"100000000000000000000000000", JSON_IS_HUGE, 0},
        {"1.0", JSON_IS_REAL, 1},
        {"1E2", JSON_IS_REAL, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_cursor cursor = json_over(span_of(cases[i].text));
        struct json_value value;
        assert_true(json_take_value(&cursor, &value));
        assert_int_equal(value.kind, cases[i].kind);
        assert_int_equal(value.integer, cases[i].integer);
        assert_true(span_is(value.text, cases[i].text));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unreadable_json), cmocka_unit_test(test_bad_bytes_anywhere),
        cmocka_unit_test(test_nul_byte),        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_lines),           cmocka_unit_test(test_exact_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
