#include "common/log.h"

#include <assert.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/crash_point.h"
#include "common/logline.h"

void
log_key(char out[LOG_KEY_SIZE], const char *contest, uint32_t shard, enum log_stream stream)
{
    static const char *const names[] = {
        [LOG_LOG] = "log", [LOG_ACTIONS] = "actions", [LOG_TOKENS] = "tokens"};
    int len = snprintf(out, LOG_KEY_SIZE, "bochuang:{%s/%" PRIu32 "}:%s", contest, shard, names[stream]);
    assert(len > 0 && len < LOG_KEY_SIZE);
}

void
log_sum(char out[LOG_SUM_BYTES], const char *key, enum log_kind kind, struct span payload)
{
    char name = (char)kind;
    XXH64_hash_t seed = XXH3_64bits_withSeed(key, strlen(key), (XXH64_hash_t)name);
    uint64_t sum = htobe64(XXH3_64bits_withSeed(payload.len ? payload.at : "", payload.len, seed));
    memcpy(out, &sum, LOG_SUM_BYTES);
}

/* --- Appending --- */

struct append {
    log_append_fn *on_outcome;
    void *arg;
};

static void
finish(struct append *append, enum log_outcome outcome, struct log_id id)
{
    struct append done = *append;
    free(append);
    CRASH_POINT("log.appended");
    done.on_outcome(outcome, id, done.arg);
    CRASH_POINT("log.told");
}

static void
say_refusal(const redis_reply *reply)
{
    struct span why = redis_reply_text(reply);
    log_warn("redis refuses an append: %.*s", SPAN_FMT(why));
}

static void
added_cb(const redis_reply *reply, void *arg)
{
    struct log_id id = {0};
    if (!reply) {
        finish(arg, LOG_IN_DOUBT, id);
        return;
    }
    if (redis_reply_kind(reply) == REDIS_STR && log_id_parse(redis_reply_text(reply), &id)) {
        finish(arg, LOG_COMMITTED, id);
        return;
    }
    say_refusal(reply);
    finish(arg, LOG_FAILED, id);
}

/* EXEC's answer: the ids of both, or an error (nothing was done), or an error in place of an id. */
static void
executed_cb(const redis_reply *reply, void *arg)
{
    struct log_id id = {0};
    if (!reply) {
        finish(arg, LOG_IN_DOUBT, id);
        return;
    }
    if (redis_reply_count(reply) != 2) {
        say_refusal(reply);
        finish(arg, LOG_FAILED, id);
        return;
    }
    const redis_reply *to_log = redis_reply_at(reply, 0), *to_actions = redis_reply_at(reply, 1);
    bool logged = redis_reply_kind(to_log) == REDIS_STR && log_id_parse(redis_reply_text(to_log), &id);
    bool listed = redis_reply_kind(to_actions) == REDIS_STR;
    if (!logged || !listed)
        say_refusal(logged ? to_actions : to_log);
    finish(arg, logged && listed ? LOG_COMMITTED : logged || listed ? LOG_IN_DOUBT : LOG_FAILED, id);
}

static struct append *
append_new(log_append_fn *on_outcome, void *arg)
{
    struct append *append = malloc(sizeof *append);
    if (append)
        *append = (struct append){on_outcome, arg};
    return append;
}

static bool
add(struct redis_link *link, const char *key, char kind, struct span payload, redis_reply_fn *on_reply,
    void *arg)
{
    char sum[LOG_SUM_BYTES];
    log_sum(sum, key, (enum log_kind)kind, payload);
    struct span arguments[] = {SPAN("XADD"), span_of(key), SPAN("*"),        {&kind, 1},
                               payload,      SPAN("h"),    {sum, sizeof sum}};
    return redis_link_send(link, 7, arguments, on_reply, arg);
}

static bool
add_alone(struct redis_link *link, const char *key, char kind, struct span payload, log_append_fn *on_outcome,
          void *arg)
{
    struct append *append = append_new(on_outcome, arg);
    if (!append)
        return false;
    if (add(link, key, kind, payload, added_cb, append))
        return true;
    free(append);
    return false;
}

/* A failure on the way leaves a transaction without EXEC on a connection that redis_link then gives up. */
static bool
add_to_both(struct redis_link *link, const char *log, const char *actions, char kind, struct span payload,
            log_append_fn *on_outcome, void *arg)
{
    struct append *append = append_new(on_outcome, arg);
    if (!append)
        return false;
    CRASH_POINT("log.transaction");
    if (redis_link_send(link, 1, &SPAN("MULTI"), NULL, NULL) && add(link, log, kind, payload, NULL, NULL) &&
        add(link, actions, kind, payload, NULL, NULL) &&
        redis_link_send(link, 1, &SPAN("EXEC"), executed_cb, append))
        return true;
    free(append);
    return false;
}

bool
log_append(struct redis_link *link, const char *contest, uint32_t shard, enum log_kind kind,
           struct span payload, log_append_fn *on_outcome, void *arg)
{
    assert(link && contest && on_outcome);
    assert(kind == LOG_EVENTS || kind == LOG_ACTION || kind == LOG_DOCUMENT);
    char log[LOG_KEY_SIZE], actions[LOG_KEY_SIZE];
    log_key(log, contest, shard, LOG_LOG);
    if (kind == LOG_EVENTS)
        return add_alone(link, log, (char)kind, payload, on_outcome, arg);
    log_key(actions, contest, shard, LOG_ACTIONS);
    return add_to_both(link, log, actions, (char)kind, payload, on_outcome, arg);
}

bool
log_append_token(struct redis_link *link, const char *contest, struct span record, log_append_fn *on_outcome,
                 void *arg)
{
    assert(link && contest && on_outcome);
    char key[LOG_KEY_SIZE];
    log_key(key, contest, 0, LOG_TOKENS);
    return add_alone(link, key, LOG_TOKEN, record, on_outcome, arg);
}
