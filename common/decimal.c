#include "common/decimal.h"

/* Adds a digit to a number; false where it no longer fits. */
static bool
add_digit(int64_t *value, char c)
{
    return c >= '0' && c <= '9' && !__builtin_mul_overflow(*value, 10, value) &&
           !__builtin_add_overflow(*value, c - '0', value);
}

bool
decimal_read(struct span text, int decimals, int64_t *value)
{
    bool negative = text.len > 0 && text.at[0] == '-';
    size_t first = negative, at = first;
    *value = 0;
    for (; at < text.len && text.at[at] != '.'; at++) {
        if (!add_digit(value, text.at[at]))
            return false;
    }
    if (at == first || at + 1 == text.len)
        return false; /* no digit before the point, or none behind it */
    at += at < text.len;
    for (int i = 0; i < decimals; i++) {
        if (!add_digit(value, at < text.len ? text.at[at++] : '0'))
            return false;
    }
    while (at < text.len && text.at[at] == '0')
        at++;
    if (negative)
        *value = -*value;
    return at == text.len;
}
