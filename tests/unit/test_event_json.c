/* Events in JSON and NDJSON: good ones, and every fault with its code, its field and its sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/event_harness.h"

#define PAID_HEAD                                                                                            \
    "\"id\":\"a-1\",\"type\":\"order.paid\",\"time\":1637924400000,\"session\":\"s-001\",\"product\":"       \
    "\"tofu\""
#define PAID "{" PAID_HEAD ",\"quantity\":2,\"amount_fen\":1990}"
#define REFUND_HEAD "\"id\":\"r-1\",\"type\":\"order.refunded\",\"time\":1637924400000,\"session\":\"s-001\""
#define SAMPLE_HEAD "\"id\":\"m-1\",\"type\":\"metric.sampled\",\"time\":1637924400000,\"session\":\"s-001\""
#define VIDEO_HEAD "\"id\":\"v-1\",\"type\":\"video.published\",\"streamer\":\"yx-01\""

static struct decoded
decode(enum body_format format, const char *text, size_t capacity)
{
    struct span bytes = span_of(text);
    struct decoded decoded = harness_decode(format, bytes, capacity);
    harness_check(format, bytes, &decoded);
    return decoded;
}

/* --- Good events --- */

static void
one_event(const char *text, struct event *event, struct decoded *decoded)
{
    *decoded = decode(BODY_JSON, text, 2);
    if (decoded->verdict != BODY_READ)
        print_error("%s: %s\n", text, decoded->body.message);
    assert_int_equal(decoded->verdict, BODY_READ);
    assert_int_equal(decoded->body.count, 1);
    if (decoded->body.items[0].code != CODE_OK)
        print_error("%s: %s\n", text, event_code_name(decoded->body.items[0].code));
    assert_int_equal(decoded->body.items[0].code, CODE_OK);
    *event = decoded->body.items[0].event;
}

static void
test_sale(void **state)
{
    (void)state;
    struct decoded decoded;
    struct event event;
    one_event(" {\"amount_fen\" : 100000000000,\r\n\"channel\":\"offline\",\"quantity\":1000000,"
              "\"id\":\"Aa0._:-\",\"session\":\"s-001\",\"product\":\"tofu\","
              "\"time\":\"2021-11-26T19:00:00.5+08:00\",\t\"type\":\"order.paid\"} \n",
              &event, &decoded);
    assert_int_equal(event.type, EVENT_ORDER_PAID);
    assert_true(span_is(event.id, "Aa0._:-"));
    assert_int_equal(event.time_ms, 1637924400500);
    assert_true(span_is(event.session, "s-001"));
    assert_true(span_is(event.product, "tofu"));
    assert_int_equal(event.quantity, 1000000);
    assert_int_equal(event.amount_fen, 100000000000);
    assert_int_equal(event.channel, CHANNEL_OFFLINE);
    assert_null(event.streamer.at);
    assert_null(event.of.at);
    assert_int_equal(event.value, 0);
    harness_free(&decoded);
}

static void
test_other_types(void **state)
{
    (void)state;
    struct decoded decoded;
    struct event event;
    one_event("{" REFUND_HEAD ",\"of\":\"a-1\",\"amount_fen\":1}", &event, &decoded);
    assert_int_equal(event.type, EVENT_ORDER_REFUNDED);
    assert_true(span_is(event.of, "a-1"));
    assert_int_equal(event.amount_fen, 1);
    harness_free(&decoded);

    one_event("{" SAMPLE_HEAD ",\"metric\":\"comments\",\"value\":1000000000000000}", &event, &decoded);
    assert_int_equal(event.type, EVENT_METRIC_SAMPLED);
    assert_int_equal(event.sample, SAMPLE_COMMENTS);
    assert_int_equal(event.value, 1000000000000000);
    harness_free(&decoded);

    one_event("{" VIDEO_HEAD ",\"time\":\"2021-11-26T11:00:00Z\"}", &event, &decoded);
    assert_int_equal(event.type, EVENT_VIDEO_PUBLISHED);
    assert_true(span_is(event.streamer, "yx-01"));
    assert_null(event.session.at);
    assert_int_equal(event.time_ms, 1637924400000);
    harness_free(&decoded);

    static const char *const plain[] = {"session.started", "session.ended"};
    for (int i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"type\":\"%s\",\"id\":\"x\",\"time\":0,\"session\":\"s\"}", plain[i]);
        one_event(text, &event, &decoded);
        assert_string_equal(event_type_name(event.type), plain[i]);
        harness_free(&decoded);
    }
    one_event("{\"type\":\"order.cancelled\",\"id\":\"x\",\"time\":0,\"session\":\"s\",\"of\":\"y\"}", &event,
              &decoded);
    assert_int_equal(event.type, EVENT_ORDER_CANCELLED);
    assert_true(span_is(event.of, "y"));
    harness_free(&decoded);
}

