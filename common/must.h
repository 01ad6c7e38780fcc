/*
 * Memory without which there is no going on: at a start, in a fold, and in a command that somebody waits for.
 * It ends the process where there is none. (Who serves asks for memory that may not be there, and looks.)
 */
#ifndef BOCHUANG_MUST_H
#define BOCHUANG_MUST_H

#include <stdlib.h>

#include "common/buf.h"

/* What an allocation gave. */
static inline void *
must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* An array with room for one item more than `count`; `*cap` is how many fit. */
static inline void *
must_room(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 16;
    return must(realloc(items, *cap * size));
}

/* All that was added to a buffer is in it, and the room that was asked for. */
static inline void
must_hold(const struct buf *buf)
{
    if (buf->failed)
        abort();
}

#endif
