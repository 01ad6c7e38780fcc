/* Bodies in MessagePack: the three framings, every fault that JSON does not have, and the same faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <msgpack.h>

#include "tests/unit/event_harness.h"

/* MessagePack as a text to read: each test writes its bytes with these. */
#define S1(x) "\xa1" x
#define S2(x) "\xa2" x
#define S4(x) "\xa4" x
#define S5(x) "\xa5" x
#define S6(x) "\xa6" x
#define S7(x) "\xa7" x
#define S8(x) "\xa8" x
#define S10(x) "\xaa" x
#define TIME "\xcf\x00\x00\x01\x7d\x5b\xf0\x16\x80" /* 1637925000832 */
#define HEAD S2("id") S1("a") S4("type") S10("order.paid") S7("session") S5("s-001") S7("product") S4("tofu")
#define PAID "\x87" HEAD S4("time") TIME S8("quantity") "\x02" S10("amount_fen") "\xcd\x07\xc6"

static struct decoded
decode(struct span bytes, size_t capacity)
{
    struct decoded decoded = harness_decode(BODY_MSGPACK, bytes, capacity);
    harness_check(BODY_MSGPACK, bytes, &decoded);
    return decoded;
}

static void
check_sale(const struct event_item *item)
{
    assert_string_equal(event_code_name(item->code), "");
    assert_int_equal(item->event.type, EVENT_ORDER_PAID);
    assert_true(span_is(item->event.id, "a"));
    assert_int_equal(item->event.time_ms, 1637925000832);
    assert_true(span_is(item->event.session, "s-001"));
    assert_true(span_is(item->event.product, "tofu"));
    assert_int_equal(item->event.quantity, 2);
    assert_int_equal(item->event.amount_fen, 1990);
}

