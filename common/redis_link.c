/*
 * hiredis is told as little as possible: it gets one callback for every command, and the link keeps the real
 * callbacks in a ring of its own, oldest first. Replies come in order, so each one belongs to the ring's
 * oldest. When a connection is lost, by whatever end, the link first lets go of hiredis's context
 * (context->data becomes NULL, so nothing that hiredis still says reaches anybody) and then answers the whole
 * ring with NULL. That is what makes each callback fire exactly once.
 *
 * hiredis 0.14: a context whose connect failed, or that breaks, is freed by hiredis itself; and a context
 * must not be freed inside its connect callback. So no code of a caller ever runs inside that one: the state
 * goes on from the link's timer.
 */
#include "common/redis_link.h"

#include <assert.h>
#include <event2/event.h>
#include <fcntl.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/crash_point.h"
#include "common/logline.h"
#include "common/redis_inside.h"

enum {
    BACKOFF_FIRST_MS = 50,
    BACKOFF_LAST_MS = 2000,
    CONNECT_TIMEOUT_MS = 2000,
    WAITING_FIRST = 64,
    WAITING_MOST = 1 << 16, /* commands in flight; a caller that has more is not reacting in batches */
    ARGUMENTS_MOST = 16,    /* arguments of a command that need no memory of their own */
};

enum link_state { LINK_DOWN, LINK_CONNECTING, LINK_CONNECTED, LINK_GREETING, LINK_UP };

struct waiting {
    redis_reply_fn *on_reply; /* may be NULL */
    void *arg;
    int64_t since_ms;
};

struct redis_link {
    struct event_base *base;
    char *address, *user, *password; /* owned; user and password may be NULL */
    int64_t command_timeout_ms;
    redis_state_fn *on_state;
    void *arg;

    enum link_state state;
    redisAsyncContext *context; /* hiredis owns it once it breaks */
    struct event *timer; /* by state: when to dial, to give up connecting, to look at the oldest command */
    bool timer_armed;    /* while UP */
    bool broken;         /* a command was cut in half: the timer gives the connection up */
    bool told;           /* that it cannot be reached; it was up since, or said so */
    int64_t backoff_ms;
    uint32_t jitter;

    struct waiting *waiting; /* owned: a ring of the commands in flight */
    size_t oldest, waiting_count, waiting_cap;

    int busy;  /* callbacks on the stack */
    bool gone; /* freed by the caller: dies when the last callback returns */
};

/* --- The ring of commands in flight --- */

static bool
ring_reserve(struct redis_link *link)
{
    if (link->waiting_count < link->waiting_cap)
        return true;
    size_t cap = link->waiting_cap ? link->waiting_cap * 2 : WAITING_FIRST;
    if (cap > WAITING_MOST)
        return false;
    struct waiting *ring = malloc(cap * sizeof *ring);
    if (!ring)
        return false;
    for (size_t i = 0; i < link->waiting_count; i++)
        ring[i] = link->waiting[(link->oldest + i) & (link->waiting_cap - 1)];
    free(link->waiting);
    link->waiting = ring;
    link->waiting_cap = cap;
    link->oldest = 0;
    return true;
}

static void
ring_push(struct redis_link *link, struct waiting command)
{
    assert(link->waiting_count < link->waiting_cap);
    size_t slot = (link->oldest + link->waiting_count++) & (link->waiting_cap - 1);
    link->waiting[slot] = command;
}

static struct waiting
ring_pop(struct redis_link *link)
{
    assert(link->waiting_count > 0);
    struct waiting command = link->waiting[link->oldest];
    link->oldest = (link->oldest + 1) & (link->waiting_cap - 1);
    link->waiting_count--;
    return command;
}

static void
answer_oldest(struct redis_link *link, const redis_reply *reply)
{
    struct waiting command = ring_pop(link);
    if (command.on_reply)
        command.on_reply(reply, command.arg);
}

/* --- States --- */

static void
destroy(struct redis_link *link)
{
    assert(!link->context && link->waiting_count == 0);
    if (link->timer)
        event_free(link->timer);
    free(link->waiting);
    free(link->address);
    free(link->user);
    free(link->password);
    free(link);
}

static void
enter(struct redis_link *link)
{
    link->busy++;
}

static void
leave(struct redis_link *link)
{
    if (--link->busy == 0 && link->gone)
        destroy(link);
}

static void
arm(struct redis_link *link, int64_t ms)
{
    struct timeval in = {ms / 1000, (ms % 1000) * 1000};
    if (event_add(link->timer, &in) != 0)
        abort(); /* it would wait for ever */
}

static void
set_state(struct redis_link *link, enum link_state next, const char *why)
{
    static const char *const names[] = {"down", "connecting", "connected", "greeting", "up"};
    bool matters = link->state == LINK_UP && next == LINK_DOWN;
    if (link->state != next)
        (matters ? log_warn : log_debug)("redis %s: %s -> %s: %s", link->address, names[link->state],
                                         names[next], why);
    link->state = next;
}

