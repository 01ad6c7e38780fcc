/* Numbers with decimals as integers: points and weights are thousandths, never a double. */
#ifndef BOCHUANG_DECIMAL_H
#define BOCHUANG_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

/*
 * Reads "-12.5" with at most `decimals` decimals (zeros behind them are the same number) as an integer in
 * units of the last one: 3 decimals give -12500. False for anything else: an exponent, a +, a bare point, or
 * what does not fit.
 */
bool decimal_read(struct span text, int decimals, int64_t *value);

#endif
