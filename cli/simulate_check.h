/* Whether the board shows what the simulation knows must come out. */
#ifndef BOCHUANG_CLI_SIMULATE_CHECK_H
#define BOCHUANG_CLI_SIMULATE_CHECK_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "cli/http_client.h"
#include "cli/script.h"

/* The figures checked; all but the last few must be met exactly. */
enum { CHECKED_MOST = 20 };

/* The live totals before the play began: other events may have come earlier. */
struct simulate_baseline {
    int64_t value[CHECKED_MOST];
};

bool simulate_baseline(struct http_client *board, const char *contest, struct simulate_baseline *before);

/* Waits until the board's live totals are those of the script, or have stood still too long: the totals
 * either way, a new reference; NULL where the board does not answer. */
json_t *simulate_wait(struct http_client *board, const char *contest, const struct script *script,
                      const struct simulate_baseline *before, const atomic_bool *stop);

/* Says each figure that differs on standard error. `rejected`: what ingest refused. */
bool simulate_compare(const json_t *totals, const struct script *script,
                      const struct simulate_baseline *before, int64_t rejected);

#endif
