/*
 * Our decoders against jansson and msgpack-c, over many thousand bodies made from a fixed seed: events with
 * odd values in odd places, and the same with some bytes changed. What is left out of the comparison, and
 * why, stands in event_model_json.h and event_model_msgpack.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buf.h"
#include "tests/unit/event_model_json.h"
#include "tests/unit/event_model_msgpack.h"

enum { BODIES = 40000 };

/* --- Chance (splitmix64) --- */

struct chance {
    uint64_t state;
};

static uint64_t
draw(struct chance *chance)
{
    uint64_t z = chance->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint32_t
below(struct chance *chance, size_t count)
{
    return (uint32_t)(draw(chance) % count);
}

static bool
one_in(struct chance *chance, size_t count)
{
    return below(chance, count) == 0;
}

#define PICK(chance, list) (list)[below(chance, sizeof(list) / sizeof *(list))]

/* Changes, drops, copies or cuts a few bytes. */
static void
mutate(struct chance *chance, struct buf *body)
{
    static const char telling[] = "{}[]\",:\\u0eE+-. \n\r\t\0\x80\xc1\xdc\xde\xff\x91\x81\xa1\xd9";
    for (uint32_t changes = 1 + below(chance, 3); changes > 0 && body->len > 0; changes--) {
        size_t at = below(chance, body->len);
        switch (below(chance, 6)) {
        case 0:
            body->len = at;
            break;
        case 1:
            body->at[at] = (char)draw(chance);
            break;
        case 2:
            body->at[at] = (char)(body->at[at] ^ 1 << below(chance, 8));
            break;
        case 3:
            memmove(body->at + at, body->at + at + 1, body->len - at - 1);
            body->len--;
            break;
        default:
            body->at[at] = PICK(chance, telling);
        }
    }
}

/* --- Bodies in JSON --- */

static const char *const names[] = {"type",     "id",         "time",    "session", "streamer", "product",
                                    "quantity", "amount_fen", "channel", "of",      "metric",   "value",
                                    "note",     "x",          "",        "Id",      "typ",      "types"};

static const char *const types[] = {"order.paid",    "order.refunded",  "order.cancelled", "session.started",
                                    "session.ended", "video.published", "metric.sampled",  "order.payed"};

static const char *const json_values[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "1e3",
    "1E+2",
    "0.5e-2",
    "1000000",
    "1000001",
    "100000000000",
    "100000000001",
    "1000000000000000",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "253402300799999",
    "253402300800000",
    "1637924400000",
    "\"\"",
    "\"a\"",
    "\"s-001\"",
    "\"offline\"",
    "\"online\"",
    "\"likes\"",
    "\"comments\"",
    "\"2021-11-26T19:00:00+08:00\"",
    "\"2021-11-26T19:00:00.123Z\"",
    "\"2021-02-30T00:00:00Z\"",
    "\"9999-12-31T23:59:59-08:00\"",
    "\"2021-11-26t19:00:60z\"",
    "\"攸县香干\"",
    "\"\\u0061\\u002d1\"",
    "\"\\ud83c\\udf36\"",
    "\"\\u0000\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\ud800\"",
    "\"\\u00\"",
    "\"\x01\"",
    "\"\x7f\"",
    "\"\xc3\x28\"",
    "\"\xf0\x9f\x8c\xb6\"",
    "\"\xef\xbf\xbf\"",
    "\"\xed\xa0\x80\"",
    "01",
    "1.",
    ".5",
    "+1",
    "nul",
    "NaN",
    "[]",
    "{}",
    "[1,2,3]",
    "{\"a\":{\"b\":[]}}",
    "[[[[[[[]]]]]]]",
    "[[[[[[[[]]]]]]]]",
    "[1,]",
    "\"order.paid\"",
    "\"metric.sampled\"",
    "\"0123456789012345678901234567890123456789012345678901234567890123\"",
    "\"01234567890123456789012345678901234567890123456789012345678901234\"",
};

static void
add_space(struct chance *chance, struct buf *body)
{
    static const char *const spaces[] = {" ", "  ", "\t", "\r\n"};
    if (one_in(chance, 8))
        buf_add_text(body, PICK(chance, spaces));
}

/* A value that fits the field, so that many events get past the first fault. */
static void
add_fitting_json(struct chance *chance, struct buf *body, const char *name)
{
    if (span_is(span_of(name), "type"))
        buf_printf(body, "\"%s\"", PICK(chance, types));
    else if (span_is(span_of(name), "time"))
        buf_add_text(body, one_in(chance, 2) ? "1637924400000" : "\"2021-11-26T19:00:00+08:00\"");
    else if (span_is(span_of(name), "metric"))
        buf_add_text(body, "\"likes\"");
    else if (span_is(span_of(name), "channel"))
        buf_add_text(body, "\"offline\"");
    else if (strlen(name) == 8 || strlen(name) == 10 || span_is(span_of(name), "value"))
        buf_printf(body, name[0] == 's' ? "\"yx-01\"" : "%u", below(chance, 1000) + 1);
    else
        buf_printf(body, "\"a-%u\"", below(chance, 100));
}

static void
add_json_member(struct chance *chance, struct buf *body, const char *name)
{
    add_space(chance, body);
    if (one_in(chance, 30) && name[0])
        buf_printf(body, "\"\\u%04x%s\"", (unsigned)(unsigned char)name[0], name + 1);
    else
        buf_printf(body, "\"%s\"", name);
    add_space(chance, body);
    buf_add_byte(body, ':');
    add_space(chance, body);
    if (one_in(chance, 12))
        buf_add_text(body, PICK(chance, json_values));
    else
        add_fitting_json(chance, body, name);
    add_space(chance, body);
}

static void
add_json_event(struct chance *chance, struct buf *body)
{
    if (one_in(chance, 40)) {
        buf_add_text(body, PICK(chance, json_values));
        return;
    }
    buf_add_byte(body, '{');
    uint32_t start = below(chance, 14), wanted = 14 - (one_in(chance, 4) ? below(chance, 14) : 0);
    for (uint32_t i = 0; i < wanted; i++) {
        if (i > 0)
            buf_add_byte(body, ',');
        add_json_member(chance, body, one_in(chance, 60) ? PICK(chance, names) : names[(start + i * 3) % 14]);
    }
    buf_add_byte(body, '}');
}

static void
make_json(struct chance *chance, struct buf *body)
{
    buf_clear(body);
    add_space(chance, body);
    uint32_t count = one_in(chance, 3) ? below(chance, 4) : 1;
    bool many = count != 1 || one_in(chance, 10);
    if (many)
        buf_add_byte(body, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_byte(body, ',');
        add_json_event(chance, body);
    }
    if (many)
        buf_add_byte(body, ']');
    add_space(chance, body);
    if (one_in(chance, 3))
        mutate(chance, body);
}

/* A copy of exactly the body's size, so that a sanitizer sees a byte too far. */
static void
check_copy(const struct buf *body, void (*check)(struct span))
{
    char *copy = malloc(body->len + !body->len);
    assert_non_null(copy);
    if (body->len > 0)
        memcpy(copy, body->at, body->len);
    check((struct span){copy, body->len});
    free(copy);
}

static void
test_json(void **state)
{
    (void)state;
    struct chance chance = {20211126};
    struct buf body = {0};
    for (int i = 0; i < BODIES; i++) {
        make_json(&chance, &body);
        check_copy(&body, model_check_json);
    }
    buf_free(&body);
}

static void
test_ndjson(void **state)
{
    (void)state;
    static const char *const ends[] = {"\n", "\r\n", "\n\n", " \n\t\n", "", ","};
    struct chance chance = {20211129};
    struct buf body = {0};
    for (int i = 0; i < BODIES / 4; i++) {
        buf_clear(&body);
        for (uint32_t lines = below(&chance, 5); lines > 0; lines--) {
            add_json_event(&chance, &body);
            buf_add_text(&body, one_in(&chance, 3) ? PICK(&chance, ends) : "\n");
        }
        if (one_in(&chance, 3))
            mutate(&chance, &body);
        check_copy(&body, model_check_ndjson);
    }
    buf_free(&body);
}

/* --- Bodies in MessagePack --- */

static const struct span msgpack_values[] = {
    SPAN("\xc0"),
    SPAN("\xc2"),
    SPAN("\xc3"),
    SPAN("\x00"),
    SPAN("\x01"),
    SPAN("\x7f"),
    SPAN("\xff"),
    SPAN("\xe0"),
    SPAN("\xcc\xff"),
    SPAN("\xcd\xff\xff"),
    SPAN("\xce\xff\xff\xff\xff"),
    SPAN("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"),
    SPAN("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"),
    SPAN("\xcf\x80\0\0\0\0\0\0\0"),
    SPAN("\xcf\0\0\0\x17\x48\x76\xe8\x01"),
    SPAN("\xd0\x80"),
    SPAN("\xd1\x80\0"),
    SPAN("\xd2\x80\0\0\0"),
    SPAN("\xd3\x80\0\0\0\0\0\0\0"),
    SPAN("\xd0\x05"),
    SPAN("\xca\x3f\x80\0\0"),
    SPAN("\xcb\x3f\xf0\0\0\0\0\0\0"),
    SPAN("\xcb\x7f\xf8\0\0\0\0\0\0"),
    SPAN("\xa0"),
    SPAN("\xa1"
         "a"),
    SPAN("\xa5likes"),
    SPAN("\xd9\x05likes"),
    SPAN("\xda\0\x05likes"),
    SPAN("\xdb\0\0\0\x05likes"),
    SPAN("\xa2\xff\xff"),
    SPAN("\xa6攸县"),
    SPAN("\xc4\x02hi"),
    SPAN("\xc5\0\x02hi"),
    SPAN("\xc6\0\0\0\x02hi"),
    SPAN("\xb4"
         "2021-11-26T11:00:00Z"),
    SPAN("\xd6\xff\x61\xa0\xbe\x30"),
    SPAN("\xd7\xff\x77\x35\x94\0\x61\xa0\xbe\x30"),
    SPAN("\xd7\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    SPAN("\xc7\x0c\xff\x1d\xcd\x65\0\0\0\0\0\x61\xa0\xbe\x30"),
    SPAN("\xc7\x0c\xff\0\0\0\0\x80\0\0\0\0\0\0\0"),
    SPAN("\xd4\xff\x01"),
    SPAN("\xd5\x01hi"),
    SPAN("\xc8\0\x01\x05h"),
    SPAN("\x90"),
    SPAN("\x80"),
    SPAN("\x93\x01\x02\x03"),
    SPAN("\x81\xa1"
         "a\x91\xa1\xff"),
    SPAN("\x81\x05\x05"),
    SPAN("\x91\x91\x91\x91\x91\x91\x90"),
    SPAN("\x91\x91\x91\x91\x91\x91\x91\x90"),
    SPAN("\xdc\0\x01\xde\0\x01\xc0\xc0"),
    SPAN("\xdd\0\0\0\x01\xdf\0\0\0\0"),
    SPAN("\xc1"),
    SPAN("\xdc\xff\xff"),
    SPAN("\xd9\xff"),
};

static void
add_str(struct buf *body, const char *text)
{
    buf_add_byte(body, (char)(0xa0 | strlen(text)));
    buf_add_text(body, text);
}

static void
add_fitting_msgpack(struct chance *chance, struct buf *body, const char *name)
{
    if (span_is(span_of(name), "type"))
        add_str(body, PICK(chance, types));
    else if (span_is(span_of(name), "time"))
        buf_add_span(body, SPAN("\xcf\x00\x00\x01\x7d\x5b\xf0\x16\x80"));
    else if (span_is(span_of(name), "metric"))
        add_str(body, "likes");
    else if (span_is(span_of(name), "channel"))
        add_str(body, "offline");
    else if (strlen(name) == 10 || span_is(span_of(name), "value") || span_is(span_of(name), "quantity"))
        buf_add_byte(body, (char)(1 + below(chance, 127)));
    else
        add_str(body, "yx-01");
}

static void
add_msgpack_event(struct chance *chance, struct buf *body)
{
    if (one_in(chance, 40)) {
        buf_add_span(body, PICK(chance, msgpack_values));
        return;
    }
    uint32_t start = below(chance, 14), wanted = 14 - (one_in(chance, 4) ? below(chance, 14) : 0);
    buf_add_byte(body, (char)(0x80 | wanted));
    for (uint32_t i = 0; i < wanted; i++) {
        const char *name = one_in(chance, 60) ? PICK(chance, names) : names[(start + i * 3) % 14];
        if (one_in(chance, 200))
            buf_add_span(body, PICK(chance, msgpack_values));
        else
            add_str(body, name);
        if (one_in(chance, 12))
            buf_add_span(body, PICK(chance, msgpack_values));
        else
            add_fitting_msgpack(chance, body, name);
    }
}

static void
make_msgpack(struct chance *chance, struct buf *body)
{
    buf_clear(body);
    uint32_t count = one_in(chance, 3) ? below(chance, 4) : 1;
    if (one_in(chance, 2))
        buf_add_byte(body, (char)(0x90 | count));
    for (uint32_t i = 0; i < count; i++)
        add_msgpack_event(chance, body);
    if (one_in(chance, 3))
        mutate(chance, body);
}

static void
test_msgpack(void **state)
{
    (void)state;
    struct chance chance = {20211128};
    struct buf body = {0};
    for (int i = 0; i < BODIES; i++) {
        make_msgpack(&chance, &body);
        check_copy(&body, model_check_msgpack);
    }
    buf_free(&body);
}

/* The comparison is worth something only where good and bad events of all kinds come by. */
static void
test_coverage(void **state)
{
    (void)state;
    struct chance chance = {20211126};
    struct buf body = {0};
    size_t seen[EVENT_CODE_COUNT] = {0}, unreadable = 0;
    for (int i = 0; i < BODIES / 2; i++) {
        bool json = i % 2 == 0;
        (json ? make_json : make_msgpack)(&chance, &body);
        struct decoded decoded =
            harness_decode(json ? BODY_JSON : BODY_MSGPACK, buf_span(&body), MODEL_CAPACITY);
        unreadable += decoded.verdict == BODY_UNREADABLE;
        for (size_t j = 0; j < decoded.body.count; j++)
            seen[decoded.body.items[j].code]++;
        harness_free(&decoded);
    }
    static const enum event_code wanted[] = {CODE_OK,         CODE_INVALID_MSGPACK, CODE_MISSING_FIELD,
                                             CODE_WRONG_TYPE, CODE_DUPLICATE_FIELD, CODE_OUT_OF_RANGE,
                                             CODE_BAD_ID,     CODE_BAD_TIME,        CODE_UNKNOWN_TYPE,
                                             CODE_TOO_LARGE};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        print_message("%-16s %zu\n", wanted[i] ? event_code_name(wanted[i]) : "good", seen[wanted[i]]);
        assert_true(seen[wanted[i]] >= 50);
    }
    assert_true(unreadable >= 1000);
    buf_free(&body);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_ndjson),
        cmocka_unit_test(test_msgpack),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
