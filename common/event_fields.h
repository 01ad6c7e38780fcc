/*
 * The fields of an event, as one table, and what the decoders share. Internal to the event_*.c files.
 *
 * A decoder notes what stands in an event's fields as a draft: `type` may come last, so nothing is judged
 * while reading. draft_settle() then reads the table for that type, and makes the event or names the fault.
 * Both formats so give the same events and the same faults, and event_explain() speaks for both.
 */
#ifndef BOCHUANG_EVENT_FIELDS_H
#define BOCHUANG_EVENT_FIELDS_H

#include "common/event.h"
#include "common/limits.h"

#define IN(type) (1u << (type))
#define IN_ALL (IN(EVENT_TYPE_COUNT) - 1u)

#define QUANTITY_MOST INT64_C(1000000)
#define AMOUNT_MOST_FEN INT64_C(100000000000)
#define VALUE_MOST INT64_C(1000000000000000)
#define TIME_MOST_MS INT64_C(253402300799999) /* the end of the year 9999 */

/*
 * X(constant, name, kind, member of struct event, least, most, types that need it, types that may have it).
 * The order is the order in which faults are looked for.
 */
#define EVENT_FIELDS(X)                                                                                      \
    X(FIELD_TYPE, "type", KIND_TYPE, type, 0, 0, IN_ALL, 0)                                                  \
    X(FIELD_ID, "id", KIND_ID, id, 0, 0, IN_ALL, 0)                                                          \
    X(FIELD_TIME, "time", KIND_TIME, time_ms, 0, TIME_MOST_MS, IN_ALL, 0)                                    \
    X(FIELD_SESSION, "session", KIND_ENTITY, session, 0, 0, IN_ALL & ~IN(EVENT_VIDEO_PUBLISHED), 0)          \
    X(FIELD_STREAMER, "streamer", KIND_ENTITY, streamer, 0, 0, IN(EVENT_VIDEO_PUBLISHED), 0)                 \
    X(FIELD_PRODUCT, "product", KIND_ENTITY, product, 0, 0, IN(EVENT_ORDER_PAID), 0)                         \
    X(FIELD_QUANTITY, "quantity", KIND_INTEGER, quantity, 1, QUANTITY_MOST, IN(EVENT_ORDER_PAID), 0)         \
    X(FIELD_AMOUNT_FEN, "amount_fen", KIND_INTEGER, amount_fen, 0, AMOUNT_MOST_FEN,                          \
      IN(EVENT_ORDER_PAID) | IN(EVENT_ORDER_REFUNDED), 0)                                                    \
    X(FIELD_CHANNEL, "channel", KIND_CHANNEL, channel, 0, 0, 0, IN(EVENT_ORDER_PAID))                        \
    X(FIELD_OF, "of", KIND_ID, of, 0, 0, IN(EVENT_ORDER_REFUNDED) | IN(EVENT_ORDER_CANCELLED), 0)            \
    X(FIELD_METRIC, "metric", KIND_SAMPLE, sample, 0, 0, IN(EVENT_METRIC_SAMPLED), 0)                        \
    X(FIELD_VALUE, "value", KIND_INTEGER, value, 0, VALUE_MOST, IN(EVENT_METRIC_SAMPLED), 0)

enum event_field {
#define X(constant, ...) constant,
    EVENT_FIELDS(X)
#undef X
        FIELD_COUNT,
    FIELD_NONE = FIELD_COUNT /* no known field */
};

enum field_kind {
    KIND_TYPE,
    KIND_ID,
    KIND_TIME,
    KIND_ENTITY, /* the id of something of the contest: whether there is one is event_admit()'s question */
    KIND_INTEGER,
    KIND_CHANNEL,
    KIND_SAMPLE
};

struct field_rule {
    struct span name;
    enum field_kind kind;
    size_t offset; /* of its member in struct event */
    int64_t least, most;
    uint32_t needed, allowed; /* IN() bits of the types that need it, and that may have it */
};

extern const struct field_rule field_rules[FIELD_COUNT];

/* The least value of an integer field: a sale may be free, a refund of nothing is none. */
int64_t field_least(enum event_field field, enum event_type type);

