#include "tests/model/sim/ingest_side.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/gate.h"
#include "common/http_server.h"
#include "common/origins.h"
#include "ingest/admit.h"
#include "ingest/files.h"
#include "ingest/flush.h"
#include "ingest/hosted.h"
#include "ingest/ingest.h"
#include "ingest/receive.h"
#include "ingest/survey.h"
#include "tests/model/sim/loop.h"
#include "tests/model/sim/sends.h"
#include "tests/model/sim/violation.h"

enum { TICK_MS = 200, TURN_US = 50 };

struct ingest_side_stats ingest_side_stats;

/* Scratch memory of eight megabytes: one daemon after the other uses it, and each has it as it was left. */
static struct admission *admission;

struct http_exchange {
    struct http_exchange *next; /* in the inbox */
    struct ingest_side *side;
    struct ingest_request request;
    char memo[HTTP_MEMO_BYTES];
    struct span body; /* owned copy: a producer may give up */
};

struct ingest_side {
    struct ingest ingest;
    struct options options;
    struct event *turn; /* handles what has arrived */
    struct http_exchange *inbox, **inbox_end;
    uint64_t number;
    bool dead;
};

/* --- HTTP, in place of common/http_*.c --- */

static void
exchange_free(struct http_exchange *exchange)
{
    ingest_side_stats.live_exchanges--;
    free((char *)exchange->body.at);
    free(exchange);
}

void
http_answer(struct http_exchange *exchange, const struct http_answer *answer)
{
    if (!exchange->side->dead)
        exchange->request.on_answer(answer->status, answer->body, exchange->request.arg);
    exchange_free(exchange);
}

void
http_answer_error(struct http_exchange *exchange, int status, const char *code, int retry_after_s,
                  const char *format, ...)
{
    char body[512];
    (void)retry_after_s;
    int len = snprintf(body, sizeof body, "%s: ", code);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(body + len, sizeof body - (size_t)len, format, arguments);
    va_end(arguments);
    http_answer(exchange, &(struct http_answer){.status = status, .body = span_of(body)});
}

void *
http_memo(struct http_exchange *exchange)
{
    return exchange->memo;
}

uint64_t
http_peer(struct http_exchange *exchange)
{
    (void)exchange;
    return 1;
}

void
http_peer_text(struct http_exchange *exchange, char out[HTTP_PEER_SIZE])
{
    (void)exchange;
    snprintf(out, HTTP_PEER_SIZE, "a producer");
}

void
http_add_fields(struct http_exchange *exchange, const char *fields)
{
    (void)exchange, (void)fields;
}

const struct http_server_stats *
http_server_stats(const struct http_server *server)
{
    static const struct http_server_stats stats;
    (void)server;
    return &stats;
}

/* --- Files, in place of ingest/files.c --- */

bool
files_load(struct ingest *ingest)
{
    struct errors errors = {0};
    struct contest *contest = contest_load(span_of(sends_contest_file()), &errors);
    HOLDS(contest, "the contest file is wrong: %s: %s", errors.items[0].field, errors.items[0].message);
    errors_free(&errors);
    survey_add_file(ingest->survey, contest);
    return true;
}

/* --- A loop turn --- */

static void
handle(struct http_exchange *exchange)
{
    const struct ingest_request *request = &exchange->request;
    static struct http_head head;
    head = (struct http_head){.method = HTTP_POST,
                              .path = span_of(request->path),
                              .authorization = span_of(request->authorization),
                              .content_type = span_of(request->content_type)};
    ingest_side_stats.requests++;
    receive(exchange, &head, exchange->body, &exchange->side->ingest);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct ingest_side *side = arg;
    struct http_exchange *next, *exchange = side->inbox;
    side->inbox = NULL;
    side->inbox_end = &side->inbox;
    for (; exchange; exchange = next) {
        next = exchange->next;
        handle(exchange);
    }
    flush_at_turn_end(&side->ingest);
}

void
ingest_side_receive(struct ingest_side *side, const struct ingest_request *request)
{
    struct http_exchange *exchange = calloc(1, sizeof *exchange);
    char *body = malloc(request->body.len + 1);
    assert(exchange && body);
    memcpy(body, request->body.at, request->body.len);
    *exchange = (struct http_exchange){.side = side, .request = *request, .body = {body, request->body.len}};
    ingest_side_stats.live_exchanges++;
    *side->inbox_end = exchange;
    side->inbox_end = &exchange->next;
    if (!loop_is_pending(side->turn))
        loop_due_in(side->turn, TURN_US);
}

static void
tick_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct ingest_side *side = arg;
    for (size_t i = 0; i < side->ingest.hosted_count; i++)
        hosted_tick(side->ingest.hosted[i], clock_wall_ms());
}

/* --- Life: as ingest/main.c does it --- */

static void
link_state_cb(bool up, void *arg)
{
    struct ingest *ingest = arg;
    survey_link_changed(ingest->survey, up);
}

struct ingest_side *
ingest_side_start(uint32_t shards, int64_t commit_timeout_ms)
{
    static uint64_t numbers;
    struct ingest_side *side = calloc(1, sizeof *side);
    assert(side);
    side->number = ++numbers;
    if (!admission)
        admission = admission_new();
    struct ingest *ingest = &side->ingest;
    side->options =
        (struct options){.redis = "model", .shards = shards, .commit_timeout_ms = commit_timeout_ms};
    side->inbox_end = &side->inbox;
    side->turn = event_new(NULL, -1, 0, turn_cb, side);
    ingest->options = &side->options;
    ingest->base = (struct event_base *)side;
    ingest->admission = admission;
    ingest->postings.counters = &ingest->counters;
    ingest->gate = gate_new(&(struct gate_options){0});
    ingest->origins =
        origins_new(&side->options.cors_origins, &(struct origins_rights){"POST", "Authorization"});
    ingest->survey = survey_new(ingest);
    struct redis_link_options link = {.address = "model",
                                      .command_timeout_ms = commit_timeout_ms,
                                      .on_state = link_state_cb,
                                      .arg = ingest};
    ingest->link = redis_link_new(ingest->base, &link);
    ingest->flush = flush_new(ingest);
    ingest->tick = event_new(ingest->base, -1, EV_PERSIST, tick_cb, side);
    struct timeval tick = {0, TICK_MS * 1000};
    event_add(ingest->tick, &tick);
    files_load(ingest);
    return side;
}

void
ingest_side_kill(struct ingest_side *side)
{
    struct ingest *ingest = &side->ingest;
    side->dead = true;
    ingest_side_stats.repaired += ingest->counters.repaired;
    ingest_side_stats.commit_failures += ingest->counters.commit_failures;
    redis_link_free(ingest->link);
    ingest->link = NULL;
    for (size_t i = 0; i < ingest->hosted_count; i++)
        hosted_free(ingest->hosted[i]);
    survey_free(ingest->survey);
    gate_free(ingest->gate);
    origins_free(ingest->origins);
    posting_pool_free(&ingest->postings);
    flush_free(ingest->flush);
    event_free(ingest->tick);
    event_free(side->turn);
    while (side->inbox) {
        struct http_exchange *next = side->inbox->next;
        exchange_free(side->inbox);
        side->inbox = next;
    }
    free(side);
}

uint64_t
ingest_side_number(const struct ingest_side *side)
{
    return side->number;
}

const char *
ingest_side_not_ready(const struct ingest_side *side)
{
    return ingest_not_ready(&side->ingest);
}

void
ingest_side_free_all(void)
{
    admission_free(admission);
    admission = NULL;
}
