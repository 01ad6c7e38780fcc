/*
 * Our MessagePack cursor and decoder against msgpack-c's unpacker: both take the same bytes, and see the same
 * values in them. Left out: more than 32 containers in one another, where msgpack-c stops, and bodies that
 * announce 65,536 elements or more, for which it takes the memory before it looks.
 */
#ifndef BOCHUANG_TESTS_EVENT_MODEL_MSGPACK_H
#define BOCHUANG_TESTS_EVENT_MODEL_MSGPACK_H

#include <msgpack.h>

#include "common/msgpack_cursor.h"
#include "tests/unit/event_model.h"

enum { MODEL_MSGPACK_CAPACITY = 300, MODEL_MSGPACK_DEPTH = 32 };

static inline bool
model_announces_much(struct span bytes)
{
    for (size_t i = 0; i + 2 < bytes.len; i++) {
        unsigned char format = (unsigned char)bytes.at[i];
        if ((format == 0xdd || format == 0xdf) && (bytes.at[i + 1] || bytes.at[i + 2]))
            return true;
    }
    return false;
}

/* --- The cursor --- */

static inline void
model_compare_scalar(const struct mp_value *ours, const msgpack_object *theirs, struct span about)
{
    switch (theirs->type) {
    case MSGPACK_OBJECT_NIL:
        MUST(ours->kind == MP_NIL, about);
        break;
    case MSGPACK_OBJECT_BOOLEAN:
        MUST(ours->kind == MP_BOOL && ours->integer == theirs->via.boolean, about);
        break;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        MUST(ours->kind == MP_UINT || ours->kind == MP_INT, about);
        MUST((ours->kind == MP_UINT ? ours->unsigned_integer : (uint64_t)ours->integer) == theirs->via.u64,
             about);
        break;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        MUST(ours->kind == MP_INT && ours->integer == theirs->via.i64, about);
        break;
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
        MUST(ours->kind == MP_FLOAT, about);
        MUST(memcmp(&ours->real, &theirs->via.f64, sizeof ours->real) == 0, about);
        break;
    case MSGPACK_OBJECT_STR:
        MUST(ours->kind == MP_STR, about);
        MUST(span_eq(ours->bytes, (struct span){theirs->via.str.ptr, theirs->via.str.size}), about);
        break;
    case MSGPACK_OBJECT_BIN:
        MUST(ours->kind == MP_BIN, about);
        MUST(span_eq(ours->bytes, (struct span){theirs->via.bin.ptr, theirs->via.bin.size}), about);
        break;
    case MSGPACK_OBJECT_EXT:
        MUST(ours->kind == MP_EXT && ours->ext_type == theirs->via.ext.type, about);
        MUST(span_eq(ours->bytes, (struct span){theirs->via.ext.ptr, theirs->via.ext.size}), about);
        break;
    default:
        MUST(!"a scalar", about);
    }
}

/* Both walks side by side; msgpack-c has bounded the depth. */
static inline void
model_compare_value(struct mp_cursor *cursor, const msgpack_object *theirs, struct span about)
{
    struct mp_value ours = mp_next(cursor);
    if (theirs->type == MSGPACK_OBJECT_ARRAY) {
        MUST(ours.kind == MP_ARRAY && ours.count == theirs->via.array.size, about);
        for (uint32_t i = 0; i < ours.count; i++)
            model_compare_value(cursor, &theirs->via.array.ptr[i], about);
    } else if (theirs->type == MSGPACK_OBJECT_MAP) {
        MUST(ours.kind == MP_MAP && ours.count == theirs->via.map.size, about);
        for (uint32_t i = 0; i < ours.count; i++) {
            model_compare_value(cursor, &theirs->via.map.ptr[i].key, about);
            model_compare_value(cursor, &theirs->via.map.ptr[i].val, about);
        }
    } else {
        model_compare_scalar(&ours, theirs, about);
    }
}

/* Reads one value with both; false where there is none, or where msgpack-c cannot say. */
static inline bool
model_check_value(struct span bytes, msgpack_unpacked *unpacked, size_t *used)
{
    struct mp_cursor cursor = mp_over(bytes);
    struct mp_survey survey;
    bool taken = mp_survey(&cursor, MP_DEPTH_MAX, &survey);
    *used = 0;
    msgpack_unpack_return theirs = msgpack_unpack_next(unpacked, bytes.at, bytes.len, used);
    bool theirs_taken = theirs == MSGPACK_UNPACK_SUCCESS || theirs == MSGPACK_UNPACK_EXTRA_BYTES;
    if (!theirs_taken) {
        MUST(!taken || survey.depth > MODEL_MSGPACK_DEPTH, bytes);
        return false;
    }
    MUST(taken && *used == (size_t)(cursor.at - bytes.at), bytes);
    cursor = mp_over(bytes);
    model_compare_value(&cursor, &unpacked->data, bytes);
    MUST(!cursor.failed && *used == (size_t)(cursor.at - bytes.at), bytes);
    return true;
}