static void
test_framings(void **state)
{
    (void)state;
    static const struct {
        struct span bytes;
        size_t count;
    } cases[] = {
        {SPAN(PAID), 1},
        {SPAN(PAID PAID PAID), 3},
        {SPAN("\x90"), 0},
        {SPAN("\x92" PAID PAID), 2},
        {SPAN("\xdc\x00\x01" PAID), 1},
        {SPAN("\xdd\x00\x00\x00\x03" PAID PAID PAID), 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decoded decoded = decode(cases[i].bytes, 3);
        assert_int_equal(decoded.verdict, BODY_READ);
        assert_int_equal(decoded.body.count, cases[i].count);
        for (size_t j = 0; j < decoded.body.count; j++)
            check_sale(&decoded.body.items[j]);
        harness_free(&decoded);
    }
}

static void
test_unreadable(void **state)
{
    (void)state;
    static const struct span texts[] = {
        SPAN(""),
        SPAN("\xc0"),
        SPAN("\xc1"),
        SPAN("{\"id\":1}"),
        SPAN("\x92" PAID),
        SPAN("\x91" PAID PAID),
        SPAN("\x90\xc0"),
        SPAN(PAID "\xc1"),
        SPAN(PAID "\x81\xa1"),
        SPAN(PAID "\xa5"
                  "x"),
        SPAN("\xdd\xff\xff\xff\xff"),
        SPAN("\xdf\xff\xff\xff\xff\xa1"),
        SPAN("\x81\xa1"
             "a\xdb\xff\xff\xff\xff"),
        SPAN("\x81\xa1"
             "a\xdd\x00\x00\x00\x09\x00"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct decoded decoded = decode(texts[i], 9);
        if (decoded.verdict != BODY_UNREADABLE)
            print_error("taken: row %zu\n", i);
        assert_int_equal(decoded.verdict, BODY_UNREADABLE);
        harness_free(&decoded);
    }
}

/* Whatever the framing, a body that is cut short is never taken for a whole one. */
static void
test_cut_off(void **state)
{
    (void)state;
    struct span bodies[] = {SPAN(PAID), SPAN("\x92" PAID PAID)};
    for (size_t i = 0; i < 2; i++) {
        for (size_t len = 0; len < bodies[i].len; len++) {
            struct decoded decoded = decode((struct span){bodies[i].at, len}, 9);
            assert_int_equal(decoded.verdict, BODY_UNREADABLE);
            harness_free(&decoded);
        }
    }
}

static void
test_too_many(void **state)
{
    (void)state;
    struct span bodies[] = {SPAN(PAID PAID), SPAN("\x92" PAID PAID)};
    for (size_t i = 0; i < 2; i++) {
        struct decoded decoded = decode(bodies[i], 1);
        assert_int_equal(decoded.verdict, BODY_TOO_MANY);
        harness_free(&decoded);
    }
}

/* --- Faults --- */

#define WITH(fields) "\x87" HEAD S4("time") TIME fields
#define VIDEO S2("id") S1("v") S4("type") "\xafvideo.published" S8("streamer") S5("yx-01")

struct bad {
    struct span bytes;
    enum event_code code;
    const char *field;
    const char *message; /* a part of it */
};

static const struct bad bads[] = {
    {SPAN("\x80"), CODE_MISSING_FIELD, "type", "found no such field"},
    {SPAN(WITH(S8("quantity") "\xc0" S10("amount_fen") "\x01")), CODE_WRONG_TYPE, "quantity", "found null"},
    {SPAN(WITH(S8("quantity") "\xcb\x3f\xf0\0\0\0\0\0\0" S10("amount_fen") "\x01")), CODE_WRONG_TYPE,
     "quantity", "found a number"},
    {SPAN(WITH(S8("quantity") "\xc4\x01x" S10("amount_fen") "\x01")), CODE_WRONG_TYPE, "quantity",
     "found binary bytes"},
    {SPAN(WITH(S8("quantity") "\x00" S10("amount_fen") "\x01")), CODE_OUT_OF_RANGE, "quantity", "found 0"},
    {SPAN(WITH(S8("quantity") "\xff" S10("amount_fen") "\x01")), CODE_OUT_OF_RANGE, "quantity", "found -1"},
    {SPAN(WITH(S8("quantity") "\xcf\xff\xff\xff\xff\xff\xff\xff\xff" S10("amount_fen") "\x01")),
     CODE_OUT_OF_RANGE, "quantity", "found a number beyond 64 bits"},
    {SPAN("\x81" S4("type") "\xa2\xff\xff"), CODE_UNKNOWN_TYPE, "type", "found \"\\xff\\xff\""},
    {SPAN("\x82" S4("type") S10("order.paid") S2("id") "\xa1\xff"), CODE_BAD_ID, "id", "found \"\\xff\""},
    {SPAN("\x82" S4("type") S10("order.paid") S2("id") "\xc4\x01x"), CODE_WRONG_TYPE, "id", "binary bytes"},
    {SPAN("\x84" VIDEO S4("time") "\xa1\xff"), CODE_BAD_TIME, "time", "found \"\\xff\""},
    {SPAN("\x84" VIDEO S4("time") "\xd4\xff\x01"), CODE_WRONG_TYPE, "time", "found an extension"},
    {SPAN("\x84" VIDEO S4("time") "\xd6\x01\x01\x01\x01\x01"), CODE_WRONG_TYPE, "time", "found an extension"},
    {SPAN("\x84" VIDEO S4("time") "\xd7\xff\xff\xff\xff\xff\xff\xff\xff\xff"), CODE_WRONG_TYPE, "time",
     "found an extension"},
    {SPAN("\x84" VIDEO S4("time") "\xc7\x0c\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"), CODE_OUT_OF_RANGE,
     "time", "found a timestamp"},
    {SPAN("\x84" VIDEO S4("time") "\xc7\x0c\xff\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"), CODE_OUT_OF_RANGE,
     "time", "found a timestamp"},
    {SPAN("\x82" S2("id") S1("a") S2("id") S1("a")), CODE_DUPLICATE_FIELD, "id", "found \"id\" twice"},
    {SPAN("\x82\xa1x\x01\xd9\x01x\x01"), CODE_DUPLICATE_FIELD, "", "found \"x\" twice"},
    {SPAN("\x81\x01\x02"), CODE_INVALID_MSGPACK, "", "names are strings"},
    {SPAN("\x81\x81\x01\x02\x03"), CODE_INVALID_MSGPACK, "", "names are strings"},
    {SPAN("\x81\xa1\xff\x01"), CODE_INVALID_MSGPACK, "", "UTF-8 in every string"},
    {SPAN("\x81\xa1x\xa1\xff"), CODE_INVALID_MSGPACK, "", "UTF-8 in every string"},
    {SPAN("\x81\xa1x\x91\x81\xa1\xff\x01"), CODE_INVALID_MSGPACK, "", "UTF-8 in every string"},
    {SPAN("\x81\xa1x\x91\x91\x91\x91\x91\x91\x91\x90"), CODE_TOO_LARGE, "", "8 levels"},
    {SPAN("\xc0"), CODE_WRONG_TYPE, "", "expected an object, found null"},
    {SPAN("\x05"), CODE_WRONG_TYPE, "", "expected an object, found a number"},
    {SPAN("\x91\x80"), CODE_WRONG_TYPE, "", "expected an object, found an array"},
    {SPAN("\xa1x"), CODE_WRONG_TYPE, "", "expected an object, found a string"},
};

/* Behind a good event, in an array and alone: the same fault. */
static void
check_bad(const struct bad *bad)
{
    char bytes[400];
    static const char *const before[] = {PAID, "\x92" PAID};
    for (int framing = 0; framing < 2; framing++) {
        size_t head = sizeof(PAID) - 1 + (size_t)framing;
        memcpy(bytes, before[framing], head);
        memcpy(bytes + head, bad->bytes.at, bad->bytes.len);
        struct decoded decoded = decode((struct span){bytes, head + bad->bytes.len}, 2);
        assert_int_equal(decoded.verdict, BODY_READ);
        assert_int_equal(decoded.body.count, 2);
        check_sale(&decoded.body.items[0]);
        struct event_error error;
        event_explain(BODY_MSGPACK, &decoded.body.items[1], &error);
        assert_string_equal(event_code_name(error.code), event_code_name(bad->code));
        assert_string_equal(error.field, bad->field);
        if (!strstr(error.message, bad->message))
            print_error("%s\n", error.message);
        assert_non_null(strstr(error.message, bad->message));
        harness_free(&decoded);
    }
}

static void
test_bad_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++)
        check_bad(&bads[i]);
}

