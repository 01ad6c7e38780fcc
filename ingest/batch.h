/*
 * Group commit: the events of one shard on their way into its log.
 *
 *    waiting   [ sent ][ posting 1 | posting 2 | posting 3 ][ open ]
 *                       └─────── next append ────┘           being put by the request at hand
 *
 * One append is in flight at a time; what arrives meanwhile, from any connection, joins the next one. So the
 * longer Redis takes for its fsync, the more requests share it. An append is cut where a posting's part ends,
 * at LIMIT_ENTRY_BYTES at most; no part is longer.
 *
 * Where an append has answered many requests at once, their clients come back together with their next
 * events. Then it pays to wait for them (flush.h says how long): all go in one append where it would have
 * been two, half the connections each.
 */
#ifndef BOCHUANG_INGEST_BATCH_H
#define BOCHUANG_INGEST_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/event.h"
#include "common/redis_link.h"
#include "ingest/posting.h"

struct batch_part {
    struct posting *posting;
    size_t bytes;
};

struct batch {
    const char *contest; /* borrowed */
    uint32_t shard;
    struct redis_link *link; /* borrowed */
    struct counters *counters;
    void (*on_idle)(void *arg); /* an append is over and others wait: flush soon */
    void *arg;

    struct buf waiting;
    size_t sent;   /* bytes at its front that have been sent */
    size_t sealed; /* up to here bytes belong to parts; behind it they are open */

    struct batch_part *parts; /* owned: a ring */
    size_t first, part_count, part_cap;
    size_t in_flight; /* parts, at the ring's front, in the append under way; 0: none is */
    size_t in_flight_bytes;
    size_t answered; /* parts that the last append settled, if it was committed */
};

/* What still waits fails. No append may be under way: the link goes first. */
void batch_free(struct batch *batch);

/* Adds an event of this posting; false, with the posting's part as good as failed, when memory is out. */
bool batch_put(struct batch *batch, const struct event *event, struct posting *posting);

/* Makes what was put since the last seal a part of the posting. Nothing put: nothing done. */
void batch_seal(struct batch *batch, struct posting *posting);

/*
 * Sends the next append, unless one is under way, or `patient` and it pays to wait: only then true. While
 * Redis is away, all that waits fails here.
 */
bool batch_flush(struct batch *batch, bool patient);

/* Bytes that were put and not sent. */
size_t batch_waiting_bytes(const struct batch *batch);

#endif
