/*
 * A model of Redis as we use it: streams, one hash, the tallies' script; `appendfsync always`.
 *
 *   arrived commands ──▶ a turn executes them ──▶ fsync ──▶ replies leave
 *                                             ▲         ▲
 *                        a crash here loses some of it  and here the answers alone
 *
 * What a turn has done becomes durable when its fsync is over, and only then is anybody answered, readers
 * too. All that was ever done stands in a journal with how to undo it, so that a crash can take any end of it
 * away, as it takes the end of an append-only file (a transaction as a whole).
 */
#ifndef BOCHUANG_SIM_REDIS_MODEL_H
#define BOCHUANG_SIM_REDIS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/log.h"
#include "common/redis_link.h"
#include "common/span.h"

/* A reply as redis_link.h's functions read it. */
struct redisReply {
    enum redis_kind kind;
    int64_t integer;
    struct span text;
    size_t count;
    struct redisReply *items;
};

struct stream_entry {
    struct log_id id;
    char kind;
    char sum[LOG_SUM_BYTES];
    struct span payload;
};

struct stream {
    char key[LOG_KEY_SIZE];
    struct stream_entry *entries; /* owned */
    size_t count, cap;
};

struct connection; /* as the server sees it */

struct redis_model_options {
    int64_t latency_us; /* of the network, one way */
    int64_t fsync_us;
    /* Called when entries of a log are on disk, and when the end of a log was lost. */
    void (*on_durable)(const struct stream *stream, size_t index);
    void (*on_lost)(void);
};

void redis_model_start(const struct redis_model_options *options);
void redis_model_end(void);

bool redis_model_accepts(void);
/* A new connection. `link` hears of replies by redis_model_deliver(), below. */
struct connection *redis_model_connect(struct redis_link *link);
/* The client's end is gone. What it had sent may still arrive, as far as `all` or chance says. */
void redis_model_hang_up(struct connection *connection);
void redis_model_send(struct connection *connection, size_t count, const struct span *arguments);

/* Implemented by the client's side (redis_link.c here): the next reply, or NULL where the connection ended.
 */
void redis_link_deliver(struct redis_link *link, const struct redisReply *reply);

/* --- Faults --- */

/* Dies: what is not durable is lost from a random place on; comes back, loading, by redis_model_revive(). */
void redis_model_crash(void);
void redis_model_revive(int64_t loading_us);
void redis_model_stall(int64_t us);      /* SIGSTOP … SIGCONT */
void redis_model_slow_fsync(int64_t us); /* every fsync takes so long from now on */
void redis_model_memory_full(bool full);
void redis_model_lose_end(size_t most); /* while down: up to so many steps of what was durable */

/* --- To look at --- */

const struct stream *redis_model_stream(const char *key); /* NULL where there is none */
/* The published figures under a tally's version key, and that version; NULL before the first. */
const char *redis_model_tally(const char *key, const char **version);
/* Puts an entry, durable at once: what another program wrote before the world began. */
void redis_model_put(const char *key, char kind, struct span payload);

struct redis_model_stats {
    uint64_t batches; /* appends of events that were executed */
    uint64_t turns, crashes, refusals, undone, lost;
};
extern struct redis_model_stats redis_model_stats;

#endif
