/*
 * A posting is a request whose events wait to be on disk. Its events may go to several shards, and a big one
 * to several entries of one shard: each such part is one append to wait for. When the last one is over, the
 * posting answers: 202 where all were committed, 503 otherwise (the client then sends all of it again; ids
 * make that safe). Postings come from a pool, so that the hot path allocates nothing.
 */
#ifndef BOCHUANG_INGEST_POSTING_H
#define BOCHUANG_INGEST_POSTING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/http_server.h"
#include "ingest/counters.h"

struct posting {
    struct http_exchange *exchange;
    uint32_t parts_left; /* appends that are not over; one more while parts are being added */
    bool failed;
    uint32_t accepted; /* events */
    struct buf answer; /* empty: the short one for a single event */
    struct posting_pool *pool;
    struct posting *next;
};

struct posting_pool {
    struct posting *free; /* owned */
    struct counters *counters;
};

/* A posting with one part, the caller's own, to be settled when all others were added. NULL: no memory. */
struct posting *posting_take(struct posting_pool *pool, struct http_exchange *exchange);
void posting_add_part(struct posting *posting);
/* A part is over; the last one answers, and the posting is back in its pool. */
void posting_settle_part(struct posting *posting, bool committed);

void posting_pool_free(struct posting_pool *pool);

/* 503, Retry-After: 1. */
void answer_unavailable(struct http_exchange *exchange, struct counters *counters, const char *why);

#endif
