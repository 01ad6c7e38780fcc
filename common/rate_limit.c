#include "common/rate_limit.h"

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

enum { REACH = 8, MINUTE_US = 60 * 1000 * 1000, SECOND_US = 1000 * 1000 };

struct bucket {
    uint64_t key;
    int64_t full_at_us; /* 0: nobody's */
};

struct rate_limit {
    int64_t interval_us; /* in which one is filled in */
    uint64_t seed;
    size_t mask;
    struct bucket buckets[];
};

struct rate_limit *
rate_limit_new(size_t slot_count, int64_t per_minute, uint64_t seed)
{
    assert(slot_count >= REACH && (slot_count & (slot_count - 1)) == 0);
    assert(per_minute >= 1 && per_minute <= MINUTE_US);
    struct rate_limit *limit = calloc(1, sizeof *limit + slot_count * sizeof limit->buckets[0]);
    if (!limit)
        return NULL;
    limit->interval_us = MINUTE_US / per_minute;
    limit->seed = seed;
    limit->mask = slot_count - 1;
    return limit;
}

void
rate_limit_free(struct rate_limit *limit)
{
    free(limit);
}

/* The key's bucket; a full one of somebody else's becomes it, or the one that is full soonest. */
static struct bucket *
find(struct rate_limit *limit, uint64_t key, int64_t now_us)
{
    size_t at = XXH3_64bits_withSeed(&key, sizeof key, limit->seed);
    struct bucket *soonest = &limit->buckets[at & limit->mask];
    for (size_t i = 0; i < REACH; i++) {
        struct bucket *bucket = &limit->buckets[(at + i) & limit->mask];
        if (bucket->key == key && bucket->full_at_us > now_us)
            return bucket;
        if (bucket->full_at_us < soonest->full_at_us)
            soonest = bucket;
    }
    *soonest = (struct bucket){key, now_us};
    return soonest;
}

int
rate_limit_take(struct rate_limit *limit, uint64_t key, int64_t now_ms)
{
    assert(now_ms >= 0);
    int64_t now_us = now_ms * 1000;
    struct bucket *bucket = find(limit, key, now_us);
    int64_t over_us = bucket->full_at_us + limit->interval_us - now_us - MINUTE_US;
    if (over_us > 0)
        return (int)((over_us + SECOND_US - 1) / SECOND_US);
    bucket->full_at_us += limit->interval_us;
    return 0;
}
