#include "ingest/receive.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/gate.h"
#include "common/origins.h"
#include "ingest/admit.h"
#include "ingest/authorise.h"
#include "ingest/hosted.h"
#include "ingest/ingest.h"
#include "ingest/observe.h"

struct request {
    struct ingest *ingest;
    struct http_exchange *exchange;
    const struct http_head *head;
    struct span body;
    struct hosted *hosted; /* of a contest's routes */
};

/* --- Kinds of body --- */

/* The media type: what stands before parameters, without white space around it. */
static struct span
media_type(struct span content_type)
{
    const char *semicolon = content_type.len ? memchr(content_type.at, ';', content_type.len) : NULL;
    if (semicolon)
        content_type.len = (size_t)(semicolon - content_type.at);
    while (content_type.len > 0 &&
           (content_type.at[content_type.len - 1] == ' ' || content_type.at[content_type.len - 1] == '\t'))
        content_type.len--;
    return content_type;
}

static bool
is_media_type(struct span type, const char *name)
{
    return type.len == strlen(name) && strncasecmp(type.at, name, type.len) == 0;
}

static bool
find_format(struct span content_type, enum body_format *format)
{
    static const struct {
        const char *name;
        enum body_format format;
    } formats[] = {
        {"application/json", BODY_JSON},
        {"application/x-ndjson", BODY_NDJSON},
        {"application/msgpack", BODY_MSGPACK},
        {"application/x-msgpack", BODY_MSGPACK},
    };
    struct span type = media_type(content_type);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (!is_media_type(type, formats[i].name))
            continue;
        *format = formats[i].format;
        return true;
    }
    return false;
}

static void
answer_wrong_kind(const struct request *request, const char *expected)
{
    struct span found = request->head->content_type;
    if (found.len == 0)
        http_answer_error(request->exchange, 415, "unsupported_media_type", 0,
                          "expected a Content-Type: %s; found none", expected);
    else
        http_answer_error(request->exchange, 415, "unsupported_media_type", 0,
                          "expected a Content-Type of %s, found \"%.*s\"", expected,
                          found.len < 80 ? (int)found.len : 80, found.at);
}

/* --- Events and actions --- */

/* ?atomic=0 or 1; false where it is anything else, and answered. */
static bool
read_atomic(const struct request *request, bool *atomic)
{
    char value[8] = "0";
    int found =
        request->head->query.len ? http_query(request->head->query, "atomic", value, sizeof value) : 0;
    *atomic = strcmp(value, "1") == 0;
    if (found == 0 || (found == 1 && (*atomic || strcmp(value, "0") == 0)))
        return true;
    http_answer_error(request->exchange, 400, "bad_request", 0, "expected atomic=0 or atomic=1 in the query");
    return false;
}

static void
post_events(const struct request *request)
{
    struct hosted *hosted = request->hosted;
    const struct token_record *record =
        authorise(hosted, request->exchange, request->head, ROLE_STREAMER, ROLE_CONNECTOR);
    if (!record)
        return;
    if (!hosted_is_serving(hosted)) {
        answer_unavailable(request->exchange, &request->ingest->counters,
                           "events cannot be stored now; send them again");
        return;
    }
    if (registry_closed(hosted->registry)) {
        http_answer_error(request->exchange, 409, "contest_closed", 0, "contest %s takes no more events",
                          hosted->id);
        return;
    }
    struct admit_request admit = {.hosted = hosted, .body = request->body, .now_ms = clock_wall_ms()};
    if (!find_format(request->head->content_type, &admit.format)) {
        answer_wrong_kind(request, "application/json, application/x-ndjson or application/msgpack");
        return;
    }
    if (!read_atomic(request, &admit.atomic))
        return;
    admit.poster.any_streamer = record->role == ROLE_CONNECTOR;
    admit.poster.streamer = admit.poster.any_streamer
                                ? CONTEST_NONE
                                : contest_find_streamer(hosted_contest(hosted), span_of(record->streamer));
    admit_events(request->ingest->admission, request->exchange, &admit);
}

static void
post_action(const struct request *request)
{
    struct hosted *hosted = request->hosted;
    const struct token_record *record =
        authorise(hosted, request->exchange, request->head, ROLE_ORGANISER, ROLE_JUDGE);
    if (!record)
        return;
    if (!hosted_is_serving(hosted))
        answer_unavailable(request->exchange, &request->ingest->counters,
                           "actions cannot be stored now; send it again");
    else if (!is_media_type(media_type(request->head->content_type), "application/json"))
        answer_wrong_kind(request, "application/json");
    else if (request->body.len > LIMIT_ACTION_BYTES)
        http_answer_error(request->exchange, 413, "too_large", 0, "expected an action of at most %d bytes",
                          LIMIT_ACTION_BYTES);
    else
        steer_action(hosted, request->exchange, record, request->body);
}

