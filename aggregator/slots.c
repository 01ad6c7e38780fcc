#include "aggregator/slots.h"

#include <assert.h>
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

void
slots_grow(struct slots *slots)
{
    assert(slots->bits < MOST_BITS);
    struct slots grown = {.buckets = new_buckets(slots->bits + 1),
                          .bits = slots->bits + 1,
                          .used = slots->used};
    size_t count = (size_t)1 << slots->bits;
    for (size_t at = 0; at < count; at++) {
        const struct bucket *bucket = &slots->buckets[at];
        for (unsigned slot = 0; slot < BUCKET_SLOTS && bucket->after[slot] != 0; slot++)
            put_new(&grown, bucket->tag[slot], bucket->after[slot]);
    }
    slots_free(slots);
    *slots = grown;
}