/* --- Events --- */

static inline struct span
model_str(const msgpack_object *object)
{
    return (struct span){object->via.str.ptr, object->via.str.size};
}

/* A timestamp by the specification; msgpack-c reads it too, but only into a timespec without range checks. */
static inline struct model_value
model_timestamp(const msgpack_object *object)
{
    msgpack_timestamp stamp;
    if (!msgpack_object_to_timestamp(object, &stamp) || stamp.tv_nsec > 999999999)
        return (struct model_value){.kind = MODEL_OTHER};
    bool sane = stamp.tv_sec >= 0 && stamp.tv_sec <= INT64_C(253402300799);
    int64_t ms = sane ? stamp.tv_sec * 1000 + stamp.tv_nsec / 1000000 : -1;
    return (struct model_value){.kind = MODEL_TIMESTAMP, .integer = ms};
}

static inline struct model_value
model_get_msgpack(const void *object, const char *name)
{
    const msgpack_object_map *map = &((const msgpack_object *)object)->via.map;
    uint32_t i = 0;
    while (i < map->size && !span_is(model_str(&map->ptr[i].key), name))
        i++;
    if (i == map->size)
        return (struct model_value){.kind = MODEL_ABSENT};
    const msgpack_object *value = &map->ptr[i].val;
    switch (value->type) {
    case MSGPACK_OBJECT_STR:
        return (struct model_value){.kind = MODEL_STRING, .text = model_str(value)};
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        if (value->via.u64 > INT64_MAX)
            return (struct model_value){.kind = MODEL_HUGE};
        return (struct model_value){.kind = MODEL_INTEGER, .integer = (int64_t)value->via.u64};
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        return (struct model_value){.kind = MODEL_INTEGER, .integer = value->via.i64};
    case MSGPACK_OBJECT_EXT:
        return model_timestamp(value);
    default:
        return (struct model_value){.kind = MODEL_OTHER};
    }
}

static inline bool
model_is_container(const msgpack_object *object)
{
    return object->type == MSGPACK_OBJECT_ARRAY || object->type == MSGPACK_OBJECT_MAP;
}

/* Containers in one another, and whether all strings are UTF-8. */
static inline int
model_walk(const msgpack_object *object, bool *utf8)
{
    int deepest = 0;
    if (object->type == MSGPACK_OBJECT_STR && !utf8_is_valid(model_str(object)))
        *utf8 = false;
    for (uint32_t i = 0; object->type == MSGPACK_OBJECT_ARRAY && i < object->via.array.size; i++) {
        int depth = model_walk(&object->via.array.ptr[i], utf8);
        deepest = depth > deepest ? depth : deepest;
    }
    for (uint32_t i = 0; object->type == MSGPACK_OBJECT_MAP && i < object->via.map.size; i++) {
        int key = model_walk(&object->via.map.ptr[i].key, utf8);
        int value = model_walk(&object->via.map.ptr[i].val, utf8);
        deepest = key > deepest ? key : deepest;
        deepest = value > deepest ? value : deepest;
    }
    return deepest + model_is_container(object);
}

static inline const char *
model_known_field(struct span name)
{
    static const char *const fields[] = {"type",     "id",      "time",     "session",
                                         "streamer", "product", "quantity", "amount_fen",
                                         "channel",  "of",      "metric",   "value"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (span_is(name, fields[i]))
            return fields[i];
    }
    return NULL;
}

/* True where an earlier pair has this pair's name. */
static inline bool
model_is_twice(const msgpack_object_map *map, uint32_t pair)
{
    for (uint32_t i = 0; i < pair; i++) {
        if (map->ptr[i].key.type == MSGPACK_OBJECT_STR &&
            span_eq(model_str(&map->ptr[i].key), model_str(&map->ptr[pair].key)))
            return true;
    }
    return false;
}

