/*
 * The way into the Redis of this machine, for the commands that read or write the log directly: its socket in
 * the data directory of deploy/up, and the password beside it, which lets in the Redis user "operator".
 */
#ifndef BOCHUANG_CLI_REDIS_DOOR_H
#define BOCHUANG_CLI_REDIS_DOOR_H

#include <stdbool.h>

#include "common/buf.h"

struct redis_door {
    char *address;    /* owned: unix:DIR/redis.sock */
    const char *user; /* NULL: none is wanted */
    char *password;   /* owned; NULL: none is wanted */
};

/* False, and `trouble` says why, where there is a password that cannot be read. */
bool redis_door_find(struct redis_door *door, const char *directory, struct buf *trouble);
void redis_door_free(struct redis_door *door);

#endif
