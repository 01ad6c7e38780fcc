#include "cli/local_redis.h"

#include <event2/event.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/contest.h"
#include "common/limits.h"

enum { TICK_MS = 200, FOLLOW_BATCH = 1000 };

/* --- Steps --- */

void
local_redis_begin(struct local_redis *redis)
{
    redis->done = false;
    local_redis_extend(redis);
}

void
local_redis_extend(struct local_redis *redis)
{
    redis->deadline_ms = clock_steady_ms() + LOCAL_REDIS_TIMEOUT_MS;
}

void
local_redis_finish(struct local_redis *redis)
{
    redis->done = true;
}

bool
local_redis_run(struct local_redis *redis)
{
    while (!redis->done && clock_steady_ms() < redis->deadline_ms)
        event_base_loop(redis->base, EVLOOP_ONCE);
    return redis->done;
}

static void
tick_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

/* --- Opening --- */

/* A field of the list: the number of shards, or 0 where it is none. */
static uint32_t
shard_count_of(struct span text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.len && count <= LIMIT_SHARDS; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return 0;
        count = count * 10 + (uint32_t)(text.at[i] - '0');
    }
    return count <= LIMIT_SHARDS ? count : 0;
}

static void
contests_cb(const redis_reply *reply, void *arg)
{
    struct local_redis *redis = arg;
    redis->listed = reply && redis_reply_kind(reply) == REDIS_ARRAY;
    for (size_t i = 0; redis->listed && i + 1 < redis_reply_count(reply); i += 2) {
        struct span id = redis_reply_text(redis_reply_at(reply, i));
        if (span_is(id, redis->contest))
            redis->shard_count = shard_count_of(redis_reply_text(redis_reply_at(reply, i + 1)));
        buf_printf(&redis->contests, "%s%.*s", i > 0 ? ", " : "", SPAN_FMT(id));
    }
    local_redis_finish(redis);
}

static void
link_state_cb(bool up, void *arg)
{
    struct local_redis *redis = arg;
    struct span command[] = {SPAN("HGETALL"), SPAN(LOG_CONTESTS_KEY)};
    if (up && !redis->listed && !redis_link_send(redis->link, 2, command, contests_cb, redis))
        local_redis_finish(redis);
}

static bool
dial(struct local_redis *redis, struct buf *trouble)
{
    struct redis_link_options options = {.address = redis->door.address,
                                         .user = redis->door.user,
                                         .password = redis->door.password,
                                         .command_timeout_ms = LOCAL_REDIS_TIMEOUT_MS,
                                         .on_state = link_state_cb,
                                         .arg = redis};
    local_redis_begin(redis);
    redis->link = redis_link_new(redis->base, &options);
    if (!redis->link)
        buf_printf(trouble, "%s is no address of a Redis", redis->door.address);
    else if (!local_redis_run(redis) || !redis->listed)
        buf_printf(trouble, "%s: no Redis answers there; is Bochuang running with this --data?",
                   redis->door.address);
    else if (redis->shard_count == 0)
        buf_printf(trouble, "no contest %s there; there is: %s", redis->contest,
                   redis->contests.len > 0 ? buf_text(&redis->contests) : "none");
    return redis->shard_count > 0;
}

bool
local_redis_open(struct local_redis *redis, const char *directory, const char *contest, struct buf *trouble)
{
    struct timeval period = {0, TICK_MS * 1000};
    *redis = (struct local_redis){.contest = contest};
    if (!id_is_contest(span_of(contest))) {
        buf_printf(trouble, "\"%.60s\" is no contest's id", contest);
        return false;
    }
    redis->base = event_base_new();
    redis->tick = redis->base ? event_new(redis->base, -1, EV_PERSIST, tick_cb, NULL) : NULL;
    if (!redis->tick || event_add(redis->tick, &period) != 0)
        abort();
    return redis_door_find(&redis->door, directory, trouble) && dial(redis, trouble);
}

struct log_follower_options
local_redis_follower_options(const struct local_redis *redis)
{
    return (struct log_follower_options){.address = redis->door.address,
                                         .user = redis->door.user,
                                         .password = redis->door.password,
                                         .batch_count = FOLLOW_BATCH};
}

void
local_redis_close(struct local_redis *redis)
{
    redis_link_free(redis->link);
    if (redis->tick)
        event_free(redis->tick);
    if (redis->base)
        event_base_free(redis->base);
    redis_door_free(&redis->door);
    buf_free(&redis->contests);
    *redis = (struct local_redis){0};
}
