/*
 * The results are walked out of the actions, in log order: `award` keeps a decision, `publish` makes a
 * version of the moment that each shard's fold kept for it, `finalise` seals the newest one. Each shard has
 * every action, so the walk follows shard 0 and stops at a publish that another shard has not folded yet.
 */
#include "aggregator/results.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/awards.h"
#include "common/action.h"

struct walk {
    const struct fold *const *folds;
    uint32_t shard_count;
    struct results *results;
    struct award_decisions decisions;
};

static char *
copy_text(struct span text)
{
    char *copy = strndup(text.at ? text.at : "", text.len);
    if (!copy)
        abort();
    return copy;
}

static const struct moment *
find_moment(const struct fold *fold, struct span action)
{
    for (size_t i = 0; i < fold_moment_count(fold); i++) {
        const struct moment *moment = fold_moment(fold, i);
        if (span_is(action, moment->action))
            return moment;
    }
    return NULL;
}

/* The moments of a publish in all shards; false where one has not come to it yet. */
static bool
find_moments(const struct walk *walk, struct span action, const struct moment **moments)
{
    for (uint32_t i = 0; i < walk->shard_count; i++) {
        moments[i] = find_moment(walk->folds[i], action);
        if (!moments[i])
            return false;
    }
    return true;
}

static void
refuse(struct results *results, const struct action *action, struct log_id at, const char *why,
       struct blocker_list blockers)
{
    results->refusals = realloc(results->refusals, (results->refusal_count + 1) * sizeof *results->refusals);
    if (!results->refusals)
        abort();
    results->refusals[results->refusal_count++] = (struct results_refusal){.action_id = copy_text(action->id),
                                                                           .at_ms = (int64_t)at.ms,
                                                                           .why = why,
                                                                           .blockers = blockers};
}

static void
version_free(struct results_version *version)
{
    if (!version)
        return;
    awards_free(version->awards, version->award_count);
    blocker_list_free(&version->blockers);
    standing_free(&version->standing);
    free(version->chains);
    free(version->actor);
    free(version->reason);
    free(version->finalised_by);
    free(version);
}

static struct results_version *
version_new(struct walk *walk, const struct action *action, struct log_id at,
            const struct moment *const *moments)
{
    const struct standing *standings[LIMIT_SHARDS];
    struct results_version *version = calloc(1, sizeof *version);
    if (!version)
        abort();
    for (uint32_t i = 0; i < walk->shard_count; i++)
        standings[i] = &moments[i]->standing;
    standing_merge(&version->standing, standings, walk->shard_count);
    version->chains = calloc(walk->shard_count, sizeof *version->chains);
    if (!version->chains)
        abort();
    for (uint32_t i = 0; i < walk->shard_count; i++)
        version->chains[i] = moments[i]->chain;
    const struct contest *contest = version->standing.contest;
    version->award_count = contest->award_count;
    version->awards = awards_make(&version->standing, &walk->decisions);
    for (uint32_t i = 0; i < walk->shard_count; i++) {
        for (size_t matter = 0; matter < moments[i]->matter_count; matter++)
            blockers_add_matter(&version->blockers, contest, &moments[i]->matters[matter]);
    }
    blockers_add_figures(&version->blockers, &version->standing, version->awards, version->award_count);
    version->published_ms = (int64_t)at.ms;
    version->actor = copy_text(action->actor);
    version->reason = copy_text(action->reason);
    version->override = action->override;
    return version;
}

/* True where the walk may go on. */
static bool
publish(struct walk *walk, const struct action *action, struct log_id at)
{
    const struct moment *moments[LIMIT_SHARDS];
    struct results *results = walk->results;
    if (!find_moments(walk, action->id, moments))
        return false;
    struct results_version *version = version_new(walk, action, at, moments);
    bool open = !version->standing.closed;
    if (open || (version->blockers.count > 0 && !action->override)) {
        struct blocker_list blockers = version->blockers;
        version->blockers = (struct blocker_list){0};
        refuse(results, action, at, open ? "the contest is not closed" : "something stands in the way",
               blockers);
        version_free(version);
        return true;
    }
    results->versions = realloc(results->versions, (results->version_count + 1) * sizeof *results->versions);
    if (!results->versions)
        abort();
    results->versions[results->version_count++] = version;
    version->number = (int)results->version_count;
    return true;
}

