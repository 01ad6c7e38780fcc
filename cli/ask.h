/* Questions to the board whose answer is JSON. */
#ifndef BOCHUANG_CLI_ASK_H
#define BOCHUANG_CLI_ASK_H

#include <jansson.h>

#include "cli/http_client.h"

/* How long a person waits for a board that does not answer. */
enum { ASK_PATIENCE_MS = 10 * 1000 };

/*
 * GETs `path`: a new reference to the answer's JSON. NULL where the board does not answer within
 * `patience_ms`, or refuses: it is said on standard error, in the name of `command` (NULL: not said).
 */
json_t *ask_board(struct http_client *client, const char *path, int64_t patience_ms, const char *command);

/* The member of an object, as text ("" where it is none) or as an integer (0 where it is none). */
const char *ask_text(const json_t *object, const char *key);
int64_t ask_int(const json_t *object, const char *key);

#endif
