#include "ingest/hosted.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "common/logline.h"
#include "ingest/files.h"
#include "ingest/flush.h"
#include "ingest/repair.h"
#include "ingest/schedule.h"

enum { FOLLOW_COUNT = 1000 };

const struct contest *
hosted_contest(const struct hosted *hosted)
{
    return registry_contest(hosted->registry);
}

bool
hosted_is_current(const struct hosted *hosted)
{
    return hosted->actions_current && hosted->tokens_current && !hosted->damaged &&
           ingest_can_commit(hosted->ingest);
}

bool
hosted_is_serving(const struct hosted *hosted)
{
    return hosted->opened && hosted_is_current(hosted);
}

/* --- Following: the only place where the state changes --- */

static enum registry_outcome
apply_action(struct hosted *hosted, struct span payload)
{
    struct action action;
    if (!action_decode(payload, &action)) {
        log_warn("contest %s: an entry of the log is no action; it is skipped", hosted->id);
        return REGISTRY_REFUSED;
    }
    enum registry_outcome outcome = registry_apply_action(hosted->registry, &action);
    action_free(&action);
    return outcome;
}

/* It may have been a close, or a streamer: nothing is taken on what is left. */
static void
damage(struct hosted *hosted, struct log_id at)
{
    char id[LOG_ID_SIZE];
    log_id_format(id, at);
    hosted->damaged = true;
    log_error("contest %s: entry %s of its actions could not be read; nothing is taken until it is mended",
              hosted->id, id);
}

static void
action_entry_cb(const struct log_entry *entry, void *arg)
{
    struct hosted *hosted = arg;
    enum registry_outcome outcome;
    if (entry->kind == LOG_DOCUMENT)
        outcome = registry_apply_document(hosted->registry, entry->payload, (int64_t)entry->id.ms);
    else if (entry->kind == LOG_ACTION)
        outcome = apply_action(hosted, entry->payload);
    else {
        damage(hosted, entry->id);
        return;
    }
    steer_applied(hosted, entry, outcome);
}

static void
token_entry_cb(const struct log_entry *entry, void *arg)
{
    struct hosted *hosted = arg;
    struct token_record record;
    if (entry->kind != LOG_TOKEN || !token_decode(entry->payload, &record))
        log_warn("contest %s: an entry of the tokens is no token; it is skipped", hosted->id);
    else if (!token_book_put(hosted->tokens, &record))
        log_error("contest %s: no memory for a token", hosted->id);
}

static void
actions_caught_up_cb(void *arg)
{
    struct hosted *hosted = arg;
    bool news = !hosted->actions_current;
    hosted->actions_current = true;
    if (!news)
        return;
    hosted->try_now = true;
    hosted_step(hosted);
}

static void
tokens_caught_up_cb(void *arg)
{
    struct hosted *hosted = arg;
    bool news = !hosted->tokens_current;
    hosted->tokens_current = true;
    if (news)
        hosted_step(hosted);
}

static void
actions_state_cb(bool up, void *arg)
{
    struct hosted *hosted = arg;
    if (up)
        return; /* current again once it has caught up */
    hosted->actions_current = false;
    steer_fail_all(hosted);
}

static void
tokens_state_cb(bool up, void *arg)
{
    struct hosted *hosted = arg;
    hosted->tokens_current &= up;
}

/* Who takes part and what was decided has to be read again; the file may have to be loaded again. */
static void
actions_rewound_cb(void *arg)
{
    struct hosted *hosted = arg;
    struct registry *fresh = registry_new();
    if (!fresh)
        log_fatal("contest %s: no memory to read its actions again", hosted->id);
    registry_free(hosted->registry);
    hosted->registry = fresh;
    hosted->actions_current = hosted->opened = hosted->damaged = false;
    hosted->repaired = hosted->shard_count == 1;
    if (!files_load(hosted->ingest))
        log_error("a contest file is wrong: its contest stays as its log has it");
}

static void
tokens_rewound_cb(void *arg)
{
    struct hosted *hosted = arg;
    hosted->tokens_current = false;
    token_book_clear(hosted->tokens);
}

static struct log_follower *
follow(struct hosted *hosted, enum log_stream stream)
{
    const struct options *settings = hosted->ingest->options;
    bool tokens = stream == LOG_TOKENS;
    struct log_follower_options options = {
        .address = settings->redis,
        .user = settings->redis_user,
        .password = settings->redis_password,
        .batch_count = FOLLOW_COUNT,
        .on_entry = tokens ? token_entry_cb : action_entry_cb,
        .on_caught_up = tokens ? tokens_caught_up_cb : actions_caught_up_cb,
        .on_rewound = tokens ? tokens_rewound_cb : actions_rewound_cb,
        .on_state = tokens ? tokens_state_cb : actions_state_cb,
        .arg = hosted,
    };
    log_key(options.key, hosted->id, 0, stream);
    return log_follow(hosted->ingest->base, &options);
}