static int64_t
next_backoff_ms(struct redis_link *link)
{
    int64_t most = link->backoff_ms;
    link->backoff_ms = most * 2 < BACKOFF_LAST_MS ? most * 2 : BACKOFF_LAST_MS;
    link->jitter = link->jitter * 1664525u + 1013904223u;
    return most / 2 + (int64_t)((link->jitter >> 8) % (uint32_t)(most / 2 + 1));
}

/* Lets go of the context; frees it too where hiredis is not already doing so. */
static void
drop_context(struct redis_link *link, bool hiredis_frees_it)
{
    redisAsyncContext *context = link->context;
    link->context = NULL;
    if (!context)
        return;
    context->data = NULL;
    if (!hiredis_frees_it)
        redisAsyncFree(context);
}

static void
fail_waiting(struct redis_link *link)
{
    while (link->waiting_count > 0)
        answer_oldest(link, NULL);
}

/* The connection is no more: everything that waits is answered with NULL, and the link dials again later. */
static void
lose(struct redis_link *link, const char *why, bool hiredis_frees_it)
{
    bool was_up = link->state == LINK_UP;
    if (!link->told)
        log_warn("redis %s cannot be reached: %s; trying again", link->address, why);
    link->told = true;
    set_state(link, LINK_DOWN, why);
    drop_context(link, hiredis_frees_it);
    link->timer_armed = link->broken = false;
    arm(link, next_backoff_ms(link));
    fail_waiting(link);
    if (was_up && !link->gone && link->on_state)
        link->on_state(false, link->arg);
}

static void
come_up(struct redis_link *link)
{
    event_del(link->timer);
    set_state(link, LINK_UP, "ready");
    link->told = true;
    link->backoff_ms = BACKOFF_FIRST_MS;
    if (link->on_state)
        link->on_state(true, link->arg);
}

static void
reply_cb(redisAsyncContext *context, void *reply, void *arg)
{
    (void)arg;
    struct redis_link *link = context->data;
    if (!link)
        return;
    enter(link);
    CRASH_POINT("redis.reply");
    if (reply)
        answer_oldest(link, reply);
    else /* hiredis is taking the context down */
        lose(link, context->c.err ? context->c.errstr : "closed", true);
    CRASH_POINT("redis.replied");
    leave(link);
}

static void
disconnect_cb(const redisAsyncContext *context, int status)
{
    (void)status;
    struct redis_link *link = context->data;
    if (!link)
        return;
    enter(link);
    lose(link, context->c.err ? context->c.errstr : "closed", true);
    leave(link);
}

static void
connect_cb(const redisAsyncContext *context, int status)
{
    struct redis_link *link = context->data;
    if (!link)
        return;
    if (status != REDIS_OK) {
        lose(link, context->c.errstr, true);
        return;
    }
    set_state(link, LINK_CONNECTED, "answers");
    event_active(link->timer, EV_TIMEOUT, 0);
}

/* "unix:/path" or "host:port" ("[::1]:6379" too). NULL where it is neither. */
static redisAsyncContext *
connect_to(const char *address)
{
    if (strncmp(address, "unix:", 5) == 0)
        return redisAsyncConnectUnix(address + 5);
    const char *colon = strrchr(address, ':');
    char host[256];
    int port = colon ? atoi(colon + 1) : 0;
    bool bracketed = address[0] == '[' && colon && colon > address + 1 && colon[-1] == ']';
    size_t len = colon ? (size_t)(colon - address) - (bracketed ? 2 : 0) : 0;
    if (port < 1 || port > 65535 || len == 0 || len >= sizeof host)
        return NULL;
    memcpy(host, address + (bracketed ? 1 : 0), len);
    host[len] = '\0';
    return redisAsyncConnect(host, port);
}

static void
dial(struct redis_link *link)
{
    redisAsyncContext *context = connect_to(link->address);
    if (!context || context->err || !redis_socket_attach(context, link->base)) {
        lose(link, context && context->err ? context->errstr : "no memory", false);
        if (context)
            redisAsyncFree(context);
        return;
    }
    fcntl(context->c.fd, F_SETFD, FD_CLOEXEC);
    context->data = link;
    link->context = context;
    set_state(link, LINK_CONNECTING, "dialled");
    redisAsyncSetConnectCallback(context, connect_cb);
    redisAsyncSetDisconnectCallback(context, disconnect_cb);
    arm(link, CONNECT_TIMEOUT_MS);
}

/*
 * hiredis 0.14 says REDIS_OK even where it had no memory to queue a command or its callback. Replies would
 * then be taken for those of other commands, so this connection is not to be used any more.
 */
static bool
was_queued(const redisAsyncContext *context, const redisCallback *last_before)
{
    return context->c.err == 0 && context->replies.tail != last_before;
}

