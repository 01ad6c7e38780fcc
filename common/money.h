/* Money is an integer number of fen (1 yuan = 100 fen). Sums are checked: a total that does not fit is a bug.
 */
#ifndef BOCHUANG_MONEY_H
#define BOCHUANG_MONEY_H

#include <stdint.h>
#include <stdlib.h>

#include "common/buf.h"

/* The sum; the process ends where it leaves int64, since a wrong total must never be shown. */
static inline int64_t
fen_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        abort();
    return sum;
}

/* Adds "1,234.56" (yuan) to `out`. */
void money_add_yuan(struct buf *out, int64_t fen);

/* Adds an amount as people say it: "650.12万元", "1.2004亿元", "98.00元". Cut off, not rounded up, as on the
 * screens: nobody is told of a yuan that is not there. */
void money_add_wan(struct buf *out, int64_t fen);

#endif
