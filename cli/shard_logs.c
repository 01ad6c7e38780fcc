#include "cli/shard_logs.h"

#include <assert.h>
#include <stdlib.h>

/* --- Where they end --- */

/* The answer to XREVRANGE + - COUNT 1: [[id, fields]], or []. */
static bool
take_end(const redis_reply *reply, struct log_id *end)
{
    if (redis_reply_kind(reply) != REDIS_ARRAY)
        return false;
    *end = (struct log_id){0};
    const redis_reply *newest = redis_reply_at(reply, 0);
    return redis_reply_count(reply) == 0 || log_id_parse(redis_reply_text(redis_reply_at(newest, 0)), end);
}

/* EXEC's answer: an end and a length for each shard. */
static void
ends_cb(const redis_reply *reply, void *arg)
{
    struct shard_logs *logs = arg;
    bool good = reply && redis_reply_count(reply) == 2 * logs->shard_count;
    for (uint32_t i = 0; good && i < logs->shard_count; i++) {
        int64_t count = redis_reply_int(redis_reply_at(reply, 2 * i + 1));
        good = take_end(redis_reply_at(reply, 2 * i), &logs->ends[i]) && count >= 0;
        logs->entry_counts[i] = good ? (uint64_t)count : 0;
    }
    logs->trouble = good ? NULL : "Redis does not say where the logs end";
    local_redis_finish(&logs->redis);
}

/* In one transaction: so an action, which is appended to one shard after another, is in most of them. */
static bool
ask_for_ends(struct shard_logs *logs)
{
    struct redis_link *link = logs->redis.link;
    bool sent = redis_link_send(link, 1, &SPAN("MULTI"), NULL, NULL);
    for (uint32_t i = 0; sent && i < logs->shard_count; i++) {
        char key[LOG_KEY_SIZE];
        log_key(key, logs->contest, i, LOG_LOG);
        struct span newest[] = {SPAN("XREVRANGE"), span_of(key),  SPAN("+"),
                                SPAN("-"),         SPAN("COUNT"), SPAN("1")};
        struct span length[] = {SPAN("XLEN"), span_of(key)};
        sent = redis_link_send(link, 6, newest, NULL, NULL) && redis_link_send(link, 2, length, NULL, NULL);
    }
    return sent && redis_link_send(link, 1, &SPAN("EXEC"), ends_cb, logs);
}

bool
shard_logs_open(struct shard_logs *logs, const char *directory, const char *contest, struct buf *trouble)
{
    *logs = (struct shard_logs){.contest = contest, .trouble = "Redis does not say where the logs end"};
    if (!local_redis_open(&logs->redis, directory, contest, trouble))
        return false;
    logs->shard_count = logs->redis.shard_count;
    local_redis_begin(&logs->redis);
    if (ask_for_ends(logs))
        local_redis_run(&logs->redis);
    if (logs->trouble)
        buf_add_text(trouble, logs->trouble);
    return !logs->trouble;
}

void
shard_logs_close(struct shard_logs *logs)
{
    local_redis_close(&logs->redis);
}

uint64_t
shard_logs_entry_count(const struct shard_logs *logs)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < logs->shard_count; i++)
        count += logs->entry_counts[i];
    return count;
}

/* --- Reading --- */

static void
stop(struct shard_logs *logs, const char *trouble)
{
    logs->trouble = trouble;
    local_redis_finish(&logs->redis);
}

/* A reply may hold entries behind the end, and more of them after one that was not wanted. */
static void
entry_cb(const struct log_entry *entry, void *arg)
{
    struct shard_logs *logs = arg;
    if (logs->redis.done)
        return;
    local_redis_extend(&logs->redis);
    int order = log_id_compare(entry->id, logs->ends[logs->shard]);
    if (order > 0)
        stop(logs, "the entry at its end is gone");
    else if (!logs->on_entry(entry, logs->arg))
        stop(logs, "");
    else if (order == 0)
        stop(logs, NULL);
}

static void
caught_up_cb(void *arg)
{
    struct shard_logs *logs = arg;
    if (!logs->redis.done)
        stop(logs, "the entry at its end is gone");
}

static void
rewound_cb(void *arg)
{
    stop(arg, "Redis has lost the end of it while it was read; once all is well again, start anew");
}

static bool
follow(struct shard_logs *logs)
{
    struct log_follower_options options = local_redis_follower_options(&logs->redis);
    options.on_entry = entry_cb;
    options.on_caught_up = caught_up_cb;
    options.on_rewound = rewound_cb;
    options.arg = logs;
    log_key(options.key, logs->contest, logs->shard, LOG_LOG);
    local_redis_begin(&logs->redis);
    struct log_follower *follower = log_follow(logs->redis.base, &options);
    if (!follower)
        abort();
    if (!local_redis_run(&logs->redis))
        logs->trouble = "Redis did not answer in time";
    log_follower_free(follower);
    return !logs->trouble;
}

bool
shard_logs_read(struct shard_logs *logs, uint32_t shard, shard_entry_fn *on_entry, void *arg,
                struct buf *trouble)
{
    assert(shard < logs->shard_count);
    logs->shard = shard;
    logs->on_entry = on_entry;
    logs->arg = arg;
    logs->trouble = NULL;
    bool is_empty = logs->ends[shard].ms == 0 && logs->ends[shard].seq == 0;
    if (is_empty || follow(logs))
        return true;
    if (*logs->trouble)
        buf_printf(trouble, "the log of shard %u could not be read to its end: %s", shard, logs->trouble);
    return false;
}
