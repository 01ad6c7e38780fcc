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
#include "common/must.h"

struct walk {
    const struct fold *const *folds;
    uint32_t shard_count;
    struct results *results;
    bool news;
};

static char *
copy_text(struct span text)
{
    return must(strndup(text.at ? text.at : "", text.len));
}

/* --- Publishing --- */

static const struct moment *
find_moment(const struct fold *fold, struct span action)
{
    for (size_t i = fold_moment_count(fold); i-- > 0;) {
        const struct moment *moment = fold_moment(fold, i);
        if (span_is(action, moment->action))
            return moment;
    }
    return NULL;
}

/* True where the fold has come to an action of that id, whatever it was. */
static bool
has_come_to(const struct fold *fold, struct span id)
{
    bool found = false;
    for (size_t i = fold_audit_count(fold); i-- > 0 && !found;) {
        struct action action;
        if (!action_decode(span_of(fold_audit(fold, i)->text), &action))
            continue;
        found = span_eq(action.id, id);
        action_free(&action);
    }
    return found;
}

/*
 * The moments of a publish in all shards. `waits` where a shard has not come to it yet. Two actions that were
 * posted under one id at the same moment may stand in another order in another shard: what is a publish here
 * is then none there, and never will be.
 */
static bool
find_moments(const struct walk *walk, struct span action, const struct moment **moments, bool *waits)
{
    bool all = true;
    *waits = false;
    for (uint32_t i = 0; i < walk->shard_count; i++) {
        moments[i] = find_moment(walk->folds[i], action);
        all = all && moments[i];
        *waits = *waits || (!moments[i] && !has_come_to(walk->folds[i], action));
    }
    return all;
}

/* X(constant, code, sentence) */
#define REFUSALS(X)                                                                                          \
    X(REFUSED_BLOCKED, "blocked", "something stands in the way")                                             \
    X(REFUSED_OTHER_ACTION, "other_action", "its id stands for another action in another shard's log")       \
    X(REFUSED_NOT_CLOSED, "not_closed", "the contest is not closed")                                         \
    X(REFUSED_NOT_PUBLISHED, "not_published", "nothing has been published yet")                              \
    X(REFUSED_OTHER_VERSION, "other_version", "the newest version is another one than this finalise names")  \
    X(REFUSED_FINAL, "final", "the newest version is final already")                                         \
    X(REFUSED_SAME_PERSON, "same_person", "finalise needs a second person: another token than the publish")

enum refused {
#define X(constant, code, sentence) constant,
    REFUSALS(X)
#undef X
};

static const char *const refusals[][2] = {
#define X(constant, code, sentence) [constant] = {code, sentence},
    REFUSALS(X)
#undef X
};

static struct results_refusal *
refuse(struct walk *walk, const struct action *action, struct log_id at, enum refused refused)
{
    struct results *results = walk->results;
    results->refusals =
        must(realloc(results->refusals, (results->refusal_count + 1) * sizeof *results->refusals));
    struct results_refusal *refusal = &results->refusals[results->refusal_count++];
    *refusal = (struct results_refusal){.action_id = copy_text(action->id),
                                        .actor = copy_text(action->actor),
                                        .finalise = action->type == ACTION_FINALISE,
                                        .at_ms = (int64_t)at.ms,
                                        .code = refusals[refused][0],
                                        .why = refusals[refused][1]};
    walk->news = true;
    return refusal;
}

static bool
all_closed(const struct walk *walk, const struct moment *const *moments)
{
    for (uint32_t i = 0; i < walk->shard_count; i++) {
        if (!moments[i]->closed)
            return false;
    }
    return true;
}

static void
keep_version(struct walk *walk, struct results_version *version)
{
    struct results *results = walk->results;
    results->versions =
        must(realloc(results->versions, (results->version_count + 1) * sizeof *results->versions));
    results->versions[results->version_count++] = version;
    version->among = results;
    version->number = (int)results->version_count;
    version->actions_of = walk->folds[0];
    version->action_count = results->walked + 1;
    walk->news = true;
}

static void
publish_closed(struct walk *walk, const struct action *action, struct log_id at,
               const struct moment *const *moments)
{
    struct results_version *version =
        version_new(moments, walk->shard_count, &walk->results->decisions, action, at);
    if (action->override || blocker_list_is_empty(&version->blockers)) {
        keep_version(walk, version);
        return;
    }
    struct results_refusal *refusal = refuse(walk, action, at, REFUSED_BLOCKED);
    refusal->blockers = version->blockers;
    refusal->contest = contest_hold(version->standing.contest);
    version->blockers = (struct blocker_list){0};
    version_free(version);
}

