/*
 * Memory without which there is no going on: at a start, and in a command that somebody waits for. It ends
 * the process where there is none. (Who serves asks for memory that may not be there, and looks.)
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

/* All that was added to a buffer is in it, and the room that was asked for. */
static inline void
must_hold(const struct buf *buf)
{
    if (buf->failed)
        abort();
}

#endif
