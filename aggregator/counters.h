/* What the aggregator counts of its own work, as one table (for /metrics). */
#ifndef BOCHUANG_COUNTERS_H
#define BOCHUANG_COUNTERS_H

#include <stdint.h>

/* X(field, kind, help); the metric is bochuang_aggregator_<field>, with _total where it is a counter. */
#define AGGREGATOR_COUNTERS(X)                                                                               \
    X(entries_folded, COUNTER, "Entries of the log that were folded.")                                       \
    X(entries_unreadable, COUNTER, "Entries that could not be read; their contest is not shown.")            \
    X(logs_rewound, COUNTER, "Times that Redis came back without the end of a log.")                         \
    X(ready, GAUGE, "1 where /readyz says so.")                                                              \
    X(contests, GAUGE, "Contests that are followed.")                                                        \
    X(contests_shown, GAUGE, "Contests that are read to the end of their log and shown.")                    \
    X(events_folded, GAUGE, "Events in the folds, copies too.")                                              \
    X(fold_memory_bytes, GAUGE, "Memory of the folds' records.")                                             \
    X(answers_encoded, COUNTER, "Board answers that were worked out.")                                       \
    X(answers_kept, COUNTER, "Board answers that were given from memory.")                                   \
    X(watchers, GAUGE, "Open live streams.")                                                                 \
    X(updates_encoded, COUNTER, "Live updates that were worked out, once for all watchers.")                 \
    X(messages_sent, COUNTER, "Messages given to live streams.")                                             \
    X(messages_skipped, COUNTER, "Messages that a slow live stream could not take.")                         \
    X(tallies_published, COUNTER, "Tallies written to Redis.")                                               \
    X(tallies_outrun, COUNTER, "Tallies that Redis had newer already.")                                      \
    X(tallies_failed, COUNTER, "Tallies that could not be written to Redis.")

struct counters {
#define X(field, kind, help) uint64_t field;
    AGGREGATOR_COUNTERS(X)
#undef X
};

#endif
