#include "aggregator/slots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/pages.h"

enum { FIRST_BITS = 1, MOST_BITS = 29 };

_Static_assert(sizeof(struct bucket) == 64, "a bucket is a cache line");

static struct bucket *
new_buckets(unsigned bits)
{
    return pages_new(sizeof(struct bucket) << bits);
}

void
slots_init(struct slots *slots)
{
    *slots = (struct slots){.buckets = new_buckets(FIRST_BITS), .bits = FIRST_BITS};
}

void
slots_free(struct slots *slots)
{
    if (slots->buckets)
        pages_free(slots->buckets, slots_memory_bytes(slots));
    *slots = (struct slots){0};
}

void
slots_copy(struct slots *to, const struct slots *from)
{
    *to = *from;
    to->buckets = new_buckets(from->bits);
    memcpy(to->buckets, from->buckets, slots_memory_bytes(from));
}

/* Puts a tag that is known to be new: into the first bucket with room. */
static void
put_new(struct slots *slots, uint32_t tag, uint32_t after)
{
    size_t mask = ((size_t)1 << slots->bits) - 1, at = slots_home(slots, tag);
    unsigned vacant;
    while (!(vacant = bucket_free(&slots->buckets[at])))
        at = (at + 1) & mask;
    unsigned slot = (unsigned)__builtin_ctz(vacant);
    slots->buckets[at].tag[slot] = tag;
    slots->buckets[at].after[slot] = after;
}

/* Entries that do not stand at their home, because it was full. */
struct strays {
    struct stray {
        uint32_t tag, after;
    } * items; /* owned */
    size_t count, cap;
};

static void
add_stray(struct strays *strays, uint32_t tag, uint32_t after)
{
    if (strays->count == strays->cap) {
        strays->cap = strays->cap ? strays->cap * 2 : 64;
        strays->items = realloc(strays->items, strays->cap * sizeof *strays->items);
        if (!strays->items)
            abort();
    }
    strays->items[strays->count++] = (struct stray){tag, after};
}

/* Splits the bucket `at` of the table as it was into the two that take its place; strays are taken out. */
static void
split(struct slots *grown, size_t at, struct strays *strays)
{
    struct bucket old = grown->buckets[at], *halves = &grown->buckets[2 * at];
    unsigned used = 0; /* of the halves, eight bits each: it stays in a register */
    halves[0] = (struct bucket){0};
    halves[1] = (struct bucket){0};
    for (unsigned slot = 0; slot < BUCKET_SLOTS && old.after[slot] != 0; slot++) {
        size_t home = slots_home(grown, old.tag[slot]);
        if (home / 2 != at) {
            add_stray(strays, old.tag[slot], old.after[slot]);
            continue;
        }
        unsigned shift = home % 2 * 8, to = used >> shift & 0xff;
        halves[home % 2].tag[to] = old.tag[slot];
        halves[home % 2].after[to] = old.after[slot];
        used += 1u << shift;
    }
}

/* In place, from the last bucket to the first: none is written over before it has been split. */
void
slots_grow(struct slots *slots)
{
    assert(slots->bits < MOST_BITS);
    struct strays strays = {0};
    size_t bytes = slots_memory_bytes(slots);
    slots->buckets = pages_grow(slots->buckets, bytes, 2 * bytes);
    for (size_t at = (size_t)1 << slots->bits++; at-- > 0;)
        split(slots, at, &strays);
    for (size_t i = 0; i < strays.count; i++)
        put_new(slots, strays.items[i].tag, strays.items[i].after);
    free(strays.items);
}
