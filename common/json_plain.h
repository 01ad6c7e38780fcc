/* What may stand in a JSON string as it is, found eight bytes at a time: events come, and tables go, by
 * megabytes. */
#ifndef BOCHUANG_JSON_PLAIN_H
#define BOCHUANG_JSON_PLAIN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define JSON_PLAIN_BYTES(byte) (UINT64_MAX / 255 * (byte)) /* eight times the same byte */

/* 0x80 in the bytes that end a plain run: not ASCII, a control character, '"' or '\'. Above the lowest one
 * set a borrow may set more, below it the word is exact. */
static inline uint64_t
json_special_bytes(uint64_t word)
{
    uint64_t quote = word ^ JSON_PLAIN_BYTES('"');
    uint64_t backslash = word ^ JSON_PLAIN_BYTES('\\');
    uint64_t control = (word - JSON_PLAIN_BYTES(0x20)) & ~word;
    uint64_t is_quote = (quote - JSON_PLAIN_BYTES(1)) & ~quote;
    uint64_t is_backslash = (backslash - JSON_PLAIN_BYTES(1)) & ~backslash;
    return (word | control | is_quote | is_backslash) & JSON_PLAIN_BYTES(0x80);
}

/* The first byte that is not plain ASCII text of a string, or `end`. */
static inline const char *
json_plain_end(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t special = json_special_bytes(le64toh(word));
        if (special)
            return at + __builtin_ctzll(special) / 8;
        at += 8;
    }
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
        at++;
    return at;
}

#endif
