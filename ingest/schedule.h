/*
 * The schedule: `freezes` and `closes` act by themselves when their time comes by the server's clock, if they
 * lie after the contest was loaded. They become actions of the log like any other, with an id that follows
 * from their time: however many daemons append them, and how often, they happen once.
 */
#ifndef BOCHUANG_INGEST_SCHEDULE_H
#define BOCHUANG_INGEST_SCHEDULE_H

#include <stdint.h>

struct hosted;

/* Queues the next action that is due and has not been applied. */
void schedule_step(struct hosted *hosted, int64_t now_ms);

#endif
