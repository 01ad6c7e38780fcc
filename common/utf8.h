/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BOCHUANG_UTF8_H
#define BOCHUANG_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

/* Length of the character at the start of `text` (1 to 4), or 0 where its bytes are none. */
size_t utf8_len(struct span text);

/* True where all of it is UTF-8. */
bool utf8_is_valid(struct span text);

/* Writes a code point (<= 0x10FFFF, no surrogate) and returns its length, 1 to 4. */
size_t utf8_put(char out[4], uint32_t code_point);

#endif
