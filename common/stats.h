/* Counters and gauges of a daemon as one table, printed as Prometheus text. */
#ifndef BOCHUANG_STATS_H
#define BOCHUANG_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

enum stat_kind { STAT_COUNTER, STAT_GAUGE };

struct stat {
    const char *name; /* "events_accepted_total"; with labels: "events_rejected_total{code=\"bad_id\"}" */
    enum stat_kind kind;
    const char *help;
    size_t offset; /* of a uint64_t in the structure of counters */
};

/* A row of such a table, from the X(field, kind, help) that also makes the structure. */
#define STAT(structure, prefix, field, kind, help)                                                           \
    {                                                                                                        \
        STAT_NAME_##kind(prefix #field), STAT_##kind, help, offsetof(structure, field)                       \
    }
#define STAT_NAME_COUNTER(name) name "_total"
#define STAT_NAME_GAUGE(name) name
#define STAT_COUNT(table) (sizeof(table) / sizeof *(table))

/* Adds every figure of the table, as bochuang_<daemon>_<name>. Rows of one name stand together; what it is,
 * and of what kind, is said before the first of them. */
void stats_print(const char *daemon, const struct stat *table, size_t count, const void *counters,
                 struct buf *out);

/* Adds the process's own figures: CPU seconds, resident bytes, open descriptors, start time. */
void stats_print_process(struct buf *out);

#endif
