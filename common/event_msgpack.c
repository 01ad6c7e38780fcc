/* Events in MessagePack: the same fields as in JSON, keys are strings, integers of any width. */
#include "common/event_fields.h"
#include "common/msgpack_cursor.h"
#include "common/sentence.h"
#include "common/utf8.h"

enum { TIMESTAMP_EXTENSION = -1, NS_PER_S = 1000000000, NS_PER_MS = 1000000, MS_PER_S = 1000 };

static uint64_t
big_endian(const char *at, size_t width)
{
    uint64_t number = 0;
    for (size_t i = 0; i < width; i++)
        number = number << 8 | (unsigned char)at[i];
    return number;
}

/* A timestamp of the MessagePack specification (32, 64 or 96 bits); false where it is none. */
static bool
read_timestamp(struct span bytes, int64_t *ms)
{
    int64_t seconds;
    uint64_t ns = 0;
    if (bytes.len == 4) {
        seconds = (int64_t)big_endian(bytes.at, 4);
    } else if (bytes.len == 8) {
        uint64_t both = big_endian(bytes.at, 8);
        ns = both >> 34;
        seconds = (int64_t)(both & ((UINT64_C(1) << 34) - 1));
    } else if (bytes.len == 12) {
        ns = big_endian(bytes.at, 4);
        seconds = (int64_t)big_endian(bytes.at + 4, 8);
    } else {
        return false;
    }
    bool representable = seconds >= 0 && seconds <= TIME_MOST_MS / MS_PER_S;
    *ms = representable ? seconds * MS_PER_S + (int64_t)(ns / NS_PER_MS) : -1;
    return ns < NS_PER_S;
}

static struct found
found_extension(const struct mp_value *value)
{
    struct found found = {.kind = FOUND_EXTENSION};
    if (value->ext_type == TIMESTAMP_EXTENSION && read_timestamp(value->bytes, &found.integer))
        found.kind = FOUND_TIME;
    return found;
}

static struct found
found_of(const struct mp_value *value)
{
    static const enum found_kind kinds[] = {
        [MP_NIL] = FOUND_NULL,     [MP_BOOL] = FOUND_BOOL,     [MP_INT] = FOUND_INTEGER,
        [MP_UINT] = FOUND_INTEGER, [MP_FLOAT] = FOUND_REAL,    [MP_STR] = FOUND_TEXT,
        [MP_BIN] = FOUND_BINARY,   [MP_EXT] = FOUND_EXTENSION, [MP_ARRAY] = FOUND_ARRAY,
        [MP_MAP] = FOUND_OBJECT,   [MP_END] = FOUND_NULL,
    };
    if (value->kind == MP_EXT)
        return found_extension(value);
    struct found found = {.kind = kinds[value->kind], .integer = value->integer};
    if (value->kind == MP_UINT && value->unsigned_integer > INT64_MAX)
        found.kind = FOUND_HUGE;
    if (value->kind == MP_STR)
        found.text = value->bytes;
    return found;
}

static void
note_broken(struct draft *draft, const char *expected)
{
    if (draft->broken != CODE_OK)
        return;
    draft->broken = CODE_INVALID_MSGPACK;
    draft->expected = expected;
}

/* Skips a value that is not asked for, or that holds others; its strings must be UTF-8 all the same. */
static bool
skip_value(struct mp_cursor *cursor, struct draft *draft)
{
    struct mp_survey survey;
    if (!mp_survey(cursor, MP_DEPTH_MAX, &survey))
        return false;
    if (!survey.utf8)
        note_broken(draft, "UTF-8 in every string");
    if (survey.depth >= LIMIT_NESTING) /* the event itself is one level */
        draft->too_deep = true;
    return true;
}

static enum event_field
read_name(struct mp_cursor *cursor, struct draft *draft)
{
    struct mp_cursor start = *cursor;
    struct mp_value name = mp_next(cursor);
    if (name.kind == MP_STR) {
        enum event_field field = draft_name(draft, name.bytes);
        if (field == FIELD_NONE && !utf8_is_valid(name.bytes))
            note_broken(draft, "UTF-8 in every string");
        return field;
    }
    note_broken(draft, "fields whose names are strings");
    *cursor = start;
    skip_value(cursor, draft);
    return FIELD_NONE;
}

static bool
read_pair(struct mp_cursor *cursor, struct draft *draft)
{
    enum event_field field = read_name(cursor, draft);
    if (field == FIELD_NONE)
        return skip_value(cursor, draft);
    struct mp_cursor start = *cursor;
    struct mp_value value = mp_next(cursor);
    if (value.kind == MP_END)
        return false;
    draft_put(draft, field, found_of(&value));
    if (value.kind != MP_ARRAY && value.kind != MP_MAP)
        return true;
    *cursor = start;
    return skip_value(cursor, draft);
}

void
event_msgpack_item(struct mp_cursor *cursor, struct draft *draft)
{
    draft_start(draft);
    struct mp_cursor start = *cursor;
    struct mp_value head = mp_next(cursor);
    if (head.kind != MP_MAP) {
        draft->kind = found_of(&head).kind;
        *cursor = start;
        mp_skip(cursor, MP_DEPTH_MAX);
        return;
    }
    for (uint32_t i = 0; i < head.count; i++) {
        if (!read_pair(cursor, draft)) {
            cursor->failed = true;
            return;
        }
    }
}

static enum body_verdict
unreadable(const struct mp_cursor *cursor, struct span body, struct event_body *out, const char *expected)
{
    struct sentence sentence = sentence_start(out->message, sizeof out->message);
    sentence_add(&sentence, "event %zu, at byte %zu: expected %s", out->count, (size_t)(cursor->at - body.at),
                 expected);
    if (cursor->at == cursor->end)
        sentence_add(&sentence, ", found the end");
    return BODY_UNREADABLE;
}

/* Reads items until `count` are read or the body ends. */
static enum body_verdict
read_items(struct mp_cursor *cursor, size_t count, struct span body, struct event_body *out)
{
    struct draft draft;
    for (size_t i = 0; i < count && cursor->at != cursor->end; i++) {
        if (out->count == out->capacity)
            return body_too_many(out);
        const char *start = cursor->at;
        event_msgpack_item(cursor, &draft);
        if (cursor->failed)
            return unreadable(cursor, body, out, "a whole MessagePack value of at most 64 levels");
        body_add_item(out, &draft, (struct span){start, (size_t)(cursor->at - start)});
    }
    return BODY_READ;
}

static enum body_verdict
read_array(struct mp_cursor *cursor, struct span body, struct event_body *out)
{
    uint32_t count = mp_array(cursor);
    if (cursor->failed)
        return unreadable(cursor, body, out, "as many elements as the array announces");
    enum body_verdict verdict = read_items(cursor, count, body, out);
    if (verdict != BODY_READ)
        return verdict;
    if (out->count < count)
        return unreadable(cursor, body, out, "as many elements as the array announces");
    if (cursor->at != cursor->end)
        return unreadable(cursor, body, out, "nothing behind the array");
    return BODY_READ;
}

enum body_verdict
event_msgpack_body(struct span body, struct event_body *out)
{
    struct mp_cursor cursor = mp_over(body);
    struct mp_cursor ahead = cursor;
    enum mp_kind kind = mp_next(&ahead).kind;
    if (kind == MP_ARRAY)
        return read_array(&cursor, body, out);
    if (kind == MP_MAP)
        return read_items(&cursor, SIZE_MAX, body, out);
    return unreadable(&cursor, body, out, "a map, or an array of maps, that is all there");
}
