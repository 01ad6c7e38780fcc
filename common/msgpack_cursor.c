#include "common/msgpack_cursor.h"

#include <assert.h>
#include <endian.h>

#include "common/utf8.h"

static struct mp_value
fail(struct mp_cursor *cursor)
{
    cursor->failed = true;
    return (struct mp_value){.kind = MP_END};
}

static size_t
left(const struct mp_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* Takes a big-endian number of 1, 2, 4 or 8 bytes; false where it is cut off. */
static bool
take_number(struct mp_cursor *cursor, size_t width, uint64_t *number)
{
    if (left(cursor) < width)
        return false;
    uint64_t wide = 0;
    memcpy((char *)&wide + sizeof wide - width, cursor->at, width);
    *number = be64toh(wide);
    cursor->at += width;
    return true;
}

static struct mp_value
take_unsigned(struct mp_cursor *cursor, size_t width)
{
    uint64_t number;
    if (!take_number(cursor, width, &number))
        return fail(cursor);
    return (struct mp_value){.kind = MP_UINT,
                             .unsigned_integer = number,
                             .integer = number > INT64_MAX ? INT64_MAX : (int64_t)number};
}

static struct mp_value
take_signed(struct mp_cursor *cursor, size_t width)
{
    uint64_t number;
    if (!take_number(cursor, width, &number))
        return fail(cursor);
    unsigned shift = (unsigned)(64 - 8 * width);
    return (struct mp_value){.kind = MP_INT, .integer = (int64_t)(number << shift) >> shift};
}

static struct mp_value
take_float(struct mp_cursor *cursor, size_t width)
{
    uint64_t bits;
    if (!take_number(cursor, width, &bits))
        return fail(cursor);
    struct mp_value value = {.kind = MP_FLOAT};
    if (width == sizeof value.real) {
        memcpy(&value.real, &bits, sizeof value.real);
    } else {
        uint32_t half = (uint32_t)bits;
        float narrow;
        memcpy(&narrow, &half, sizeof narrow);
        value.real = (double)narrow;
    }
    return value;
}

/* A payload of known length. */
static struct mp_value
take_payload(struct mp_cursor *cursor, enum mp_kind kind, uint64_t len)
{
    if (left(cursor) < len)
        return fail(cursor);
    struct mp_value value = {.kind = kind, .bytes = {cursor->at, (size_t)len}};
    cursor->at += len;
    return value;
}

/* A payload whose length comes first. */
static struct mp_value
take_sized(struct mp_cursor *cursor, enum mp_kind kind, size_t width)
{
    uint64_t len;
    return take_number(cursor, width, &len) ? take_payload(cursor, kind, len) : fail(cursor);
}

static struct mp_value
take_extension(struct mp_cursor *cursor, uint64_t len)
{
    if (left(cursor) < 1)
        return fail(cursor);
    int8_t type = (int8_t)*cursor->at++;
    struct mp_value value = take_payload(cursor, MP_EXT, len);
    value.ext_type = type;
    return value;
}

static struct mp_value
take_sized_extension(struct mp_cursor *cursor, size_t width)
{
    uint64_t len;
    return take_number(cursor, width, &len) ? take_extension(cursor, len) : fail(cursor);
}

/* Each element has a byte at least: a count that cannot be true is refused before anyone believes it. */
static struct mp_value
container(struct mp_cursor *cursor, enum mp_kind kind, uint64_t count)
{
    if (left(cursor) < count * (kind == MP_MAP ? 2 : 1))
        return fail(cursor);
    return (struct mp_value){.kind = kind, .count = (uint32_t)count};
}

static struct mp_value
take_container(struct mp_cursor *cursor, enum mp_kind kind, size_t width)
{
    uint64_t count;
    return take_number(cursor, width, &count) ? container(cursor, kind, count) : fail(cursor);
}

/* The formats from 0xc0 to 0xdf, each named by its first byte. */
static struct mp_value
take_by_format(struct mp_cursor *cursor, unsigned char format)
{
    switch (format) {
    case 0xc0:
        return (struct mp_value){.kind = MP_NIL};
    case 0xc2:
    case 0xc3:
        return (struct mp_value){.kind = MP_BOOL, .integer = format & 1};
    case 0xc4:
    case 0xc5:
    case 0xc6:
        return take_sized(cursor, MP_BIN, (size_t)1 << (format - 0xc4));
    case 0xc7:
    case 0xc8:
    case 0xc9:
        return take_sized_extension(cursor, (size_t)1 << (format - 0xc7));
    case 0xca:
    case 0xcb:
        return take_float(cursor, format == 0xca ? 4 : 8);
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
        return take_unsigned(cursor, (size_t)1 << (format - 0xcc));
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
        return take_signed(cursor, (size_t)1 << (format - 0xd0));
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
        return take_extension(cursor, (uint64_t)1 << (format - 0xd4));
    case 0xd9:
    case 0xda:
    case 0xdb:
        return take_sized(cursor, MP_STR, (size_t)1 << (format - 0xd9));
    case 0xdc:
    case 0xdd:
        return take_container(cursor, MP_ARRAY, (size_t)2 << (format - 0xdc));
    case 0xde:
    case 0xdf:
        return take_container(cursor, MP_MAP, (size_t)2 << (format - 0xde));
    default: /* 0xc1 is never used */
        return fail(cursor);
    }
}

struct mp_value
mp_next(struct mp_cursor *cursor)
{
    if (cursor->failed || cursor->at == cursor->end)
        return (struct mp_value){.kind = MP_END};
    unsigned char first = (unsigned char)*cursor->at++;
    if (first < 0x80)
        return (struct mp_value){.kind = MP_UINT, .integer = first, .unsigned_integer = first};
    if (first < 0x90)
        return container(cursor, MP_MAP, first & 0x0f);
    if (first < 0xa0)
        return container(cursor, MP_ARRAY, first & 0x0f);
    if (first < 0xc0)
        return take_payload(cursor, MP_STR, first & 0x1f);
    if (first >= 0xe0)
        return (struct mp_value){.kind = MP_INT, .integer = (int8_t)first};
    return take_by_format(cursor, first);
}

bool
mp_survey(struct mp_cursor *cursor, int depth, struct mp_survey *survey)
{
    assert(depth >= 0 && depth <= MP_DEPTH_MAX);
    uint64_t elements[MP_DEPTH_MAX + 1]; /* still to come, of each open container; a map's pair is two */
    int open = 0;
    elements[0] = 1;
    *survey = (struct mp_survey){.head = {.kind = MP_END}, .utf8 = true};
    while (open >= 0) {
        if (elements[open] == 0) {
            open--;
            continue;
        }
        elements[open]--;
        struct mp_value value = mp_next(cursor);
        bool nested = value.kind == MP_ARRAY || value.kind == MP_MAP;
        if (value.kind == MP_END || (nested && open == depth)) {
            cursor->failed = true;
            return false;
        }
        if (survey->head.kind == MP_END)
            survey->head = value;
        if (value.kind == MP_STR)
            survey->utf8 = survey->utf8 && utf8_is_valid(value.bytes);
        if (!nested)
            continue;
        elements[++open] = (uint64_t)value.count << (value.kind == MP_MAP);
        if (open > survey->depth)
            survey->depth = open;
    }
    return true;
}

bool
mp_skip(struct mp_cursor *cursor, int depth)
{
    struct mp_survey survey;
    return mp_survey(cursor, depth, &survey);
}

/* --- A known layout ---
 *
 * The log is read through these, millions of events a second: the short forms, which most values have, are
 * taken without building a struct mp_value.
 */

/* The next byte, or 0xc1, which begins nothing. */
static unsigned char
peek(const struct mp_cursor *cursor)
{
    return cursor->failed || cursor->at == cursor->end ? 0xc1 : (unsigned char)*cursor->at;
}

int64_t
mp_int(struct mp_cursor *cursor)
{
    unsigned char first = peek(cursor);
    if (first < 0x80) {
        cursor->at++;
        return first;
    }
    struct mp_value value = mp_next(cursor);
    bool fits = value.kind == MP_INT || (value.kind == MP_UINT && value.unsigned_integer <= INT64_MAX);
    cursor->failed = cursor->failed || !fits;
    return fits ? value.integer : 0;
}

struct span
mp_str(struct mp_cursor *cursor)
{
    unsigned char first = peek(cursor);
    size_t len = first & 0x1f;
    if ((first & 0xe0) == 0xa0 && left(cursor) > len) {
        struct span text = {cursor->at + 1, len};
        cursor->at += 1 + len;
        return text;
    }
    struct mp_value value = mp_next(cursor);
    cursor->failed = cursor->failed || value.kind != MP_STR;
    return value.kind == MP_STR ? value.bytes : (struct span){0};
}

uint32_t
mp_array(struct mp_cursor *cursor)
{
    struct mp_value value = mp_next(cursor);
    cursor->failed = cursor->failed || value.kind != MP_ARRAY;
    return value.kind == MP_ARRAY ? value.count : 0;
}