/* Escapes in names and values; fields nobody knows, or that this type does not use, whatever they hold. */
static void
test_tolerated(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"\\u0069d\":\"\\u0061-1\",\"type\":\"order\\u002epaid\",\"time\":\"2021-11-26T19:00:00\\u002B08:"
        "00\","
        "\"session\":\"s\\u002d001\",\"product\":\"tof\\u0075\",\"quantity\":2,\"amount_fen\":1990}",
        "{" PAID_HEAD
        ",\"quantity\":2,\"amount_fen\":1990,\"value\":\"x\",\"of\":[],\"metric\":null,\"streamer\":7}",
        "{\"of\":{\"a\":[1,{}]},\"note\":\"\\ud83c\\udf36 攸县 \\\" \\\\ \\/ \\b\\f\\n\\r\\t\"," PAID_HEAD
        ",\"quantity\":2,\"amount_fen\":1990}",
        "{" PAID_HEAD
        ",\"quantity\":2,\"amount_fen\":1990,\"\":0,\"a\":1,\"b\":-0.5e-3,\"c\":1E+2,\"ID\":true}",
        "{" PAID_HEAD ",\"quantity\":2,\"amount_fen\":1990,\"deep\":[[[[[[[]]]]]]]}",
        "{" PAID_HEAD ",\"quantity\":2,\"amount_fen\":1990,\"channel\":\"online\"}",
        "{" PAID_HEAD ",\"quantity\":2,\"amount_fen\":1990,\"same\":{\"x\":1,\"x\":2}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct decoded decoded;
        struct event event;
        one_event(texts[i], &event, &decoded);
        assert_true(span_is(event.id, "a-1"));
        assert_true(span_is(event.session, "s-001"));
        assert_true(span_is(event.product, "tofu"));
        assert_int_equal(event.quantity, 2);
        assert_int_equal(event.amount_fen, 1990);
        assert_int_equal(event.time_ms, 1637924400000);
        assert_int_equal(event.channel, CHANNEL_ONLINE);
        harness_free(&decoded);
    }
}

static void
test_free_sale_and_minus_zero(void **state)
{
    (void)state;
    struct decoded decoded;
    struct event event;
    one_event("{" PAID_HEAD ",\"quantity\":1,\"amount_fen\":-0}", &event, &decoded);
    assert_int_equal(event.amount_fen, 0);
    harness_free(&decoded);
}

/* --- Bad events --- */

struct bad {
    const char *text;
    enum event_code code;
    const char *field;
};

#define WITH(fields) "{" PAID_HEAD "," fields "}"

