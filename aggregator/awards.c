/*
 * Awards go by rank. A shared rank that only part of would fit is a tie at the award's edge, and it is the
 * panel's to say who of it wins: an award of places 1 and 2 with ranks 1, 2, 2 has one sure winner. What was
 * decided holds for exactly those who are tied now: where the figures have moved since and nobody of the tie
 * was named, it is open again.
 */
#include "aggregator/awards.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/rank.h"
#include "common/must.h"

static char *
copy_span(struct span span)
{
    return must(strndup(span.at ? span.at : "", span.len));
}

static void
add_winner(struct award_result *result, const char *id, const char *name, int rank)
{
    result->winners = must(realloc(result->winners, (result->winner_count + 1) * sizeof *result->winners));
    struct award_winner *winner = &result->winners[result->winner_count++];
    *winner = (struct award_winner){.id = copy_span(span_of(id)), .rank = rank};
    winner->name = name ? name : winner->id;
}

/* --- Decisions --- */

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
    decisions->items = must(realloc(decisions->items, (decisions->count + 1) * sizeof *decisions->items));
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
    decision->winners = must(calloc(action->winner_count + 1, sizeof *decision->winners));
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

/* --- Results --- */

/* The name of whoever has this id, of any kind; NULL where nobody has. */
static const char *
name_of_anybody(const struct contest *contest, const char *id)
{
    for (int kind = ENTITY_COUNTY; kind <= ENTITY_DIVISION; kind++) {
        uint32_t entity = rank_entity_find(contest, (enum entity_kind)kind, span_of(id));
        if (entity != CONTEST_NONE)
            return rank_entity_name(contest, (enum entity_kind)kind, entity);
    }
    return NULL;
}

static void
take_manual(struct award_result *result, const struct award_decision *decision, const struct contest *contest)
{
    for (size_t i = 0; i < decision->winner_count; i++)
        add_winner(result, decision->winners[i], name_of_anybody(contest, decision->winners[i]), 0);
    result->decided = decision->winner_count > 0;
    result->undecided = !result->decided;
}

static void
add_edge(struct award_result *result, const struct rank_row *first, int count, bool decided)
{
    assert(result->edge_count < 2);
    result->edges[result->edge_count++] =
        (struct award_edge){.rank = first->rank, .tied = (size_t)count, .decided = decided};
    result->decided = result->decided || decided;
    result->undecided = result->undecided || !decided;
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
            add_winner(result, first[i].id, first[i].name, first[i].rank);
    }
    if (!outside && !inside)
        add_edge(result, first, count, chosen > 0);
}

static bool
has_won(const struct award_result *result, const char *id)
{
    for (size_t i = 0; i < result->winner_count; i++) {
        if (strcmp(result->winners[i].id, id) == 0)
            return true;
    }
    return false;
}

/* Whom the panel named without effect is said too: a decision must not vanish. */
static void
note_unheeded(struct award_result *result, const struct award_decision *decision)
{
    result->unheeded = must(calloc(decision->winner_count + 1, sizeof *result->unheeded));
    for (size_t i = 0; i < decision->winner_count; i++) {
        if (!has_won(result, decision->winners[i]))
            result->unheeded[result->unheeded_count++] = copy_span(span_of(decision->winners[i]));
    }
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
    note_unheeded(result, decision);
}

struct award_result *
awards_make(const struct standing *standing, const struct award_decisions *decisions)
{
    static const struct award_decision undecided = {0};
    const struct contest *contest = standing->contest;
    struct award_result *results = must(calloc(contest->award_count + 1, sizeof *results));
    for (size_t i = 0; i < contest->award_count; i++) {
        const struct award_decision *decision = find_decision(decisions, span_of(contest->awards[i].id));
        decision = decision ? decision : &undecided;
        results[i].award = &contest->awards[i];
        if (contest->awards[i].manual)
            take_manual(&results[i], decision, contest);
        else
            take_ranking(&results[i], decision, standing);
        if (results[i].decided && decision->reason)
            results[i].reason = copy_span(span_of(decision->reason));
    }
    return results;
}

void
awards_free(struct award_result *awards, size_t count)
{
    for (size_t i = 0; awards && i < count; i++) {
        for (size_t winner = 0; winner < awards[i].winner_count; winner++)
            free(awards[i].winners[winner].id);
        for (size_t named = 0; named < awards[i].unheeded_count; named++)
            free(awards[i].unheeded[named]);
        free(awards[i].winners);
        free(awards[i].unheeded);
        free(awards[i].reason);
    }
    free(awards);
}
