/*
 * Ingest daemons of a world: the real routes, admission, batches, steering, repair and survey. Requests come
 * from the network and are handled a loop turn at a time; answers go back into it.
 */
#ifndef BOCHUANG_SIM_INGEST_SIDE_H
#define BOCHUANG_SIM_INGEST_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

struct ingest_side;

struct ingest_request {
    const char *path, *content_type, *authorization; /* borrowed until it is answered */
    struct span body;
    /* Called once, unless the daemon dies first. The body is gone when it returns. */
    void (*on_answer)(int status, struct span body, void *arg);
    void *arg;
};

struct ingest_side *ingest_side_start(uint32_t shards, int64_t commit_timeout_ms);
/* Its own: one that starts later has another. */
uint64_t ingest_side_number(const struct ingest_side *side);
void ingest_side_kill(struct ingest_side *side);
const char *ingest_side_not_ready(const struct ingest_side *side); /* why; NULL: it is */
/* A request has arrived whole. */
void ingest_side_receive(struct ingest_side *side, const struct ingest_request *request);
void ingest_side_free_all(void); /* what outlives the daemons */

struct ingest_side_stats {
    uint64_t requests, repaired, commit_failures, live_exchanges;
};
extern struct ingest_side_stats ingest_side_stats;

#endif
