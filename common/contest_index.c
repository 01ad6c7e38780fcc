#include "common/contest_index.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#define XXH_INLINE_ALL /* this is looked up twice an event */
#include <xxhash.h>

#include "common/contest.h"

enum { FIRST_SLOTS = 64 };

struct slot {
    const char *id; /* borrowed; NULL: free */
    uint64_t hash;
    uint32_t at;
    uint16_t kind;
    uint16_t id_len;
};

struct contest_index {
    struct slot *slots; /* owned */
    size_t slot_count;  /* a power of two, at least four times `used` */
    size_t used;
};

static struct slot *
slots_new(size_t count)
{
    struct slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        abort();
    return slots;
}

struct contest_index *
contest_index_new(void)
{
    struct contest_index *index = calloc(1, sizeof *index);
    if (!index)
        abort();
    index->slots = slots_new(FIRST_SLOTS);
    index->slot_count = FIRST_SLOTS;
    return index;
}

void
contest_index_free(struct contest_index *index)
{
    if (!index)
        return;
    free(index->slots);
    free(index);
}

static struct slot *
free_slot(struct slot *slots, size_t slot_count, uint64_t hash)
{
    size_t at = hash & (slot_count - 1);
    while (slots[at].id)
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static void
grow(struct contest_index *index)
{
    size_t count = index->slot_count * 2;
    struct slot *slots = slots_new(count);
    for (size_t i = 0; i < index->slot_count; i++) {
        if (index->slots[i].id)
            *free_slot(slots, count, index->slots[i].hash) = index->slots[i];
    }
    free(index->slots);
    index->slots = slots;
    index->slot_count = count;
}

void
contest_index_put(struct contest_index *index, enum indexed kind, const char *id, uint32_t at)
{
    struct span text = span_of(id);
    assert(text.len > 0 && text.len <= UINT16_MAX && at != CONTEST_NONE);
    if ((index->used + 1) * 4 > index->slot_count)
        grow(index);
    uint64_t hash = XXH3_64bits_withSeed(text.at, text.len, kind);
    *free_slot(index->slots, index->slot_count, hash) =
        (struct slot){.id = id, .hash = hash, .at = at, .kind = (uint16_t)kind, .id_len = (uint16_t)text.len};
    index->used++;
}

static bool
holds(const struct slot *slot, uint64_t hash, enum indexed kind, struct span id)
{
    return slot->hash == hash && slot->kind == kind && span_eq((struct span){slot->id, slot->id_len}, id);
}

uint32_t
contest_index_find(const struct contest_index *index, enum indexed kind, struct span id)
{
    if (id.len == 0)
        return CONTEST_NONE;
    uint64_t hash = XXH3_64bits_withSeed(id.at, id.len, kind);
    size_t at = hash & (index->slot_count - 1);
    for (; index->slots[at].id; at = (at + 1) & (index->slot_count - 1)) {
        if (holds(&index->slots[at], hash, kind, id))
            return index->slots[at].at;
    }
    return CONTEST_NONE;
}
