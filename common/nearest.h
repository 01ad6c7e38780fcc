/* "Did you mean": the known name that a mistyped one is closest to. */
#ifndef BOCHUANG_NEAREST_H
#define BOCHUANG_NEAREST_H

#include <stddef.h>

#include "common/span.h"

/*
 * The name that is the fewest single-letter changes away from `typed` (insert, drop, replace, swap
 * neighbours), where that is few enough to be a slip; else NULL. Names and `typed` over 32 bytes are never
 * near.
 */
const char *nearest_name(struct span typed, const char *const *names, size_t count);

#endif