static const struct bad bads[] = {
    {"{}", CODE_MISSING_FIELD, "type"},
    {"{\"type\":\"order.paid\"}", CODE_MISSING_FIELD, "id"},
    {"{\"type\":\"order.paid\",\"id\":\"a\"}", CODE_MISSING_FIELD, "time"},
    {"{\"type\":\"order.paid\",\"id\":\"a\",\"time\":1}", CODE_MISSING_FIELD, "session"},
    {"{\"type\":\"video.published\",\"id\":\"a\",\"time\":1,\"session\":\"s\"}", CODE_MISSING_FIELD,
     "streamer"},
    {WITH("\"amount_fen\":1"), CODE_MISSING_FIELD, "quantity"},
    {WITH("\"quantity\":1"), CODE_MISSING_FIELD, "amount_fen"},
    {"{" REFUND_HEAD ",\"amount_fen\":5}", CODE_MISSING_FIELD, "of"},
    {"{" SAMPLE_HEAD ",\"value\":5}", CODE_MISSING_FIELD, "metric"},
    {"{" SAMPLE_HEAD ",\"metric\":\"likes\"}", CODE_MISSING_FIELD, "value"},

    {"{\"type\":7}", CODE_WRONG_TYPE, "type"},
    {"{\"type\":\"order.paid\",\"id\":7}", CODE_WRONG_TYPE, "id"},
    {"{\"type\":\"order.paid\",\"id\":null}", CODE_WRONG_TYPE, "id"},
    {"{\"type\":\"order.paid\",\"id\":\"a\",\"time\":true}", CODE_WRONG_TYPE, "time"},
    {"{\"type\":\"order.paid\",\"id\":\"a\",\"time\":1.5}", CODE_WRONG_TYPE, "time"},
    {"{\"type\":\"order.paid\",\"id\":\"a\",\"time\":1,\"session\":{}}", CODE_WRONG_TYPE, "session"},
    {WITH("\"quantity\":\"two\",\"amount_fen\":1"), CODE_WRONG_TYPE, "quantity"},
    {WITH("\"quantity\":1.0,\"amount_fen\":1"), CODE_WRONG_TYPE, "quantity"},
    {WITH("\"quantity\":1e3,\"amount_fen\":1"), CODE_WRONG_TYPE, "quantity"},
    {WITH("\"quantity\":1,\"amount_fen\":null"), CODE_WRONG_TYPE, "amount_fen"},
    {WITH("\"quantity\":1,\"amount_fen\":[1]"), CODE_WRONG_TYPE, "amount_fen"},
    {WITH("\"quantity\":1,\"amount_fen\":1,\"channel\":null"), CODE_WRONG_TYPE, "channel"},
    {"{" SAMPLE_HEAD ",\"metric\":1,\"value\":5}", CODE_WRONG_TYPE, "metric"},
    {"{" REFUND_HEAD ",\"amount_fen\":5,\"of\":5}", CODE_WRONG_TYPE, "of"},

    {WITH("\"quantity\":0,\"amount_fen\":1"), CODE_OUT_OF_RANGE, "quantity"},
    {WITH("\"quantity\":1000001,\"amount_fen\":1"), CODE_OUT_OF_RANGE, "quantity"},
    {WITH("\"quantity\":-1,\"amount_fen\":1"), CODE_OUT_OF_RANGE, "quantity"},
    {WITH("\"quantity\":9223372036854775807,\"amount_fen\":1"), CODE_OUT_OF_RANGE, "quantity"},
    {WITH("\"quantity\":9223372036854775808,\"amount_fen\":1"), CODE_OUT_OF_RANGE, "quantity"},
    {WITH("\"quantity\":18446744073709551617,\"amount_fen\":1"), CODE_OUT_OF_RANGE, "quantity"},
    {WITH("\"quantity\":-9223372036854775809,\"amount_fen\":1"), CODE_OUT_OF_RANGE, "quantity"},
    {WITH("\"quantity\":1,\"amount_fen\":100000000001"), CODE_OUT_OF_RANGE, "amount_fen"},
    {WITH("\"quantity\":1,\"amount_fen\":-1"), CODE_OUT_OF_RANGE, "amount_fen"},
    {"{" REFUND_HEAD ",\"of\":\"a\",\"amount_fen\":0}", CODE_OUT_OF_RANGE, "amount_fen"},
    {"{" REFUND_HEAD ",\"of\":\"a\",\"amount_fen\":100000000001}", CODE_OUT_OF_RANGE, "amount_fen"},
    {WITH("\"quantity\":1,\"amount_fen\":1,\"channel\":\"Online\""), CODE_OUT_OF_RANGE, "channel"},
    {"{" SAMPLE_HEAD ",\"metric\":\"gmv\",\"value\":5}", CODE_OUT_OF_RANGE, "metric"},
    {"{" SAMPLE_HEAD ",\"metric\":\"likes\",\"value\":-1}", CODE_OUT_OF_RANGE, "value"},
    {"{" SAMPLE_HEAD ",\"metric\":\"likes\",\"value\":1000000000000001}", CODE_OUT_OF_RANGE, "value"},
    {"{" VIDEO_HEAD ",\"time\":-1}", CODE_OUT_OF_RANGE, "time"},
    {"{" VIDEO_HEAD ",\"time\":253402300800000}", CODE_OUT_OF_RANGE, "time"},
    {"{" VIDEO_HEAD ",\"time\":99999999999999999999}", CODE_OUT_OF_RANGE, "time"},

    {"{\"type\":\"order.paid\",\"id\":\"\"}", CODE_BAD_ID, "id"},
    {"{\"type\":\"order.paid\",\"id\":\"a b\"}", CODE_BAD_ID, "id"},
    {"{\"type\":\"order.paid\",\"id\":\"攸\"}", CODE_BAD_ID, "id"},
    {"{\"type\":\"order.paid\",\"id\":\"a\\u0000\"}", CODE_BAD_ID, "id"},
    {"{\"type\":\"order.paid\",\"id\":\"0123456789012345678901234567890123456789012345678901234567890123x\"}",
     CODE_BAD_ID, "id"},
    {"{" REFUND_HEAD ",\"of\":\"a/b\",\"amount_fen\":5}", CODE_BAD_ID, "of"},

    {"{" VIDEO_HEAD ",\"time\":\"\"}", CODE_BAD_TIME, "time"},
    {"{" VIDEO_HEAD ",\"time\":\"2021-11-26T19:00:00\"}", CODE_BAD_TIME, "time"},
    {"{" VIDEO_HEAD ",\"time\":\"2021-13-26T19:00:00Z\"}", CODE_BAD_TIME, "time"},
    {"{" VIDEO_HEAD ",\"time\":\"1637924400000\"}", CODE_BAD_TIME, "time"},

    {"{\"type\":\"order.payed\"}", CODE_UNKNOWN_TYPE, "type"},
    {"{\"type\":\"\"}", CODE_UNKNOWN_TYPE, "type"},

    {"{\"id\":\"a\",\"id\":\"a\"}", CODE_DUPLICATE_FIELD, "id"},
    {"{\"id\":\"a\",\"\\u0069d\":\"a\"}", CODE_DUPLICATE_FIELD, "id"},
    {WITH("\"quantity\":1,\"amount_fen\":1,\"value\":1,\"value\":2"), CODE_DUPLICATE_FIELD, "value"},
    {WITH("\"quantity\":1,\"amount_fen\":1,\"x\":1,\"y\":1,\"\\u0078\":2"), CODE_DUPLICATE_FIELD, ""},
    {WITH("\"quantity\":1,\"amount_fen\":1,\"\":1,\"\":2"), CODE_DUPLICATE_FIELD, ""},
    {WITH("\"x\":1,\"x\":1,\"id\":1"), CODE_DUPLICATE_FIELD, ""},

    {WITH("\"quantity\":1,\"amount_fen\":1,\"deep\":[[[[[[[[]]]]]]]]"), CODE_TOO_LARGE, ""},
    {WITH("\"quantity\":1,\"amount_fen\":[[[[[{\"a\":[[]]}]]]]]"), CODE_TOO_LARGE, ""},

    /* The order of faults: the whole, then type, id, time, then by the table. */
    {"{\"quantity\":0,\"id\":7,\"type\":\"x\",\"time\":\"x\"}", CODE_UNKNOWN_TYPE, "type"},
    {"{\"quantity\":0,\"id\":7,\"type\":\"order.paid\",\"time\":\"x\"}", CODE_WRONG_TYPE, "id"},
    {"{\"quantity\":0,\"id\":\"7\",\"type\":\"order.paid\",\"time\":\"x\"}", CODE_BAD_TIME, "time"},
    {"{\"quantity\":0,\"id\":\"7\",\"type\":\"order.paid\",\"time\":1,\"product\":1}", CODE_MISSING_FIELD,
     "session"},
    {WITH("\"quantity\":0,\"amount_fen\":-1"), CODE_OUT_OF_RANGE, "quantity"},
    {"{\"type\":7,\"note\":1,\"note\":1}", CODE_DUPLICATE_FIELD, ""},

    {"7", CODE_WRONG_TYPE, ""},
    {"null", CODE_WRONG_TYPE, ""},
    {"\"order.paid\"", CODE_WRONG_TYPE, ""},
    {"[]", CODE_WRONG_TYPE, ""},
    {"[" PAID "]", CODE_WRONG_TYPE, ""},
};

