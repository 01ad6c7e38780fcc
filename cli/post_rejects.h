/* What ingest will never take, kept beside the file it came from: one JSON object a line, with the reason. */
#ifndef BOCHUANG_CLI_POST_REJECTS_H
#define BOCHUANG_CLI_POST_REJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/span.h"

struct rejects {
    char *path; /* owned */
    FILE *file; /* owned; NULL before the first one */
};

struct reject {
    uint64_t line; /* in the file, from 1 */
    const char *code, *field, *message;
    struct span event; /* as it stood there */
};

/* Will write to "NAME.rejected", once there is something. */
void rejects_open(struct rejects *rejects, const char *name);

/* False where it cannot be written; standard error says why. */
bool rejects_add(struct rejects *rejects, const struct reject *reject);

/*
 * Ends the list; false where it could not be written. Where all was sent and nothing was rejected, a list
 * that an earlier run left is removed: what it says is no longer so.
 */
bool rejects_close(struct rejects *rejects, bool all_was_sent);

#endif