/* --- Times and integers --- */

static void
test_times(void **state)
{
    (void)state;
    static const struct {
        struct span bytes;
        int64_t time_ms;
    } cases[] = {
        {SPAN("\x84" VIDEO S4("time") "\x05"), 5},
        {SPAN("\x84" VIDEO S4("time") "\xd3\x00\x00\x01\x7d\x5b\xf0\x16\x80"), 1637925000832},
        {SPAN("\x84" VIDEO S4("time") "\xb4"
                                      "2021-11-26T11:00:00Z"),
         1637924400000},
        {SPAN("\x84" VIDEO S4("time") "\xd6\xff\x61\xa0\xbe\x30"), 1637924400000},
        {SPAN("\x84" VIDEO S4("time") "\xd7\xff\x77\x35\x94\x00\x61\xa0\xbe\x30"), 1637924400500},
        {SPAN("\x84" VIDEO S4("time") "\xc7\x0c\xff\x1d\xcd\x65\x00\0\0\0\0\x61\xa0\xbe\x30"), 1637924400500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decoded decoded = decode(cases[i].bytes, 1);
        assert_int_equal(decoded.verdict, BODY_READ);
        assert_string_equal(event_code_name(decoded.body.items[0].code), "");
        assert_int_equal(decoded.body.items[0].event.time_ms, cases[i].time_ms);
        harness_free(&decoded);
    }
}

static void
test_integer_widths(void **state)
{
    (void)state;
    static const struct span sevens[] = {
        SPAN("\x07"),
        SPAN("\xcc\x07"),
        SPAN("\xcd\0\x07"),
        SPAN("\xce\0\0\0\x07"),
        SPAN("\xcf\0\0\0\0\0\0\0\x07"),
        SPAN("\xd0\x07"),
        SPAN("\xd1\0\x07"),
        SPAN("\xd2\0\0\0\x07"),
        SPAN("\xd3\0\0\0\0\0\0\0\x07"),
    };
    struct span head = SPAN("\x87" HEAD S4("time") TIME S10("amount_fen") "\x01" S8("quantity"));
    for (size_t i = 0; i < sizeof sevens / sizeof *sevens; i++) {
        char bytes[200];
        memcpy(bytes, head.at, head.len);
        memcpy(bytes + head.len, sevens[i].at, sevens[i].len);
        struct decoded decoded = decode((struct span){bytes, head.len + sevens[i].len}, 1);
        assert_int_equal(decoded.body.items[0].code, CODE_OK);
        assert_int_equal(decoded.body.items[0].event.quantity, 7);
        harness_free(&decoded);
    }
}

/* --- Sizes --- */

static void
check_size(size_t padding, enum event_code code)
{
    static char bytes[2 * LIMIT_EVENT_BYTES];
    struct span head =
        SPAN("\x88" HEAD S4("time") TIME S8("quantity") "\x02" S10("amount_fen") "\x01" S4("note") "\xda");
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, head.at, head.len);
    size_t note = LIMIT_EVENT_BYTES - head.len - 2 + padding;
    bytes[head.len] = (char)(note >> 8);
    bytes[head.len + 1] = (char)note;
    struct decoded decoded = decode((struct span){bytes, LIMIT_EVENT_BYTES + padding}, 1);
    assert_int_equal(decoded.verdict, BODY_READ);
    assert_int_equal(decoded.body.items[0].code, code);
    assert_true(span_is(decoded.body.items[0].event.id, "a"));
    harness_free(&decoded);
}

