/*
 * hiredis on libevent.
 *
 * A write that is asked for outside of hiredis's own write handler is made at the end of this loop turn, not
 * when epoll says that the socket is writable: it nearly always is, and this saves two epoll_ctl per command.
 */
#include <event2/event.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "common/crash_point.h"

#include "common/redis_inside.h"

struct socket_events {
    redisAsyncContext *context;
    struct event *readable, *writable;
    struct redis_arena *arena; /* owned */
    bool reading;
    bool *freed; /* set while hiredis's write handler runs */
};

static void
readable_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct socket_events *events = arg;
    redisAsyncHandleRead(events->context);
}

static void
writable_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct socket_events *events = arg;
    bool freed = false;
    events->freed = &freed;
    CRASH_POINT("redis.write");
    redisAsyncHandleWrite(events->context);
    CRASH_POINT("redis.written");
    if (!freed)
        events->freed = NULL;
}

void
redis_socket_push(redisAsyncContext *context)
{
    struct socket_events *events = context->ev.data;
    if (events->freed || !event_pending(events->writable, EV_WRITE, NULL))
        return;
    event_del(events->writable);
    writable_cb(context->c.fd, EV_WRITE, events);
}

static void
add_read(void *arg)
{
    struct socket_events *events = arg;
    if (!events->reading)
        events->reading = event_add(events->readable, NULL) == 0;
}

static void
del_read(void *arg)
{
    struct socket_events *events = arg;
    event_del(events->readable);
    events->reading = false;
}

static void
add_write(void *arg)
{
    struct socket_events *events = arg;
    bool connected = events->context->c.flags & REDIS_CONNECTED;
    if (connected && !events->freed)
        event_active(events->writable, EV_WRITE, 0);
    else
        event_add(events->writable, NULL);
}

static void
del_write(void *arg)
{
    struct socket_events *events = arg;
    event_del(events->writable);
}

static void
cleanup(void *arg)
{
    struct socket_events *events = arg;
    if (events->freed)
        *events->freed = true;
    if (events->readable)
        event_free(events->readable);
    if (events->writable)
        event_free(events->writable);
    redis_arena_free(events->arena);
    free(events);
}

bool
redis_socket_attach(redisAsyncContext *context, struct event_base *base)
{
    struct socket_events *events = calloc(1, sizeof *events);
    if (!events)
        return false;
    events->context = context;
    events->readable = event_new(base, context->c.fd, EV_READ | EV_PERSIST, readable_cb, events);
    events->writable = event_new(base, context->c.fd, EV_WRITE, writable_cb, events);
    context->ev.addRead = add_read;
    context->ev.delRead = del_read;
    context->ev.addWrite = add_write;
    context->ev.delWrite = del_write;
    context->ev.cleanup = cleanup;
    context->ev.data = events;
    events->arena = redis_arena_new(context);
    return events->readable && events->writable && events->arena;
}
