#include "common/utf8.h"

#include <assert.h>

static bool
is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

size_t
utf8_len(struct span text)
{
    const unsigned char *at = (const unsigned char *)text.at;
    if (text.len == 0)
        return 0;
    if (at[0] < 0x80)
        return 1;
    size_t len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || text.len < len)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if (!is_continuation(at[i]))
            return 0;
    }
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xed && at[1] > 0x9f;
    bool too_high = at[0] == 0xf4 && at[1] > 0x8f;
    return overlong || surrogate || too_high ? 0 : len;
}

bool
utf8_is_valid(struct span text)
{
    while (text.len > 0) {
        size_t len = utf8_len(text);
        if (len == 0)
            return false;
        text.at += len;
        text.len -= len;
    }
    return true;
}

size_t
utf8_put(char out[4], uint32_t code_point)
{
    assert(code_point <= 0x10ffff);
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)(lead[len] | code_point);
    return len;
}
