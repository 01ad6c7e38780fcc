#include "ingest/observe.h"

#include "common/daemon.h"
#include "common/gate.h"
#include "common/json_out.h"
#include "common/stats.h"
#include "ingest/hosted.h"

static void
answer_buf(struct ingest *ingest, struct http_exchange *exchange, int status, const char *content_type,
           struct buf *body)
{
    if (body->failed)
        answer_unavailable(exchange, &ingest->counters, "out of memory");
    else
        http_answer(exchange, &(struct http_answer){.status = status,
                                                    .content_type = content_type,
                                                    .body = buf_span(body)});
    buf_free(body);
}

void
observe_limits(struct ingest *ingest, struct http_exchange *exchange)
{
    struct buf body = {0};
    daemon_limits_json(ingest->options->connection_limit, &body);
    answer_buf(ingest, exchange, 200, "application/json", &body);
}

void
observe_health(struct ingest *ingest, struct http_exchange *exchange)
{
    (void)ingest;
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = "application/json",
                                                .body = SPAN("{\"status\":\"alive\"}")});
}

void
observe_readiness(struct ingest *ingest, struct http_exchange *exchange)
{
    const char *why = ingest_not_ready(ingest);
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    json_open(&json, '{');
    json_put_text(&json, "status", why ? "not_ready" : "ready");
    if (why)
        json_put_text(&json, "reason", why);
    json_close(&json, '}');
    answer_buf(ingest, exchange, why ? 503 : 200, "application/json", &body);
}

/* --- Figures --- */

#define COUNTER_NAME(field) "bochuang_ingest_" #field "_total"
#define GAUGE_NAME(field) "bochuang_ingest_" #field

static const struct stat counter_table[] = {
#define X(field, kind, help) {kind##_NAME(field), STAT_##kind, help, offsetof(struct counters, field)},
    INGEST_COUNTERS(X)
#undef X
};

static const struct stat rejected_table[] = {
#define X(constant, code)                                                                                    \
    {"bochuang_ingest_events_rejected_total{code=\"" code "\"}", STAT_COUNTER,                               \
     "Events that were rejected, by code.", offsetof(struct counters, rejected[constant])},
    EVENT_CODES(X)
#undef X
};

static const struct stat http_table[] = {
#define X(field, kind, help)                                                                                 \
    {kind##_NAME(http_##field), STAT_##kind, help, offsetof(struct http_server_stats, field)},
    HTTP_FIGURES(X)
#undef X
};

static const struct stat gate_table[] = {
#define X(field, kind, help)                                                                                 \
    {kind##_NAME(gate_##field), STAT_##kind, help, offsetof(struct gate_stats, field)},
    GATE_FIGURES(X)
#undef X
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

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
    stats_print(counter_table, COUNT_OF(counter_table), &ingest->counters, "", &body);
    /* Row 0 is CODE_OK: nothing is rejected for it. */
    stats_print(rejected_table + 1, COUNT_OF(rejected_table) - 1, &ingest->counters, "", &body);
    stats_print(http_table, COUNT_OF(http_table), http_server_stats(ingest->server), "", &body);
    stats_print(gate_table, COUNT_OF(gate_table), gate_stats(ingest->gate), "", &body);
    stats_print_process(&body);
    answer_buf(ingest, exchange, 200, "text/plain; version=0.0.4", &body);
}
