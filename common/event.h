/*
 * Events: what streamers and connectors post (contract, section 3), and the rules that admit one.
 *
 * The decoders (event_json.c, event_msgpack.c) read a body into items without a tree: each item is either
 * an event whose spans point into the body, or one error. event_admit() then holds an event against the
 * contest. All of it is pure and total: any bytes give items or an error, nothing is allocated per event.
 */
#ifndef BOCHUANG_EVENT_H
#define BOCHUANG_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/contest.h"
#include "common/span.h"

/* X(constant, name on the wire). The constants' values stand in the log: never renumber. */
#define EVENT_TYPES(X)                                                                                       \
    X(EVENT_ORDER_PAID, "order.paid")                                                                        \
    X(EVENT_ORDER_REFUNDED, "order.refunded")                                                                \
    X(EVENT_ORDER_CANCELLED, "order.cancelled")                                                              \
    X(EVENT_SESSION_STARTED, "session.started")                                                              \
    X(EVENT_SESSION_ENDED, "session.ended")                                                                  \
    X(EVENT_VIDEO_PUBLISHED, "video.published")                                                              \
    X(EVENT_METRIC_SAMPLED, "metric.sampled")

enum event_type {
#define X(constant, name) constant,
    EVENT_TYPES(X)
#undef X
        EVENT_TYPE_COUNT
};

enum channel { CHANNEL_ONLINE, CHANNEL_OFFLINE, CHANNEL_COUNT };

enum sample { SAMPLE_VIEWERS, SAMPLE_LIKES, SAMPLE_FOLLOWERS, SAMPLE_COMMENTS, SAMPLE_COUNT };

/* An event as decoded. Spans borrow from the body. Fields that its type does not have are zero. */
struct event {
    enum event_type type;
    struct span id;
    int64_t time_ms;
    struct span session;  /* all but video.published */
    struct span streamer; /* video.published */
    struct span product;  /* order.paid */
    struct span of;       /* order.refunded, order.cancelled */
    enum channel channel; /* order.paid */
    enum sample sample;   /* metric.sampled: its `metric` */
    int64_t quantity;     /* order.paid */
    int64_t amount_fen;   /* order.paid, order.refunded */
    int64_t value;        /* metric.sampled */
};

/* X(constant, code). The codes of the contract, section 4. */
#define EVENT_CODES(X)                                                                                       \
    X(CODE_OK, "")                                                                                           \
    X(CODE_INVALID_JSON, "invalid_json")                                                                     \
    X(CODE_INVALID_MSGPACK, "invalid_msgpack")                                                               \
    X(CODE_MISSING_FIELD, "missing_field")                                                                   \
    X(CODE_WRONG_TYPE, "wrong_type")                                                                         \
    X(CODE_DUPLICATE_FIELD, "duplicate_field")                                                               \
    X(CODE_OUT_OF_RANGE, "out_of_range")                                                                     \
    X(CODE_BAD_ID, "bad_id")                                                                                 \
    X(CODE_BAD_TIME, "bad_time")                                                                             \
    X(CODE_UNKNOWN_TYPE, "unknown_type")                                                                     \
    X(CODE_UNKNOWN_SESSION, "unknown_session")                                                               \
    X(CODE_UNKNOWN_STREAMER, "unknown_streamer")                                                             \
    X(CODE_UNKNOWN_PRODUCT, "unknown_product")                                                               \
    X(CODE_NOT_YOUR_SESSION, "not_your_session")                                                             \
    X(CODE_OUTSIDE_WINDOW, "outside_window")                                                                 \
    X(CODE_IN_THE_FUTURE, "in_the_future")                                                                   \
    X(CODE_TOO_LARGE, "too_large")

enum event_code {
#define X(constant, name) constant,
    EVENT_CODES(X)
#undef X
        EVENT_CODE_COUNT
};

const char *event_code_name(enum event_code code);
const char *event_type_name(enum event_type type);
const char *channel_name(enum channel channel);
const char *sample_name(enum sample sample);

/*
 * What is wrong with one item. `field` is "" where it is no one field's fault. `message` is a sentence that
 * says what was expected and what came; what came from outside stands in it shortened and escaped, so that
 * it is valid UTF-8 without control characters.
 */
struct event_error {
    enum event_code code;
    const char *field;
    char message[192];
};

/*
 * One item of a body: `event` is good where `code` is CODE_OK. Where it is not, event.id still holds the
 * item's id if that could be read and is valid. A decoder fills `code` and keeps the sentence back, since
 * most bodies are good: event_explain() decodes the item's bytes again and says what is wrong.
 */
struct event_item {
    struct event event;
    enum event_code code;
    struct span bytes; /* the item in the body */
};

enum body_format { BODY_JSON, BODY_NDJSON, BODY_MSGPACK };

enum body_verdict {
    BODY_READ,       /* items stand in the array, good and bad ones */
    BODY_UNREADABLE, /* 400: not JSON, not MessagePack, cut in half; `message` says where and why */
    BODY_TOO_MANY,   /* 413: more than `capacity` items */
};

struct event_body {
    struct event_item *items; /* borrowed: the caller's array */
    size_t capacity;          /* LIMIT_EVENTS_PER_REQUEST */
    size_t count;             /* out */
    char message[192];        /* out, where not BODY_READ */
    struct span scratch;      /* memory for strings with escapes: at least as long as the body */
};

/*
 * Decodes a whole body. Strings that hold JSON escapes are unescaped into `scratch`, all other spans point
 * into `body`; both must outlive the items. An empty NDJSON body gives no items; an empty JSON or
 * MessagePack body is unreadable. A MessagePack body is one map, an array of maps, or maps one after another.
 */
enum body_verdict event_decode_body(enum body_format format, struct span body, struct event_body *out);

/* Says what is wrong with a bad item, as decoded before; `error` is filled. */
void event_explain(enum body_format format, const struct event_item *item, struct event_error *error);

/* Who posts. */
struct event_poster {
    bool any_streamer; /* a connector */
    uint32_t streamer; /* otherwise: this streamer only */
};

/*
 * Holds a decoded event against the contest: known session, streamer and product; posted by someone who may;
 * time not over 10 minutes ahead of `now_ms`, and inside the window of its type (section 6). Where it is
 * admitted, `*streamer` is the one whose event it is and CODE_OK comes back. `error`, where not NULL, is
 * filled with the sentence; without it nothing is formatted.
 */
enum event_code event_admit(const struct event *event, const struct contest *contest,
                            const struct event_poster *poster, int64_t now_ms, uint32_t *streamer,
                            struct event_error *error);

/* [from, until) in which events of this type count in this contest; session.ended: from opens, no end. */
void event_window(const struct contest *contest, enum event_type type, int64_t *from_ms, int64_t *until_ms);

#endif
