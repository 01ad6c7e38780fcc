#include "aggregator/board.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aggregator/board_json.h"
#include "aggregator/live.h"
#include "aggregator/screens.h"
#include "common/clock.h"
#include "common/gate.h"
#include "common/origins.h"
#include "common/sentence.h"

/* --- Routes --- */

/* Who may ask. */
enum access {
    ACCESS_VIEW,     /* all; for the live view an organiser or a judge */
    ACCESS_JURY,     /* organiser, judge */
    ACCESS_TOKEN,    /* whoever has a token of this contest */
    ACCESS_CLERK,    /* those and a connector: who may see every streamer's events */
    ACCESS_STREAMER, /* those, a connector, and the streamer that the path names */
};

struct route {
    const char *name; /* the segment behind the contest; "" for the contest itself */
    size_t segments;  /* and so many more */
    enum access access;
    unsigned takes; /* parameters: board_query.h */
    bool kept;      /* its answers may be kept (they depend on nothing but contest, view and query) */
    board_route_fn *fn;
    void (*whole)(struct board_request *request); /* in place of `fn`: answers by itself */
};

static void watch(struct board_request *request);

static const struct route routes[] = {
    {"", 0, ACCESS_VIEW, TAKES_VIEW, false, board_contest_route, NULL},
    {"totals", 0, ACCESS_VIEW, TAKES_VIEW, true, board_totals_route, NULL},
    {"chains", 0, ACCESS_VIEW, TAKES_VIEW, true, board_chains_route, NULL},
    {"tally", 0, ACCESS_VIEW, TAKES_VIEW | TAKES_BY | NEEDS_BY | TAKES_FILTERS, true, board_tally_route,
     NULL},
    {"rankings", 0, ACCESS_VIEW, TAKES_VIEW, true, board_rankings_route, NULL},
    {"rankings", 1, ACCESS_VIEW, TAKES_VIEW, true, board_ranking_route, NULL},
    {"series", 0, ACCESS_VIEW, TAKES_VIEW | TAKES_BY | TAKES_FILTERS | TAKES_BUCKET | TAKES_RANGE, true,
     board_series_route, NULL},
    {"receipts", 1, ACCESS_STREAMER, TAKES_VIEW | TAKES_STATUS | TAKES_LIMIT, false, board_receipts_route,
     NULL},
    {"receipts", 2, ACCESS_STREAMER, TAKES_VIEW, false, board_receipt_route, NULL},
    {"sales", 0, ACCESS_CLERK, TAKES_VIEW | TAKES_FILTERS | TAKES_AFTER | TAKES_LIMIT, false,
     board_sales_route, NULL},
    {"audit", 0, ACCESS_JURY, TAKES_VIEW | TAKES_LIMIT, false, board_audit_route, NULL},
    {"token", 0, ACCESS_TOKEN, TAKES_VIEW, false, board_token_route, NULL},
    {"results", 0, ACCESS_VIEW, TAKES_VIEW, false, board_results_route, NULL},
    {"results", 1, ACCESS_VIEW, TAKES_VIEW | TAKES_LANGUAGE, false, NULL, board_version},
    {"live", 0, ACCESS_VIEW, TAKES_VIEW, false, NULL, watch},
};

/* --- Refusals --- */

static void
answer_json(struct http_exchange *exchange, int status, const char *fields, struct buf *body)
{
    struct http_answer answer = {status, "application/json", fields, buf_span(body), false};
    if (body->failed)
        http_answer_error(exchange, 503, "unavailable", 1, "There is no memory for this answer now.");
    else
        http_answer(exchange, &answer);
}

void
board_answer_json(struct board_request *request, struct buf *body)
{
    answer_json(request->exchange, 200, NULL, body);
}

static void
refuse_with(struct http_exchange *exchange, int status, const char *fields, const char *code,
            const char *message)
{
    struct buf body = {0};
    struct json_out json = {&body, false};
    json_open(&json, '{');
    json_put_text(&json, "code", code);
    json_put_text(&json, "message", message);
    json_close(&json, '}');
    answer_json(exchange, status, fields, &body);
    buf_free(&body);
}

bool
board_refuse(struct board_request *request, int status, const char *code, const char *format, ...)
{
    char message[QUERY_WHY_SIZE + 64];
    va_list arguments;
    va_start(arguments, format);
    sentence_write(message, sizeof message, format, arguments);
    va_end(arguments);
    const char *fields = NULL;
    if (status == 401)
        fields = "WWW-Authenticate: Bearer\r\n";
    else if (status == 503)
        fields = "Retry-After: 1\r\n";
    refuse_with(request->exchange, status, fields, code, message);
    return false;
}

