/*
 * The one module that talks to Redis: a connection that comes back by itself, with a time-out on every
 * command. No other file includes hiredis.
 *
 *   DOWN ──dial──▶ CONNECTING ──▶ UP ──error, time-out──▶ DOWN (back-off 50 ms … 2 s, with jitter)
 *
 * Each callback fires exactly once: with a reply (an error reply too), or with NULL when the command was
 * lost, in which case nobody knows whether Redis did it.
 */
#ifndef BOCHUANG_REDIS_LINK_H
#define BOCHUANG_REDIS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

struct event_base;
struct redis_link;
typedef struct redisReply redis_reply;

enum redis_kind { REDIS_NIL, REDIS_INT, REDIS_STR, REDIS_STATUS, REDIS_ERROR, REDIS_ARRAY };

enum redis_kind redis_reply_kind(const redis_reply *reply);
int64_t redis_reply_int(const redis_reply *reply);
struct span redis_reply_text(const redis_reply *reply); /* STR, STATUS, ERROR */
size_t redis_reply_count(const redis_reply *reply);     /* ARRAY; 0 for every other kind */
const redis_reply *redis_reply_at(const redis_reply *reply, size_t index);

typedef void redis_reply_fn(const redis_reply *reply, void *arg);
typedef void redis_state_fn(bool up, void *arg);

struct redis_link_options {
    const char *address;         /* "unix:/path/redis.sock" or "host:port" */
    const char *user, *password; /* NULL: none */
    int64_t command_timeout_ms;  /* 0: none (for XREAD BLOCK the caller adds its block time) */
    redis_state_fn *on_state;    /* may be NULL; called on each change of UP */
    void *arg;
};

/* Starts dialling at once. The options' strings are copied. NULL when memory is out or the address is none.
 */
struct redis_link *redis_link_new(struct event_base *base, const struct redis_link_options *options);

/* Waiting callbacks fire with NULL, then the link is gone. Safe to call from a callback. */
void redis_link_free(struct redis_link *link);

bool redis_link_up(const struct redis_link *link);

/*
 * Sends one command of `count` arguments, copied. False (and no callback) when the link is not up. Commands
 * are answered in order.
 */
bool redis_link_send(struct redis_link *link, size_t count, const struct span *arguments,
                     redis_reply_fn *on_reply, void *arg);

/*
 * What was sent leaves together at the end of the loop turn; this lets it leave now, so that Redis is at work
 * during the rest of the turn. Callbacks may fire, with NULL, where the connection turns out to be lost.
 */
void redis_link_push(struct redis_link *link);

#endif