static void
check_bad(enum body_format format, const char *text, const struct bad *bad)
{
    struct decoded decoded = decode(format, text, 4);
    struct event_error error;
    if (decoded.verdict != BODY_READ || decoded.body.count != 1 || decoded.body.items[0].code != bad->code)
        print_error("%s: %s\n", text, decoded.body.message);
    assert_int_equal(decoded.verdict, BODY_READ);
    assert_int_equal(decoded.body.count, 1);
    assert_string_equal(event_code_name(decoded.body.items[0].code), event_code_name(bad->code));
    event_explain(format, &decoded.body.items[0], &error);
    assert_string_equal(event_code_name(error.code), event_code_name(bad->code));
    assert_string_equal(error.field, bad->field);
    assert_non_null(strstr(error.message, "expected "));
    assert_non_null(strstr(error.message, "found "));
    harness_free(&decoded);
}

static void
test_bad_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        char text[600];
        snprintf(text, sizeof text, "[ %s ]", bads[i].text);
        check_bad(BODY_JSON, text, &bads[i]);
        snprintf(text, sizeof text, "\n \t\r\n  %s \r\n\n", bads[i].text);
        check_bad(BODY_NDJSON, text, &bads[i]);
        if (bads[i].text[0] == '{')
            check_bad(BODY_JSON, bads[i].text, &bads[i]);
    }
}

