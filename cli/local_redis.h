/*
 * The Redis of this machine, for a command that comes and goes: the daemons' own link, in a loop that runs
 * until an answer is there or its time is over.
 */
#ifndef BOCHUANG_CLI_LOCAL_REDIS_H
#define BOCHUANG_CLI_LOCAL_REDIS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/redis_door.h"
#include "common/buf.h"
#include "common/log.h"
#include "common/redis_link.h"

enum { LOCAL_REDIS_TIMEOUT_MS = 10 * 1000 };

struct local_redis {
    struct event_base *base; /* owned */
    struct redis_link *link; /* owned; NULL before it is dialled */
    struct event *tick;      /* owned: wakes the loop, so that it sees its time pass */
    struct redis_door door;
    uint32_t shard_count; /* of the contest */
    bool done;            /* the step that runs is */
    int64_t deadline_ms;  /* of that step, by the steady clock */
    const char *contest;  /* borrowed while it is opened */
    bool listed;          /* Redis has said which contests there are … */
    struct buf contests;  /* … these */
};

/*
 * Opens the Redis of a data directory, and finds out how many shards the contest has. False, and `trouble`,
 * where that cannot be done. To be closed either way.
 */
bool local_redis_open(struct local_redis *redis, const char *directory, const char *contest,
                      struct buf *trouble);
void local_redis_close(struct local_redis *redis);

/* A step: begin, ask, run. Whoever has the answer calls local_redis_finish(). */
void local_redis_begin(struct local_redis *redis);
void local_redis_finish(struct local_redis *redis);
/* The step is getting on: its time begins anew. */
void local_redis_extend(struct local_redis *redis);
/* Runs the loop until the step is finished; false where its time was over before. */
bool local_redis_run(struct local_redis *redis);

/* Options to follow a stream of it with: where it is, and who asks. They borrow. */
struct log_follower_options local_redis_follower_options(const struct local_redis *redis);

#endif
