#include "tests/model/sim/redis_commands.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/model/sim/loop.h"
#include "tests/model/sim/redis_reply.h"
#include "tests/model/sim/redis_store.h"

struct command *
command_new(size_t count, const struct span *arguments)
{
    size_t bytes = 0;
    assert(count > 0 && count <= ARGUMENTS_MOST);
    for (size_t i = 0; i < count; i++)
        bytes += arguments[i].len;
    struct command *command = malloc(sizeof *command + bytes);
    assert(command);
    command->count = count;
    char *at = (char *)(command + 1);
    for (size_t i = 0; i < count; i++) {
        command->arguments[i] = (struct span){at, arguments[i].len};
        if (arguments[i].len > 0)
            memcpy(at, arguments[i].at, arguments[i].len);
        at += arguments[i].len;
    }
    return command;
}

void
session_reset(struct session *session)
{
    for (size_t i = 0; i < session->queued_count; i++)
        free(session->queued[i]);
    *session = (struct session){0};
}

static const char *
key_text(struct span key)
{
    static char text[LOG_KEY_SIZE];
    snprintf(text, sizeof text, "%.*s", SPAN_FMT(key));
    return text;
}

static uint64_t
number_of(struct span text)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%.*s", SPAN_FMT(text));
    return strtoull(digits, NULL, 10);
}

/* --- Each command --- */

static bool
ends_in(struct span text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.at + text.len - len, end, len) == 0;
}

/* XADD key * kind payload h sum */
static struct log_id
xadd(const struct command *command)
{
    const struct span *arguments = command->arguments;
    assert(command->count == 7 && span_is(arguments[2], "*") && arguments[3].len == 1);
    if (arguments[3].at[0] == LOG_EVENTS && ends_in(arguments[1], ":log"))
        redis_model_stats.batches++;
    return store_add(key_text(arguments[1]), arguments[3].at[0], arguments[4], arguments[6]);
}

static struct redisReply *
read_after(const char *key, struct log_id after, size_t most)
{
    const struct stream *stream = store_stream(key, false);
    size_t from = store_index_after(stream, after), count = stream ? stream->count - from : 0;
    if (count == 0)
        return NULL;
    return reply_entries(key, stream->entries + from, count < most ? count : most);
}

/* XREAD COUNT n [BLOCK ms] STREAMS key id */
static struct redisReply *
xread(struct session *session, const struct command *command)
{
    const struct span *arguments = command->arguments;
    size_t count = command->count;
    struct log_id after;
    bool good = log_id_parse(arguments[count - 1], &after);
    assert(good && (count == 6 || count == 8));
    const char *key = key_text(arguments[count - 2]);
    struct redisReply *reply = read_after(key, after, number_of(arguments[2]));
    if (reply || count == 6)
        return reply ? reply : reply_nil();
    session->blocked = true;
    snprintf(session->key, sizeof session->key, "%s", key);
    session->after = after;
    session->most = number_of(arguments[2]);
    session->until_us = loop_now_us() + (int64_t)number_of(arguments[4]) * 1000;
    return NULL;
}

struct redisReply *
session_unblock(struct session *session, int64_t now_us)
{
    if (!session->blocked)
        return NULL;
    struct redisReply *reply = read_after(session->key, session->after, session->most);
    if (!reply && now_us < session->until_us)
        return NULL;
    session->blocked = false;
    return reply ? reply : reply_nil();
}

static bool
has_entry(const char *key, struct log_id id)
{
    const struct stream *stream = store_stream(key, false);
    size_t after = store_index_after(stream, id);
    return after > 0 && log_id_compare(stream->entries[after - 1].id, id) == 0;
}

/* XRANGE key first last */
static struct redisReply *
xrange(const struct command *command)
{
    struct log_id first, last;
    bool good = log_id_parse(command->arguments[2], &first) && log_id_parse(command->arguments[3], &last);
    assert(good);
    const char *key = key_text(command->arguments[1]);
    const struct stream *stream = store_stream(key, false);
    size_t at = store_index_after(stream, first) - has_entry(key, first);
    size_t end = store_index_after(stream, last);
    return reply_entries(NULL, at < end ? &stream->entries[at] : NULL, at < end ? end - at : 0);
}