/* --- Steps --- */

static void
repair_step(struct hosted *hosted)
{
    if (hosted->repair || !hosted->try_now)
        return;
    hosted->try_now = false;
    if (!repair_start(hosted))
        log_warn("contest %s: its shards cannot be compared now", hosted->id);
}

static void
open_step(struct hosted *hosted)
{
    if (hosted->opened || hosted->file || !hosted_contest(hosted))
        return;
    hosted->opened = true;
    log_info("contest %s: serving, %u shard%s", hosted->id, hosted->shard_count,
             hosted->shard_count > 1 ? "s" : "");
}

void
hosted_step(struct hosted *hosted)
{
    if (!hosted_is_current(hosted))
        return;
    if (!hosted->repaired) {
        repair_step(hosted);
        return;
    }
    if (hosted->file && hosted->try_now && !hosted->steering.own_queued) {
        hosted->try_now = false;
        steer_document(hosted);
    }
    steer_step(hosted);
    open_step(hosted);
}

void
hosted_repaired(struct hosted *hosted, bool good)
{
    repair_free(hosted->repair);
    hosted->repair = NULL;
    hosted->repaired = good;
    hosted->try_now |= good;
    if (!good)
        log_warn("contest %s: its shards could not be made equal; trying again", hosted->id);
    hosted_step(hosted);
}

void
hosted_tick(struct hosted *hosted, int64_t now_ms)
{
    hosted->try_now = true;
    if (hosted_is_serving(hosted))
        schedule_step(hosted, now_ms);
    hosted_step(hosted);
}

void
hosted_load(struct hosted *hosted, struct contest *file)
{
    contest_release(hosted->file);
    hosted->file = file;
    hosted->try_now = true;
    hosted_step(hosted);
}

void
hosted_suspend(struct hosted *hosted)
{
    repair_free(hosted->repair);
    hosted->repair = NULL;
    steer_fail_all(hosted);
}

/* --- Life --- */

static void
batch_idle_cb(void *arg)
{
    struct hosted *hosted = arg;
    flush_soon(hosted->ingest->flush);
}

static bool
make_batches(struct hosted *hosted)
{
    hosted->batches = calloc(hosted->shard_count, sizeof *hosted->batches);
    if (!hosted->batches)
        return false;
    for (uint32_t i = 0; i < hosted->shard_count; i++)
        hosted->batches[i] = (struct batch){.contest = hosted->id,
                                            .shard = i,
                                            .link = hosted->ingest->link,
                                            .counters = &hosted->ingest->counters,
                                            .on_idle = batch_idle_cb,
                                            .arg = hosted};
    return true;
}

struct hosted *
hosted_new(struct ingest *ingest, struct span id, uint32_t shard_count)
{
    assert(id_is_contest(id) && shard_count >= 1 && shard_count <= LIMIT_SHARDS);
    struct hosted *hosted = calloc(1, sizeof *hosted);
    if (!hosted)
        return NULL;
    hosted->ingest = ingest;
    memcpy(hosted->id, id.at, id.len);
    hosted->shard_count = shard_count;
    hosted->repaired = shard_count == 1; /* nothing to compare */
    hosted->registry = registry_new();
    hosted->tokens = token_book_new();
    if (make_batches(hosted) && hosted->registry && hosted->tokens) {
        hosted->actions_follower = follow(hosted, LOG_ACTIONS);
        hosted->tokens_follower = follow(hosted, LOG_TOKENS);
    }
    if (hosted->actions_follower && hosted->tokens_follower)
        return hosted;
    hosted_free(hosted);
    return NULL;
}

void
hosted_free(struct hosted *hosted)
{
    if (!hosted)
        return;
    log_follower_free(hosted->actions_follower);
    log_follower_free(hosted->tokens_follower);
    hosted_suspend(hosted);
    for (uint32_t i = 0; hosted->batches && i < hosted->shard_count; i++)
        batch_free(&hosted->batches[i]);
    free(hosted->batches);
    if (hosted->registry)
        registry_free(hosted->registry);
    if (hosted->tokens)
        token_book_free(hosted->tokens);
    contest_release(hosted->file);
    free(hosted);
}
