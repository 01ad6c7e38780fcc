#include "common/money.h"

#include <stdio.h>

static uint64_t
magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void
money_add_yuan(struct buf *out, int64_t fen)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)(magnitude(fen) / 100));
    if (fen < 0)
        buf_add_byte(out, '-');
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buf_add_byte(out, ',');
        buf_add_byte(out, digits[i]);
    }
    buf_printf(out, ".%02llu", (unsigned long long)(magnitude(fen) % 100));
}

/* `fen` in units of `unit_fen`, two decimals, half up. */
static void
add_in_unit(struct buf *out, int64_t fen, uint64_t unit_fen, const char *unit)
{
    uint64_t hundredths = (magnitude(fen) + unit_fen / 200) / (unit_fen / 100);
    buf_printf(out, "%s%llu.%02llu%s", fen < 0 ? "-" : "", (unsigned long long)(hundredths / 100),
               (unsigned long long)(hundredths % 100), unit);
}

void
money_add_wan(struct buf *out, int64_t fen)
{
    if (magnitude(fen) >= 10000000000u)
        add_in_unit(out, fen, 10000000000u, "亿元");
    else if (magnitude(fen) >= 1000000u)
        add_in_unit(out, fen, 1000000u, "万元");
    else
        add_in_unit(out, fen, 100u, "元");
}
