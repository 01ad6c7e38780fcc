/*
 * Our JSON decoder against jansson: both take the same bodies, and see the same values in them. Left out:
 *   - what jansson cannot hold: reals beyond a double, NUL in a field's name; of integers beyond int64_t only
 *     the syntax is compared;
 *   - a NUL byte, which jansson overlooks right behind a number: it must always be refused;
 *   - depth: jansson stops at 2048 levels, we at 64;
 *   - a field twice: jansson tells of it at any depth, we at an event's top level only.
 */
#ifndef BOCHUANG_TESTS_EVENT_MODEL_JSON_H
#define BOCHUANG_TESTS_EVENT_MODEL_JSON_H

#include <jansson.h>

#include "tests/unit/event_model.h"

enum { MODEL_CAPACITY = 300 };

static inline struct model_value
model_get_json(const void *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!value)
        return (struct model_value){.kind = MODEL_ABSENT};
    if (json_is_string(value))
        return (struct model_value){.kind = MODEL_STRING,
                                    .text = {json_string_value(value), json_string_length(value)}};
    if (json_is_integer(value))
        return (struct model_value){.kind = MODEL_INTEGER, .integer = json_integer_value(value)};
    return (struct model_value){.kind = MODEL_OTHER};
}

static inline int
model_json_depth(const json_t *value)
{
    int deepest = 0;
    const char *name;
    json_t *member;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        int depth = model_json_depth(member);
        deepest = depth > deepest ? depth : deepest;
    }
    json_array_foreach(value, i, member)
    {
        int depth = model_json_depth(member);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + (json_is_object(value) || json_is_array(value));
}

static inline struct model_verdict
model_judge_json(const json_t *value, size_t bytes)
{
    if (bytes > LIMIT_EVENT_BYTES)
        return (struct model_verdict){.code = CODE_TOO_LARGE, .field = ""};
    if (!json_is_object(value))
        return (struct model_verdict){.code = CODE_WRONG_TYPE, .field = ""};
    if (model_json_depth(value) > LIMIT_NESTING)
        return (struct model_verdict){.code = CODE_TOO_LARGE, .field = ""};
    return model_judge(model_get_json, value);
}

/* What jansson says of a body. */
struct model_json {
    json_t *tree; /* owned; NULL where it refuses the body, or cannot hold its numbers */
    bool refused;
    bool unsure; /* it could not judge */
    bool twice;  /* some object in it, at any depth, has a field twice */
};

static inline struct model_json
model_read_json(struct span body)
{
    json_error_t error;
    if (memchr(body.at, '\0', body.len))
        return (struct model_json){.refused = true};
    struct model_json read = {.tree = json_loadb(body.at, body.len, JSON_ALLOW_NUL, &error)};
    enum json_error_code code = read.tree ? json_error_unknown : json_error_code(&error);
    if (code == json_error_numeric_overflow) {
        json_t *tree = json_loadb(body.at, body.len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
        code = tree ? json_error_unknown : json_error_code(&error);
        read.unsure = code == json_error_numeric_overflow || code == json_error_null_byte_in_key;
        read.refused = !tree && !read.unsure;
        json_decref(tree);
        return read;
    }
    read.unsure = !read.tree && (code == json_error_null_byte_in_key || code == json_error_stack_overflow);
    read.refused = !read.tree && !read.unsure;
    if (read.tree) {
        json_t *again = json_loadb(body.at, body.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
        read.twice = !again;
        json_decref(again);
    }
    return read;
}

/* One item against its tree. With a field twice somewhere in the body, little can be said of it. */
static inline void
model_compare_json(const struct event_item *item, const json_t *value, bool twice)
{
    if (item->code == CODE_DUPLICATE_FIELD) {
        MUST(twice, item->bytes);
        return;
    }
    if (twice && json_is_object(value))
        return;
    struct model_verdict verdict = model_judge_json(value, item->bytes.len);
    model_compare(BODY_JSON, item, &verdict);
}

static inline void
model_compare_items(const struct decoded *decoded, const struct model_json *read, struct span body)
{
    bool many = json_is_array(read->tree);
    size_t count = many ? json_array_size(read->tree) : 1;
    if (count > MODEL_CAPACITY) {
        MUST(decoded->verdict == BODY_TOO_MANY, body);
        return;
    }
    MUST(decoded->verdict == BODY_READ && decoded->body.count == count, body);
    for (size_t i = 0; i < count; i++)
        model_compare_json(&decoded->body.items[i], many ? json_array_get(read->tree, i) : read->tree,
                           read->twice);
    bool flat = !many && !memchr(body.at, '[', body.len) &&
                memchr(body.at, '{', body.len) == memrchr(body.at, '{', body.len);
    if (read->twice && flat && decoded->body.items[0].bytes.len <= LIMIT_EVENT_BYTES)
        MUST(decoded->body.items[0].code == CODE_DUPLICATE_FIELD, body);
}

/* Holds everything we say about a JSON body against jansson. */
static inline void
model_check_json(struct span body)
{
    struct decoded decoded = harness_decode(BODY_JSON, body, MODEL_CAPACITY);
    harness_check(BODY_JSON, body, &decoded);
    struct model_json read = model_read_json(body);
    bool refused = decoded.verdict == BODY_UNREADABLE;
    bool too_deep = refused && strstr(decoded.body.message, "64 levels of nesting");
    bool cut_short = decoded.verdict == BODY_TOO_MANY; /* what follows was not read */
    if (!read.unsure && !too_deep && !(cut_short && read.refused))
        MUST(read.refused == refused, body);
    if (read.tree && !too_deep)
        model_compare_items(&decoded, &read, body);
    json_decref(read.tree);
    harness_free(&decoded);
}

/* --- NDJSON: each line must be judged as the same bytes are in an array --- */

static inline void
model_check_line(const struct event_item *line)
{
    size_t len = line->bytes.len + 2;
    char *array = malloc(len);
    if (!array)
        abort();
    array[0] = '[';
    memcpy(array + 1, line->bytes.at, line->bytes.len);
    array[len - 1] = ']';
    struct span body = {array, len};
    struct decoded decoded = harness_decode(BODY_JSON, body, 2);
    if (decoded.verdict == BODY_READ && decoded.body.count == 1) {
        MUST(decoded.body.items[0].code == line->code, line->bytes);
        MUST(span_eq(decoded.body.items[0].event.id, line->event.id), line->bytes);
        MUST(decoded.body.items[0].event.time_ms == line->event.time_ms, line->bytes);
    } else {
        /* Over its size, a line is too large whatever its syntax; so is one that is far too deep. */
        MUST(line->code == CODE_INVALID_JSON || line->code == CODE_TOO_LARGE || line->code == CODE_WRONG_TYPE,
             line->bytes);
    }
    harness_free(&decoded);
    free(array);
}

static inline void
model_check_ndjson(struct span body)
{
    struct decoded decoded = harness_decode(BODY_NDJSON, body, MODEL_CAPACITY);
    harness_check(BODY_NDJSON, body, &decoded);
    MUST(decoded.verdict != BODY_UNREADABLE, body);
    for (size_t i = 0; i < decoded.body.count; i++)
        model_check_line(&decoded.body.items[i]);
    harness_free(&decoded);
}

#endif
