/*
 * Publishing and finalising from the command line. Both are admitted by ingest whoever stands in the way, and
 * take effect or not where the log is folded: so the board is asked before, and what became of the action is
 * waited for.
 */
#ifndef BOCHUANG_CLI_ACT_RESULTS_H
#define BOCHUANG_CLI_ACT_RESULTS_H

#include <jansson.h>
#include <stdbool.h>

#include "cli/http_client.h"

/*
 * Asks the board whether a publish could take effect now. False where something stands in the way and the
 * action does not override it, or where the board cannot be asked: said on standard error.
 */
bool act_may_publish(struct http_client *board, const char *contest, bool overrides);

/*
 * Waits for what became of the publish or finalise of this id: a new reference, {"number":…} of the version,
 * or NULL where it was refused or the board does not come to it; said on standard error.
 */
json_t *act_outcome(struct http_client *board, const char *contest, const char *id);

#endif
