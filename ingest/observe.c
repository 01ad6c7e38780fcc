#include "ingest/observe.h"

#include "common/daemon_http.h"
#include "common/stats.h"
#include "ingest/hosted.h"

void
observe_limits(struct ingest *ingest, struct http_exchange *exchange)
{
    daemon_answer_limits(exchange, ingest->options->connection_limit);
}

void
observe_health(struct ingest *ingest, struct http_exchange *exchange)
{
    (void)ingest;
    daemon_answer_health(exchange);
}

void
observe_readiness(struct ingest *ingest, struct http_exchange *exchange)
{
    daemon_answer_readiness(exchange, ingest_not_ready(ingest));
}

/* --- Figures --- */

static const struct stat counter_table[] = {
#define X(field, kind, help) STAT(struct counters, "", field, kind, help),
    INGEST_COUNTERS(X)
#undef X
};

static const struct stat rejected_table[] = {
#define X(constant, code)                                                                                    \
    {"events_rejected_total{code=\"" code "\"}", STAT_COUNTER, "Events that were rejected, by code.",        \
     offsetof(struct counters, rejected[constant])},
    EVENT_CODES(X)
#undef X
};

static void
take_gauges(struct ingest *ingest)
{
    struct counters *counters = &ingest->counters;
    counters->redis_up = ingest_can_commit(ingest);
    counters->ready = ingest_not_ready(ingest) == NULL;
    counters->contests = ingest->hosted_count;
    counters->tokens = counters->waiting_bytes = counters->commits_in_flight = 0;
    for (size_t i = 0; i < ingest->hosted_count; i++) {
        const struct hosted *hosted = ingest->hosted[i];
        counters->tokens += token_book_count(hosted->tokens);
        for (uint32_t shard = 0; shard < hosted->shard_count; shard++) {
            counters->waiting_bytes += batch_waiting_bytes(&hosted->batches[shard]);
            counters->commits_in_flight += hosted->batches[shard].in_flight > 0;
        }
    }
}

void
observe_metrics(struct ingest *ingest, struct http_exchange *exchange)
{
    struct buf body = {0};
    take_gauges(ingest);
    stats_print("ingest", counter_table, STAT_COUNT(counter_table), &ingest->counters, &body);
    /* Row 0 is CODE_OK: nothing is rejected for it. */
    stats_print("ingest", rejected_table + 1, STAT_COUNT(rejected_table) - 1, &ingest->counters, &body);
    daemon_put_figures("ingest", ingest->server, ingest->gate, &body);
    daemon_answer(exchange, 200, "text/plain; version=0.0.4", &body);
}
