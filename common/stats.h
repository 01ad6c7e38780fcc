/* Counters and gauges of a daemon as one table, printed as Prometheus text. */
#ifndef BOCHUANG_STATS_H
#define BOCHUANG_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

enum stat_kind { STAT_COUNTER, STAT_GAUGE };

struct stat {
    const char *name; /* "bochuang_ingest_events_accepted_total" */
    enum stat_kind kind;
    const char *help;
    size_t offset; /* of a uint64_t in the structure of counters */
};

/* Adds every figure of the table with its HELP and TYPE lines. `labels` is "" or `contest="x"`. */
void stats_print(const struct stat *table, size_t count, const void *counters, const char *labels,
                 struct buf *out);

/* Adds the process's own figures: CPU seconds, resident bytes, open descriptors, start time. */
void stats_print_process(struct buf *out);

#endif