/* "judge k3x… 评委一": the token that acted is the second word. */
static struct span
token_of(struct span actor)
{
    const char *space = actor.len ? memchr(actor.at, ' ', actor.len) : NULL;
    if (!space)
        return actor;
    struct span rest = {space + 1, actor.len - (size_t)(space + 1 - actor.at)};
    const char *end = rest.len ? memchr(rest.at, ' ', rest.len) : NULL;
    return end ? (struct span){rest.at, (size_t)(end - rest.at)} : rest;
}

static void
finalise(struct walk *walk, const struct action *action, struct log_id at)
{
    struct results *results = walk->results;
    struct results_version *latest =
        results->version_count ? results->versions[results->version_count - 1] : NULL;
    struct blocker_list none = {0};
    if (!latest) {
        refuse(results, action, at, "nothing has been published yet", none);
    } else if (latest->final) {
        refuse(results, action, at, "the newest version is final already", none);
    } else if (span_eq(token_of(action->actor), token_of(span_of(latest->actor)))) {
        refuse(results, action, at, "finalise needs a second person: another token than the publish", none);
    } else {
        latest->final = true;
        latest->finalised_ms = (int64_t)at.ms;
        latest->finalised_by = copy_text(action->actor);
    }
}

static bool
step(struct walk *walk, const struct audit_entry *entry)
{
    struct action action;
    bool go_on = true;
    if (strcmp(entry->outcome, "applied") != 0 || !action_decode(span_of(entry->text), &action))
        return true;
    switch (action.type) {
    case ACTION_PUBLISH:
        go_on = publish(walk, &action, entry->at);
        break;
    case ACTION_FINALISE:
        finalise(walk, &action, entry->at);
        break;
    case ACTION_AWARD:
        award_decisions_take(&walk->decisions, &action);
        break;
    default:
        break;
    }
    action_free(&action);
    return go_on;
}

/* Walks as far as all shards have come. */
static void
walk_actions(struct walk *walk)
{
    const struct fold *first = walk->folds[0];
    for (size_t i = 0; i < fold_audit_count(first) && step(walk, fold_audit(first, i)); i++)
        ;
}

void
results_make(const struct fold *const *folds, uint32_t shard_count, struct results *results)
{
    assert(shard_count > 0 && shard_count <= LIMIT_SHARDS);
    *results = (struct results){.closed = fold_live(folds[0])->closed};
    struct walk walk = {.folds = folds, .shard_count = shard_count, .results = results};
    walk_actions(&walk);
    award_decisions_free(&walk.decisions);
}

void
results_free(struct results *results)
{
    for (size_t i = 0; i < results->version_count; i++)
        version_free(results->versions[i]);
    for (size_t i = 0; i < results->refusal_count; i++) {
        free(results->refusals[i].action_id);
        blocker_list_free(&results->refusals[i].blockers);
    }
    free(results->versions);
    free(results->refusals);
    *results = (struct results){0};
}

const struct results_version *
results_latest(const struct results *results)
{
    return results->version_count ? results->versions[results->version_count - 1] : NULL;
}

/* --- What would stand in the way now --- */

struct collecting {
    struct blocker_list *list;
    const struct contest *contest;
};

static bool
collect(const struct receipt *receipt, void *arg)
{
    struct collecting *collecting = arg;
    struct open_matter matter = {.fate = receipt->fate, .streamer = receipt->streamer};
    memcpy(matter.id, receipt->id.at, receipt->id.len);
    blockers_add_matter(collecting->list, collecting->contest, &matter);
    return true;
}

void
results_blockers(const struct fold *const *folds, uint32_t shard_count, const struct standing *live,
                 struct blocker_list *blockers)
{
    *blockers = (struct blocker_list){0};
    struct collecting collecting = {blockers, live->contest};
    struct results results;
    struct walk walk = {.folds = folds, .shard_count = shard_count, .results = &results};
    results = (struct results){0};
    for (uint32_t i = 0; i < shard_count; i++) {
        fold_each(folds[i], FATE_PARKED, CONTEST_NONE, collect, &collecting);
        fold_each(folds[i], FATE_PENDING, CONTEST_NONE, collect, &collecting);
    }
    walk_actions(&walk);
    struct award_result *awards = awards_make(live, &walk.decisions);
    blockers_add_figures(blockers, live, awards, live->contest->award_count);
    awards_free(awards, live->contest->award_count);
    results_free(&results);
    award_decisions_free(&walk.decisions);
}
