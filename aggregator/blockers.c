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

void
blocker_list_free(struct blocker_list *list)
{
    free(list->items);
    *list = (struct blocker_list){0};
}

static struct blocker *
blocker_add(struct blocker_list *list, enum blocker_kind kind)
{
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
blockers_add_matter(struct blocker_list *list, const struct contest *contest,
                    const struct open_matter *matter)
{
    struct blocker *blocker =
        blocker_add(list, matter->fate == FATE_PARKED ? BLOCKER_PARKED : BLOCKER_PENDING);
    blocker->streamer = contest->streamers[matter->streamer].id;
    memcpy(blocker->event, matter->id, sizeof blocker->event);
}

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

static void
add_missing_marks(struct blocker_list *list, const struct standing *standing, const bool *given,
                  uint32_t streamer)
{
    const struct contest *contest = standing->contest;
    for (size_t judge = 0; judge < contest->judge_count; judge++) {
        for (size_t criterion = 0; criterion < contest->criterion_count; criterion++) {
            if (given[(streamer * contest->judge_count + judge) * contest->criterion_count + criterion])
                continue;
            struct blocker *blocker = blocker_add(list, BLOCKER_MARK);
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
    size_t places = contest->streamer_count * contest->judge_count * contest->criterion_count;
    if (places == 0)
        return;
    bool *given = calloc(places, sizeof *given);
    if (!given)
        abort();
    for (size_t i = 0; i < standing->mark_count; i++) {
        const struct mark *mark = &standing->marks[i];
        given[(mark->streamer * contest->judge_count + mark->judge) * contest->criterion_count +
              mark->criterion] = true;
    }
    for (uint32_t streamer = 0; streamer < contest->streamer_count; streamer++) {
        if (is_marked(contest, streamer) && !standing_disqualified(standing, streamer))
            add_missing_marks(list, standing, given, streamer);
    }
    free(given);
}

void
blockers_add_figures(struct blocker_list *list, const struct standing *standing,
                     const struct award_result *awards, size_t award_count)
{
    if (!standing->closed)
        blocker_add(list, BLOCKER_OPEN);
    add_marks(list, standing);
    for (size_t i = 0; i < award_count; i++) {
        if (!awards[i].undecided || awards[i].award->manual)
            continue;
        struct blocker *blocker = blocker_add(list, BLOCKER_TIE);
        blocker->award = awards[i].award->id;
        blocker->ranking = standing->contest->rankings[awards[i].award->ranking].id;
        blocker->rank = awards[i].tied_rank;
    }
}
