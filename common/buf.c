#include "common/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 256 };

void
buf_free(struct buf *buf)
{
    free(buf->at);
    *buf = (struct buf){0};
}

bool
buf_grow(struct buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    size_t cap = buf->cap ? buf->cap : FIRST_CAP;
    while (cap - buf->len < more) {
        if (cap > SIZE_MAX / 2) {
            buf->failed = true;
            return false;
        }
        cap *= 2;
    }
    char *grown = realloc(buf->at, cap);
    if (!grown) {
        buf->failed = true;
        return false;
    }
    buf->at = grown;
    buf->cap = cap;
    return true;
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
    if (len == 0 || buf->failed || !buf_reserve(buf, len))
        return;
    memcpy(buf->at + buf->len, bytes, len);
    buf->len += len;
}

void
buf_add_span(struct buf *buf, struct span span)
{
    buf_add(buf, span.at, span.len);
}

void
buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void
buf_add_int(struct buf *buf, int64_t value)
{
    char digits[24];
    char *end = digits + sizeof digits;
    char *at = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--at = '-';
    buf_add(buf, at, (size_t)(end - at));
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(len >= 0);
    if (buf->failed || !buf_reserve(buf, (size_t)len + 1))
        return;
    va_start(arguments, format);
    vsnprintf(buf->at + buf->len, (size_t)len + 1, format, arguments);
    va_end(arguments);
    buf->len += (size_t)len;
}

void
buf_drop(struct buf *buf, size_t len)
{
    assert(len <= buf->len);
    if (len == 0)
        return;
    buf->len -= len;
    memmove(buf->at, buf->at + len, buf->len);
}

void
buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

const char *
buf_text(struct buf *buf)
{
    if (!buf_reserve(buf, 1))
        return "";
    buf->at[buf->len] = '\0';
    return buf->at;
}
