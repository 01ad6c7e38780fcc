#include "cli/decode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"
#include "common/utf8.h"

void
decoder_init(struct decoder *decoder, enum mapped_encoding encoding)
{
    *decoder = (struct decoder){.encoding = encoding};
}

void
decoder_free(struct decoder *decoder)
{
    if (decoder->has_iconv)
        iconv_close(decoder->from_gb18030);
    *decoder = (struct decoder){0};
}

static bool
is_ascii(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

static void
open_iconv(struct decoder *decoder)
{
    decoder->from_gb18030 = iconv_open("UTF-8", "GB18030");
    if (decoder->from_gb18030 == (iconv_t)-1) {
        fprintf(stderr, "bochuang: this system cannot read GB18030: %s\n", strerror(errno));
        exit(1);
    }
    decoder->has_iconv = true;
}

static bool
decode_gb18030(struct decoder *decoder, struct span text, struct buf *out)
{
    if (!decoder->has_iconv)
        open_iconv(decoder);
    buf_reserve(out, text.len * 2);
    must_hold(out);
    char *from = (char *)text.at, *to = out->at + out->len;
    size_t left = text.len, room = out->cap - out->len;
    iconv(decoder->from_gb18030, NULL, NULL, NULL, NULL);
    if (iconv(decoder->from_gb18030, &from, &left, &to, &room) == (size_t)-1)
        return false;
    out->len = (size_t)(to - out->at);
    return true;
}

bool
decode(struct decoder *decoder, struct span text, struct buf *out)
{
    if (!is_ascii(text)) {
        if (decoder->encoding == ENCODING_AUTO)
            decoder->encoding = utf8_is_valid(text) ? ENCODING_UTF8 : ENCODING_GB18030;
        if (decoder->encoding == ENCODING_GB18030)
            return decode_gb18030(decoder, text, out);
        if (!utf8_is_valid(text))
            return false;
    }
    buf_add_span(out, text);
    must_hold(out);
    return true;
}
