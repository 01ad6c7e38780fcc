/* The log's codec: what is put comes back, the bytes are what msgpack-c packs, and no bytes do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <msgpack.h>
#include <stdlib.h>

#include "common/limits.h"
#include "common/wire.h"

#define ID64 "0123456789012345678901234567890123456789012345678901234567890123"

static const struct event events[] = {
    {.type = EVENT_ORDER_PAID,
     .id = {"a", 1},
     .time_ms = 1637924400000,
     .session = {"s-001", 5},
     .product = {"tofu", 4},
     .quantity = 1,
     .amount_fen = 0,
     .channel = CHANNEL_ONLINE},
    {.type = EVENT_ORDER_PAID,
     .id = {ID64, 64},
     .time_ms = 253402300799999,
     .session = {ID64, 64},
     .product = {ID64, 64},
     .quantity = 1000000,
     .amount_fen = 100000000000,
     .channel = CHANNEL_OFFLINE},
    {.type = EVENT_ORDER_REFUNDED,
     .id = {ID64, 31},
     .time_ms = 0,
     .session = {ID64, 32},
     .of = {"a", 1},
     .amount_fen = 65536},
    {.type = EVENT_ORDER_CANCELLED, .id = {"c", 1}, .time_ms = 127, .session = {"s", 1}, .of = {ID64, 33}},
    {.type = EVENT_SESSION_STARTED, .id = {"d", 1}, .time_ms = 128, .session = {"s", 1}},
    {.type = EVENT_SESSION_ENDED, .id = {"e", 1}, .time_ms = 255, .session = {"s", 1}},
    {.type = EVENT_VIDEO_PUBLISHED, .id = {"f", 1}, .time_ms = 256, .streamer = {"yx-01", 5}},
    {.type = EVENT_METRIC_SAMPLED,
     .id = {"g", 1},
     .time_ms = 65535,
     .session = {"s", 1},
     .sample = SAMPLE_COMMENTS,
     .value = 1000000000000000},
    {.type = EVENT_METRIC_SAMPLED,
     .id = {"h", 1},
     .time_ms = 4294967295,
     .session = {"s", 1},
     .sample = SAMPLE_VIEWERS,
     .value = 4294967296},
};

enum { EVENT_COUNT = sizeof events / sizeof *events };

static void
assert_same(const struct event *a, const struct event *b)
{
    assert_int_equal(a->type, b->type);
    assert_true(span_eq(a->id, b->id));
    assert_int_equal(a->time_ms, b->time_ms);
    assert_true(span_eq(a->session, b->session));
    assert_true(span_eq(a->streamer, b->streamer));
    assert_true(span_eq(a->product, b->product));
    assert_true(span_eq(a->of, b->of));
    assert_int_equal(a->channel, b->channel);
    assert_int_equal(a->sample, b->sample);
    assert_int_equal(a->quantity, b->quantity);
    assert_int_equal(a->amount_fen, b->amount_fen);
    assert_int_equal(a->value, b->value);
}

static void
test_round_trip(void **state)
{
    (void)state;
    struct buf blob = {0};
    for (int i = 0; i < EVENT_COUNT; i++)
        wire_put_event(&blob, &events[i]);
    assert_false(blob.failed);
    struct mp_cursor cursor = mp_over(buf_span(&blob));
    struct event event;
    for (int i = 0; i < EVENT_COUNT; i++) {
        assert_int_equal(wire_get_event(&cursor, &event), 1);
        assert_same(&event, &events[i]);
    }
    assert_int_equal(wire_get_event(&cursor, &event), 0);
    assert_int_equal(wire_get_event(&cursor, &event), 0);
    buf_free(&blob);
}

/* --- The same bytes as msgpack-c's --- */

static void
pack_id(msgpack_packer *packer, struct span id)
{
    msgpack_pack_str(packer, id.len);
    msgpack_pack_str_body(packer, id.at, id.len);
}

/* Written down from the layout in wire.h. */
static void
pack_event(msgpack_packer *packer, const struct event *event)
{
    static const size_t counts[EVENT_TYPE_COUNT] = {8, 6, 5, 4, 4, 4, 6};
    msgpack_pack_array(packer, counts[event->type]);
    msgpack_pack_int(packer, (int)event->type);
    pack_id(packer, event->id);
    msgpack_pack_int64(packer, event->time_ms);
    pack_id(packer, event->type == EVENT_VIDEO_PUBLISHED ? event->streamer : event->session);
    if (event->type == EVENT_ORDER_PAID) {
        pack_id(packer, event->product);
        msgpack_pack_int64(packer, event->quantity);
        msgpack_pack_int64(packer, event->amount_fen);
        msgpack_pack_int(packer, (int)event->channel);
    }
    if (event->type == EVENT_ORDER_REFUNDED || event->type == EVENT_ORDER_CANCELLED)
        pack_id(packer, event->of);
    if (event->type == EVENT_ORDER_REFUNDED)
        msgpack_pack_int64(packer, event->amount_fen);
    if (event->type == EVENT_METRIC_SAMPLED) {
        msgpack_pack_int(packer, (int)event->sample);
        msgpack_pack_int64(packer, event->value);
    }
}

