/*
 * The metrics of the contract (section 6), as one table: the contest file, the rankings, the JSON and the
 * board take their names from here.
 */
#ifndef BOCHUANG_METRIC_H
#define BOCHUANG_METRIC_H

#include <stdbool.h>

#include "common/span.h"

/*
 * X(constant, name, scope). MONEY and SALES hold for any group of counted events; WHOLE only for groups of
 * whole streamers or sessions (a product has no viewers).
 */
#define METRICS(X)                                                                                           \
    X(METRIC_GROSS, "gross_fen", SALES)                                                                      \
    X(METRIC_REFUNDED, "refunded_fen", SALES)                                                                \
    X(METRIC_NET, "net_fen", SALES)                                                                          \
    X(METRIC_ONLINE_NET, "online_net_fen", SALES)                                                            \
    X(METRIC_OFFLINE_NET, "offline_net_fen", SALES)                                                          \
    X(METRIC_ORDERS, "orders", SALES)                                                                        \
    X(METRIC_ORDERS_KEPT, "orders_kept", SALES)                                                              \
    X(METRIC_QUANTITY, "quantity", SALES)                                                                    \
    X(METRIC_SESSIONS, "sessions", WHOLE)                                                                    \
    X(METRIC_VIDEOS, "videos", WHOLE)                                                                        \
    X(METRIC_VIEWERS, "viewers", WHOLE)                                                                      \
    X(METRIC_LIKES, "likes", WHOLE)                                                                          \
    X(METRIC_FOLLOWERS, "followers", WHOLE)                                                                  \
    X(METRIC_COMMENTS, "comments", WHOLE)                                                                    \
    X(METRIC_REACHED_AT, "reached_at_ms", TIME)

enum metric {
#define X(constant, name, scope) constant,
    METRICS(X)
#undef X
        METRIC_COUNT
};

enum { METRIC_SALES_COUNT = METRIC_SESSIONS, METRIC_SUM_COUNT = METRIC_REACHED_AT };

const char *metric_name(enum metric metric);

/* The metric of a name ("net_fen"; "reached_at" too, as ties write it), or METRIC_COUNT. */
enum metric metric_find(struct span name);

/* False for a metric that only groups of whole streamers or sessions have. */
bool metric_is_of_sales(enum metric metric);

#endif
