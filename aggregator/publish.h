/*
 * Publishing: the public tallies as plain Redis keys, so that anything that speaks Redis can show live
 * totals.
 *
 *   bochuang:{c/s}:tally:version        the log position that all of these stand on
 *   bochuang:{c/s}:tally:totals         hash: every metric, "version", "as_of_ms"
 *   bochuang:{c/s}:tally:county         hash: county id -> net_fen; the same for streamer and product
 *   bochuang:{c/s}:tally:top:county     sorted set of the same; a score is a double, exact below 2^53 fen
 *
 * Each shard has its own, which add up. They are derived: nothing here reads them back as truth. It is the
 * public view that is written, so during a freeze they stand still with it, and nothing leaks.
 */
#ifndef BOCHUANG_PUBLISH_H
#define BOCHUANG_PUBLISH_H

#include <stdint.h>

#include "aggregator/contests.h"
#include "aggregator/counters.h"

struct event_base;
struct publisher;
struct redis_link;

/* Looks every `interval_ms` whether a shard's public view has moved, and writes it where it has. */
struct publisher *publisher_new(struct event_base *base, struct redis_link *link, int64_t interval_ms,
                                struct contests *contests, struct counters *counters);
/* After the link is gone: nothing may be in flight any more. */
void publisher_free(struct publisher *publisher);

#endif
