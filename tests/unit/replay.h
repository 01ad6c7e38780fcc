/*
 * A log played into the folds of its shards, as the daemons would: events are posted JSON, put on the wire
 * and folded from blobs; actions pass the door of ingest first; documents and actions go to every shard.
 */
#ifndef BOCHUANG_TESTS_REPLAY_H
#define BOCHUANG_TESTS_REPLAY_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "aggregator/fold.h"
#include "common/action.h"
#include "common/contest.h"
#include "common/event.h"
#include "common/wire.h"

struct replay {
    struct fold *folds[LIMIT_SHARDS];
    uint32_t shard_count;
    struct log_id next;
    struct buf blobs[LIMIT_SHARDS]; /* events of the entry in the making */
    struct errors errors;           /* of a contest that was no contest */
    struct event_error action_error;
};

static inline void
replay_init(struct replay *replay, uint32_t shard_count, uint64_t seed)
{
    *replay = (struct replay){.shard_count = shard_count, .next = {.ms = 1}};
    for (uint32_t shard = 0; shard < shard_count; shard++)
        replay->folds[shard] = fold_new(shard, shard_count, seed + shard);
}

static inline void
replay_free(struct replay *replay)
{
    for (uint32_t shard = 0; shard < replay->shard_count; shard++) {
        fold_free(replay->folds[shard]);
        buf_free(&replay->blobs[shard]);
    }
    errors_free(&replay->errors);
}

static inline void
replay_entry(struct replay *replay, uint32_t shard, enum log_kind kind, struct span payload)
{
    struct log_entry entry = {.id = replay->next, .kind = kind, .payload = payload};
    fold_entry(replay->folds[shard], &entry);
}

/* Ends the entry in the making. Events before it are folded; what comes next has the log time `ms`. */
static inline void
replay_at(struct replay *replay, uint64_t ms)
{
    for (uint32_t shard = 0; shard < replay->shard_count; shard++) {
        if (replay->blobs[shard].len > 0)
            replay_entry(replay, shard, LOG_EVENTS, buf_span(&replay->blobs[shard]));
        buf_clear(&replay->blobs[shard]);
    }
    replay->next.seq = ms == replay->next.ms ? replay->next.seq + 1 : 0;
    replay->next.ms = ms;
}

static inline void
replay_everywhere(struct replay *replay, enum log_kind kind, struct span payload)
{
    replay_at(replay, replay->next.ms);
    for (uint32_t shard = 0; shard < replay->shard_count; shard++)
        replay_entry(replay, shard, kind, payload);
}

/* False where the text is no contest; `errors` then says why. */
static inline bool
replay_contest(struct replay *replay, struct span text)
{
    struct contest *contest = contest_load(text, &replay->errors);
    if (!contest)
        return false;
    struct buf json = {0};
    contest_to_json(contest, &json);
    contest_release(contest);
    replay_everywhere(replay, LOG_DOCUMENT, buf_span(&json));
    buf_free(&json);
    return true;
}

static inline uint32_t
replay_shard_of(const struct replay *replay, const struct event *event)
{
    const struct contest *contest = fold_live(replay->folds[0])->contest;
    uint32_t streamer = contest_find_streamer(contest, event->streamer);
    uint32_t session = contest_find_session(contest, event->session);
    if (session != CONTEST_NONE)
        streamer = contest->sessions[session].streamer;
    return streamer == CONTEST_NONE ? 0
                                    : contest_shard_of(contest->streamers[streamer].id, replay->shard_count);
}

/* One event as posted; it joins the entry in the making. False where it cannot be decoded. */
static inline bool
replay_event(struct replay *replay, struct span json)
{
    struct event_item item;
    char *scratch = malloc(json.len + 1);
    assert(scratch);
    struct event_body body = {.items = &item, .capacity = 1, .scratch = {scratch, json.len}};
    bool read =
        event_decode_body(BODY_JSON, json, &body) == BODY_READ && body.count == 1 && item.code == CODE_OK;
    if (read)
        wire_put_event(&replay->blobs[replay_shard_of(replay, &item.event)], &item.event);
    free(scratch);
    return read;
}

/* One action as posted, by a judge or, where that is not enough, an organiser. */
static inline bool
replay_action(struct replay *replay, struct span json)
{
    const struct contest *contest = fold_live(replay->folds[0])->contest;
    enum role roles[] = {ROLE_JUDGE, ROLE_ORGANISER};
    enum action_verdict verdict = ACTION_FORBIDDEN;
    for (int i = 0; i < 2 && verdict == ACTION_FORBIDDEN; i++) {
        struct action_actor actor = {.role = roles[i], .name = role_name(roles[i])};
        struct buf entry = {0};
        char id[65];
        verdict = action_admit(contest, &actor, json, &entry, id, &replay->action_error);
        if (verdict == ACTION_ADMITTED)
            replay_everywhere(replay, LOG_ACTION, buf_span(&entry));
        buf_free(&entry);
    }
    return verdict == ACTION_ADMITTED;
}

/* All shards' standings as one; call replay_at() first. The caller frees. */
static inline void
replay_standing(const struct replay *replay, bool live, struct standing *out)
{
    const struct standing *shards[LIMIT_SHARDS];
    for (uint32_t shard = 0; shard < replay->shard_count; shard++)
        shards[shard] = live ? fold_live(replay->folds[shard]) : fold_public(replay->folds[shard]);
    if (replay->shard_count == 1)
        standing_copy(out, shards[0]);
    else
        standing_merge(out, shards, replay->shard_count);
}

#endif
