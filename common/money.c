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

/* `fen` in units of `unit_fen`, with the decimals that remain in steps of `step_fen`, cut off behind them. */
static void
add_in_unit(struct buf *out, int64_t fen, uint64_t unit_fen, uint64_t step_fen, const char *unit)
{
    uint64_t steps = magnitude(fen) / step_fen, steps_a_unit = unit_fen / step_fen;
    int decimals = steps_a_unit == 100 ? 2 : 4;
    buf_printf(out, "%s%llu.%0*llu%s", fen < 0 ? "-" : "", (unsigned long long)(steps / steps_a_unit),
               decimals, (unsigned long long)(steps % steps_a_unit), unit);
}

void
money_add_wan(struct buf *out, int64_t fen)
{
    if (magnitude(fen) >= 10000000000u)
        add_in_unit(out, fen, 10000000000u, 1000000u, "亿元");
    else if (magnitude(fen) >= 1000000u)
        add_in_unit(out, fen, 1000000u, 10000u, "万元");
    else
        add_in_unit(out, fen, 100u, 1u, "元");
}
