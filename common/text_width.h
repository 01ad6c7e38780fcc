/* How wide text is where every character has its column: on terminals, in spreadsheets. Pure. */
#ifndef BOCHUANG_TEXT_WIDTH_H
#define BOCHUANG_TEXT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

/* Columns that UTF-8 text takes: Chinese characters take two, combining marks none. */
size_t text_width(struct span text);

/* Bytes of `text` that fit into `most` columns; `width`: the columns they take. */
size_t text_fit(struct span text, size_t most, size_t *width);

/* Adds `text`, cut or filled with spaces to exactly `width` columns. */
void text_add_padded(struct buf *out, struct span text, size_t width, bool to_the_right);

#endif
