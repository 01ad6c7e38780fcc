/* What the tests and the fuzzers of events share: decode a body, and hold what must be true of any items. */
#ifndef BOCHUANG_TESTS_EVENT_HARNESS_H
#define BOCHUANG_TESTS_EVENT_HARNESS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/event.h"
#include "common/limits.h"
#include "common/utf8.h"

/* Unlike assert(), it says which bytes it was about. */
#define MUST(condition, about)                                                                               \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            harness_fail(__FILE__, __LINE__, #condition, about);                                             \
    } while (0)

static inline void
harness_fail(const char *file, int line, const char *condition, struct span about)
{
    fprintf(stderr, "%s:%d: %s\nabout %zu bytes: ", file, line, condition, about.len);
    for (size_t i = 0; i < about.len && i < 4000; i++) {
        unsigned char byte = (unsigned char)about.at[i];
        fprintf(stderr, byte >= 0x20 && byte < 0x7f ? "%c" : "\\x%02x", byte);
    }
    fputc('\n', stderr);
    abort();
}

struct decoded {
    enum body_verdict verdict;
    struct event_body body;
    char *scratch; /* owned */
};

/* Decodes with memory of exactly the needed size, so that a sanitizer sees a byte too far. */
static inline struct decoded
harness_decode(enum body_format format, struct span bytes, size_t capacity)
{
    struct decoded decoded = {.scratch = malloc(bytes.len + 1)};
    decoded.body = (struct event_body){.items = calloc(capacity + 1, sizeof(struct event_item)),
                                       .capacity = capacity,
                                       .scratch = {decoded.scratch, bytes.len}};
    if (!decoded.scratch || !decoded.body.items)
        abort();
    decoded.verdict = event_decode_body(format, bytes, &decoded.body);
    return decoded;
}

static inline void
harness_free(struct decoded *decoded)
{
    free(decoded->body.items);
    free(decoded->scratch);
}

/* Valid UTF-8, not empty, and no control characters (C0, DEL, C1). */
static inline bool
harness_is_sentence(const char *message)
{
    struct span text = span_of(message);
    if (text.len == 0 || !utf8_is_valid(text))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool is_c1 = byte == 0xc2 && i + 1 < text.len && (unsigned char)text.at[i + 1] < 0xa0;
        if (byte < 0x20 || byte == 0x7f || is_c1)
            return false;
    }
    return true;
}

static inline bool
harness_is_id_or_empty(struct span id)
{
    return id.len == 0 || id_is_valid(id);
}

/* What a good event always is, whatever the bytes were. */
static inline void
harness_check_good(const struct event *event, struct span about)
{
    MUST(event->type < EVENT_TYPE_COUNT, about);
    MUST(id_is_valid(event->id), about);
    MUST(event->time_ms >= 0 && event->time_ms <= INT64_C(253402300799999), about);
    MUST(event->channel < CHANNEL_COUNT && event->sample < SAMPLE_COUNT, about);
    bool video = event->type == EVENT_VIDEO_PUBLISHED;
    MUST((event->session.at == NULL) == video && (event->streamer.at != NULL) == video, about);
    bool sale = event->type == EVENT_ORDER_PAID;
    MUST((event->product.at != NULL) == sale, about);
    MUST(sale ? event->quantity >= 1 && event->quantity <= 1000000 : event->quantity == 0, about);
    MUST(event->amount_fen >= (event->type == EVENT_ORDER_REFUNDED), about);
    MUST(event->amount_fen <= INT64_C(100000000000), about);
    MUST(event->value >= 0 && event->value <= INT64_C(1000000000000000), about);
}

/* Checks every item and every message; explaining gives the same code as decoding did. */
static inline void
harness_check(enum body_format format, struct span bytes, const struct decoded *decoded)
{
    MUST(decoded->body.count <= decoded->body.capacity, bytes);
    if (decoded->verdict != BODY_READ)
        MUST(harness_is_sentence(decoded->body.message), bytes);
    const char *least = bytes.at;
    for (size_t i = 0; i < decoded->body.count; i++) {
        const struct event_item *item = &decoded->body.items[i];
        MUST(item->bytes.at >= least && item->bytes.len > 0, bytes);
        MUST(item->bytes.at + item->bytes.len <= bytes.at + bytes.len, bytes);
        least = item->bytes.at + item->bytes.len;
        MUST(harness_is_id_or_empty(item->event.id), bytes);
        if (item->code == CODE_OK) {
            harness_check_good(&item->event, bytes);
            continue;
        }
        struct event_error error;
        event_explain(format, item, &error);
        MUST(error.code == item->code, bytes);
        MUST(error.field && strlen(error.field) <= 10, bytes);
        MUST(harness_is_sentence(error.message), bytes);
    }
}

#endif
