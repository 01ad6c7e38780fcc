#include "aggregator/recount.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/board_json.h"
#include "aggregator/version_report.h"

void
recount_init(struct recount *recount, struct span contest, uint32_t shard_count, uint64_t seed)
{
    assert(contest.len <= LIMIT_CONTEST_ID_BYTES && shard_count > 0 && shard_count <= LIMIT_SHARDS);
    *recount = (struct recount){.shard_count = shard_count};
    memcpy(recount->contest, contest.at, contest.len);
    results_init(&recount->results);
    for (uint32_t i = 0; i < shard_count; i++)
        recount->folds[i] = fold_new(i, shard_count, seed);
}

void
recount_free(struct recount *recount)
{
    results_free(&recount->results);
    for (uint32_t i = 0; i < recount->shard_count; i++)
        fold_free(recount->folds[i]);
    *recount = (struct recount){.shard_count = 0};
}

/* As the board: a contest of which one event could not be read shows no figure at all. */
bool
recount_entry(struct recount *recount, uint32_t shard, const struct log_entry *entry)
{
    struct fold *fold = recount->folds[shard];
    return fold_entry(fold, entry) && fold_unreadable(fold) == 0;
}

uint64_t
recount_entry_count(const struct recount *recount)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < recount->shard_count; i++)
        count += fold_entry_count(recount->folds[i]);
    return count;
}

uint64_t
recount_event_count(const struct recount *recount)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < recount->shard_count; i++)
        count += fold_event_count(recount->folds[i]);
    return count;
}

/* --- Is it that contest, and that shard? --- */

struct looking {
    const struct contest *contest;
    uint32_t shard, shard_count;
    struct buf *trouble;
};

static bool
look_at(const struct receipt *receipt, void *arg)
{
    const struct looking *looking = arg;
    const char *streamer = looking->contest->streamers[receipt->streamer].id;
    uint32_t belongs_to = contest_shard_of(streamer, looking->shard_count);
    if (belongs_to == looking->shard)
        return true;
    struct span id = id_is_valid(receipt->id) ? receipt->id : SPAN("(no id that ingest lets in)");
    buf_printf(looking->trouble,
               "event %.*s of streamer %s stands in the log of shard %" PRIu32
               ", expected in that of shard %" PRIu32 ": it could count twice",
               SPAN_FMT(id), streamer, looking->shard, belongs_to);
    return false;
}

bool
recount_shard_end(const struct recount *recount, uint32_t shard, struct buf *trouble)
{
    const struct fold *fold = recount->folds[shard];
    const struct contest *contest = fold_live(fold)->contest;
    if (!contest) {
        buf_printf(trouble, "the log of shard %" PRIu32 " has no contest document", shard);
        return false;
    }
    if (strcmp(contest->id, recount->contest) != 0) {
        buf_printf(trouble, "the log of shard %" PRIu32 " is of contest %s, expected %s", shard, contest->id,
                   recount->contest);
        return false;
    }
    struct looking looking = {contest, shard, recount->shard_count, trouble};
    if (recount->shard_count > 1)
        fold_each(fold, -1, CONTEST_NONE, look_at, &looking);
    return trouble->len == 0;
}

/* --- Do the shards belong together? --- */

static const struct moment *
find_moment(const struct fold *fold, const char *action)
{
    for (size_t i = fold_moment_count(fold); i-- > 0;) {
        if (strcmp(fold_moment(fold, i)->action, action) == 0)
            return fold_moment(fold, i);
    }
    return NULL;
}

/* The standings of one publish in all shards, where it can have made a version. */
static bool
moments_fit(const struct recount *recount, const char *action)
{
    const struct standing *standings[LIMIT_SHARDS];
    for (uint32_t i = 0; i < recount->shard_count; i++) {
        const struct moment *moment = find_moment(recount->folds[i], action);
        if (!moment || !moment->closed)
            return true;
        standings[i] = &moment->standing;
    }
    return standing_can_merge(standings, recount->shard_count);
}

static void
live_standings(const struct recount *recount, const struct standing **standings)
{
    for (uint32_t i = 0; i < recount->shard_count; i++)
        standings[i] = fold_live(recount->folds[i]);
}

bool
recount_results(struct recount *recount, struct buf *trouble)
{
    const struct standing *standings[LIMIT_SHARDS];
    live_standings(recount, standings);
    bool fit = standing_can_merge(standings, recount->shard_count);
    for (size_t i = 0; i < fold_moment_count(recount->folds[0]); i++)
        fit = fit && moments_fit(recount, fold_moment(recount->folds[0], i)->action);
    if (!fit) {
        buf_add_text(trouble, "the logs of the shards tell of different contests: "
                              "they do not agree on who takes part");
        return false;
    }
    results_follow(&recount->results, (const struct fold *const *)recount->folds, recount->shard_count);
    return true;
}

/* --- As JSON --- */

void
recount_put_chains(const struct recount *recount, struct json_out *json)
{
    json_key(json, "chains");
    json_open(json, '[');
    for (uint32_t i = 0; i < recount->shard_count; i++) {
        const struct fold *fold = recount->folds[i];
        json_open(json, '{');
        board_put_chain(json, i, fold_live(fold)->version[i], fold_chain(fold));
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_version(struct json_out *json, const struct results_version *version)
{
    json_open(json, '{');
    version_head_json(version, json);
    version_finality_json(version, json);
    json_close(json, '}');
}

void
recount_version(const struct recount *recount, size_t index, struct buf *out)
{
    version_json(recount->results.versions[index], out);
}

static void
put_totals(struct json_out *json, const struct recount *recount)
{
    const struct standing *standings[LIMIT_SHARDS];
    struct standing merged;
    struct totals totals;
    live_standings(recount, standings);
    standing_merge(&merged, standings, recount->shard_count);
    totals_make(&merged, &totals);
    json_put_int(json, "as_of_ms", standing_as_of_ms(&merged));
    json_key(json, "totals");
    board_totals(json, &totals);
    standing_free(&merged);
}

void
recount_summary(const struct recount *recount, struct buf *out)
{
    struct json_out json = {.buf = out};
    json_open(&json, '{');
    json_put_text(&json, "contest", recount->contest);
    json_put_text(&json, "title", fold_live(recount->folds[0])->contest->title);
    recount_put_chains(recount, &json);
    json_put_int(&json, "entries", (int64_t)recount_entry_count(recount));
    json_put_int(&json, "events", (int64_t)recount_event_count(recount));
    json_put_int(&json, "actions", (int64_t)fold_audit_count(recount->folds[0]));
    json_put_bool(&json, "closed", fold_live(recount->folds[0])->closed);
    json_key(&json, "versions");
    json_open(&json, '[');
    for (size_t i = 0; i < recount->results.version_count; i++)
        put_version(&json, recount->results.versions[i]);
    json_close(&json, ']');
    json_put_int(&json, "refusals", (int64_t)recount->results.refusal_count);
    put_totals(&json, recount);
    json_close(&json, '}');
}
