/*
 * The log: where it lives in Redis, how entries are appended and followed.
 *
 *   bochuang:contests               hash: contest id -> number of shards
 *   bochuang:{c/s}:log              stream: the log of shard s of contest c, the only truth
 *   bochuang:{c/s}:actions          stream: the documents and actions of that log again, for quick starts;
 *                                   appended in the same transaction as to the log
 *   bochuang:{c/0}:tokens           stream: the contest's tokens (token.h)
 *   bochuang:{c/s}:tally:…          derived; nothing reads them back as truth (aggregator/publish.c)
 *
 * An entry has one field with a payload: "e" a blob of events (wire.h), "a" an action (action.h), "c" the
 * contest document (contest_to_json), "t" a token record. Behind it stands "h", eight bytes: XXH3-64 of the
 * stream's key, the kind and the payload, big-endian. Redis puts no sum over its append-only file, so that a
 * bit that flips on the disk would otherwise be another amount. An entry without "h" is taken as it is
 * (another program wrote it). Its stream id is its time and its place.
 */
#ifndef BOCHUANG_LOG_H
#define BOCHUANG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/redis_link.h"
#include "common/span.h"

#define LOG_CONTESTS_KEY "bochuang:contests"

struct log_id {
    uint64_t ms;
    uint64_t seq;
};

enum log_kind { LOG_EVENTS = 'e', LOG_ACTION = 'a', LOG_DOCUMENT = 'c', LOG_TOKEN = 't' };

enum log_stream { LOG_LOG, LOG_ACTIONS, LOG_TOKENS };

enum { LOG_KEY_SIZE = 96, LOG_ID_SIZE = 44 };

void log_key(char out[LOG_KEY_SIZE], const char *contest, uint32_t shard, enum log_stream stream);

bool log_id_parse(struct span text, struct log_id *id);
void log_id_format(char out[LOG_ID_SIZE], struct log_id id); /* "1637895600000-0" */
int log_id_compare(struct log_id a, struct log_id b);

/* What became of an append. */
enum log_outcome {
    LOG_COMMITTED, /* on disk, under `id` */
    LOG_FAILED,    /* not in the log: Redis said no (out of memory, read only, loading) */
    LOG_IN_DOUBT,  /* the answer was lost: it may be in the log */
};

typedef void log_append_fn(enum log_outcome outcome, struct log_id id, void *arg);

/*
 * Appends one entry to a shard's log; documents and actions go to its `actions` stream too, in one
 * transaction. The callback fires exactly once, unless false comes back (the link is down).
 */
bool log_append(struct redis_link *link, const char *contest, uint32_t shard, enum log_kind kind,
                struct span payload, log_append_fn *on_outcome, void *arg);

/* Appends a token record; as log_append(). */
bool log_append_token(struct redis_link *link, const char *contest, struct span record,
                      log_append_fn *on_outcome, void *arg);

/* One entry as followed. The payload borrows from the reply: it is gone after the callback. */
struct log_entry {
    struct log_id id;
    enum log_kind kind;
    struct span payload;
};

/* What stands in "h" of an entry. */
enum { LOG_SUM_BYTES = 8 };
void log_sum(char out[LOG_SUM_BYTES], const char *key, enum log_kind kind, struct span payload);

struct log_follower;

struct log_follower_options {
    const char *address, *user, *password; /* as redis_link_options */
    char key[LOG_KEY_SIZE];
    struct log_id after; /* entries behind this one; {0, 0} for all */
    size_t batch_count;  /* entries asked for at a time */
    /* Called for each entry in order, and never twice for one. One that cannot be what was appended (another
     * shape, another sum) has kind 0 and no payload. */
    void (*on_entry)(const struct log_entry *entry, void *arg);
    /* Called when all there was has been given, at the start and after each batch that emptied it. */
    void (*on_caught_up)(void *arg);
    /*
     * Redis has come back without an entry that was given, or with another one in its place: the end of its
     * file was lost. Everything given so far is void; all there is now follows from `after` on. NULL: the
     * follower gives nothing more.
     */
    void (*on_rewound)(void *arg);
    /* May be NULL; a follower that cannot reach Redis has up == false and goes on by itself later. */
    void (*on_state)(bool up, void *arg);
    void *arg;
};

/* Follows a stream over a link of its own (XREAD BLOCK); strings are copied. NULL when memory is out. */
struct log_follower *log_follow(struct event_base *base, const struct log_follower_options *options);
void log_follower_free(struct log_follower *follower);

#endif
