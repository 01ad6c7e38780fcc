/*
 * Text of an export as UTF-8. What it is written in is found out at the first text that is not plain ASCII:
 * what is good UTF-8 there is UTF-8, since Chinese in GB18030 hardly ever is.
 */
#ifndef BOCHUANG_CLI_DECODE_H
#define BOCHUANG_CLI_DECODE_H

#include <iconv.h>
#include <stdbool.h>

#include "cli/mapping.h"
#include "common/buf.h"

struct decoder {
    enum mapped_encoding encoding;
    iconv_t from_gb18030; /* owned, once `has_iconv` */
    bool has_iconv;
};

void decoder_init(struct decoder *decoder, enum mapped_encoding encoding);
void decoder_free(struct decoder *decoder);

/* Adds `text` as UTF-8 to `out`, at most twice as long; false where it is not of the encoding. */
bool decode(struct decoder *decoder, struct span text, struct buf *out);

#endif
