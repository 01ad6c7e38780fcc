/*
 * The query of a board request: "?view=live&by=county,product&county=431022". Pure; total over any bytes.
 *
 * Each route says which parameters it takes. Anything else is refused with a sentence, since a misspelt
 * filter that were ignored would show figures of something else than what was asked for.
 */
#ifndef BOCHUANG_BOARD_QUERY_H
#define BOCHUANG_BOARD_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/fold.h"
#include "aggregator/state.h"
#include "aggregator/tally.h"
#include "common/limits.h"
#include "common/span.h"

/* Parameters that a route takes. */
enum {
    TAKES_VIEW = 1 << 0,
    TAKES_BY = 1 << 1,
    NEEDS_BY = 1 << 2, /* with TAKES_BY: it must be there */
    TAKES_FILTERS = 1 << 3,
    TAKES_BUCKET = 1 << 4, /* bucket_s */
    TAKES_RANGE = 1 << 5,  /* from_ms, until_ms */
    TAKES_LIMIT = 1 << 6,
    TAKES_STATUS = 1 << 7,
    TAKES_AFTER = 1 << 8,
    TAKES_LANGUAGE = 1 << 9, /* lang */
};

enum {
    QUERY_BUCKET_MOST_S = 31 * 24 * 3600, /* a contest lasts days: one bucket a month is past use */
    QUERY_LIMIT_MOST = 10000,
    QUERY_WHY_SIZE = 512,
};

#define QUERY_TIME_MOST_MS INT64_C(253402300800000) /* the year 10000 */

struct board_query {
    enum view view; /* public where not given */
    struct tally_query tally;
    int64_t bucket_s;          /* 60 where not given */
    int64_t from_ms, until_ms; /* -1 where not given */
    int64_t limit;             /* 0 where not given */
    int fate;                  /* enum fate; -1 where not given */
    uint32_t after_shard;      /* `after`: where the next page begins; 0 and 0 where not given */
    uint32_t after_position;
    int language;               /* enum report_language: Chinese where not given */
    char text[LIMIT_URI_BYTES]; /* the filters' values, decoded */
    size_t text_len;
};

/* False when the query is wrong: `why` then names the parameter, what was expected and what was found. */
bool board_query_parse(struct span query, unsigned takes, struct board_query *out, char why[QUERY_WHY_SIZE]);

#endif
