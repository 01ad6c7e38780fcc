#include "aggregator/contests.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Before any fold of theirs is freed. */
static void
forget_results(struct board_contest *contest)
{
    results_free(&contest->results);
    blocker_list_free(&contest->blockers.list);
    contest->blockers.made = false;
}

static void
contest_free(struct board_contest *contest)
{
    forget_results(contest);
    for (uint32_t i = 0; i < contest->shard_count; i++)
        fold_free(contest->shards[i].fold);
    for (int view = 0; view < VIEW_COUNT; view++) {
        if (contest->merged[view].made)
            standing_free(&contest->merged[view].standing);
    }
    token_book_free(contest->tokens);
    free(contest->shards);
    free(contest);
}

void
contests_free(struct contests *contests)
{
    for (size_t i = 0; i < contests->count; i++)
        contest_free(contests->items[i]);
    contests->count = 0;
}

/* The place of the first contest whose id is not before `id`. */
static size_t
place_of(const struct contests *contests, struct span id)
{
    size_t place = 0;
    for (; place < contests->count; place++) {
        struct span other = span_of(contests->items[place]->id);
        int order = memcmp(other.at, id.at, other.len < id.len ? other.len : id.len);
        if (order > 0 || (order == 0 && other.len >= id.len))
            break;
    }
    return place;
}

struct board_contest *
contests_find(const struct contests *contests, struct span id)
{
    size_t place = id.len ? place_of(contests, id) : contests->count;
    if (place == contests->count || !span_is(id, contests->items[place]->id))
        return NULL;
    return contests->items[place];
}

static uint64_t
random_seed(void)
{
    uint64_t seed;
    randombytes_buf(&seed, sizeof seed);
    return seed;
}

static struct board_contest *
contest_new(struct span id, uint32_t shard_count)
{
    struct board_contest *contest = calloc(1, sizeof *contest);
    struct board_shard *shards = calloc(shard_count, sizeof *shards);
    struct token_book *tokens = token_book_new();
    if (!contest || !shards || !tokens)
        abort();
    memcpy(contest->id, id.at, id.len);
    contest->shard_count = shard_count;
    contest->shards = shards;
    contest->tokens = tokens;
    for (uint32_t i = 0; i < shard_count; i++) {
        shards[i].contest = contest;
        shards[i].number = i;
        shards[i].fold = fold_new(i, shard_count, random_seed());
    }
    return contest;
}

struct board_contest *
contests_add(struct contests *contests, struct span id, uint32_t shard_count)
{
    assert(id_is_contest(id) && shard_count > 0 && shard_count <= LIMIT_SHARDS);
    assert(!contests_find(contests, id));
    if (contests->count == LIMIT_CONTESTS)
        return NULL;
    size_t place = place_of(contests, id);
    struct board_contest **at = &contests->items[place];
    memmove(at + 1, at, (contests->count - place) * sizeof *at);
    *at = contest_new(id, shard_count);
    contests->count++;
    return *at;
}

void
contest_forget(struct board_contest *contest, struct board_shard *shard)
{
    forget_results(contest);
    for (int view = 0; view < VIEW_COUNT; view++) {
        if (contest->merged[view].made)
            standing_free(&contest->merged[view].standing);
        contest->merged[view].made = false;
    }
    fold_free(shard->fold);
    shard->fold = fold_new(shard->number, contest->shard_count, random_seed());
    shard->caught_up = false;
    /* With several shards the bad entry may be another's, and what came behind it was not folded. */
    contest->unreadable = contest->unreadable && contest->shard_count > 1;
}

bool
contest_is_caught_up(const struct board_contest *contest)
{
    for (uint32_t i = 0; i < contest->shard_count; i++) {
        if (!contest->shards[i].caught_up || !fold_live(contest->shards[i].fold)->contest)
            return false;
    }
    return contest->tokens_caught_up;
}

bool
contest_is_up(const struct board_contest *contest)
{
    for (uint32_t i = 0; i < contest->shard_count; i++) {
        if (!contest->shards[i].up)
            return false;
    }
    return contest->tokens_up;
}

const char *
contest_obstacle(const struct board_contest *contest)
{
    static char sentence[320];
    if (contest->unreadable)
        snprintf(sentence, sizeof sentence,
                 "contest %s is not shown: entry %s of its log could not be read, so its figures cannot be "
                 "trusted",
                 contest->id, contest->unreadable_at);
    else if (!contest_is_caught_up(contest))
        snprintf(sentence, sizeof sentence, "contest %s is still being read from its log", contest->id);
    else
        return NULL;
    return sentence;
}

