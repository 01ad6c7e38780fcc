#include "aggregator/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE_BYTES ((size_t)64)
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

static size_t
rounded(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

static void *
small_new(size_t bytes)
{
    void *at = aligned_alloc(LINE_BYTES, rounded(bytes, LINE_BYTES));
    if (!at)
        abort();
    return memset(at, 0, bytes);
}

/* Maps more than is wanted and gives back what sticks out, so that it begins where a huge page may. */
static void *
aligned_map(size_t bytes)
{
    size_t mapped = bytes + HUGE_PAGE_BYTES;
    char *at = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        abort();
    size_t before = rounded((uintptr_t)at, HUGE_PAGE_BYTES) - (uintptr_t)at;
    if (before > 0)
        munmap(at, before);
    munmap(at + before + bytes, mapped - before - bytes);
    return at + before;
}

/* Fresh pages are zeroed by the kernel, when they are first touched. One that has no huge ones gives small.
 */
void *
pages_new(size_t bytes)
{
    if (bytes < HUGE_PAGE_BYTES)
        return small_new(bytes);
    size_t whole = rounded(bytes, HUGE_PAGE_BYTES);
    void *at = aligned_map(whole);
    madvise(at, whole, MADV_HUGEPAGE);
    return at;
}

void *
pages_grow(void *at, size_t bytes, size_t grown)
{
    void *to = pages_new(grown);
    if (bytes < HUGE_PAGE_BYTES) {
        memcpy(to, at, bytes);
        pages_free(at, bytes);
        return to;
    }
    if (mremap(at, rounded(bytes, HUGE_PAGE_BYTES), rounded(grown, HUGE_PAGE_BYTES),
               MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
        abort();
    return to;
}

void
pages_free(void *at, size_t bytes)
{
    if (at && bytes >= HUGE_PAGE_BYTES)
        munmap(at, rounded(bytes, HUGE_PAGE_BYTES));
    else
        free(at);
}
