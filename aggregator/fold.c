#include "aggregator/fold.h"

#include <assert.h>
#include <stdlib.h>

#include "aggregator/fold_inside.h"

struct fold *
fold_new(uint32_t shard, uint32_t shard_count, uint64_t seed)
{
    assert(shard < shard_count && shard_count <= LIMIT_SHARDS);
    struct fold *fold = calloc(1, sizeof *fold);
    if (!fold)
        abort();
    fold->shard = shard;
    fold->shard_count = shard_count;
    fold->registry = registry_new();
    standing_init(&fold->live, shard_count);
    fold->live.cube.seed = seed;
    records_init(&fold->records, seed);
    slots_init(&fold->repeats.by_record);
    return fold;
}

void
fold_free(struct fold *fold)
{
    if (!fold)
        return;
    fold_moments_free(fold);
    fold_history_free(fold);
    records_free(&fold->records);
    if (fold->live.frozen)
        standing_free(&fold->still);
    standing_free(&fold->live);
    registry_free(fold->registry);
    free(fold);
}

/*
 * A document that turns approval on or off decides all offline sales again, those that came before it too:
 * the figures then depend on the setting and on what was said about each sale, not on which came first.
 */
static void
set_needs_approval(struct fold *fold, bool needs_approval, int64_t log_ms)
{
    if (fold->needs_approval == needs_approval)
        return;
    for (uint32_t i = 0; i < fold->records.count; i++) {
        const struct record *record = records_at(&fold->records, i);
        if (!record->arrived || record->type != EVENT_ORDER_PAID)
            continue;
        fold->needs_approval = !needs_approval;
        int before = (int)fold_fate(fold, record);
        fold->needs_approval = needs_approval;
        fold_follow(fold, record, before, log_ms);
    }
    fold->needs_approval = needs_approval;
}

void
fold_adopt_contest(struct fold *fold, int64_t log_ms)
{
    struct contest *contest = registry_contest(fold->registry);
    assert(contest);
    contest_hold(contest);
    contest_release(fold->live.contest);
    fold->live.contest = contest;
    set_needs_approval(fold, contest->offline_needs_approval, log_ms);
}

static bool
fold_document(struct fold *fold, const struct log_entry *entry)
{
    int64_t log_ms = (int64_t)entry->id.ms;
    enum registry_outcome outcome = registry_apply_document(fold->registry, entry->payload, log_ms);
    if (outcome == REGISTRY_APPLIED) {
        fold->live.steps++;
        fold_adopt_contest(fold, log_ms);
    }
    if (outcome == REGISTRY_REFUSED)
        fold->unreadable++;
    return outcome != REGISTRY_REFUSED;
}

static bool
fold_by_kind(struct fold *fold, const struct log_entry *entry)
{
    switch (entry->kind) {
    case LOG_EVENTS:
        return fold_events(fold, entry);
    case LOG_ACTION:
        return fold_action(fold, entry);
    case LOG_DOCUMENT:
        return fold_document(fold, entry);
    case LOG_TOKEN:
        break;
    }
    fold->unreadable++;
    return false;
}

bool
fold_entry(struct fold *fold, const struct log_entry *entry)
{
    /* Before the entry acts, so that a freeze stands at its own place in the log. */
    fold->live.version[fold->shard] = entry->id;
    fold->entry_count++;
    chain_extend(&fold->chain, entry);
    return fold_by_kind(fold, entry);
}

const struct standing *
fold_live(const struct fold *fold)
{
    return &fold->live;
}

const struct standing *
fold_public(const struct fold *fold)
{
    return fold->live.frozen ? &fold->still : &fold->live;
}

uint64_t
fold_event_count(const struct fold *fold)
{
    return fold->event_count;
}

uint64_t
fold_entry_count(const struct fold *fold)
{
    return fold->entry_count;
}

uint64_t
fold_unreadable(const struct fold *fold)
{
    return fold->unreadable;
}

size_t
fold_memory_bytes(const struct fold *fold)
{
    return records_memory_bytes(&fold->records) + slots_memory_bytes(&fold->repeats.by_record) +
           fold->repeats.cap * sizeof *fold->repeats.items;
}
