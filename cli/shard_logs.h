/*
 * The logs of a contest's shards, as they stood at one moment, read from the Redis of this machine one after
 * another, entry by entry.
 *
 * All their ends are taken at once when they are opened; what is appended later is not read, so that a
 * contest may go on meanwhile.
 */
#ifndef BOCHUANG_CLI_SHARD_LOGS_H
#define BOCHUANG_CLI_SHARD_LOGS_H

#include "cli/local_redis.h"
#include "common/limits.h"
#include "common/log.h"

/* Takes the next entry; false where nothing more is wanted. The payload is gone after the call. */
typedef bool shard_entry_fn(const struct log_entry *entry, void *arg);

struct shard_logs {
    struct local_redis redis;
    const char *contest; /* borrowed */
    uint32_t shard_count;
    struct log_id ends[LIMIT_SHARDS]; /* the last entry of each */
    uint64_t entry_counts[LIMIT_SHARDS];
    /* Of the log that is being read: */
    uint32_t shard;
    shard_entry_fn *on_entry;
    void *arg;
    const char *trouble; /* why it cannot go on */
};

/* False, and `trouble`, where they cannot be read. To be closed either way. */
bool shard_logs_open(struct shard_logs *logs, const char *directory, const char *contest,
                     struct buf *trouble);
void shard_logs_close(struct shard_logs *logs);

uint64_t shard_logs_entry_count(const struct shard_logs *logs); /* of all shards */

/* Gives all entries of a shard, in order. False, and `trouble`, where its end was not reached; nothing is
 * said where on_entry() did not want more. */
bool shard_logs_read(struct shard_logs *logs, uint32_t shard, shard_entry_fn *on_entry, void *arg,
                     struct buf *trouble);

#endif