/* The faults of the whole: CODE_OK where its fields may be looked at. */
static inline struct model_verdict
model_judge_map(const msgpack_object *object)
{
    const msgpack_object_map *map = &object->via.map;
    bool utf8 = true, names = true;
    int deepest = 0;
    struct model_verdict verdict = {CODE_OK, "", {0}};
    for (uint32_t i = 0; i < map->size; i++) {
        const msgpack_object *key = &map->ptr[i].key, *value = &map->ptr[i].val;
        bool is_str = key->type == MSGPACK_OBJECT_STR;
        bool twice = is_str && model_is_twice(map, i);
        const char *field = is_str ? model_known_field(model_str(key)) : NULL;
        bool own_fault =
            field && !twice && !model_is_container(value); /* its bytes are the field's business */
        bool ignored = true;
        int depth = model_walk(value, own_fault ? &ignored : &utf8);
        int key_depth = model_walk(key, &utf8);
        depth = key_depth > depth ? key_depth : depth;
        deepest = depth > deepest ? depth : deepest;
        names = names && is_str;
        if (twice && verdict.code == CODE_OK)
            verdict = (struct model_verdict){CODE_DUPLICATE_FIELD, field ? field : "", {0}};
    }
    if (!utf8 || !names)
        return (struct model_verdict){CODE_INVALID_MSGPACK, "", {0}};
    if (deepest + 1 > LIMIT_NESTING)
        return (struct model_verdict){CODE_TOO_LARGE, "", {0}};
    return verdict;
}

static inline void
model_compare_msgpack(const struct event_item *item, const msgpack_object *object)
{
    struct model_verdict verdict = {CODE_OK, "", {0}};
    if (item->bytes.len > LIMIT_EVENT_BYTES)
        verdict.code = CODE_TOO_LARGE;
    else if (object->type != MSGPACK_OBJECT_MAP)
        verdict.code = CODE_WRONG_TYPE;
    else
        verdict = model_judge_map(object);
    if (verdict.code == CODE_OK)
        verdict = model_judge(model_get_msgpack, object);
    model_compare(BODY_MSGPACK, item, &verdict);
}

static inline void
model_compare_array(const struct decoded *decoded, const msgpack_object_array *array, bool ends,
                    struct span body)
{
    if (array->size > MODEL_MSGPACK_CAPACITY) {
        MUST(decoded->verdict == BODY_TOO_MANY, body);
        return;
    }
    MUST(decoded->verdict == (ends ? BODY_READ : BODY_UNREADABLE), body);
    MUST(decoded->body.count == array->size, body);
    for (uint32_t i = 0; i < array->size; i++)
        model_compare_msgpack(&decoded->body.items[i], &array->ptr[i]);
}

/* Maps one after another: the items that are there, up to the first value that msgpack-c does not take. */
static inline void
model_compare_sequence(const struct decoded *decoded, struct span body)
{
    msgpack_unpacked unpacked;
    msgpack_unpacked_init(&unpacked);
    struct span rest = body;
    size_t count = 0, used;
    while (rest.len > 0 && count < decoded->body.count && model_check_value(rest, &unpacked, &used)) {
        MUST(span_eq(decoded->body.items[count].bytes, (struct span){rest.at, used}), body);
        model_compare_msgpack(&decoded->body.items[count++], &unpacked.data);
        rest.at += used;
        rest.len -= used;
    }
    if (rest.len == 0)
        MUST(decoded->verdict == BODY_READ && decoded->body.count == count, body);
    else
        MUST(decoded->verdict != BODY_READ || decoded->body.count > count, body);
    msgpack_unpacked_destroy(&unpacked);
}

/* Holds everything we say about a MessagePack body against msgpack-c. */
static inline void
model_check_msgpack(struct span body)
{
    struct decoded decoded = harness_decode(BODY_MSGPACK, body, MODEL_MSGPACK_CAPACITY);
    harness_check(BODY_MSGPACK, body, &decoded);
    msgpack_unpacked unpacked;
    msgpack_unpacked_init(&unpacked);
    size_t used;
    if (!model_announces_much(body) && body.len > 0 && model_check_value(body, &unpacked, &used)) {
        if (unpacked.data.type == MSGPACK_OBJECT_ARRAY)
            model_compare_array(&decoded, &unpacked.data.via.array, used == body.len, body);
        else if (unpacked.data.type == MSGPACK_OBJECT_MAP)
            model_compare_sequence(&decoded, body);
        else
            MUST(decoded.verdict == BODY_UNREADABLE, body);
    }
    msgpack_unpacked_destroy(&unpacked);
    harness_free(&decoded);
}

#endif
