#include "common/json_surrogates.h"

#include <stdbool.h>
#include <stdint.h>

#include "common/utf8.h"

enum { ESCAPE_LEN = 6 }; /* \uXXXX */

static bool
is_object(struct span text)
{
    size_t blank = 0;
    while (blank < text.len && memchr(" \t\r\n", text.at[blank], 4))
        blank++;
    return blank < text.len && text.at[blank] == '{';
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The unit of the escape at the front of `text`; false where there is none. */
static bool
read_escape(struct span text, uint32_t *unit)
{
    if (text.len < ESCAPE_LEN || text.at[0] != '\\' || text.at[1] != 'u')
        return false;
    *unit = 0;
    for (int i = 2; i < ESCAPE_LEN; i++) {
        int digit = hex_digit(text.at[i]);
        if (digit < 0)
            return false;
        *unit = *unit << 4 | (uint32_t)digit;
    }
    return true;
}

static bool
read_pair(struct span text, uint32_t *code_point)
{
    uint32_t high, low;
    if (!read_escape(text, &high) || high < 0xd800 || high > 0xdbff)
        return false;
    struct span rest = {text.at + ESCAPE_LEN, text.len - ESCAPE_LEN};
    if (!read_escape(rest, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *code_point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* Copies what is at the front of `text` and returns how many bytes of it that was. */
static size_t
copy_one(struct span text, bool in_string, char *out, size_t *len)
{
    uint32_t code_point;
    if (in_string && read_pair(text, &code_point)) {
        *len += utf8_put(out + *len, code_point);
        return 2 * (size_t)ESCAPE_LEN;
    }
    size_t taken = in_string && text.at[0] == '\\' && text.len > 1 ? 2 : 1; /* \" ends no string */
    memcpy(out + *len, text.at, taken);
    *len += taken;
    return taken;
}

struct span
json_join_surrogates(struct span text, struct arena *arena)
{
    if (!is_object(text) || !memmem(text.at, text.len, "\\u", 2))
        return text;
    char *out = arena_array(arena, text.len + 1, 1);
    size_t len = 0;
    bool in_string = false;
    for (size_t at = 0; at < text.len;) {
        if (text.at[at] == '"')
            in_string = !in_string;
        at += copy_one((struct span){text.at + at, text.len - at}, in_string, out, &len);
    }
    return (struct span){out, len};
}