static void
check_message(const char *text, const char *message)
{
    struct decoded decoded = decode(BODY_NDJSON, text, 1);
    struct event_error error;
    assert_int_equal(decoded.body.count, 1);
    event_explain(BODY_NDJSON, &decoded.body.items[0], &error);
    assert_string_equal(error.message, message);
    harness_free(&decoded);
}

static void
test_messages(void **state)
{
    (void)state;
    check_message(WITH("\"quantity\":\"two\""),
                  "quantity: expected an integer from 1 to 1000000, found \"two\"");
    check_message(WITH("\"quantity\":1.50"), "quantity: expected an integer from 1 to 1000000, found 1.50");
    check_message(WITH("\"quantity\":-7"), "quantity: expected an integer from 1 to 1000000, found -7");
    check_message(WITH("\"quantity\":12345678901234567890"),
                  "quantity: expected an integer from 1 to 1000000, found 12345678901234567890");
    check_message(WITH("\"quantity\":[1,2]"),
                  "quantity: expected an integer from 1 to 1000000, found an array");
    check_message(WITH("\"quantity\":null"), "quantity: expected an integer from 1 to 1000000, found null");
    check_message(WITH("\"amount_fen\":1"),
                  "quantity: expected an integer from 1 to 1000000, found no such field");
    check_message("{" REFUND_HEAD ",\"of\":\"x\",\"amount_fen\":0}",
                  "amount_fen: expected an integer from 1 to 100000000000, found 0");
    check_message("{\"type\":\"order.paid\",\"id\":\"a\\n\\u0085\\u202e\\\"b\"}",
                  "id: expected an id of 1 to 64 letters, digits and . _ : -, found "
                  "\"a\\u000a\\u0085\\u202e\"b\"");
    check_message("{\"type\":\"0123456789012345678901234567890123456789012345\"}",
                  "type: expected one of order.paid, order.refunded, order.cancelled, session.started, "
                  "session.ended, video.published, metric.sampled, found "
                  "\"0123456789012345678901234567890123456789…\"");
    check_message("{\"a\":1,\"b\":2,\"a\":3}", "expected each field once, found \"a\" twice");
    check_message("3.5", "expected an object, found a number");
    check_message("{\"a\" 1}", "at byte 5: expected ':' behind a field's name, found \"1\"");
    check_message("{\"a\":1", "at byte 6: expected ',' or '}', found the end");
    check_message("{} {}", "at byte 2: expected nothing behind the event, found \" \"");
    check_message("{\"a\":\"\xff\"}", "at byte 6: expected UTF-8, found \"\\xff\"");
}

/* The id of a bad event comes along where it can be told. */
static void
test_id_of_bad_event(void **state)
{
    (void)state;
    struct decoded decoded = decode(BODY_JSON,
                                    "[{\"id\":\"a-1\",\"type\":\"x\"},{\"id\":\"a 1\",\"type\":\"x\"},"
                                    "{\"type\":\"x\",\"type\":\"x\",\"id\":\"b\"},{\"id\":\"\\u0063\"},7]",
                                    9);
    assert_int_equal(decoded.body.count, 5);
    assert_true(span_is(decoded.body.items[0].event.id, "a-1"));
    assert_int_equal(decoded.body.items[1].event.id.len, 0);
    assert_true(span_is(decoded.body.items[2].event.id, "b"));
    assert_true(span_is(decoded.body.items[3].event.id, "c"));
    assert_int_equal(decoded.body.items[4].event.id.len, 0);
    assert_true(span_is(decoded.body.items[4].bytes, "7"));
    harness_free(&decoded);
}

