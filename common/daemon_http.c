#include "common/daemon_http.h"

#include "common/json_out.h"
#include "common/limits.h"
#include "common/stats.h"

void
daemon_answer(struct http_exchange *exchange, int status, const char *content_type, struct buf *body)
{
    if (body->failed)
        http_answer_error(exchange, 503, "unavailable", 1, "there is no memory for this answer now");
    else
        http_answer(exchange, &(struct http_answer){.status = status,
                                                    .content_type = content_type,
                                                    .fields = status == 503 ? "Retry-After: 1\r\n" : NULL,
                                                    .body = buf_span(body)});
    buf_free(body);
}

void
daemon_answer_health(struct http_exchange *exchange)
{
    http_answer(exchange, &(struct http_answer){.status = 200,
                                                .content_type = "application/json",
                                                .body = SPAN("{\"status\":\"alive\"}")});
}

void
daemon_answer_readiness(struct http_exchange *exchange, const char *why_not)
{
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    json_open(&json, '{');
    json_put_text(&json, "status", why_not ? "not_ready" : "ready");
    if (why_not)
        json_put_text(&json, "reason", why_not);
    json_close(&json, '}');
    daemon_answer(exchange, why_not ? 503 : 200, "application/json", &body);
}

void
daemon_answer_limits(struct http_exchange *exchange, int64_t connection_limit)
{
    static const struct {
        const char *name;
        int64_t value;
    } limits[] = {
        {"body_bytes", LIMIT_BODY_BYTES},     {"events_per_request", LIMIT_EVENTS_PER_REQUEST},
        {"event_bytes", LIMIT_EVENT_BYTES},   {"nesting", LIMIT_NESTING},
        {"head_bytes", LIMIT_HEAD_BYTES},     {"head_fields", LIMIT_HEAD_FIELDS},
        {"uri_bytes", LIMIT_URI_BYTES},       {"id_bytes", LIMIT_ID_BYTES},
        {"action_bytes", LIMIT_ACTION_BYTES}, {"future_ms", LIMIT_FUTURE_MS},
    };
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    json_open(&json, '{');
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        json_put_int(&json, limits[i].name, limits[i].value);
    json_put_int(&json, "connections", connection_limit);
    json_close(&json, '}');
    daemon_answer(exchange, 200, "application/json", &body);
}

static const struct stat http_table[] = {
#define X(field, kind, help) STAT(struct http_server_stats, "http_", field, kind, help),
    HTTP_FIGURES(X)
#undef X
};

static const struct stat gate_table[] = {
#define X(field, kind, help) STAT(struct gate_stats, "gate_", field, kind, help),
    GATE_FIGURES(X)
#undef X
};

void
daemon_put_figures(const char *daemon, const struct http_server *server, const struct gate *gate,
                   struct buf *out)
{
    stats_print(daemon, http_table, STAT_COUNT(http_table), http_server_stats(server), out);
    stats_print(daemon, gate_table, STAT_COUNT(gate_table), gate_stats(gate), out);
    stats_print_process(out);
}
