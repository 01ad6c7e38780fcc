/*
 * Large memory that is read here and there: asked for in huge pages, since at ten million events the waits
 * for small pages' addresses cost more than the waits for what stands there.
 */
#ifndef BOCHUANG_PAGES_H
#define BOCHUANG_PAGES_H

#include <stddef.h>

/* Zeroed, aligned to a cache line at least. Out of memory ends the process: the log is folded again. */
void *pages_new(size_t bytes);
/*
 * Makes what pages_new() gave for `bytes` larger; what was added is zeroed, and it may stand elsewhere then.
 * Large memory keeps its pages: nothing is copied, and only the new ones are zeroed.
 */
void *pages_grow(void *at, size_t bytes, size_t grown);
/* Gives back what pages_new() gave for so many bytes; NULL does nothing. */
void pages_free(void *at, size_t bytes);

#endif