static bool
refuse_method(struct http_exchange *exchange, const struct http_head *head)
{
    if (head->method == HTTP_GET || head->method == HTTP_HEAD)
        return false;
    refuse_with(exchange, 405, "Allow: GET, HEAD\r\n", "method_not_allowed",
                "The board is read with GET or HEAD; events and actions are posted to ingest.");
    return true;
}

/* --- Who asks --- */

bool
board_is_jury(const struct token_record *token)
{
    return token && (token->role == ROLE_ORGANISER || token->role == ROLE_JUDGE);
}

static bool
is_clerk(const struct token_record *token)
{
    return board_is_jury(token) || (token && token->role == ROLE_CONNECTOR);
}

static bool
may_see_streamer(const struct board_request *request)
{
    const struct token_record *token = request->token;
    return is_clerk(token) ||
           (token->role == ROLE_STREAMER && strcmp(token->streamer, request->segments[0]) == 0);
}

/* Takes the token; false where the gate has answered. Without one, a request is nobody's guess. */
static bool
take_token(struct board_request *request)
{
    struct gate *gate = request->board->gate;
    struct span sent = request->head->authorization;
    request->token = token_check(request->contest->tokens, sent);
    if (request->token)
        return gate_passes_token(gate, request->exchange, request->token->key);
    return sent.len == 0 || gate_passes_failure(gate, request->exchange);
}

static bool
admit(struct board_request *request, enum access access)
{
    if (!take_token(request))
        return false;
    if (access == ACCESS_VIEW) {
        if (request->query.view == VIEW_PUBLIC || board_is_jury(request->token))
            return true;
        return board_refuse(request, 403, "forbidden",
                            "view: the live view needs the token of an organiser or a judge of this contest");
    }
    if (!request->token)
        return board_refuse(request, 401, "unauthorised",
                            "this needs a token of this contest: Authorization: Bearer …");
    if (access == ACCESS_JURY && !board_is_jury(request->token))
        return board_refuse(request, 403, "forbidden", "this needs the token of an organiser or a judge");
    if (access == ACCESS_CLERK && !is_clerk(request->token))
        return board_refuse(request, 403, "forbidden",
                            "this needs the token of a connector, an organiser or a judge");
    if (access == ACCESS_STREAMER && !may_see_streamer(request))
        return board_refuse(request, 403, "forbidden",
                            "this needs the token of that streamer, a connector, an organiser or a judge");
    return true;
}

/* --- Answering --- */

int64_t
board_steady_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Works the answer out; false where the route refused. */
static bool
encode(struct board_request *request, const struct route *route, struct buf *body)
{
    struct json_out json = {body, false};
    /* What tells of single events shows all of them: its standing is the live one, whoever asks. */
    enum view view = route->access == ACCESS_VIEW ? request->query.view : VIEW_LIVE;
    struct envelope envelope = board_envelope(request->contest, view, request->now_ms);
    request->standing = envelope.standing;
    json_open(&json, '{');
    board_put_envelope(&json, &envelope);
    if (!route->fn(request, &json))
        return false;
    json_close(&json, '}');
    request->board->counters->answers_encoded++;
    return true;
}

static void
answer_kept(struct board_request *request, const struct route *route)
{
    struct resume_id place;
    struct buf body = {0};
    contest_place(request->contest, request->query.view, request->now_ms, &place);
    struct question question = {request->contest, request->head->target, &place, board_steady_us()};
    struct span kept = answers_find(request->board->answers, &question);
    if (kept.at) {
        request->board->counters->answers_kept++;
        http_answer(request->exchange, &(struct http_answer){200, "application/json", NULL, kept, false});
        return;
    }
    if (encode(request, route, &body)) {
        if (!body.failed)
            answers_keep(request->board->answers, &question, buf_span(&body),
                         board_steady_us() - question.now_us);
        answer_json(request->exchange, 200, NULL, &body);
    }
    buf_free(&body);
}

static void
answer_fresh(struct board_request *request, const struct route *route)
{
    struct buf body = {0};
    if (encode(request, route, &body))
        answer_json(request->exchange, 200, NULL, &body);
    buf_free(&body);
}

static void
watch(struct board_request *request)
{
    live_watch(request->board->live, request->contest, request->query.view, request->token, request->exchange,
               request->head);
}

