#include "aggregator/awards.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/rank.h"

static char *
copy_span(struct span span)
{
    char *copy = strndup(span.at ? span.at : "", span.len);
    if (!copy)
        abort();
    return copy;
}

static void
add_winner(struct award_result *result, const char *id)
{
    result->winners = realloc(result->winners, (result->winner_count + 1) * sizeof *result->winners);
    if (!result->winners)
        abort();
    result->winners[result->winner_count++] = copy_span(span_of(id));
}

static void
decision_clear(struct award_decision *decision)
{
    for (size_t i = 0; i < decision->winner_count; i++)
        free(decision->winners[i]);
    free(decision->winners);
    free(decision->reason);
    decision->winners = NULL;
    decision->winner_count = 0;
    decision->reason = NULL;
}

void
award_decisions_free(struct award_decisions *decisions)
{
    for (size_t i = 0; i < decisions->count; i++) {
        decision_clear(&decisions->items[i]);
        free(decisions->items[i].award);
    }
    free(decisions->items);
    *decisions = (struct award_decisions){0};
}

static struct award_decision *
find_decision(const struct award_decisions *decisions, struct span award)
{
    for (size_t i = 0; i < decisions->count; i++) {
        if (span_is(award, decisions->items[i].award))
            return &decisions->items[i];
    }
    return NULL;
}

static struct award_decision *
add_decision(struct award_decisions *decisions, struct span award)
{
    decisions->items = realloc(decisions->items, (decisions->count + 1) * sizeof *decisions->items);
    if (!decisions->items)
        abort();
    struct award_decision *decision = &decisions->items[decisions->count++];
    *decision = (struct award_decision){.award = copy_span(award)};
    return decision;
}

void
award_decisions_take(struct award_decisions *decisions, const struct action *action)
{
    struct award_decision *decision = find_decision(decisions, action->award);
    if (!decision)
        decision = add_decision(decisions, action->award);
    decision_clear(decision);
    decision->winners = calloc(action->winner_count + 1, sizeof *decision->winners);
    if (!decision->winners)
        abort();
    for (size_t i = 0; i < action->winner_count; i++)
        decision->winners[decision->winner_count++] = copy_span(action->winners[i]);
    decision->reason = copy_span(action->reason);
}

static bool
was_chosen(const struct award_decision *decision, const char *id)
{
    for (size_t i = 0; i < decision->winner_count; i++) {
        if (strcmp(decision->winners[i], id) == 0)
            return true;
    }
    return false;
}

static void
take_manual(struct award_result *result, const struct award_decision *decision)
{
    for (size_t i = 0; i < decision->winner_count; i++)
        add_winner(result, decision->winners[i]);
    result->decided = decision->winner_count > 0;
    result->undecided = !result->decided;
}

/* Rows of one shared rank, `count` from `first` on: all in, all out, or over the award's edge. */
static void
take_rank(struct award_result *result, const struct award_decision *decision, const struct rank_row *first,
          int count)
{
    const struct award *award = result->award;
    int last_place = first->rank + count - 1;
    bool outside = last_place < award->from || first->rank > award->to;
    bool inside = first->rank >= award->from && last_place <= award->to;
    int chosen = 0;
    for (int i = 0; i < count && !outside; i++) {
        bool is_chosen = !inside && was_chosen(decision, first[i].id);
        chosen += is_chosen;
        if (inside || is_chosen)
            add_winner(result, first[i].id);
    }
    if (outside || inside)
        return;
    result->tied_rank = first->rank;
    if (chosen > 0)
        result->decided = true;
    else
        result->undecided = true;
}

static void
take_ranking(struct award_result *result, const struct award_decision *decision,
             const struct standing *standing)
{
    struct rank_table table;
    rank_make(standing, result->award->ranking, &table);
    for (size_t i = 0; i < table.row_count && table.rows[i].rank <= result->award->to;) {
        int count = 1;
        while (i + (size_t)count < table.row_count &&
               table.rows[i + (size_t)count].rank == table.rows[i].rank)
            count++;
        take_rank(result, decision, &table.rows[i], count);
        i += (size_t)count;
    }
    rank_free(&table);
}

struct award_result *
awards_make(const struct standing *standing, const struct award_decisions *decisions)
{
    static const struct award_decision undecided = {0};
    const struct contest *contest = standing->contest;
    struct award_result *results = calloc(contest->award_count + 1, sizeof *results);
    if (!results)
        abort();
    for (size_t i = 0; i < contest->award_count; i++) {
        const struct award_decision *decision = find_decision(decisions, span_of(contest->awards[i].id));
        decision = decision ? decision : &undecided;
        results[i].award = &contest->awards[i];
        if (contest->awards[i].manual)
            take_manual(&results[i], decision);
        else
            take_ranking(&results[i], decision, standing);
        if (results[i].decided)
            results[i].reason = copy_span(span_of(decision->reason));
    }
    return results;
}

void
awards_free(struct award_result *awards, size_t count)
{
    for (size_t i = 0; awards && i < count; i++) {
        for (size_t winner = 0; winner < awards[i].winner_count; winner++)
            free(awards[i].winners[winner]);
        free(awards[i].winners);
        free(awards[i].reason);
    }
    free(awards);
}
