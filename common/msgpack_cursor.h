/*
 * A bounded reader of MessagePack: it walks over bytes, allocates nothing, and never believes a length
 * before the bytes are there. Every function is total; after a failure the cursor stays failed.
 */
#ifndef BOCHUANG_MSGPACK_CURSOR_H
#define BOCHUANG_MSGPACK_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

enum mp_kind { MP_NIL, MP_BOOL, MP_INT, MP_UINT, MP_FLOAT, MP_STR, MP_BIN, MP_EXT, MP_ARRAY, MP_MAP, MP_END };

struct mp_cursor {
    const char *at;
    const char *end;
    bool failed;
};

struct mp_value {
    enum mp_kind kind;
    int64_t integer;           /* MP_INT, and MP_UINT, at most INT64_MAX; MP_BOOL: 0 or 1 */
    uint64_t unsigned_integer; /* MP_UINT: above INT64_MAX too */
    double real;               /* MP_FLOAT */
    struct span bytes;         /* MP_STR, MP_BIN, MP_EXT: payload */
    uint32_t count;            /* MP_ARRAY: elements; MP_MAP: pairs; they follow */
    int8_t ext_type;
};

static inline struct mp_cursor
mp_over(struct span bytes)
{
    return (struct mp_cursor){bytes.at, bytes.at + bytes.len, false};
}

/* The next value's head (a container's elements come next). MP_END, `failed` unset: no bytes are left.
 * A map or array that announces more elements than bytes are left fails at once. */
struct mp_value mp_next(struct mp_cursor *cursor);

enum { MP_DEPTH_MAX = 64 };

/* Skips one whole value, at most `depth` (<= MP_DEPTH_MAX) containers deep; false and failed otherwise. */
bool mp_skip(struct mp_cursor *cursor, int depth);

/* What a value was that has been skipped. */
struct mp_survey {
    struct mp_value head;
    int depth; /* containers in one another; 0: the value is none */
    bool utf8; /* every string in it, map keys too, is UTF-8 */
};

/* Skips like mp_skip(), and tells what was there. */
bool mp_survey(struct mp_cursor *cursor, int depth, struct mp_survey *survey);

/* Typed shorthands for a known layout; any other kind fails the cursor. */
int64_t mp_int(struct mp_cursor *cursor);
struct span mp_str(struct mp_cursor *cursor);
uint32_t mp_array(struct mp_cursor *cursor);

#endif
