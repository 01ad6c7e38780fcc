/* The rules of one contest copied into another that has its divisions: settings, panel, rankings, awards. */
#include <assert.h>

#include "common/arena.h"
#include "common/contest_build.h"
#include "common/contest_index.h"

static const char *
copy_text(struct contest *to, const char *text)
{
    return arena_text(to->arena, span_of(text));
}

static void
copy_settings(struct contest *to, const struct contest *from)
{
    to->id = copy_text(to, from->id);
    to->title = copy_text(to, from->title);
    to->title_en = copy_text(to, from->title_en);
    to->opens_ms = from->opens_ms;
    to->closes_ms = from->closes_ms;
    to->refunds_until_ms = from->refunds_until_ms;
    to->freezes_ms = from->freezes_ms;
    to->utc_offset_min = from->utc_offset_min;
    to->offline_needs_approval = from->offline_needs_approval;
    to->notice_days = from->notice_days;
}

/* --- The panel: a union, since marks in the log name judges and criteria --- */

static void
add_judges(struct contest *to, const char **judges, const struct contest *from)
{
    for (size_t i = 0; from && i < from->judge_count; i++) {
        if (contest_find_judge(to, span_of(from->judges[i])) != CONTEST_NONE)
            continue;
        judges[to->judge_count] = copy_text(to, from->judges[i]);
        contest_index_put(to->index, INDEX_JUDGE, judges[to->judge_count], (uint32_t)to->judge_count);
        to->judge_count++;
    }
}

static void
add_criteria(struct contest *to, struct criterion *criteria, const struct contest *from)
{
    for (size_t i = 0; from && i < from->criterion_count; i++) {
        const struct criterion *criterion = &from->criteria[i];
        uint32_t at = contest_find_criterion(to, span_of(criterion->id));
        if (at == CONTEST_NONE) {
            at = (uint32_t)to->criterion_count++;
            criteria[at].id = copy_text(to, criterion->id);
            contest_index_put(to->index, INDEX_CRITERION, criteria[at].id, at);
        }
        criteria[at].name = copy_text(to, criterion->name);
        criteria[at].name_en = copy_text(to, criterion->name_en);
        criteria[at].max_milli = criterion->max_milli;
    }
}

static void
copy_panel(struct contest *to, const struct contest *first, const struct contest *from)
{
    size_t judges_most = from->judge_count + (first ? first->judge_count : 0);
    size_t criteria_most = from->criterion_count + (first ? first->criterion_count : 0);
    const char **judges = arena_array(to->arena, judges_most, sizeof *judges);
    struct criterion *criteria = arena_array(to->arena, criteria_most, sizeof *criteria);
    add_judges(to, judges, first);
    add_judges(to, judges, from);
    add_criteria(to, criteria, first);
    add_criteria(to, criteria, from);
    to->judges = judges;
    to->criteria = criteria;
}

/* --- Rankings and awards --- */

static uint32_t
same_division(const struct contest *to, const struct contest *from, uint32_t division)
{
    if (division == CONTEST_NONE)
        return CONTEST_NONE;
    uint32_t found = contest_find_division(to, span_of(from->divisions[division].id));
    assert(found != CONTEST_NONE);
    return found;
}

static const void *
copy_array(struct contest *to, const void *items, size_t count, size_t size)
{
    void *copy = arena_array(to->arena, count, size);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

static void
copy_rankings(struct contest *to, const struct contest *from)
{
    struct ranking *rankings = arena_array(to->arena, from->ranking_count, sizeof *rankings);
    for (size_t i = 0; i < from->ranking_count; i++) {
        struct ranking *ranking = &rankings[i];
        *ranking = from->rankings[i];
        ranking->id = copy_text(to, ranking->id);
        ranking->name = copy_text(to, ranking->name);
        ranking->name_en = copy_text(to, ranking->name_en);
        ranking->division = same_division(to, from, ranking->division);
        ranking->parts = copy_array(to, ranking->parts, ranking->part_count, sizeof *ranking->parts);
        ranking->ties = copy_array(to, ranking->ties, ranking->tie_count, sizeof *ranking->ties);
        contest_index_put(to->index, INDEX_RANKING, ranking->id, (uint32_t)i);
    }
    to->rankings = rankings;
    to->ranking_count = from->ranking_count;
}

static void
copy_awards(struct contest *to, const struct contest *from)
{
    struct award *awards = arena_array(to->arena, from->award_count, sizeof *awards);
    for (size_t i = 0; i < from->award_count; i++) {
        struct award *award = &awards[i];
        *award = from->awards[i];
        award->id = copy_text(to, award->id);
        award->name = copy_text(to, award->name);
        award->name_en = copy_text(to, award->name_en);
        contest_index_put(to->index, INDEX_AWARD, award->id, (uint32_t)i);
    }
    to->awards = awards;
    to->award_count = from->award_count;
}

void
contest_rules_copy(struct contest *contest, const struct contest *first, const struct contest *from)
{
    copy_settings(contest, from);
    copy_panel(contest, first, from);
    copy_rankings(contest, from);
    copy_awards(contest, from);
}
