/*
 * redis_link.h's contract over the simulated network: commands are answered in order, each callback fires
 * exactly once, with NULL where the answer was lost; the link comes back by itself with the same back-off.
 */
#include "tests/model/sim/link.h"

#include <assert.h>
#include <stdlib.h>

#include "common/redis_link.h"
#include "tests/model/sim/chance.h"
#include "tests/model/sim/loop.h"
#include "tests/model/sim/redis_model.h"

enum { BACKOFF_FIRST_MS = 50, BACKOFF_LAST_MS = 2000, DIAL_US = 300 };

struct waiting {
    redis_reply_fn *on_reply;
    void *arg;
    int64_t since_us;
};

struct redis_link {
    struct redis_link *next;
    struct redis_link_options options;
    struct connection *connection; /* NULL: down */
    struct event *timer;           /* down: when to dial; up: when the oldest command is late */
    struct waiting *waiting;       /* owned: a ring */
    size_t oldest, count, cap;
    int64_t backoff_ms;
    int busy;
    bool gone;
};

static struct redis_link *links;

static void
destroy(struct redis_link *link)
{
    struct redis_link **at = &links;
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
    event_free(link->timer);
    free(link->waiting);
    free(link);
}

static void
leave(struct redis_link *link)
{
    if (--link->busy == 0 && link->gone)
        destroy(link);
}

static void
answer_oldest(struct redis_link *link, const redis_reply *reply)
{
    assert(link->count > 0);
    struct waiting waiting = link->waiting[link->oldest];
    link->oldest = (link->oldest + 1) % link->cap;
    link->count--;
    if (waiting.on_reply)
        waiting.on_reply(reply, waiting.arg);
}

static void
fail_all(struct redis_link *link)
{
    while (link->count > 0)
        answer_oldest(link, NULL);
}

static void
dial_again_later(struct redis_link *link)
{
    int64_t most = link->backoff_ms;
    link->backoff_ms = most * 2 < BACKOFF_LAST_MS ? most * 2 : BACKOFF_LAST_MS;
    loop_due_in(link->timer, chance_between(most / 2, most) * 1000);
}

static void
lose(struct redis_link *link)
{
    redis_model_hang_up(link->connection);
    link->connection = NULL;
    dial_again_later(link);
    fail_all(link);
    if (!link->gone && link->options.on_state)
        link->options.on_state(false, link->options.arg);
}

static void
watch_oldest(struct redis_link *link)
{
    int64_t limit_us = link->options.command_timeout_ms * 1000;
    if (limit_us == 0 || link->count == 0 || loop_is_pending(link->timer))
        return;
    int64_t left_us = link->waiting[link->oldest].since_us + limit_us - loop_now_us();
    loop_due_in(link->timer, left_us > 0 ? left_us : 0);
}

static void
dial(struct redis_link *link)
{
    if (!redis_model_accepts()) {
        dial_again_later(link);
        return;
    }
    link->connection = redis_model_connect(link);
    link->backoff_ms = BACKOFF_FIRST_MS;
    if (link->options.on_state)
        link->options.on_state(true, link->options.arg);
}

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct redis_link *link = arg;
    link->busy++;
    int64_t limit_us = link->options.command_timeout_ms * 1000;
    if (!link->connection)
        dial(link);
    else if (link->count > 0 && loop_now_us() - link->waiting[link->oldest].since_us >= limit_us)
        lose(link);
    else
        watch_oldest(link);
    leave(link);
}

void
redis_link_deliver(struct redis_link *link, const struct redisReply *reply)
{
    link->busy++;
    if (reply)
        answer_oldest(link, reply);
    else
        lose(link);
    leave(link);
}

/* --- redis_link.h --- */

struct redis_link *
redis_link_new(struct event_base *base, const struct redis_link_options *options)
{
    (void)base;
    struct redis_link *link = calloc(1, sizeof *link);
    assert(link);
    link->options = *options;
    link->backoff_ms = BACKOFF_FIRST_MS;
    link->timer = event_new(NULL, -1, 0, timer_cb, link);
    link->next = links;
    links = link;
    loop_due_in(link->timer, chance_around(DIAL_US));
    return link;
}

void
redis_link_free(struct redis_link *link)
{
    if (!link || link->gone)
        return;
    link->busy++;
    link->gone = true;
    event_del(link->timer);
    if (link->connection)
        redis_model_hang_up(link->connection);
    link->connection = NULL;
    fail_all(link);
    leave(link);
}

bool
redis_link_up(const struct redis_link *link)
{
    return link->connection != NULL;
}

void
redis_link_push(struct redis_link *link)
{
    (void)link; /* what is sent has left */
}

bool
redis_link_send(struct redis_link *link, size_t count, const struct span *arguments, redis_reply_fn *on_reply,
                void *arg)
{
    if (!link->connection)
        return false;
    if (link->count == link->cap) {
        size_t cap = link->cap ? link->cap * 2 : 16;
        struct waiting *ring = malloc(cap * sizeof *ring);
        assert(ring);
        for (size_t i = 0; i < link->count; i++)
            ring[i] = link->waiting[(link->oldest + i) % link->cap];
        free(link->waiting);
        link->waiting = ring;
        link->cap = cap;
        link->oldest = 0;
    }
    link->waiting[(link->oldest + link->count++) % link->cap] =
        (struct waiting){on_reply, arg, loop_now_us()};
    redis_model_send(link->connection, count, arguments);
    watch_oldest(link);
    return true;
}

/* --- Faults --- */

size_t
link_count(void)
{
    size_t count = 0;
    for (struct redis_link *link = links; link; link = link->next)
        count++;
    return count;
}

void
link_break_some(size_t count)
{
    while (count-- > 0 && links) {
        struct redis_link *link = links;
        for (size_t skip = (size_t)chance_below(link_count()); skip > 0; skip--)
            link = link->next;
        if (!link->connection)
            continue;
        link->busy++;
        lose(link);
        leave(link);
    }
}
