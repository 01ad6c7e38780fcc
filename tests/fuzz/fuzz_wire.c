/* Any bytes as a blob of the log: what is taken for an event can be put again, and comes back the same. */
#include "common/wire.h"
#include "tests/unit/event_harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool
same(const struct event *a, const struct event *b)
{
    return a->type == b->type && span_eq(a->id, b->id) && a->time_ms == b->time_ms &&
           span_eq(a->session, b->session) && span_eq(a->streamer, b->streamer) &&
           span_eq(a->product, b->product) && span_eq(a->of, b->of) && a->channel == b->channel &&
           a->sample == b->sample && a->quantity == b->quantity && a->amount_fen == b->amount_fen &&
           a->value == b->value;
}

static void
check_round_trip(const struct event *event, struct span about)
{
    struct buf blob = {0};
    struct event again;
    wire_put_event(&blob, event);
    struct mp_cursor cursor = mp_over(buf_span(&blob));
    MUST(wire_get_event(&cursor, &again) == 1, about);
    MUST(same(event, &again), about);
    MUST(wire_get_event(&cursor, &again) == 0, about);
    buf_free(&blob);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct span about = {(const char *)bytes, len};
    struct mp_cursor cursor = mp_over(about);
    struct event event;
    int got;
    while ((got = wire_get_event(&cursor, &event)) == 1)
        check_round_trip(&event, about);
    MUST(got == -1 || cursor.at == cursor.end, about);
    MUST(got == 0 || wire_get_event(&cursor, &event) == -1, about);
    return 0;
}
