/*
 * The daemon as a whole: what all its parts share. One of it, made in main.c; nothing here is global.
 *
 *   receive ──▶ admit ──▶ batch (one a shard) ──▶ log          events
 *      └──────▶ steer (one a contest) ──────────▶ log          actions and contest documents
 *                                                  │
 *   hosted ◀── actions, tokens ── followers ◀──────┘           who takes part, who may post
 */
#ifndef BOCHUANG_INGEST_INGEST_H
#define BOCHUANG_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/http_server.h"
#include "common/limits.h"
#include "common/redis_link.h"
#include "common/span.h"
#include "ingest/counters.h"
#include "ingest/options.h"
#include "ingest/posting.h"

struct admission;
struct event;
struct event_base;
struct flush;
struct gate;
struct hosted;
struct origins;
struct survey;

struct ingest {
    const struct options *options; /* borrowed */
    struct event_base *base;
    struct counters counters;
    struct posting_pool postings;
    struct redis_link *link; /* for everything that is appended */
    struct survey *survey;   /* is Redis durable, which contests are there */
    struct admission *admission;
    struct gate *gate;       /* who asks too often */
    struct origins *origins; /* whose pages may ask */
    struct http_server *server;
    struct flush *flush; /* when appends leave */
    struct event *tick;  /* what is due by the clock */
    bool draining;

    struct hosted *hosted[LIMIT_CONTESTS]; /* owned */
    size_t hosted_count;
};

/* True while Redis can be relied on: reached, durable, contests listed. */
bool ingest_can_commit(const struct ingest *ingest);

/* The contest of that id, or NULL. */
struct hosted *ingest_find(const struct ingest *ingest, struct span id);

/* Begins to serve a contest that Redis holds; nothing happens where it is served already. */
void ingest_host(struct ingest *ingest, struct span id, uint32_t shards);

/* Redis can be relied on from now on, or no longer. */
void ingest_redis_changed(struct ingest *ingest);

/* NULL when the daemon is ready, otherwise why it is not. */
const char *ingest_not_ready(const struct ingest *ingest);

#endif
