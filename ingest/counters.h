/* What ingest counts, as one table: the structure and /metrics both come from it. */
#ifndef BOCHUANG_INGEST_COUNTERS_H
#define BOCHUANG_INGEST_COUNTERS_H

#include <stdint.h>

#include "common/event.h"

/* X(field, kind, help); the metric is bochuang_ingest_<field>, with _total where it is a counter. */
#define INGEST_COUNTERS(X)                                                                                   \
    X(events_accepted, COUNTER, "Events that are on disk.")                                                  \
    X(posts, COUNTER, "Requests with events that could be read.")                                            \
    X(actions_accepted, COUNTER, "Actions of people that are on disk.")                                      \
    X(entries, COUNTER, "Log entries with events that were committed.")                                      \
    X(entry_bytes, COUNTER, "Bytes of those entries.")                                                       \
    X(commit_failures, COUNTER, "Appends that Redis refused or did not answer.")                             \
    X(unavailable, COUNTER, "Requests answered 503.")                                                        \
    X(repaired, COUNTER, "Actions and documents that were added to a shard that lacked them.")               \
    X(commits_in_flight, GAUGE, "Appends that Redis has not answered yet.")                                  \
    X(waiting_bytes, GAUGE, "Bytes of events that wait for the next append.")                                \
    X(redis_up, GAUGE, "1 where Redis is reached and as durable as it must be.")                             \
    X(ready, GAUGE, "1 where /readyz says so.")                                                              \
    X(contests, GAUGE, "Contests that are served.")                                                          \
    X(tokens, GAUGE, "Tokens, revoked ones too.")

struct counters {
#define X(field, kind, help) uint64_t field;
    INGEST_COUNTERS(X)
#undef X
    uint64_t rejected[EVENT_CODE_COUNT]; /* events, by code */
};

#endif
