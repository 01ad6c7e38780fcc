/* A contest as the board has it. */
#ifndef BOCHUANG_CLI_FETCH_CONTEST_H
#define BOCHUANG_CLI_FETCH_CONTEST_H

#include "cli/http_client.h"
#include "common/contest.h"

/* NULL where that failed: it is said on standard error, in the name of `command`. */
struct contest *fetch_contest(struct http_client *board, const char *id, const char *command);

#endif