static bool
send_command(struct redis_link *link, size_t count, const struct span *arguments, redis_reply_fn *on_reply,
             void *arg)
{
    const char *texts[ARGUMENTS_MOST];
    size_t lengths[ARGUMENTS_MOST];
    assert(count > 0 && count <= ARGUMENTS_MOST);
    for (size_t i = 0; i < count; i++) {
        texts[i] = arguments[i].at ? arguments[i].at : "";
        lengths[i] = arguments[i].len;
    }
    CRASH_POINT("redis.send");
    /* hiredis makes a new buffer after each write, and does not look whether it got one. */
    if (!link->context->c.obuf || !ring_reserve(link))
        return false;
    const redisCallback *last = link->context->replies.tail;
    if (redisAsyncCommandArgv(link->context, reply_cb, NULL, (int)count, texts, lengths) != REDIS_OK ||
        !was_queued(link->context, last))
        return false;
    ring_push(link, (struct waiting){on_reply, arg, clock_steady_ms()});
    CRASH_POINT("redis.sent");
    return true;
}

static void
greeted(const redis_reply *reply, void *arg)
{
    struct redis_link *link = arg;
    if (!reply || link->gone)
        return; /* the connection was lost: lose() has seen to it */
    if (reply->type != REDIS_REPLY_ERROR) {
        come_up(link);
        return;
    }
    log_error("redis %s refuses the user or password: %s", link->address, reply->str);
    lose(link, "not let in", false);
}

static void
greet(struct redis_link *link)
{
    if (!link->password) {
        come_up(link);
        return;
    }
    struct span with_user[] = {SPAN("AUTH"), span_of(link->user), span_of(link->password)};
    struct span without[] = {SPAN("AUTH"), span_of(link->password)};
    set_state(link, LINK_GREETING, "sends AUTH");
    arm(link, CONNECT_TIMEOUT_MS);
    if (!send_command(link, link->user ? 3 : 2, link->user ? with_user : without, greeted, link))
        lose(link, "no memory", false);
}

/* Lets the timer look at the oldest command again when its time is up. */
static void
watch_oldest(struct redis_link *link)
{
    if (link->timer_armed || link->command_timeout_ms == 0 || link->waiting_count == 0)
        return;
    int64_t left_ms = link->waiting[link->oldest].since_ms + link->command_timeout_ms - clock_steady_ms();
    arm(link, left_ms > 1 ? left_ms : 1);
    link->timer_armed = true;
}

static void
check_oldest(struct redis_link *link)
{
    link->timer_armed = false;
    if (link->broken) {
        lose(link, "no memory for a command", false);
        return;
    }
    if (link->waiting_count == 0)
        return;
    if (clock_steady_ms() - link->waiting[link->oldest].since_ms >= link->command_timeout_ms)
        lose(link, "a command was not answered in time", false);
    else
        watch_oldest(link);
}

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct redis_link *link = arg;
    enter(link);
    switch (link->state) {
    case LINK_DOWN:
        dial(link);
        break;
    case LINK_CONNECTING:
    case LINK_GREETING:
        lose(link, "no answer in time", false);
        break;
    case LINK_CONNECTED:
        greet(link);
        break;
    case LINK_UP:
        check_oldest(link);
        break;
    }
    leave(link);
}

/* --- What others call --- */

static char *
copy_text(const char *text)
{
    return text && text[0] ? strdup(text) : NULL;
}

static bool
address_is_valid(const char *address)
{
    if (!address)
        return false;
    if (strncmp(address, "unix:", 5) == 0)
        return address[5] != '\0';
    const char *colon = strrchr(address, ':');
    return colon && colon > address && atoi(colon + 1) > 0 && atoi(colon + 1) <= 65535;
}

struct redis_link *
redis_link_new(struct event_base *base, const struct redis_link_options *options)
{
    assert(base && options);
    if (!address_is_valid(options->address))
        return NULL;
    struct redis_link *link = calloc(1, sizeof *link);
    if (!link)
        return NULL;
    link->base = base;
    link->address = copy_text(options->address);
    link->user = copy_text(options->user);
    link->password = copy_text(options->password);
    link->command_timeout_ms = options->command_timeout_ms;
    link->on_state = options->on_state;
    link->arg = options->arg;
    link->backoff_ms = BACKOFF_FIRST_MS;
    link->jitter = (uint32_t)((uintptr_t)link >> 4) ^ (uint32_t)clock_steady_ms();
    link->timer = evtimer_new(base, timer_cb, link);
    if (!link->address || !link->timer) {
        destroy(link);
        return NULL;
    }
    arm(link, 0);
    return link;
}

void
redis_link_free(struct redis_link *link)
{
    if (!link || link->gone)
        return;
    enter(link);
    link->gone = true;
    link->state = LINK_DOWN;
    event_del(link->timer);
    drop_context(link, false);
    fail_waiting(link);
    leave(link);
}

bool
redis_link_up(const struct redis_link *link)
{
    return link->state == LINK_UP && !link->broken;
}

bool
redis_link_send(struct redis_link *link, size_t count, const struct span *arguments, redis_reply_fn *on_reply,
                void *arg)
{
    if (!redis_link_up(link))
        return false;
    if (!send_command(link, count, arguments, on_reply, arg)) {
        /* What was sent before may be half of a transaction: only a new connection is known to be clean. */
        link->broken = true;
        event_active(link->timer, EV_TIMEOUT, 0);
        return false;
    }
    watch_oldest(link);
    return true;
}

void
redis_link_push(struct redis_link *link)
{
    if (!redis_link_up(link))
        return;
    enter(link);
    redis_socket_push(link->context);
    leave(link);
}
