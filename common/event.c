#include "common/event.h"

#include <assert.h>

#include "common/event_fields.h"
#include "common/sentence.h"

/* A list of names with their lengths; X gives constant and name. */
#define NAMED(constant, name) [constant] = {name, sizeof(name) - 1},

static const struct span type_names[EVENT_TYPE_COUNT] = {EVENT_TYPES(NAMED)};
static const struct span code_names[EVENT_CODE_COUNT] = {EVENT_CODES(NAMED)};
static const struct span channel_names[CHANNEL_COUNT] = {NAMED(CHANNEL_ONLINE, "online")
                                                             NAMED(CHANNEL_OFFLINE, "offline")};
static const struct span sample_names[SAMPLE_COUNT] = {
    NAMED(SAMPLE_VIEWERS, "viewers") NAMED(SAMPLE_LIKES, "likes") NAMED(SAMPLE_FOLLOWERS, "followers")
        NAMED(SAMPLE_COMMENTS, "comments")};

const char *
event_code_name(enum event_code code)
{
    assert(code < EVENT_CODE_COUNT);
    return code_names[code].at;
}

const char *
event_type_name(enum event_type type)
{
    assert(type < EVENT_TYPE_COUNT);
    return type_names[type].at;
}

const char *
channel_name(enum channel channel)
{
    assert(channel < CHANNEL_COUNT);
    return channel_names[channel].at;
}

const char *
sample_name(enum sample sample)
{
    assert(sample < SAMPLE_COUNT);
    return sample_names[sample].at;
}

static int
find_name(const struct span *names, int count, struct span name)
{
    int i = 0;
    while (i < count && !span_eq(names[i], name))
        i++;
    return i;
}

enum event_type
event_type_find(struct span name)
{
    return (enum event_type)find_name(type_names, EVENT_TYPE_COUNT, name);
}

enum channel
channel_find(struct span name)
{
    return (enum channel)find_name(channel_names, CHANNEL_COUNT, name);
}

enum sample
sample_find(struct span name)
{
    return (enum sample)find_name(sample_names, SAMPLE_COUNT, name);
}

void
body_add_item(struct event_body *out, const struct draft *draft, struct span bytes)
{
    assert(out->count < out->capacity);
    struct event_item *item = &out->items[out->count++];
    item->bytes = bytes;
    item->code = draft_settle(draft, bytes.len, &item->event).code;
}

enum body_verdict
body_too_many(struct event_body *out)
{
    struct sentence sentence = sentence_start(out->message, sizeof out->message);
    sentence_add(&sentence, "expected at most %zu events in a request, found more", out->capacity);
    return BODY_TOO_MANY;
}

enum body_verdict
event_decode_body(enum body_format format, struct span body, struct event_body *out)
{
    assert(out->items || out->capacity == 0);
    assert(format == BODY_MSGPACK || out->scratch.len >= body.len);
    out->count = 0;
    out->message[0] = '\0';
    switch (format) {
    case BODY_JSON:
        return event_json_body(body, out);
    case BODY_NDJSON:
        return event_ndjson_body(body, out);
    case BODY_MSGPACK:
        break;
    }
    return event_msgpack_body(body, out);
}
