/* What the daemon says of itself: alive, ready, its limits, its figures. */
#include <stddef.h>

#include "aggregator/board.h"
#include "aggregator/map.h"
#include "aggregator/read.h"
#include "common/daemon_http.h"
#include "common/stats.h"

void
board_health(struct board_request *request)
{
    daemon_answer_health(request->exchange);
}

void
board_readiness(struct board_request *request)
{
    daemon_answer_readiness(request->exchange, reader_not_ready(request->board->reader));
}

void
board_limits(struct board_request *request)
{
    daemon_answer_limits(request->exchange, request->board->connection_limit);
}

void
board_addresses(struct board_request *request)
{
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    json_open(&json, '{');
    json_put_text(&json, "ingest", request->board->ingest_url);
    json_close(&json, '}');
    daemon_answer(request->exchange, 200, "application/json", &body);
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

static const struct stat own_table[] = {
#define X(field, kind, help) STAT(struct counters, "", field, kind, help),
    AGGREGATOR_COUNTERS(X)
#undef X
};

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
    struct board *board = request->board;
    struct buf body = {0};
    take_gauges(board);
    stats_print("aggregator", own_table, STAT_COUNT(own_table), board->counters, &body);
    daemon_put_figures("aggregator", board->server, board->gate, &body);
    daemon_answer(request->exchange, 200, "text/plain; version=0.0.4", &body);
}