/* True where the walk may go on. */
static bool
publish(struct walk *walk, const struct action *action, struct log_id at)
{
    const struct moment *moments[LIMIT_SHARDS];
    bool waits;
    if (!find_moments(walk, action->id, moments, &waits)) {
        if (!waits)
            refuse(walk, action, at, REFUSED_OTHER_ACTION);
        return !waits;
    }
    if (all_closed(walk, moments)) {
        publish_closed(walk, action, at, moments);
        return true;
    }
    blockers_add_open(&refuse(walk, action, at, REFUSED_NOT_CLOSED)->blockers);
    return true;
}

/* --- Finalising --- */

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
    if (!latest) {
        refuse(walk, action, at, REFUSED_NOT_PUBLISHED);
    } else if (action->version && action->version != latest->number) {
        refuse(walk, action, at, REFUSED_OTHER_VERSION);
    } else if (latest->final) {
        refuse(walk, action, at, REFUSED_FINAL);
    } else if (span_eq(token_of(action->actor), token_of(span_of(latest->actor)))) {
        refuse(walk, action, at, REFUSED_SAME_PERSON);
    } else {
        latest->final = true;
        latest->finalised_ms = (int64_t)at.ms;
        latest->finalised_action = copy_text(action->id);
        latest->finalised_by = copy_text(action->actor);
        latest->finalised_reason = action->reason.len ? copy_text(action->reason) : NULL;
        walk->news = true;
    }
}

/* --- The walk --- */

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
        award_decisions_take(&walk->results->decisions, &action);
        break;
    default:
        break;
    }
    action_free(&action);
    return go_on;
}

bool
results_follow(struct results *results, const struct fold *const *folds, uint32_t shard_count)
{
    assert(shard_count > 0 && shard_count <= LIMIT_SHARDS);
    struct walk walk = {.folds = folds, .shard_count = shard_count, .results = results};
    while (results->walked < fold_audit_count(folds[0]) && step(&walk, fold_audit(folds[0], results->walked)))
        results->walked++;
    return walk.news;
}

void
results_init(struct results *results)
{
    *results = (struct results){0};
}

void
results_free(struct results *results)
{
    for (size_t i = 0; i < results->version_count; i++)
        version_free(results->versions[i]);
    for (size_t i = 0; i < results->refusal_count; i++) {
        free(results->refusals[i].action_id);
        free(results->refusals[i].actor);
        blocker_list_free(&results->refusals[i].blockers);
        contest_release(results->refusals[i].contest);
    }
    free(results->versions);
    free(results->refusals);
    award_decisions_free(&results->decisions);
    *results = (struct results){0};
}

const struct results_version *
results_latest(const struct results *results)
{
    return results->version_count ? results->versions[results->version_count - 1] : NULL;
}

const struct results_refusal *
results_refusal_of(const struct results *results, struct span action_id)
{
    for (size_t i = 0; i < results->refusal_count; i++)
        if (span_is(action_id, results->refusals[i].action_id))
            return &results->refusals[i];
    return NULL;
}

const struct results_version *
results_find(const struct results *results, int64_t number)
{
    bool known = number >= 1 && (uint64_t)number <= results->version_count;
    return known ? results->versions[number - 1] : NULL;
}

/* --- What would stand in the way now --- */

struct collecting {
    struct blocker_list *list;
    const struct contest *contest; /* of that shard */
};

static bool
collect(const struct receipt *receipt, void *arg)
{
    struct collecting *collecting = arg;
    blockers_add_event(collecting->list, receipt->fate, collecting->contest->streamers[receipt->streamer].id,
                       receipt->id);
    enum blocker_kind kind = receipt->fate == FATE_PARKED ? BLOCKER_PARKED : BLOCKER_PENDING;
    return collecting->list->total[kind] < LIMIT_LISTED;
}

static void
collect_open(const struct fold *const *folds, uint32_t shard_count, enum fate fate,
             struct blocker_list *blockers)
{
    for (uint32_t i = 0; i < shard_count; i++) {
        struct collecting collecting = {blockers, fold_live(folds[i])->contest};
        fold_each(folds[i], (int)fate, CONTEST_NONE, collect, &collecting);
    }
}

void
results_blockers(const struct results *results, const struct fold *const *folds, uint32_t shard_count,
                 const struct standing *live, struct blocker_list *blockers)
{
    *blockers = (struct blocker_list){0};
    if (live->counts.parked > 0)
        collect_open(folds, shard_count, FATE_PARKED, blockers);
    if (live->counts.pending > 0)
        collect_open(folds, shard_count, FATE_PENDING, blockers);
    struct award_result *awards = awards_make(live, &results->decisions);
    blockers_add_figures(blockers, live, awards, live->contest->award_count);
    awards_free(awards, live->contest->award_count);
}