static void
test_event_size(void **state)
{
    (void)state;
    check_size(0, CODE_OK);
    check_size(1, CODE_TOO_LARGE);
}

/* As many different names as an event can have: all are kept apart, and the one that comes again is found. */
static size_t
pack_names(msgpack_sbuffer *out, unsigned count, unsigned last)
{
    msgpack_packer packer;
    msgpack_sbuffer_clear(out);
    msgpack_packer_init(&packer, out, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, count + 1);
    for (unsigned i = 0; i <= count; i++) {
        unsigned number = i == count ? last : i;
        char name[2] = {(char)(number % 128), (char)(number / 128 - 1)};
        size_t len = number < 128 ? 1 : 2;
        msgpack_pack_str(&packer, len);
        msgpack_pack_str_body(&packer, name, len);
        msgpack_pack_int(&packer, 0);
    }
    return out->size;
}

static void
test_many_unknown_names(void **state)
{
    (void)state;
    msgpack_sbuffer bytes;
    msgpack_sbuffer_init(&bytes);
    enum { MANY = 1052 };
    for (unsigned last = 0; last <= MANY; last += 4) {
        size_t len = pack_names(&bytes, MANY, last);
        assert_true(len <= LIMIT_EVENT_BYTES && len > LIMIT_EVENT_BYTES - 16);
        struct decoded decoded = decode((struct span){bytes.data, len}, 1);
        assert_int_equal(decoded.body.items[0].code,
                         last == MANY ? CODE_MISSING_FIELD : CODE_DUPLICATE_FIELD);
        harness_free(&decoded);
    }
    msgpack_sbuffer_destroy(&bytes);
}

static void
test_deep_nesting(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    static char bytes[DEEP];
    memset(bytes, '\x91', DEEP);
    bytes[DEEP - 1] = '\x90';
    struct decoded decoded = decode((struct span){bytes, DEEP}, 1);
    assert_int_equal(decoded.verdict, BODY_UNREADABLE);
    harness_free(&decoded);
    memcpy(bytes, "\x81\xa1x", 3);
    decoded = decode((struct span){bytes, DEEP}, 1);
    assert_int_equal(decoded.verdict, BODY_UNREADABLE);
    harness_free(&decoded);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framings),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_bad_events),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_integer_widths),
        cmocka_unit_test(test_event_size),
        cmocka_unit_test(test_many_unknown_names),
        cmocka_unit_test(test_deep_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
