/*
 * A hash table of positions: from 32 bits of a key's hash (the tag) to an index into an array that the owner
 * keeps, together with the keys. Eight bytes a slot, eight slots in a cache line, no deletion.
 *
 *     tag ──▶ its top bits ──▶ ┌ tag ×8 │ index ×8 ┐ full? ──▶ ┌ the next bucket ┐ …
 *
 * A tag alone proves nothing: the owner compares the key of every candidate. A bucket is looked at as a
 * whole, without a branch for each slot: a search seldom guesses wrong, and touches one line of memory. Since
 * the home is the top bits, a table that doubles splits each bucket into two neighbours, in place.
 */
#ifndef BOCHUANG_SLOTS_H
#define BOCHUANG_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SLOTS_NONE UINT32_MAX

enum { BUCKET_SLOTS = 8 };

struct bucket {
    uint32_t tag[BUCKET_SLOTS];
    uint32_t after[BUCKET_SLOTS]; /* index + 1; 0: free, as are all behind it */
};

struct slots {
    struct bucket *buckets; /* owned; 1 << bits of them */
    unsigned bits;
    size_t used;
};

/* Out of memory ends the process, here as in slots_grow(). */
void slots_init(struct slots *slots);
void slots_free(struct slots *slots);
void slots_copy(struct slots *to, const struct slots *from);

/* Makes room for one more index: until it is put, no place moves. */
void slots_grow(struct slots *slots);

static inline void
slots_reserve(struct slots *slots)
{
    if ((slots->used + 1) * 4 > (size_t)3 * BUCKET_SLOTS << slots->bits)
        slots_grow(slots);
}

static inline size_t
slots_home(const struct slots *slots, uint32_t tag)
{
    return tag >> (32 - slots->bits);
}

/* A bit for each of eight numbers that is `wanted`. */
static inline unsigned
bucket_match(const uint32_t numbers[BUCKET_SLOTS], uint32_t wanted)
{
#ifdef __SSE2__
    const __m128i *at = (const __m128i *)numbers;
    __m128i all = _mm_set1_epi32((int)wanted);
    __m128i low = _mm_cmpeq_epi32(_mm_load_si128(at), all),
            high = _mm_cmpeq_epi32(_mm_load_si128(at + 1), all);
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(low, high), _mm_setzero_si128()));
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < BUCKET_SLOTS; i++)
        bits |= (unsigned)(numbers[i] == wanted) << i;
    return bits;
#endif
}

static inline unsigned
bucket_free(const struct bucket *bucket)
{
    return bucket_match(bucket->after, 0);
}

/* The first candidate at `*place` or behind it, `*place` then where it stands. SLOTS_NONE: there is no other,
 * and `*place` is where the tag would be put. */
static inline uint32_t
slots_seek(const struct slots *slots, uint32_t tag, size_t *place)
{
    size_t mask = ((size_t)1 << slots->bits) - 1, at = *place / BUCKET_SLOTS & mask;
    unsigned wanted = 0xffu << (*place % BUCKET_SLOTS);
    for (;; at = (at + 1) & mask, wanted = 0xff) {
        const struct bucket *bucket = &slots->buckets[at];
        unsigned found = bucket_match(bucket->tag, tag) & wanted; /* of tag 0 the free ones too */
        if (!found && !(found = bucket_free(bucket)))
            continue;
        unsigned slot = (unsigned)__builtin_ctz(found);
        *place = at * BUCKET_SLOTS + slot;
        return bucket->after[slot] - 1; /* of a free one SLOTS_NONE */
    }
}

static inline uint32_t
slots_first(const struct slots *slots, uint32_t tag, size_t *place)
{
    *place = slots_home(slots, tag) * BUCKET_SLOTS;
    return slots_seek(slots, tag, place);
}

static inline uint32_t
slots_next(const struct slots *slots, uint32_t tag, size_t *place)
{
    ++*place;
    return slots_seek(slots, tag, place);
}

/* Puts an index under a tag where a search that began after slots_reserve() found no other. */
static inline void
slots_put(struct slots *slots, size_t place, uint32_t tag, uint32_t index)
{
    struct bucket *bucket = &slots->buckets[place / BUCKET_SLOTS];
    bucket->tag[place % BUCKET_SLOTS] = tag;
    bucket->after[place % BUCKET_SLOTS] = index + 1;
    slots->used++;
}

/* Puts another index where the candidate at `place` stands. */
static inline void
slots_replace(struct slots *slots, size_t place, uint32_t index)
{
    slots->buckets[place / BUCKET_SLOTS].after[place % BUCKET_SLOTS] = index + 1;
}

/* Hints, for a search to come: asks for the memory of its bucket; later, a candidate if one stands there. */
static inline void
slots_prefetch(const struct slots *slots, uint32_t tag)
{
    __builtin_prefetch(&slots->buckets[slots_home(slots, tag)]);
}

static inline uint32_t
slots_peek(const struct slots *slots, uint32_t tag)
{
    const struct bucket *bucket = &slots->buckets[slots_home(slots, tag)];
    unsigned found = bucket_match(bucket->tag, tag);
    if (found)
        return bucket->after[__builtin_ctz(found)] - 1;
    if (bucket->after[BUCKET_SLOTS - 1] != 0) /* full: the search will go on */
        __builtin_prefetch(bucket + 1);
    return SLOTS_NONE;
}

static inline size_t
slots_memory_bytes(const struct slots *slots)
{
    return sizeof(struct bucket) << slots->bits;
}

/* Mixes an integer key into a tag (the finaliser of splitmix64). */
static inline uint32_t
slots_tag(uint64_t key)
{
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9u;
    key = (key ^ (key >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(key >> 32);
}

#endif
