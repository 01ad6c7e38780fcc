#include "common/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 16 << 10 };

struct block {
    struct block *next; /* owned */
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks; /* owned; the one that is being filled comes first */
};

struct arena *
arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        abort();
    return arena;
}

void
arena_free(struct arena *arena)
{
    if (!arena)
        return;
    while (arena->blocks) {
        struct block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    free(arena);
}

static struct block *
add_block(struct arena *arena, size_t least)
{
    size_t size = least > BLOCK_BYTES ? least : BLOCK_BYTES;
    struct block *block = calloc(1, sizeof *block + size);
    if (!block)
        abort();
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
        abort();
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < bytes)
        block = add_block(arena, bytes);
    void *at = block->bytes + block->used;
    block->used += bytes;
    return at;
}

const char *
arena_text(struct arena *arena, struct span text)
{
    char *copy = arena_array(arena, text.len + 1, 1);
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    return copy;
}
