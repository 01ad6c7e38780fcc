/*
 * A growable run of bytes.
 *
 * Growth can fail while a daemon serves: the buffer then keeps what it holds, remembers the failure in
 * `failed`, and ignores what is added after it. A writer adds freely and asks once, at its end.
 */
#ifndef BOCHUANG_BUF_H
#define BOCHUANG_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

struct buf {
    char *at; /* owned */
    size_t len;
    size_t cap;
    bool failed;
};

/* Frees the bytes and leaves an empty buffer, ready for use. Safe on a zeroed one. */
void buf_free(struct buf *buf);

/* Makes room for `more` bytes beyond `len`; false, and `failed` set, when there is no memory. */
bool buf_grow(struct buf *buf, size_t more);
static inline bool
buf_reserve(struct buf *buf, size_t more)
{
    return buf->cap - buf->len >= more || buf_grow(buf, more);
}

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_span(struct buf *buf, struct span span);
void buf_add_text(struct buf *buf, const char *text);
static inline void
buf_add_byte(struct buf *buf, char byte)
{
    if (!buf->failed && buf_reserve(buf, 1))
        buf->at[buf->len++] = byte;
}
void buf_add_int(struct buf *buf, int64_t value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Drops the first `len` bytes (len <= buf->len) and moves the rest to the front. */
void buf_drop(struct buf *buf, size_t len);

/* Forgets the content and the failure, keeps the memory. */
void buf_clear(struct buf *buf);

/* The content with a NUL behind it that `len` does not count; "" when growth failed. */
const char *buf_text(struct buf *buf);

static inline struct span
buf_span(const struct buf *buf)
{
    return (struct span){buf->at, buf->len};
}

#endif
