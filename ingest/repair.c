#include "ingest/repair.h"

#include <assert.h>
#include <stdlib.h>

#include "common/crash_point.h"
#include "common/log.h"
#include "common/logline.h"
#include "ingest/hosted.h"

enum { BATCH_COUNT = 1000 };

/* An entry of any shard. */
struct original {
    enum log_kind kind;
    size_t from, len; /* in `payloads` */
    uint64_t shards;  /* that have it, a bit each */
};

_Static_assert(LIMIT_SHARDS <= 64, "a bit for each shard");

struct repair {
    struct hosted *hosted; /* NULL: given up while an append was under way */
    struct log_follower *follower;
    uint32_t shard; /* being read; then: those from here on are complete */
    struct buf payloads;
    struct original
        *originals; /* owned; without copies: in the order of shard 0, then what only others have */
    size_t count, cap;
    size_t expected; /* where the shard's next entry should be */
    bool appending;
    bool failed;
};

static void
destroy(struct repair *repair)
{
    log_follower_free(repair->follower);
    buf_free(&repair->payloads);
    free(repair->originals);
    free(repair);
}

void
repair_free(struct repair *repair)
{
    if (!repair)
        return;
    repair->hosted = NULL;
    if (!repair->appending)
        destroy(repair);
}

static struct span
payload_of(const struct repair *repair, size_t index)
{
    const struct original *original = &repair->originals[index];
    return (struct span){repair->payloads.at + original->from, original->len};
}

static void
end(struct repair *repair, bool good)
{
    hosted_repaired(repair->hosted, good);
}

/* The index of an entry, or SIZE_MAX. Shards nearly always agree: look at the expected place. */
static size_t
find(struct repair *repair, const struct log_entry *entry)
{
    for (size_t i = 0; i < repair->count; i++) {
        size_t index = (repair->expected + i) % repair->count;
        if (repair->originals[index].kind == entry->kind &&
            span_eq(payload_of(repair, index), entry->payload))
            return index;
    }
    return SIZE_MAX;
}

/* False when memory is out. */
static bool
keep(struct repair *repair, const struct log_entry *entry)
{
    if (repair->count == repair->cap) {
        size_t cap = repair->cap ? repair->cap * 2 : 64;
        struct original *grown = realloc(repair->originals, cap * sizeof *grown);
        if (!grown)
            return false;
        repair->originals = grown;
        repair->cap = cap;
    }
    struct original original = {entry->kind, repair->payloads.len, entry->payload.len, 0};
    buf_add_span(&repair->payloads, entry->payload);
    repair->originals[repair->count++] = original;
    return !repair->payloads.failed;
}

static void
entry_cb(const struct log_entry *entry, void *arg)
{
    struct repair *repair = arg;
    if (repair->failed || (entry->kind != LOG_ACTION && entry->kind != LOG_DOCUMENT))
        return;
    size_t index = find(repair, entry);
    if (index == SIZE_MAX) {
        index = repair->count;
        if (!keep(repair, entry)) {
            repair->failed = true;
            return;
        }
    }
    repair->originals[index].shards |= (uint64_t)1 << repair->shard;
    repair->expected = index + 1;
}

/* What was read is void: all of it has to be compared again. */
static void
rewound_cb(void *arg)
{
    struct repair *repair = arg;
    repair->failed = true;
}

static void append_missing(struct repair *repair);
static void read_shard(struct repair *repair);

static void
caught_up_cb(void *arg)
{
    struct repair *repair = arg;
    log_follower_free(repair->follower);
    repair->follower = NULL;
    if (repair->failed)
        end(repair, false);
    else if (++repair->shard < repair->hosted->shard_count)
        read_shard(repair);
    else
        append_missing(repair);
}

static void
read_shard(struct repair *repair)
{
    const struct options *settings = repair->hosted->ingest->options;
    repair->expected = 0;
    struct log_follower_options options = {.address = settings->redis,
                                           .user = settings->redis_user,
                                           .password = settings->redis_password,
                                           .batch_count = BATCH_COUNT,
                                           .on_entry = entry_cb,
                                           .on_caught_up = caught_up_cb,
                                           .on_rewound = rewound_cb,
                                           .arg = repair};
    log_key(options.key, repair->hosted->id, repair->shard, LOG_ACTIONS);
    repair->follower = log_follow(repair->hosted->ingest->base, &options);
    if (!repair->follower)
        end(repair, false);
}

static void
appended_cb(enum log_outcome outcome, struct log_id id, void *arg)
{
    (void)id;
    struct repair *repair = arg;
    repair->appending = false;
    if (!repair->hosted)
        destroy(repair);
    else if (outcome != LOG_COMMITTED)
        end(repair, false);
    else
        append_missing(repair);
}

/* The first one that this shard lacks, or the count of all. */
static size_t
find_missing(const struct repair *repair, uint32_t shard)
{
    size_t i = 0;
    while (i < repair->count && repair->originals[i].shards & ((uint64_t)1 << shard))
        i++;
    return i;
}

/* Appends the next one that a shard lacks: all to the last shard first, and to shard 0 last. */
static void
append_missing(struct repair *repair)
{
    struct hosted *hosted = repair->hosted;
    while (repair->shard > 0 && find_missing(repair, repair->shard - 1) == repair->count)
        repair->shard--;
    if (repair->shard == 0) {
        end(repair, true);
        return;
    }
    uint32_t shard = repair->shard - 1;
    size_t missing = find_missing(repair, shard);
    repair->originals[missing].shards |= (uint64_t)1 << shard;
    log_warn("contest %s: shard %u lacks an entry that another one has; it is added", hosted->id, shard);
    hosted->ingest->counters.repaired++;
    CRASH_POINT("repair.append");
    repair->appending = log_append(hosted->ingest->link, hosted->id, shard, repair->originals[missing].kind,
                                   payload_of(repair, missing), appended_cb, repair);
    if (!repair->appending)
        end(repair, false);
}

struct repair *
repair_start(struct hosted *hosted)
{
    assert(hosted->shard_count > 1);
    struct repair *repair = calloc(1, sizeof *repair);
    if (!repair)
        return NULL;
    repair->hosted = hosted;
    hosted->repair = repair;
    read_shard(repair);
    return hosted->repair;
}
