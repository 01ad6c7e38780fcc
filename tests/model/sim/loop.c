#include "tests/model/sim/loop.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "tests/model/sim/chance.h"

enum {
    START_S = 1638151200, /* 2021-11-29T10:00+08:00, while the contest runs */
    BUSY_MOST_US = 3000,  /* until nothing is left to read, and those of the last priority have their turn */
};

struct timer {
    event_callback_fn fire;
    void *arg;
    int64_t due_us;
    uint64_t order;   /* among those that are due at the same time */
    int64_t every_us; /* of an EV_PERSIST one */
    bool persists;
    bool is_last; /* of priority */
    size_t place; /* in the heap, from 1; 0: not pending */
};

static struct {
    struct timer **heap; /* from 1 */
    size_t count, cap;
    int64_t now_us, wall_off_s;
    uint64_t orders;
    size_t timers;
} loop;

static bool
before(const struct timer *a, const struct timer *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void
put(size_t place, struct timer *timer)
{
    loop.heap[place] = timer;
    timer->place = place;
}

static void
rise(size_t place)
{
    struct timer *timer = loop.heap[place];
    for (; place > 1 && before(timer, loop.heap[place / 2]); place /= 2)
        put(place, loop.heap[place / 2]);
    put(place, timer);
}

static void
sink(size_t place)
{
    struct timer *timer = loop.heap[place];
    for (size_t child; (child = place * 2) <= loop.count; place = child) {
        if (child < loop.count && before(loop.heap[child + 1], loop.heap[child]))
            child++;
        if (!before(loop.heap[child], timer))
            break;
        put(place, loop.heap[child]);
    }
    put(place, timer);
}

static void
take_out(struct timer *timer)
{
    size_t place = timer->place;
    if (place == 0)
        return;
    timer->place = 0;
    struct timer *last = loop.heap[loop.count--];
    if (last == timer)
        return;
    put(place, last);
    rise(place);
    sink(last->place);
}

static void
put_in(struct timer *timer, int64_t due_us)
{
    take_out(timer);
    timer->due_us = due_us;
    timer->order = loop.orders++;
    if (loop.count + 2 > loop.cap) {
        loop.cap = loop.cap ? loop.cap * 2 : 256;
        loop.heap = realloc(loop.heap, loop.cap * sizeof *loop.heap);
        assert(loop.heap);
    }
    put(++loop.count, timer);
    rise(loop.count);
}

int64_t
loop_now_us(void)
{
    return loop.now_us;
}

size_t
loop_timers(void)
{
    return loop.timers;
}

void
loop_restart(void)
{
    assert(loop.count == 0);
    loop.now_us = loop.wall_off_s = 0;
    loop.orders = 0;
}

void
loop_step_wall_clock(int64_t s)
{
    loop.wall_off_s = s;
}

bool
loop_step(void)
{
    if (loop.count == 0)
        return false;
    struct timer *timer = loop.heap[1];
    take_out(timer);
    if (timer->due_us > loop.now_us)
        loop.now_us = timer->due_us;
    if (timer->persists)
        put_in(timer, loop.now_us + timer->every_us);
    timer->fire(-1, EV_TIMEOUT, timer->arg);
    return true;
}

void
loop_due_in(struct event *timer, int64_t us)
{
    put_in((struct timer *)timer, loop.now_us + us);
}

bool
loop_is_pending(const struct event *timer)
{
    return ((const struct timer *)timer)->place != 0;
}

/* --- libevent's --- */

struct event *
event_new(struct event_base *base, evutil_socket_t fd, short what, event_callback_fn fire, void *arg)
{
    (void)base;
    assert(fd == -1);
    struct timer *timer = calloc(1, sizeof *timer);
    assert(timer);
    *timer = (struct timer){.fire = fire, .arg = arg, .persists = what & EV_PERSIST};
    loop.timers++;
    return (struct event *)timer;
}

int
event_add(struct event *event, const struct timeval *in)
{
    struct timer *timer = (struct timer *)event;
    timer->every_us = in->tv_sec * 1000000 + in->tv_usec;
    put_in(timer, loop.now_us + timer->every_us);
    return 0;
}

int
event_del(struct event *event)
{
    take_out((struct timer *)event);
    return 0;
}

void
event_active(struct event *event, int what, short calls)
{
    (void)what, (void)calls;
    struct timer *timer = (struct timer *)event;
    put_in(timer, loop.now_us + (timer->is_last ? (int64_t)chance_below(BUSY_MOST_US) : 0));
}

int
event_pending(const struct event *event, short what, struct timeval *when)
{
    (void)what, (void)when;
    return loop_is_pending(event) ? EV_TIMEOUT : 0;
}

int
event_priority_set(struct event *event, int priority)
{
    ((struct timer *)event)->is_last = priority > 0;
    return 0;
}

void
event_free(struct event *event)
{
    take_out((struct timer *)event);
    free(event);
    loop.timers--;
}

/* --- The clocks, in place of those of common/clock.c (the linker's --wrap) --- */

int64_t __wrap_clock_wall_ms(void);
int64_t __wrap_clock_steady_ms(void);

int64_t
__wrap_clock_wall_ms(void)
{
    return ((int64_t)START_S + loop.wall_off_s) * 1000 + loop.now_us / 1000;
}

int64_t
__wrap_clock_steady_ms(void)
{
    return loop.now_us / 1000;
}
