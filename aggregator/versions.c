/* A version: what was published, as the moments of all shards kept it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/awards.h"
#include "common/must.h"

static char *
copy_text(struct span text)
{
    return must(strndup(text.at ? text.at : "", text.len));
}

void
version_free(struct results_version *version)
{
    if (!version)
        return;
    awards_free(version->awards, version->award_count);
    blocker_list_free(&version->blockers);
    standing_free(&version->standing);
    free(version->events);
    free(version->chains);
    free(version->action_id);
    free(version->actor);
    free(version->reason);
    free(version->finalised_action);
    free(version->finalised_by);
    free(version->finalised_reason);
    free(version);
}

static int
compare_events(const void *a, const void *b)
{
    const struct moment_event *one = a, *other = b;
    if (one->time_ms != other->time_ms)
        return one->time_ms < other->time_ms ? -1 : 1;
    int order = strcmp(one->streamer, other->streamer);
    return order ? order : strcmp(one->id, other->id);
}

/* The events of all shards, in an order that no shard's log decides. */
static void
gather_events(struct results_version *version, const struct moment *const *moments, uint32_t shard_count)
{
    size_t count = 0;
    for (uint32_t i = 0; i < shard_count; i++)
        count += moments[i]->event_count;
    version->events = must(malloc((count + 1) * sizeof *version->events));
    for (uint32_t i = 0; i < shard_count; i++) {
        if (moments[i]->event_count > 0)
            memcpy(version->events + version->event_count, moments[i]->events,
                   moments[i]->event_count * sizeof *version->events);
        version->event_count += moments[i]->event_count;
    }
    qsort(version->events, version->event_count, sizeof *version->events, compare_events);
}

/* By kind: parked refunds first, then pending claims. */
static void
gather_blockers(struct results_version *version)
{
    static const enum fate fates[] = {FATE_PARKED, FATE_PENDING};
    for (size_t fate = 0; fate < sizeof fates / sizeof *fates; fate++) {
        for (size_t i = 0; i < version->event_count; i++) {
            const struct moment_event *event = &version->events[i];
            if (event->fate == fates[fate])
                blockers_add_event(&version->blockers, event->fate, event->streamer, span_of(event->id));
        }
    }
    blockers_add_figures(&version->blockers, &version->standing, version->awards, version->award_count);
}

struct results_version *
version_new(const struct moment *const *moments, uint32_t shard_count,
            const struct award_decisions *decisions, const struct action *action, struct log_id at)
{
    const struct standing *standings[LIMIT_SHARDS] = {0};
    struct results_version *version = must(calloc(1, sizeof *version));
    version->chains = must(calloc(shard_count, sizeof *version->chains));
    for (uint32_t i = 0; i < shard_count; i++) {
        assert(moments[i]->closed);
        standings[i] = &moments[i]->standing;
        version->chains[i] = moments[i]->chain;
    }
    standing_merge(&version->standing, standings, shard_count);
    version->award_count = version->standing.contest->award_count;
    version->awards = awards_make(&version->standing, decisions);
    gather_events(version, moments, shard_count);
    gather_blockers(version);
    version->published_ms = (int64_t)at.ms;
    version->action_id = copy_text(action->id);
    version->actor = copy_text(action->actor);
    version->reason = copy_text(action->reason);
    version->override = action->override;
    return version;
}
