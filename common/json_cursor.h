/*
 * A strict reader of JSON (RFC 8259) that walks over bytes in one pass: no tree, no memory of its own.
 *
 * Strict means: UTF-8 without a byte order mark, no control characters in strings, no lone surrogates, no
 * trailing comma, nothing behind the value. Every function is total. The first thing that is wrong stops
 * the cursor there: `expected` says what should have stood at `at`.
 */
#ifndef BOCHUANG_JSON_CURSOR_H
#define BOCHUANG_JSON_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/* Containers in one another that a value may have; one bit of a word for each while they are open. */
enum { JSON_DEPTH_MAX = 64 };

struct json_cursor {
    const char *at;
    const char *end;
    const char *expected; /* NULL while all is well */
    bool too_deep;        /* what is wrong is more than JSON_DEPTH_MAX containers */
};

enum json_kind {
    JSON_IS_NULL,
    JSON_IS_BOOL,
    JSON_IS_INTEGER, /* no fraction, no exponent, fits int64_t */
    JSON_IS_HUGE,    /* an integer beyond int64_t */
    JSON_IS_REAL,    /* a number with a fraction or an exponent */
    JSON_IS_STRING,
    JSON_IS_ARRAY,
    JSON_IS_OBJECT,
};

struct json_value {
    enum json_kind kind;
    bool escaped;     /* a string that needs json_unescape() */
    int depth;        /* an array or object: containers in one another, itself included */
    int64_t integer;  /* JSON_IS_INTEGER; JSON_IS_BOOL: 0 or 1 */
    struct span text; /* as written; a string without its quotes */
};

static inline struct json_cursor
json_over(struct span bytes)
{
    return (struct json_cursor){bytes.at, bytes.at + bytes.len, NULL, false};
}

static inline void
json_space(struct json_cursor *cursor)
{
    while (cursor->at < cursor->end &&
           (*cursor->at == ' ' || *cursor->at == '\n' || *cursor->at == '\r' || *cursor->at == '\t'))
        cursor->at++;
}

/* True where `byte` comes next. */
static inline bool
json_peek(const struct json_cursor *cursor, char byte)
{
    return cursor->at < cursor->end && *cursor->at == byte;
}

/* Takes `byte`; where something else comes the cursor stops, with `expected` as the reason. */
bool json_take(struct json_cursor *cursor, char byte, const char *expected);

/* Takes a whole value that starts right here. A container is checked to its end, its content is not given. */
bool json_take_value(struct json_cursor *cursor, struct json_value *value);

/* Takes a field's name and the ':' behind it, and the white space up to the field's value. */
bool json_take_name(struct json_cursor *cursor, struct json_value *name);

/* Writes a checked string without its escapes, never longer than it was; returns the new length. */
size_t json_unescape(struct span text, char *out);

#endif
