/*
 * Queries and path segments. Percent-encoding only (RFC 3986, section 2.1): a '+' stays a plus, as it must in
 * a time like 2021-11-26T19:00:00+08:00.
 */
#include "common/http_parser.h"

#include <assert.h>

#include "common/http_bytes.h"
#include "common/utf8.h"

/* One character of `text` from `*i` on, decoded; -1 where a '%' has no two digits behind it. */
static int
decode_at(struct span text, size_t *i)
{
    if (text.at[*i] != '%')
        return (unsigned char)text.at[(*i)++];
    if (text.len - *i < 3)
        return -1;
    int high = http_hex_value(text.at[*i + 1]);
    int low = http_hex_value(text.at[*i + 2]);
    *i += 3;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Decodes into `out` with a NUL behind it; false where that cannot be, or a byte is NUL or `forbidden`. */
static bool
decode(struct span text, int forbidden, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        int byte = decode_at(text, &i);
        if (byte <= 0 || byte == forbidden || len + 1 >= size)
            return false;
        out[len++] = (char)byte;
    }
    out[len] = '\0';
    return true;
}

static bool
name_is(struct span encoded, const char *name)
{
    for (size_t i = 0; i < encoded.len;) {
        int byte = decode_at(encoded, &i);
        if (byte <= 0 || byte != (unsigned char)*name++)
            return false;
    }
    return *name == '\0';
}

/* Cuts the next "name=value" off the front of `query`. */
static void
take_pair(struct span *query, struct span *name, struct span *value)
{
    const char *end = memchr(query->at, '&', query->len);
    size_t len = end ? (size_t)(end - query->at) : query->len;
    const char *equals = memchr(query->at, '=', len);
    name->at = query->at;
    name->len = equals ? (size_t)(equals - query->at) : len;
    value->at = equals ? equals + 1 : query->at + len;
    value->len = equals ? len - name->len - 1 : 0;
    size_t taken = len + (end != NULL);
    query->at += taken;
    query->len -= taken;
}

int
http_query(struct span query, const char *name, char *out, size_t size)
{
    assert(size > 0);
    int found = 0;
    out[0] = '\0';
    while (query.len > 0) {
        struct span pair_name, value;
        take_pair(&query, &pair_name, &value);
        if (!name_is(pair_name, name))
            continue;
        if (found || !decode(value, -1, out, size) || !utf8_is_valid(span_of(out)))
            return -1;
        found = 1;
    }
    return found;
}

bool
http_decode_segment(struct span segment, char *out, size_t size)
{
    assert(size > 0);
    return decode(segment, '/', out, size);
}
