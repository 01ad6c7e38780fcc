#include "common/wire.h"

#include <assert.h>
#include <endian.h>

#include "common/limits.h"

/* The array's head, up to four ids and six integers, each at its longest. */
enum {
    INT_BYTES_MOST = 9,
    STR_BYTES_MOST = 2 + LIMIT_ID_BYTES,
    EVENT_BYTES_MOST = 1 + 4 * STR_BYTES_MOST + 6 * INT_BYTES_MOST
};

/* --- Writing ---
 *
 * Packed by hand rather than by msgpack-c: one reservation an event instead of a call-back for each head and
 * each body takes less than half the time, for these few functions. The bytes are the same (test_wire.c).
 */

static char *
put_array(char *at, unsigned count)
{
    assert(count < 16);
    *at = (char)(0x90 | count);
    return at + 1;
}

/* The shortest form, as everyone packs it: equal events are equal bytes. */
static char *
put_int(char *at, int64_t value)
{
    assert(value >= 0);
    uint64_t number = (uint64_t)value;
    if (number < 0x80) {
        *at = (char)number;
        return at + 1;
    }
    unsigned power = number <= UINT8_MAX ? 0 : number <= UINT16_MAX ? 1 : number <= UINT32_MAX ? 2 : 3;
    size_t width = (size_t)1 << power;
    uint64_t wide = htobe64(number);
    *at = (char)(0xcc + power);
    memcpy(at + 1, (const char *)&wide + sizeof wide - width, width);
    return at + 1 + width;
}

static char *
put_str(char *at, struct span text)
{
    assert(text.len <= LIMIT_ID_BYTES);
    if (text.len < 32) {
        *at++ = (char)(0xa0 | text.len);
    } else {
        *at++ = (char)0xd9;
        *at++ = (char)text.len;
    }
    memcpy(at, text.at, text.len);
    return at + text.len;
}

/* Elements of each type's array. */
static const uint8_t element_counts[EVENT_TYPE_COUNT] = {
    [EVENT_ORDER_PAID] = 8,      [EVENT_ORDER_REFUNDED] = 6, [EVENT_ORDER_CANCELLED] = 5,
    [EVENT_SESSION_STARTED] = 4, [EVENT_SESSION_ENDED] = 4,  [EVENT_VIDEO_PUBLISHED] = 4,
    [EVENT_METRIC_SAMPLED] = 6,
};

static char *
put_rest(char *at, const struct event *event)
{
    switch (event->type) {
    case EVENT_ORDER_PAID:
        at = put_str(at, event->product);
        at = put_int(at, event->quantity);
        at = put_int(at, event->amount_fen);
        return put_int(at, event->channel);
    case EVENT_ORDER_REFUNDED:
        return put_int(put_str(at, event->of), event->amount_fen);
    case EVENT_ORDER_CANCELLED:
        return put_str(at, event->of);
    case EVENT_METRIC_SAMPLED:
        return put_int(put_int(at, event->sample), event->value);
    default:
        return at;
    }
}

void
wire_put_event(struct buf *out, const struct event *event)
{
    assert(event->type < EVENT_TYPE_COUNT);
    if (!buf_reserve(out, EVENT_BYTES_MOST))
        return;
    char *at = put_array(out->at + out->len, element_counts[event->type]);
    at = put_int(at, event->type);
    at = put_str(at, event->id);
    at = put_int(at, event->time_ms);
    at = put_str(at, event->type == EVENT_VIDEO_PUBLISHED ? event->streamer : event->session);
    at = put_rest(at, event);
    out->len = (size_t)(at - out->at);
}

/* --- Reading --- */

/* The forms that nearly every head, id and integer of a log has are read here, any other by the cursor: the
 * fold reads millions of events a second through these three. */
static inline uint32_t
get_array(struct mp_cursor *blob)
{
    size_t left = (size_t)(blob->end - blob->at);
    unsigned count = left > 0 ? (unsigned char)*blob->at ^ 0x90u : 0; /* of a fixarray */
    if (blob->failed || count == 0 || count >= 16 || count >= left)
        return mp_array(blob);
    blob->at++;
    return count;
}

static inline struct span
get_id(struct mp_cursor *blob)
{
    size_t left = (size_t)(blob->end - blob->at);
    size_t len = left > 0 ? (unsigned char)*blob->at ^ 0xa0u : 0; /* of a fixstr */
    if (!blob->failed && len > 0 && len < 32 && len < left) {
        struct span id = {blob->at + 1, len};
        blob->at += 1 + len;
        return id;
    }
    struct span id = mp_str(blob);
    if (id.len == 0 || id.len > LIMIT_ID_BYTES)
        blob->failed = true;
    return id;
}

static inline int64_t
get_int(struct mp_cursor *blob)
{
    size_t left = (size_t)(blob->end - blob->at);
    unsigned first = left > 0 ? (unsigned char)*blob->at : 0xff;
    if (!blob->failed && first < 0x80) {
        blob->at++;
        return first;
    }
    if (!blob->failed && first >= 0xcc && first <= 0xcf && left > 8) {
        unsigned width = 1u << (first - 0xcc);
        uint64_t wide;
        memcpy(&wide, blob->at + 1, sizeof wide);
        blob->at += 1 + width;
        wide = be64toh(wide) >> (64 - 8 * width);
        blob->failed = wide > INT64_MAX;
        return blob->failed ? 0 : (int64_t)wide;
    }
    int64_t value = mp_int(blob);
    if (value < 0)
        blob->failed = true;
    return value;
}

/* A value of an enum of `count`. */
static unsigned
get_choice(struct mp_cursor *blob, unsigned count)
{
    int64_t value = get_int(blob);
    if (value >= (int64_t)count)
        blob->failed = true;
    return blob->failed ? 0 : (unsigned)value;
}

static void
get_rest(struct mp_cursor *blob, struct event *event)
{
    switch (event->type) {
    case EVENT_ORDER_PAID:
        event->product = get_id(blob);
        event->quantity = get_int(blob);
        event->amount_fen = get_int(blob);
        event->channel = (enum channel)get_choice(blob, CHANNEL_COUNT);
        break;
    case EVENT_ORDER_REFUNDED:
        event->of = get_id(blob);
        event->amount_fen = get_int(blob);
        break;
    case EVENT_ORDER_CANCELLED:
        event->of = get_id(blob);
        break;
    case EVENT_METRIC_SAMPLED:
        event->sample = (enum sample)get_choice(blob, SAMPLE_COUNT);
        event->value = get_int(blob);
        break;
    default:
        break;
    }
}

/* One by one: all of an event at once is too much for the compiler, which then takes the slow `rep stos`. */
static inline void
clear(struct event *event)
{
    event->session = event->streamer = event->product = event->of = (struct span){NULL, 0};
    event->channel = CHANNEL_ONLINE;
    event->sample = SAMPLE_VIEWERS;
    event->quantity = event->amount_fen = event->value = 0;
}

int
wire_get_event(struct mp_cursor *blob, struct event *event)
{
    if (blob->failed)
        return -1;
    if (blob->at == blob->end)
        return 0;
    clear(event);
    uint32_t count = get_array(blob);
    event->type = (enum event_type)get_choice(blob, EVENT_TYPE_COUNT);
    event->id = get_id(blob);
    event->time_ms = get_int(blob);
    *(event->type == EVENT_VIDEO_PUBLISHED ? &event->streamer : &event->session) = get_id(blob);
    if (count != element_counts[event->type])
        blob->failed = true;
    get_rest(blob, event);
    return blob->failed ? -1 : 1;
}