static void
answer(struct board_request *request, const struct route *route)
{
    char why[QUERY_WHY_SIZE];
    const char *obstacle = contest_obstacle(request->contest);
    if (obstacle)
        board_refuse(request, 503, "unavailable", "%s", obstacle);
    else if (!board_query_parse(request->head->query, route->takes, &request->query, why))
        board_refuse(request, 400, "bad_request", "%s", why);
    else if (!admit(request, route->access))
        return;
    else if (route->whole)
        route->whole(request);
    else if (route->kept)
        answer_kept(request, route);
    else
        answer_fresh(request, route);
}

/* --- From a path to a route --- */

/* Cuts "/segment" off the front of `path`, decoded; false where there is none, or it cannot be one. */
static bool
take_segment(struct span *path, char out[SEGMENT_SIZE])
{
    if (path->len < 2 || path->at[0] != '/')
        return false;
    const char *end = memchr(path->at + 1, '/', path->len - 1);
    size_t len = end ? (size_t)(end - path->at) : path->len;
    struct span segment = {path->at + 1, len - 1};
    path->at += len;
    path->len -= len;
    return http_decode_segment(segment, out, SEGMENT_SIZE);
}

static const struct route *
find_route(struct span path, struct board_request *request)
{
    char name[SEGMENT_SIZE] = "";
    size_t count = 0;
    if (path.len > 0 && !take_segment(&path, name))
        return NULL;
    while (path.len > 0 && count < SEGMENTS_MOST) {
        if (!take_segment(&path, request->segments[count++]))
            return NULL;
    }
    for (size_t i = 0; path.len == 0 && i < sizeof routes / sizeof routes[0]; i++) {
        if (strcmp(routes[i].name, name) == 0 && routes[i].segments == count)
            return &routes[i];
    }
    return NULL;
}

static void
handle_list(struct board_request *request)
{
    struct buf body = {0};
    struct json_out json = {&body, false};
    char why[QUERY_WHY_SIZE];
    if (!board_query_parse(request->head->query, TAKES_VIEW, &request->query, why)) {
        board_refuse(request, 400, "bad_request", "%s", why);
    } else if (request->query.view != VIEW_PUBLIC) {
        board_refuse(request, 403, "forbidden",
                     "view: the list of contests has no live view, each contest has one");
    } else {
        board_contest_list(request->board->contests, request->now_ms, &json);
        answer_json(request->exchange, 200, NULL, &body);
    }
    buf_free(&body);
}

static void
handle_contests(struct board_request *request, struct span path)
{
    const struct contests *contests = request->board->contests;
    char id[SEGMENT_SIZE];
    bool whole_list = path.len == 0;
    bool has_id = !whole_list && take_segment(&path, id);
    const struct route *route = has_id ? find_route(path, request) : NULL;
    if (!whole_list && !route) {
        board_refuse(request, 404, "not_found", "there is nothing at this path");
        return;
    }
    if (refuse_method(request->exchange, request->head) ||
        !gate_passes_address(request->board->gate, request->exchange))
        return;
    if (!contests->listed) {
        board_refuse(request, 503, "unavailable", "the contests are not known yet: Redis has not answered");
        return;
    }
    if (whole_list) {
        handle_list(request);
        return;
    }
    request->contest = contests_find(contests, span_of(id));
    if (request->contest)
        answer(request, route);
    else
        board_refuse(request, 404, "unknown_contest", "expected the id of a contest, found \"%s\"", id);
}

void
board_handle(struct http_exchange *exchange, const struct http_head *head, struct span body, void *arg)
{
    static const struct {
        const char *path;
        void (*handle)(struct board_request *request);
    } fixed[] = {{"/healthz", board_health},         {"/readyz", board_readiness},
                 {"/metrics", board_metrics},        {"/v1/limits", board_limits},
                 {"/v1/addresses", board_addresses}, {"/map.json", board_map}};
    static const struct span contests = SPAN("/v1/contests");
    struct board_request request = {.board = arg,
                                    .exchange = exchange,
                                    .head = head,
                                    .now_ms = clock_wall_ms()};
    (void)body;
    struct span path = head->path;
    if (origins_answer(request.board->origins, exchange, head))
        return;
    if (path.len >= contests.len && memcmp(path.at, contests.at, contests.len) == 0 &&
        (path.len == contests.len || path.at[contests.len] == '/')) {
        path.at += contests.len;
        path.len -= contests.len;
        handle_contests(&request, path);
        return;
    }
    if (refuse_method(exchange, head))
        return;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (span_is(path, fixed[i].path)) {
            fixed[i].handle(&request);
            return;
        }
    }
    if (!screens_answer(request.board->screens, exchange, head))
        board_refuse(&request, 404, "not_found", "there is nothing at this path");
}
