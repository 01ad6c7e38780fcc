/*
 * Steering: actions and contest documents on their way into the log, one at a time for each contest.
 *
 *   queued ──▶ held against the contest ──▶ shard n-1 … ──▶ shard 1 ──▶ shard 0 ──▶ applied ──▶ answered
 *
 * Shard 0 comes last, because it is what every ingest follows: what one of them knows of, a new session say,
 * stands in all the other logs already, so that no event can come before what it needs.
 *
 * An action is admitted when its turn comes, not when it arrives: what came before it has then been applied
 * by this daemon's own follower, so that of two `register` that exclude each other the second is refused.
 * After a failure on the way the shards may differ; nothing more is steered until they are repaired
 * (repair.h).
 */
#ifndef BOCHUANG_INGEST_STEER_H
#define BOCHUANG_INGEST_STEER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/log.h"
#include "common/registry.h"
#include "common/token.h"

struct hosted;
struct http_exchange;
struct steer_job;

struct steering {
    struct steer_job *first, *last; /* owned */
    size_t job_count, waiting_bytes;
    bool working;    /* the first one is under way */
    bool own_queued; /* among them is one that no client sent: a document or a scheduled action */
};

/* Queues a posted action; the exchange is answered when it is over. */
void steer_action(struct hosted *hosted, struct http_exchange *exchange, const struct token_record *record,
                  struct span body);

/* Queues an entry that the schedule makes: already in the form of the log. Not while one of our own waits. */
void steer_scheduled(struct hosted *hosted, struct span entry);

/* Queues the loading of hosted->file. Not while one of our own waits. */
void steer_document(struct hosted *hosted);

/* Begins the next job where none is under way. */
void steer_step(struct hosted *hosted);

/* The follower has applied this entry: it may be the job's. */
void steer_applied(struct hosted *hosted, const struct log_entry *entry, enum registry_outcome outcome);

/* Answers all that waits with 503. */
void steer_fail_all(struct hosted *hosted);

#endif