/* A line that breaks off behind a name has no id, whatever the line before it had. */
static void
test_no_id_of_another_line(void **state)
{
    (void)state;
    struct decoded decoded = decode(BODY_NDJSON, PAID "\n{\"id\":}\n{\"id\":\"b\",}", 3);
    assert_int_equal(decoded.body.count, 3);
    assert_true(span_is(decoded.body.items[0].event.id, "a-1"));
    assert_int_equal(decoded.body.items[1].event.id.len, 0);
    assert_true(span_is(decoded.body.items[2].event.id, "b"));
    harness_free(&decoded);
}

/* --- Sizes --- */

/* A sale padded to exactly `len` bytes. */
static char *
padded(size_t len)
{
    static const char head[] = "{" PAID_HEAD ",\"quantity\":1,\"amount_fen\":1,\"note\":\"";
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, 'x', len);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + len - 2, "\"}", 3);
    return text;
}

static void
test_event_size(void **state)
{
    (void)state;
    for (size_t len = LIMIT_EVENT_BYTES; len <= LIMIT_EVENT_BYTES + 1; len++) {
        char *text = padded(len);
        for (int format = BODY_JSON; format <= BODY_NDJSON; format++) {
            struct decoded decoded = decode((enum body_format)format, text, 1);
            bool fits = len <= LIMIT_EVENT_BYTES;
            assert_int_equal(decoded.body.items[0].code, fits ? CODE_OK : CODE_TOO_LARGE);
            assert_true(span_is(decoded.body.items[0].event.id, "a-1"));
            harness_free(&decoded);
        }
        free(text);
    }
}

/* An event made of `count` different unknown fields, and one more named `last`. */
static size_t
many_names(char *out, size_t size, int count, const char *last)
{
    size_t len = (size_t)snprintf(out, size, "{");
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(out + len, size - len, "\"%x\":0,", i);
    return len + (size_t)snprintf(out + len, size - len, "\"%s\":0}", last);
}

static void
test_many_unknown_names(void **state)
{
    (void)state;
    char text[2 * LIMIT_EVENT_BYTES];
    size_t len = many_names(text, sizeof text, 500, "last");
    assert_true(len > LIMIT_EVENT_BYTES - 700 && len <= LIMIT_EVENT_BYTES);
    check_bad(BODY_JSON, text, &(struct bad){NULL, CODE_MISSING_FIELD, "type"});
    for (int i = 0; i < 500; i += 7) {
        char last[8];
        snprintf(last, sizeof last, "%x", i);
        many_names(text, sizeof text, 500, last);
        check_bad(BODY_JSON, text, &(struct bad){NULL, CODE_DUPLICATE_FIELD, ""});
    }
    len = many_names(text, sizeof text, 1000, "0");
    assert_true(len > LIMIT_EVENT_BYTES);
    check_bad(BODY_JSON, text, &(struct bad){NULL, CODE_TOO_LARGE, ""});
}

static void
test_deep_nesting(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    char *text = malloc(2 * DEEP + 10);
    assert_non_null(text);
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', DEEP);
    memset(text + 5 + DEEP, ']', DEEP);
    memcpy(text + 5 + 2 * DEEP, "}", 2);
    struct decoded decoded = decode(BODY_JSON, text, 1);
    assert_int_equal(decoded.verdict, BODY_UNREADABLE);
    assert_string_equal(decoded.body.message,
                        "at byte 69: expected at most 64 levels of nesting, found \"[\"");
    harness_free(&decoded);
    text[0] = '[';
    decoded = decode(BODY_JSON, text, 1);
    assert_int_equal(decoded.verdict, BODY_UNREADABLE);
    harness_free(&decoded);
    check_bad(BODY_NDJSON, "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
              &(struct bad){NULL, CODE_TOO_LARGE, ""});
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sale),
        cmocka_unit_test(test_other_types),
        cmocka_unit_test(test_tolerated),
        cmocka_unit_test(test_free_sale_and_minus_zero),
        cmocka_unit_test(test_bad_events),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_id_of_bad_event),
        cmocka_unit_test(test_no_id_of_another_line),
        cmocka_unit_test(test_event_size),
        cmocka_unit_test(test_many_unknown_names),
        cmocka_unit_test(test_deep_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
