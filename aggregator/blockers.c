/* What stands in the way of a publish: events, marks and ties that nobody has settled. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/awards.h"
#include "aggregator/rank.h"
#include "aggregator/results.h"

const char *
blocker_name(enum blocker_kind kind)
{
    static const char *const names[BLOCKER_COUNT] = {
#define X(constant, name) [constant] = name,
        BLOCKERS(X)
#undef X
    };
    return names[kind];
}

bool
blocker_list_is_empty(const struct blocker_list *list)
{
    for (int kind = 0; kind < BLOCKER_COUNT; kind++) {
        if (list->total[kind] > 0)
            return false;
    }
    return true;
}

void
blocker_list_free(struct blocker_list *list)
{
    free(list->items);
    *list = (struct blocker_list){0};
}

/* Counts one more; NULL where the list has enough of that kind. */
static struct blocker *
blocker_add(struct blocker_list *list, enum blocker_kind kind)
{
    if (list->total[kind]++ >= LIMIT_LISTED)
        return NULL;
    bool full = (list->count & (list->count - 1)) == 0; /* doubled at each power of two */
    if (full) {
        size_t cap = list->count ? list->count * 2 : 1;
        list->items = realloc(list->items, cap * sizeof *list->items);
        if (!list->items)
            abort();
    }
    struct blocker *blocker = &list->items[list->count++];
    *blocker = (struct blocker){.kind = kind};
    return blocker;
}

void
blockers_add_event(struct blocker_list *list, enum fate fate, const char *streamer, struct span event)
{
    assert((fate == FATE_PARKED || fate == FATE_PENDING) && event.len <= LIMIT_ID_BYTES);
    struct blocker *blocker = blocker_add(list, fate == FATE_PARKED ? BLOCKER_PARKED : BLOCKER_PENDING);
    if (!blocker)
        return;
    blocker->streamer = streamer;
    memcpy(blocker->event, event.at, event.len);
}

void
blockers_add_open(struct blocker_list *list)
{
    blocker_add(list, BLOCKER_OPEN);
}

/* --- Marks --- */

/* True where some ranking takes the jury's marks of this streamer. */
static bool
is_marked(const struct contest *contest, uint32_t streamer)
{
    for (size_t i = 0; i < contest->ranking_count; i++) {
        const struct ranking *ranking = &contest->rankings[i];
        bool takes_part =
            ranking->of == ENTITY_STREAMER &&
            (ranking->division == CONTEST_NONE || ranking->division == contest->streamers[streamer].division);
        for (size_t part = 0; takes_part && part < ranking->part_count; part++) {
            if (ranking->parts[part].norm == NORM_TRIMMED_MEAN)
                return true;
        }
    }
    return false;
}

/* A streamer's marks stand in the order of judges and criteria, so both are gone through side by side. */
static void
add_missing_marks(struct blocker_list *list, const struct standing *standing, uint32_t streamer)
{
    const struct contest *contest = standing->contest;
    size_t given_count;
    const struct mark *given = standing_marks_of(standing, streamer, &given_count);
    for (uint32_t judge = 0; judge < contest->judge_count; judge++) {
        for (uint32_t criterion = 0; criterion < contest->criterion_count; criterion++) {
            if (given_count > 0 && given->judge == judge && given->criterion == criterion) {
                given++;
                given_count--;
                continue;
            }
            struct blocker *blocker = blocker_add(list, BLOCKER_MARK);
            if (!blocker)
                continue;
            blocker->streamer = contest->streamers[streamer].id;
            blocker->judge = contest->judges[judge];
            blocker->criterion = contest->criteria[criterion].id;
        }
    }
}

static void
add_marks(struct blocker_list *list, const struct standing *standing)
{
    const struct contest *contest = standing->contest;
    for (uint32_t streamer = 0; contest->judge_count > 0 && streamer < contest->streamer_count; streamer++) {
        if (is_marked(contest, streamer) && !standing_disqualified(standing, streamer))
            add_missing_marks(list, standing, streamer);
    }
}

/* --- Ties --- */

static void
add_ties(struct blocker_list *list, const struct contest *contest, const struct award_result *result)
{
    for (int i = 0; i < result->edge_count; i++) {
        struct blocker *blocker = result->edges[i].decided ? NULL : blocker_add(list, BLOCKER_TIE);
        if (!blocker)
            continue;
        blocker->award = result->award->id;
        blocker->ranking = contest->rankings[result->award->ranking].id;
        blocker->rank = result->edges[i].rank;
    }
}

void
blockers_add_figures(struct blocker_list *list, const struct standing *standing,
                     const struct award_result *awards, size_t award_count)
{
    list->total[BLOCKER_PARKED] = standing->counts.parked;
    list->total[BLOCKER_PENDING] = standing->counts.pending;
    if (!standing->closed)
        blockers_add_open(list);
    add_marks(list, standing);
    for (size_t i = 0; i < award_count; i++)
        add_ties(list, standing->contest, &awards[i]);
}