static void
test_same_bytes_as_msgpack_c(void **state)
{
    (void)state;
    for (int i = 0; i < EVENT_COUNT; i++) {
        msgpack_sbuffer theirs;
        msgpack_packer packer;
        msgpack_sbuffer_init(&theirs);
        msgpack_packer_init(&packer, &theirs, msgpack_sbuffer_write);
        pack_event(&packer, &events[i]);
        struct buf ours = {0};
        wire_put_event(&ours, &events[i]);
        assert_int_equal(ours.len, theirs.size);
        assert_memory_equal(ours.at, theirs.data, ours.len);
        buf_free(&ours);
        msgpack_sbuffer_destroy(&theirs);
    }
}

/* --- What is no event --- */

static int
get(struct span bytes, struct event *event)
{
    char *copy = malloc(bytes.len ? bytes.len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes.at, bytes.len);
    struct mp_cursor cursor = mp_over((struct span){copy, bytes.len});
    int got = wire_get_event(&cursor, event);
    if (got == -1)
        assert_int_equal(wire_get_event(&cursor, event), -1);
    free(copy);
    return got;
}

static void
test_cut_off(void **state)
{
    (void)state;
    struct event event;
    for (int i = 0; i < EVENT_COUNT; i++) {
        struct buf blob = {0};
        wire_put_event(&blob, &events[i]);
        for (size_t len = 1; len < blob.len; len++)
            assert_int_equal(get((struct span){blob.at, len}, &event), -1);
        buf_free(&blob);
    }
}

static void
test_refused(void **state)
{
    (void)state;
    static const struct span bad[] = {
        SPAN("\x80"),
        SPAN("\xc0"),
        SPAN("\x90"),
        SPAN("\x93\x03\xa1"
             "d\x01"),
        SPAN("\x95\x03\xa1"
             "d\x01\xa1s\xc0"), /* an element too many */
        SPAN("\x94\x00\xa1"
             "d\x01\xa1s"), /* too few for a sale */
        SPAN("\x94\x07\xa1"
             "d\x01\xa1s"), /* no such type */
        SPAN("\x94\xff\xa1"
             "d\x01\xa1s"),
        SPAN("\x94\xa1x\xa1"
             "d\x01\xa1s"),
        SPAN("\x94\x03\xa0\x01\xa1s"), /* an empty id */
        SPAN("\x94\x03\xa1"
             "d\x01\xa0"),
        SPAN("\x94\x03\xd9\x41" ID64 "x\x01\xa1s"), /* 65 bytes */
        SPAN("\x94\x03\xc4\x01"
             "d\x01\xa1s"), /* binary */
        SPAN("\x94\x03\xa1"
             "d\xff\xa1s"), /* before 1970 */
        SPAN("\x94\x03\xa1"
             "d\xca\x00\x00\x00\x00\xa1s"),
        SPAN("\x98\x00\xa1"
             "d\x01\xa1s\xa1p\x01\x01\x02"), /* no such channel */
        SPAN("\x98\x00\xa1"
             "d\x01\xa1s\xa1p\xff\x01\x00"),
        SPAN("\x98\x00\xa1"
             "d\x01\xa1s\xa1p\x01\xff\x00"),
        SPAN("\x96\x06\xa1"
             "d\x01\xa1s\x04\x01"), /* no such sample */
        SPAN("\x96\x06\xa1"
             "d\x01\xa1s\x00\xcf\x80\x00\x00\x00\x00\x00\x00\x00"),
        SPAN("\x96\x01\xa1"
             "d\x01\xa1s\xa0\x01"),
    };
    struct event event;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (get(bad[i], &event) != -1)
            print_error("taken: row %zu\n", i);
        assert_int_equal(get(bad[i], &event), -1);
    }
    assert_int_equal(get(SPAN("\x94\x03\xa1"
                              "d\x01\xa1s"),
                         &event),
                     1);
    assert_int_equal(get(SPAN("\x98\x00\xa1"
                              "d\x01\xa1s\xa1p\x01\x01\x01"),
                         &event),
                     1);
    assert_int_equal(get(SPAN(""), &event), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_same_bytes_as_msgpack_c),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
