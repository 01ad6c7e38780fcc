#include "common/text_width.h"

#include <assert.h>

#include "common/utf8.h"

struct code_range {
    uint32_t first, last;
};

/* East Asian Wide and Fullwidth (UAX #11), by block: what stands in names of people, places and goods. */
static const struct code_range wide[] = {
    {0x1100, 0x115f}, {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe4f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x2fffd}, {0x30000, 0x3fffd},
};

static const struct code_range zero[] = {
    {0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

static bool
is_in(uint32_t code, const struct code_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* The code point of a checked sequence of `len` bytes. */
static uint32_t
code_point(const char *at, size_t len)
{
    static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    assert(len >= 1 && len <= 4);
    uint32_t code = (unsigned char)at[0] & lead_bits[len];
    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    return code;
}

/* The next character's bytes and columns; a byte that is no UTF-8 counts as one of each. */
static size_t
next_character(struct span text, size_t *columns)
{
    size_t len = utf8_len(text);
    *columns = 1;
    if (len == 0)
        return 1;
    uint32_t code = code_point(text.at, len);
    if (is_in(code, wide, sizeof wide / sizeof *wide))
        *columns = 2;
    else if (is_in(code, zero, sizeof zero / sizeof *zero))
        *columns = 0;
    return len;
}

size_t
text_fit(struct span text, size_t most, size_t *width)
{
    size_t at = 0, columns;
    *width = 0;
    while (at < text.len) {
        size_t len = next_character((struct span){text.at + at, text.len - at}, &columns);
        if (*width + columns > most)
            break;
        *width += columns;
        at += len;
    }
    return at;
}

size_t
text_width(struct span text)
{
    size_t width;
    text_fit(text, SIZE_MAX, &width);
    return width;
}

void
text_add_padded(struct buf *out, struct span text, size_t width, bool to_the_right)
{
    size_t taken;
    size_t len = text_fit(text, width, &taken);
    if (!to_the_right)
        buf_add(out, text.at, len);
    for (size_t i = taken; i < width; i++)
        buf_add_byte(out, ' ');
    if (to_the_right)
        buf_add(out, text.at, len);
}
