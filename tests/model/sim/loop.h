/*
 * Virtual time. loop.c stands in for libevent: the same calls (event_new, event_add, …), but a timer is due
 * on a clock that jumps from one to the next. So an hour with all its time-outs passes in no time, and the
 * order of everything follows from the seed.
 */
#ifndef BOCHUANG_SIM_LOOP_H
#define BOCHUANG_SIM_LOOP_H

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t loop_now_us(void);
bool loop_step(void);     /* goes on to what is due next, and does it; false where there is nothing */
size_t loop_timers(void); /* that exist: none may be left when a world ends */
void loop_restart(void);

/* Makes a timer of ours due in so many microseconds, in place of when it was. */
void loop_due_in(struct event *timer, int64_t us);
bool loop_is_pending(const struct event *timer);

/* Seconds by which the machine's wall clock is off. */
void loop_step_wall_clock(int64_t s);

#endif