/* --- Routes --- */

typedef void route_fn(const struct request *request);

static void
answer_wrong_method(const struct request *request, const char *allow)
{
    char fields[64], body[160];
    snprintf(fields, sizeof fields, "Allow: %s\r\n", allow);
    int len = snprintf(body, sizeof body,
                       "{\"code\":\"method_not_allowed\",\"message\":\"expected one of: %s\"}", allow);
    http_answer(request->exchange, &(struct http_answer){.status = 405,
                                                         .content_type = "application/json",
                                                         .fields = fields,
                                                         .body = {body, (size_t)len}});
}

static void
answer_not_found(const struct request *request)
{
    http_answer_error(request->exchange, 404, "not_found", 0, "there is nothing at this path");
}

static const struct {
    const char *path;
    void (*answer)(struct ingest *ingest, struct http_exchange *exchange);
} fixed_routes[] = {
    {"/v1/limits", observe_limits},
    {"/healthz", observe_health},
    {"/readyz", observe_readiness},
    {"/metrics", observe_metrics},
};

static void
receive_fixed(const struct request *request)
{
    enum http_method method = request->head->method;
    for (size_t i = 0; i < sizeof fixed_routes / sizeof *fixed_routes; i++) {
        if (!span_is(request->head->path, fixed_routes[i].path))
            continue;
        if (method == HTTP_GET || method == HTTP_HEAD)
            fixed_routes[i].answer(request->ingest, request->exchange);
        else
            answer_wrong_method(request, "GET, HEAD");
        return;
    }
    answer_not_found(request);
}

/* Takes one segment off the path's front, as it is written. */
static struct span
take_segment(struct span *path)
{
    const char *slash = memchr(path->at, '/', path->len);
    struct span segment = {path->at, slash ? (size_t)(slash - path->at) : path->len};
    path->at += segment.len + (slash != NULL);
    path->len -= segment.len + (slash != NULL);
    return segment;
}

static route_fn *
find_contest_route(struct span rest)
{
    if (span_is(rest, "events"))
        return post_events;
    if (span_is(rest, "actions"))
        return post_action;
    return NULL;
}

static void
answer_no_contest(const struct request *request, const char *id)
{
    if (!ingest_can_commit(request->ingest)) /* it may be there: the contests are in Redis */
        answer_unavailable(request->exchange, &request->ingest->counters, "Redis cannot be reached");
    else
        http_answer_error(request->exchange, 404, "unknown_contest", 0, "there is no contest \"%s\"", id);
}

#define CONTESTS_PATH "/v1/contests/"

static void
receive_contest(struct request *request)
{
    char id[LIMIT_CONTEST_ID_BYTES + 1] = "";
    struct span rest = request->head->path;
    rest.at += strlen(CONTESTS_PATH);
    rest.len -= strlen(CONTESTS_PATH);
    struct span segment = take_segment(&rest);
    request->hosted =
        ingest_find(request->ingest, segment); /* no contest's id needs an escape; one may have it */
    bool has_id =
        request->hosted || (http_decode_segment(segment, id, sizeof id) && id_is_contest(span_of(id)));
    route_fn *route = find_contest_route(rest);
    if (has_id && !request->hosted)
        request->hosted = ingest_find(request->ingest, span_of(id));
    if (!route)
        answer_not_found(request);
    else if (!has_id)
        http_answer_error(request->exchange, 404, "unknown_contest", 0,
                          "expected a contest's id in the path");
    else if (!request->hosted)
        answer_no_contest(request, id);
    else if (request->head->method != HTTP_POST)
        answer_wrong_method(request, "POST");
    else if (!gate_passes_address(request->ingest->gate, request->exchange))
        return;
    else if (!request->hosted->opened)
        answer_unavailable(request->exchange, &request->ingest->counters, "the contest is not loaded yet");
    else
        route(request);
}

void
receive(struct http_exchange *exchange, const struct http_head *head, struct span body, void *ingest)
{
    struct request request = {.ingest = ingest, .exchange = exchange, .head = head, .body = body};
    bool of_contest = head->path.len > strlen(CONTESTS_PATH) &&
                      memcmp(head->path.at, CONTESTS_PATH, strlen(CONTESTS_PATH)) == 0;
    if (origins_answer(request.ingest->origins, exchange, head))
        return;
    if (of_contest)
        receive_contest(&request);
    else
        receive_fixed(&request);
}