static const struct standing *
shard_standing(const struct board_shard *shard, enum view view)
{
    return view == VIEW_LIVE ? fold_live(shard->fold) : fold_public(shard->fold);
}

/* True where no shard has moved since they were merged. */
static bool
still_good(const struct board_contest *contest, enum view view)
{
    const struct merged *merged = &contest->merged[view];
    for (uint32_t i = 0; merged->made && i < contest->shard_count; i++) {
        const struct standing *now = shard_standing(&contest->shards[i], view);
        if (log_id_compare(now->version[i], merged->standing.version[i]) != 0)
            return false;
    }
    return merged->made;
}

const struct standing *
contest_standing(struct board_contest *contest, enum view view)
{
    struct merged *merged = &contest->merged[view];
    if (contest->shard_count == 1)
        return shard_standing(&contest->shards[0], view);
    if (still_good(contest, view))
        return &merged->standing;
    const struct standing *shards[LIMIT_SHARDS];
    for (uint32_t i = 0; i < contest->shard_count; i++)
        shards[i] = shard_standing(&contest->shards[i], view);
    if (merged->made)
        standing_free(&merged->standing);
    standing_merge(&merged->standing, shards, contest->shard_count);
    merged->made = true;
    return &merged->standing;
}

/* The shard that has seen the most documents and actions: what it says of the contest as a whole is newest.
 */
static const struct standing *
newest_live(const struct board_contest *contest)
{
    const struct standing *newest = fold_live(contest->shards[0].fold);
    for (uint32_t i = 1; i < contest->shard_count; i++) {
        const struct standing *other = fold_live(contest->shards[i].fold);
        if (other->steps > newest->steps)
            newest = other;
    }
    return newest;
}

static bool
has_events(const struct board_contest *contest)
{
    for (uint32_t i = 0; i < contest->shard_count; i++) {
        if (fold_event_count(contest->shards[i].fold) > 0)
            return true;
    }
    return false;
}

static void
folds_of(const struct board_contest *contest, const struct fold *folds[LIMIT_SHARDS])
{
    for (uint32_t i = 0; i < contest->shard_count; i++)
        folds[i] = contest->shards[i].fold;
}

const struct results *
contest_results(struct board_contest *contest)
{
    const struct fold *folds[LIMIT_SHARDS];
    folds_of(contest, folds);
    results_follow(&contest->results, folds, contest->shard_count);
    return &contest->results;
}

static bool
blockers_are_good(const struct kept_blockers *kept, const struct standing *live)
{
    return kept->made && memcmp(kept->version, live->version, live->shard_count * sizeof *kept->version) == 0;
}

const struct blocker_list *
contest_blockers(struct board_contest *contest)
{
    struct kept_blockers *kept = &contest->blockers;
    const struct standing *live = contest_standing(contest, VIEW_LIVE);
    const struct fold *folds[LIMIT_SHARDS];
    if (blockers_are_good(kept, live))
        return &kept->list;
    folds_of(contest, folds);
    blocker_list_free(&kept->list);
    results_blockers(contest_results(contest), folds, contest->shard_count, live, &kept->list);
    memcpy(kept->version, live->version, sizeof kept->version);
    kept->made = true;
    return &kept->list;
}

/*
 * Both views have one state, worked out from the live one: that a contest is frozen or over, and whether
 * there are results, is what everybody may know; the figures behind it are what a freeze hides.
 */
enum contest_state
contest_state(struct board_contest *contest, int64_t now_ms)
{
    const struct standing *live = newest_live(contest);
    const struct results_version *latest = results_latest(contest_results(contest));
    struct state_facts facts = {
        .opens_ms = live->contest->opens_ms,
        .has_events = has_events(contest),
        .closed = live->closed,
        .frozen = live->frozen,
        .published = latest != NULL,
        .final = latest && latest->final,
    };
    return contest_state_at(&facts, now_ms);
}

void
contest_place(struct board_contest *contest, enum view view, int64_t now_ms, struct resume_id *place)
{
    place->view = view;
    place->state = contest_state(contest, now_ms);
    place->shard_count = contest->shard_count;
    place->mark = 0;
    for (uint32_t i = 0; i < contest->shard_count; i++) {
        const struct fold *fold = contest->shards[i].fold;
        place->version[i] = shard_standing(&contest->shards[i], view)->version[i];
        place->mark = chain_mark(place->mark, view == VIEW_LIVE ? fold_chain(fold) : fold_public_chain(fold));
    }
}

struct board_shard *
contest_shard(const struct board_contest *contest, const char *streamer_id)
{
    return &contest->shards[contest_shard_of(streamer_id, contest->shard_count)];
}
