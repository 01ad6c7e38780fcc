/*
 * Reading: which contests there are, and their logs into their folds.
 *
 * Every second the hash of contests is asked for; each new one gets a follower a shard, and one for its
 * tokens. One answer of Redis brings at most `batch_count` entries, which are folded at once; then the loop
 * goes round, so that the board stays quick while a long log is read.
 */
#ifndef BOCHUANG_READ_H
#define BOCHUANG_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "aggregator/contests.h"
#include "aggregator/counters.h"

struct event_base;
struct redis_link;
struct reader;

struct reader_options {
    const char *address, *user, *password; /* of Redis, as redis_link_options; must outlive the reader */
    struct redis_link *link;               /* borrowed: for the list of contests */
    size_t batch_count;
    struct contests *contests; /* borrowed: filled here */
    struct counters *counters; /* borrowed */
    /* Called when an entry was folded, when a log was read to its end, and every second (for the clock). */
    void (*on_change)(struct board_contest *contest, void *arg);
    void (*on_tokens)(struct board_contest *contest, void *arg); /* a token came or was revoked */
    void *arg;
};

struct reader *reader_new(struct event_base *base, const struct reader_options *options);
void reader_free(struct reader *reader); /* stops following; the contests stay */

/* Asks for the list of contests now rather than at the next second: when the link came up. */
void reader_list(struct reader *reader);

/* Why this is not ready: the list is not known, a link is down, a log not read to its end. NULL: it is ready.
 */
const char *reader_not_ready(const struct reader *reader);

#endif
