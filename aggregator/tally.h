/*
 * Tallies and series: projections of a standing's cube onto one to three dimensions. Pure.
 */
#ifndef BOCHUANG_TALLY_H
#define BOCHUANG_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/standing.h"
#include "common/metric.h"

/* X(constant, name, side): STREAMER_SIDE dimensions group whole streamers or sessions. */
#define DIMENSIONS(X)                                                                                        \
    X(DIMENSION_COUNTY, "county", STREAMER_SIDE)                                                             \
    X(DIMENSION_CITY, "city", STREAMER_SIDE)                                                                 \
    X(DIMENSION_PROVINCE, "province", STREAMER_SIDE)                                                         \
    X(DIMENSION_DIVISION, "division", STREAMER_SIDE)                                                         \
    X(DIMENSION_STREAMER, "streamer", STREAMER_SIDE)                                                         \
    X(DIMENSION_SESSION, "session", STREAMER_SIDE)                                                           \
    X(DIMENSION_PLATFORM, "platform", STREAMER_SIDE)                                                         \
    X(DIMENSION_ORIGIN, "origin", PRODUCT_SIDE)                                                              \
    X(DIMENSION_CATEGORY, "category", PRODUCT_SIDE)                                                          \
    X(DIMENSION_PRODUCT, "product", PRODUCT_SIDE)                                                            \
    X(DIMENSION_CHANNEL, "channel", PRODUCT_SIDE)

enum dimension {
#define X(constant, name, side) constant,
    DIMENSIONS(X)
#undef X
        DIMENSION_COUNT
};

const char *dimension_name(enum dimension dimension);
enum dimension dimension_find(struct span name);   /* DIMENSION_COUNT where there is none of that name */
bool dimension_is_whole(enum dimension dimension); /* of whole streamers or sessions */

/* All metrics of a group: value[METRIC_NET] and so on. reached_at_ms: 0 for never. */
struct figures {
    int64_t value[METRIC_COUNT];
};

struct tally_filter {
    enum dimension dimension;
    struct span value;
};

struct tally_query {
    enum dimension by[LIMIT_TALLY_DIMENSIONS];
    size_t by_count; /* 0: one row for all */
    struct tally_filter filters[DIMENSION_COUNT];
    size_t filter_count;
};

struct tally_row {
    const char *key[LIMIT_TALLY_DIMENSIONS];  /* ids (or names, for city, province, category, platform) */
    const char *name[LIMIT_TALLY_DIMENSIONS]; /* for people; the key itself where it has no other name */
    struct figures figures;
};

struct tally {
    struct tally_row *rows; /* owned; largest net_fen first, then by key */
    size_t row_count;
    bool whole; /* the metrics of whole streamers and sessions hold (no product dimension or filter) */
};

/*
 * Rows with no counted event are left out; in a tally of whole streamers and sessions, a session held, a
 * video or a metric above 0 is one too. An entity without a division, city or category stands under "", so
 * that the rows add up to the totals. A video belongs to no session: it counts only where all dimensions and
 * filters are of streamers. The strings borrow from the standing's contest.
 */
void tally_make(const struct standing *standing, const struct tally_query *query, struct tally *tally);
void tally_free(struct tally *tally);

/* The figures of every entity of a kind, by its index (cities: by contest->cities), zero or not. The caller
 * frees. */
struct figures *tally_entities(const struct standing *standing, enum entity_kind kind, size_t *count);

/* Totals over all: figures, and how many streamers and counties have a counted sale. */
struct totals {
    struct figures figures;
    int64_t streamers_active, counties_active;
    struct event_counts counts;
};
void totals_make(const struct standing *standing, struct totals *totals);

/* One bucket of one group. */
struct series_row {
    int64_t start_ms;
    const char *key[LIMIT_TALLY_DIMENSIONS];
    int64_t net_fen, gross_fen, orders;
};
struct series {
    struct series_row *rows; /* owned; by time, then by key */
    size_t row_count;
    bool cut; /* there were more than LIMIT_SERIES_BUCKETS: only the newest are here */
};
/*
 * Buckets of `bucket_s` seconds (a multiple of 60, at least 60), aligned to the contest's local midnight, of
 * the minutes with from_ms <= minute < until_ms. Empty buckets are left out.
 */
void series_make(const struct standing *standing, const struct tally_query *query, int64_t bucket_s,
                 int64_t from_ms, int64_t until_ms, struct series *series);
void series_free(struct series *series);

#endif