/* Places in the lists of names of event.h, or the list's _COUNT. */
enum event_type event_type_find(struct span name);
enum channel channel_find(struct span name);
enum sample sample_find(struct span name);

/* What stood where a field's value was looked for. */
enum found_kind {
    FOUND_NULL,
    FOUND_BOOL,
    FOUND_INTEGER,
    FOUND_HUGE, /* an integer beyond int64_t */
    FOUND_REAL,
    FOUND_TEXT,
    FOUND_ARRAY,
    FOUND_OBJECT,
    FOUND_BINARY, /* from here on: MessagePack only */
    FOUND_TIME,
    FOUND_EXTENSION
};

struct found {
    enum found_kind kind;
    int64_t integer;  /* FOUND_INTEGER, FOUND_TIME: milliseconds */
    struct span text; /* FOUND_TEXT: unescaped; the other kinds of JSON: as written; else empty */
};

/* The unknown names of one event, to find one given twice. More than KEYS_MAX different ones do not fit
 * into an event of LIMIT_EVENT_BYTES (in MessagePack: 1 empty, 128 of three bytes, the rest of four and more,
 * each with its value). */
enum { KEYS_MAX = LIMIT_EVENT_BYTES / 4 + 64, KEY_CHAINS = 256 };

struct key_set {
    size_t count;
    uint16_t first[KEY_CHAINS]; /* index + 1 into `keys`; not set before the first key */
    uint16_t next[KEYS_MAX];
    struct span keys[KEYS_MAX];
};

struct draft {
    enum found_kind kind;             /* what the item is; anything but FOUND_OBJECT is a fault */
    enum event_code broken;           /* CODE_INVALID_*: its bytes are not what the format wants, */
    const char *expected;             /* which is this (CODE_INVALID_MSGPACK) */
    bool too_deep;                    /* nested more than LIMIT_NESTING levels */
    uint32_t seen;                    /* a bit for each known field */
    bool has_twice;                   /* some field stands there twice: */
    enum event_field twice;           /* the first such */
    struct span twice_name;           /* its name */
    struct found fields[FIELD_COUNT]; /* valid where `seen` */
    struct key_set unknown;
};

void draft_start(struct draft *draft);

/*
 * Notes a field's name and says which field it is. FIELD_NONE: an unknown one, or one that is there for the
 * second time; its value is to be skipped. The name must stay where it is until the draft is settled.
 */
enum event_field draft_name(struct draft *draft, struct span name);

/* Puts down the value of the field that was named last. */
static inline void
draft_put(struct draft *draft, enum event_field field, struct found found)
{
    draft->seen |= 1u << field;
    draft->fields[field] = found;
}

struct fault {
    enum event_code code;
    enum event_field field; /* FIELD_NONE: the whole event's */
};

/* Judges a draft of `bytes` raw bytes. CODE_OK: `event` is filled; else it holds at most the id. */
struct fault draft_settle(const struct draft *draft, size_t bytes, struct event *event);

struct json_cursor;
struct mp_cursor;
struct sentence;

/* What bodies of all formats have in common; both need room in `out`, or say that there is none. */
void body_add_item(struct event_body *out, const struct draft *draft, struct span bytes);
enum body_verdict body_too_many(struct event_body *out);

/* "at byte 17: expected ':' behind a field's name, found "}"", of a cursor over `text` that has stopped. */
void explain_json_stop(struct sentence *sentence, const struct json_cursor *cursor, struct span text);

/* The decoders. */
enum body_verdict event_json_body(struct span body, struct event_body *out);
enum body_verdict event_ndjson_body(struct span body, struct event_body *out);
enum body_verdict event_msgpack_body(struct span body, struct event_body *out);

/*
 * Reads an item alone into a draft, as its body's decoder did. Afterwards the cursor stands where reading
 * ended, or stopped. `scratch` (JSON) takes what is unescaped: at least as long as the item.
 */
void event_json_item(struct json_cursor *cursor, struct draft *draft, char *scratch);
void event_msgpack_item(struct mp_cursor *cursor, struct draft *draft);

#endif