/* The script of aggregator/publish.c: KEYS[1] is the version, KEYS[9] the log; ARGV: the version's two
 * numbers, and the figures. */
static struct redisReply *
eval_publish(const struct command *command)
{
    const struct span *arguments = command->arguments;
    assert(command->count == 15);
    struct tally *tally = store_tally(key_text(arguments[3]), true);
    const char *log = key_text(arguments[11]);
    struct log_id fresh = {number_of(arguments[12]), number_of(arguments[13])}, old;
    bool had = tally->version && log_id_parse(span_of(tally->version), &old) && has_entry(log, old);
    if (!has_entry(log, fresh) || (had && log_id_compare(old, fresh) > 0))
        return reply_int(0);
    char version[LOG_ID_SIZE];
    log_id_format(version, fresh);
    store_set_tally(tally, span_of(version), arguments[14]);
    return reply_int(1);
}

static struct redisReply *
config_get(const struct command *command)
{
    static const struct span settings[] = {SPAN("appendonly"),
                                           SPAN("yes"),
                                           SPAN("appendfsync"),
                                           SPAN("always"),
                                           SPAN("no-appendfsync-on-rewrite"),
                                           SPAN("no")};
    assert(command->count == 5);
    return reply_texts(6, settings);
}

static struct redisReply *
hgetall(void)
{
    struct span texts[16];
    return reply_texts(store_listed(texts, 16), texts);
}

/* --- Transactions --- */

#define NO_MEMORY "OOM command not allowed when used memory > 'maxmemory'."

static struct redisReply *
exec(struct session *session)
{
    struct log_id ids[TRANSACTION_MOST];
    size_t first = store_steps(), count = session->queued_count;
    bool spoilt = session->spoilt;
    for (size_t i = 0; i < count && !spoilt; i++)
        ids[i] = xadd(session->queued[i]);
    store_join(first);
    session_reset(session);
    return spoilt ? reply_text(REDIS_ERROR, "EXECABORT Transaction discarded because of previous errors.")
                  : reply_ids(count, ids);
}

static struct redisReply *
queue(struct session *session, const struct command *command, bool memory_full)
{
    assert(span_is(command->arguments[0], "XADD") && session->queued_count < TRANSACTION_MOST);
    if (memory_full) {
        session->spoilt = true;
        return reply_text(REDIS_ERROR, NO_MEMORY);
    }
    session->queued[session->queued_count++] = command_new(command->count, command->arguments);
    return reply_text(REDIS_STATUS, "QUEUED");
}

static struct redisReply *
add_one(const struct command *command, bool memory_full)
{
    char text[LOG_ID_SIZE];
    if (memory_full) {
        redis_model_stats.refusals++;
        return reply_text(REDIS_ERROR, NO_MEMORY);
    }
    log_id_format(text, xadd(command));
    return reply_text(REDIS_STR, text);
}

struct redisReply *
command_execute(const struct machine *machine, struct session *session, const struct command *command)
{
    struct span name = command->arguments[0];
    if (span_is(name, "CONFIG"))
        return config_get(command);
    if (machine->loading) {
        session->spoilt |= session->transaction;
        return reply_text(REDIS_ERROR, "LOADING Redis is loading the dataset in memory");
    }
    if (span_is(name, "MULTI")) {
        session->transaction = true;
        return reply_text(REDIS_STATUS, "OK");
    }
    if (span_is(name, "EXEC"))
        return session->transaction ? exec(session) : reply_text(REDIS_ERROR, "ERR EXEC without MULTI");
    if (session->transaction)
        return queue(session, command, machine->memory_full);
    if (span_is(name, "XADD"))
        return add_one(command, machine->memory_full);
    if (span_is(name, "XREAD"))
        return xread(session, command);
    if (span_is(name, "XRANGE"))
        return xrange(command);
    if (span_is(name, "EVAL"))
        return machine->memory_full ? reply_text(REDIS_ERROR, NO_MEMORY) : eval_publish(command);
    if (span_is(name, "HGETALL"))
        return hgetall();
    assert(span_is(name, "HSETNX"));
    return reply_int(store_list(command->arguments[2], command->arguments[3]));
}
