/*
 * Memory that is given back all at once: what is read together lives and dies together.
 *
 * For documents that people write (contests, settings): small, read at start-up or on a rare action. So an
 * arena dies when memory is out (the process aborts) rather than returning NULL.
 */
#ifndef BOCHUANG_ARENA_H
#define BOCHUANG_ARENA_H

#include <stddef.h>

#include "common/span.h"

struct arena;

struct arena *arena_new(void);
/* Gives back all of it; NULL does nothing. */
void arena_free(struct arena *arena);

/* Zeroed, aligned for anything. `count` times `size` may be 0: the pointer is then good, but for nothing. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* A copy of the span, NUL-terminated. */
const char *arena_text(struct arena *arena, struct span text);

#endif
