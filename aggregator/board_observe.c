/* What the daemon says of itself: alive, ready, its limits, its figures. */
#include <stddef.h>

#include "aggregator/board.h"
#include "aggregator/map.h"
#include "aggregator/read.h"
#include "common/daemon.h"
#include "common/gate.h"
#include "common/stats.h"

static void
answer_buf(struct board_request *request, int status, const char *content_type, struct buf *body)
{
    if (body->failed)
        board_refuse(request, 503, "unavailable", "there is no memory for this answer now");
    else
        http_answer(request->exchange,
                    &(struct http_answer){.status = status,
                                          .content_type = content_type,
                                          .fields = status == 503 ? "Retry-After: 1\r\n" : NULL,
                                          .body = buf_span(body)});
    buf_free(body);
}

void
board_health(struct board_request *request)
{
    http_answer(request->exchange, &(struct http_answer){.status = 200,
                                                         .content_type = "application/json",
                                                         .body = SPAN("{\"status\":\"alive\"}")});
}

void
board_readiness(struct board_request *request)
{
    const char *why = reader_not_ready(request->board->reader);
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    json_open(&json, '{');
    json_put_text(&json, "status", why ? "not_ready" : "ready");
    if (why)
        json_put_text(&json, "reason", why);
    json_close(&json, '}');
    answer_buf(request, why ? 503 : 200, "application/json", &body);
}

void
board_limits(struct board_request *request)
{
    struct buf body = {0};
    daemon_limits_json(request->board->connection_limit, &body);
    answer_buf(request, 200, "application/json", &body);
}

void
board_addresses(struct board_request *request)
{
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    json_open(&json, '{');
    json_put_text(&json, "ingest", request->board->ingest_url);
    json_close(&json, '}');
    answer_buf(request, 200, "application/json", &body);
}

void
board_map(struct board_request *request)
{
    map_answer(request->board->map, request->exchange);
}

/* Whose token this is: a screen that is given one shows what its holder may do. */
bool
board_token_route(struct board_request *request, struct json_out *json)
{
    const struct token_record *token = request->token;
    json_put_text(json, "role", role_name(token->role));
    json_put_text(json, "streamer", token->role == ROLE_STREAMER ? token->streamer : NULL);
    json_put_text(json, "label", token->label);
    json_put_text(json, "key", token->key);
    return true;
}

/* --- Figures --- */

#define NAME_OF_COUNTER(field) "bochuang_aggregator_" #field "_total"
#define NAME_OF_GAUGE(field) "bochuang_aggregator_" #field

static const struct stat own_table[] = {
#define X(field, kind, help) {NAME_OF_##kind(field), STAT_##kind, help, offsetof(struct counters, field)},
    AGGREGATOR_COUNTERS(X)
#undef X
};

static const struct stat http_table[] = {
#define X(field, kind, help)                                                                                 \
    {NAME_OF_##kind(http_##field), STAT_##kind, help, offsetof(struct http_server_stats, field)},
    HTTP_FIGURES(X)
#undef X
};

static const struct stat gate_table[] = {
#define X(field, kind, help)                                                                                 \
    {NAME_OF_##kind(gate_##field), STAT_##kind, help, offsetof(struct gate_stats, field)},
    GATE_FIGURES(X)
#undef X
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void
take_gauges(struct board *board)
{
    struct counters *counters = board->counters;
    const struct contests *contests = board->contests;
    counters->contests = contests->count;
    counters->ready = reader_not_ready(board->reader) == NULL;
    counters->contests_shown = counters->events_folded = counters->fold_memory_bytes = 0;
    for (size_t i = 0; i < contests->count; i++) {
        const struct board_contest *contest = contests->items[i];
        counters->contests_shown += contest_obstacle(contest) == NULL;
        for (uint32_t s = 0; s < contest->shard_count; s++) {
            counters->events_folded += fold_event_count(contest->shards[s].fold);
            counters->fold_memory_bytes += fold_memory_bytes(contest->shards[s].fold);
        }
    }
}

void
board_metrics(struct board_request *request)
{
    struct buf body = {0};
    take_gauges(request->board);
    stats_print(own_table, COUNT_OF(own_table), request->board->counters, "", &body);
    stats_print(http_table, COUNT_OF(http_table), http_server_stats(request->board->server), "", &body);
    stats_print(gate_table, COUNT_OF(gate_table), gate_stats(request->board->gate), "", &body);
    stats_print_process(&body);
    answer_buf(request, 200, "text/plain; version=0.0.4", &body);
}
