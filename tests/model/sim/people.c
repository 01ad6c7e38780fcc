#include "tests/model/sim/people.h"

#include <assert.h>
#include <inttypes.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/model/sim/chance.h"
#include "tests/model/sim/loop.h"
#include "tests/model/sim/reference.h"
#include "tests/model/sim/sends.h"
#include "tests/model/sim/violation.h"

enum {
    EVENTS_PATIENCE_US = 800 * 1000,
    RETRY_US = 60 * 1000,
    ACTIONS_MOST = 24,
    ACTION_PAUSE_US = 150 * 1000,
    EVENT_TIME_FROM_S = 1637890200, /* 2021-11-26T09:30+08:00 */
};

#define NO_SALE UINT32_MAX

struct people_stats people_stats;

struct request {
    struct request *next;
    bool is_action, acknowledged;
    bool may_be_early;     /* its session may not be registered yet */
    uint32_t first, count; /* numbers of its events; or its action's */
    const char *content_type, *authorization;
    struct buf body;
    struct event *timer; /* when it is sent again */
};

/* Something on its way: a request to a daemon, or an answer back. */
struct flight {
    struct flight *next;
    struct request *request;
    uint64_t daemon; /* its number; 0: this is an answer */
    int status;
    struct event *timer;
};

static struct {
    struct people_options options;
    struct request *requests;
    struct flight *flights;
    size_t open; /* not acknowledged */
    struct event *judge;
    uint32_t last_sale;
    uint32_t registered; /* sessions, beside those of the file */
} people;

/* --- What is sent --- */

/* A sale, or a refund of the sale before it: each sale is refunded once at most. */
static uint32_t
make_event(uint32_t session)
{
    uint32_t sale = people.last_sale;
    people.last_sale = NO_SALE;
    if (sale != NO_SALE && sends_event(sale)->session == session && chance_in(0.2))
        return sends_add_event((struct sent_event){true, session, sale,
                                                   chance_between(1, sends_event(sale)->amount_fen), false});
    struct sent_event fresh = {.session = session, .amount_fen = chance_between(1, 1000000)};
    return people.last_sale = sends_add_event(fresh);
}

static void
write_json(struct buf *body, uint32_t number)
{
    const struct sent_event *event = sends_event(number);
    char time[40];
    clock_format_rfc3339(time, sizeof time, ((int64_t)EVENT_TIME_FROM_S + number % 36000) * 1000, 480);
    buf_printf(body, "{\"id\":\"e%u\",\"time\":\"%s\",\"session\":\"s-%u\",", number, time, event->session);
    if (event->refund)
        buf_printf(body, "\"type\":\"order.refunded\",\"of\":\"e%u\",\"amount_fen\":%" PRId64 "}\n",
                   event->sale, event->amount_fen);
    else
        buf_printf(body,
                   "\"type\":\"order.paid\",\"product\":\"p-%u\",\"quantity\":1,\"amount_fen\":%" PRId64
                   "}\n",
                   number % PRODUCTS, event->amount_fen);
}

static void
make_body(struct request *request)
{
    bool array = chance_in(0.3);
    request->content_type = array ? "application/json" : "application/x-ndjson";
    if (array)
        buf_add_byte(&request->body, '[');
    for (uint32_t i = 0; i < request->count; i++) {
        if (array && i > 0)
            buf_add_byte(&request->body, ',');
        write_json(&request->body, request->first + i);
    }
    if (array)
        buf_add_byte(&request->body, ']');
}

static void
write_adjust(struct request *request)
{
    struct sent_action action = {.adjusts = true};
    action.streamer = (uint32_t)chance_below(STREAMERS);
    action.points = chance_between(-5, 5);
    request->first = sends_add_action(action);
    buf_printf(&request->body,
               "{\"id\":\"a%u\",\"type\":\"adjust\",\"streamer\":\"t-%u\",\"points\":%" PRId64
               ",\"reason\":\"模拟\"}",
               request->first, action.streamer, action.points);
}

static void
write_register(struct request *request)
{
    uint32_t session = SESSIONS + people.registered++;
    request->authorization = people.options.organiser_token;
    request->first = sends_add_action((struct sent_action){0});
    buf_printf(&request->body,
               "{\"id\":\"a%u\",\"type\":\"register\",\"sessions\":[{\"id\":\"s-%u\",\"streamer\":\"t-%u\","
               "\"platform\":\"douyin\",\"starts\":\"2021-11-26T09:00:00+08:00\","
               "\"ends\":\"2021-11-26T21:00:00+08:00\"}]}",
               request->first, session, streamer_of_session(session));
}

static void
make_action(struct request *request, bool registers)
{
    request->is_action = true;
    request->content_type = "application/json";
    request->authorization = people.options.judge_token;
    if (registers) {
        write_register(request);
    } else if (chance_in(0.7)) {
        write_adjust(request);
    } else {
        request->first = sends_add_action((struct sent_action){0});
        buf_printf(&request->body, "{\"id\":\"a%u\",\"type\":\"%s\",\"reason\":\"模拟\"}", request->first,
                   chance_in(0.4) ? "freeze" : "thaw");
    }
}

/* --- On the way --- */

static void
flight_free(struct flight *flight)
{
    struct flight **at = &people.flights;
    while (*at != flight)
        at = &(*at)->next;
    *at = flight->next;
    event_free(flight->timer);
    free(flight);
}

static void arrive_cb(evutil_socket_t fd, short what, void *arg);

static void
fly(struct request *request, uint64_t daemon, int status)
{
    struct flight *flight = calloc(1, sizeof *flight);
    assert(flight);
    *flight = (struct flight){people.flights, request, daemon, status, NULL};
    flight->timer = event_new(NULL, -1, 0, arrive_cb, flight);
    people.flights = flight;
    loop_due_in(flight->timer, chance_around(people.options.latency_us));
}

static void
send_request(struct request *request)
{
    struct ingest_side *daemon = people.options.daemon();
    people_stats.tries++;
    for (int copies = chance_in(people.options.doubled) ? 2 : 1; daemon && copies > 0; copies--)
        if (!chance_in(people.options.lost))
            fly(request, ingest_side_number(daemon), 0);
    loop_due_in(request->timer, chance_around(EVENTS_PATIENCE_US));
}

enum { ANY_SESSION = SESSIONS_MOST };

static void post_events(uint32_t session);

static void
acknowledge(struct request *request)
{
    if (request->acknowledged)
        return;
    request->acknowledged = true;
    people.open--;
    event_del(request->timer);
    if (request->is_action)
        sends_action(request->first)->acknowledged = true;
    for (uint32_t i = 0; !request->is_action && i < request->count; i++)
        sends_event(request->first + i)->acknowledged = true;
    if (!request->is_action && people.options.goes_on())
        post_events(ANY_SESSION);
    if (chance_in(people.options.doubled) && people.options.goes_on())
        loop_due_in(request->timer, chance_around(EVENTS_PATIENCE_US)); /* it has forgotten that it was */
}

static void
take_answer(struct request *request, int status)
{
    bool may_be_unknown =
        status == 404 || (people.options.lossy && status == 401) || (request->may_be_early && status == 422);
    if (status == 202) {
        acknowledge(request);
        return;
    }
    HOLDS(status == 503 || status == 429 || may_be_unknown, "a good request was answered %d", status);
    people_stats.refused++;
    if (!request->acknowledged)
        loop_due_in(request->timer, chance_around(RETRY_US));
}

/* The moment at which a daemon says 202: it must be true already. */
static void
check_acknowledgement(const struct request *request, struct span body)
{
    char expected[48];
    if (request->is_action) {
        HOLDS(people.options.lossy || reference_shards_of_action(request->first) == people.options.shards,
              "I1: action a%u is acknowledged, and stands in %u of %u logs", request->first,
              reference_shards_of_action(request->first), people.options.shards);
        return;
    }
    snprintf(expected, sizeof expected, "{\"accepted\":%u,\"rejected\":0,", request->count);
    HOLDS(body.len > strlen(expected) && memcmp(body.at, expected, strlen(expected)) == 0,
          "of %u good events: %.*s", request->count, (int)(body.len < 200 ? body.len : 200), body.at);
    for (uint32_t i = 0; i < request->count && !people.options.lossy; i++)
        HOLDS(reference_has_event(request->first + i), "I1: event e%u is acknowledged, and not on disk",
              request->first + i);
}

static void
answered_cb(int status, struct span body, void *arg)
{
    struct request *request = arg;
    if (status == 202)
        check_acknowledgement(request, body);
    else
        trace("%s%u answered %d: %.*s", request->is_action ? "a" : "e", request->first, status,
              (int)(body.len < 120 ? body.len : 120), body.at);
    if (chance_in(people.options.lost))
        people_stats.answers_lost++;
    else
        fly(request, 0, status);
}

static void
hand_over(struct request *request, struct ingest_side *daemon)
{
    struct ingest_request sent = {
        .path = request->is_action ? "/v1/contests/" SIM_CONTEST "/actions"
                                   : "/v1/contests/" SIM_CONTEST "/events",
        .content_type = request->content_type,
        .authorization = request->authorization,
        .body = buf_span(&request->body),
        .on_answer = answered_cb,
        .arg = request,
    };
    ingest_side_receive(daemon, &sent);
}

static void
arrive_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct flight flight = *(struct flight *)arg;
    flight_free(arg);
    struct ingest_side *daemon = flight.daemon ? people.options.find_daemon(flight.daemon) : NULL;
    if (daemon)
        hand_over(flight.request, daemon);
    else if (!flight.daemon)
        take_answer(flight.request, flight.status);
}

/* --- Sending --- */

static void
again_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct request *request = arg;
    send_request(request);
    if (request->acknowledged)
        event_del(request->timer);
}

static struct request *
request_new(void)
{
    struct request *request = calloc(1, sizeof *request);
    assert(request);
    request->timer = event_new(NULL, -1, 0, again_cb, request);
    request->next = people.requests;
    people.requests = request;
    people.open++;
    people_stats.requests++;
    return request;
}

/* Events of one session, or of any of the file's. */
static void
post_events(uint32_t session)
{
    struct request *request = request_new();
    request->authorization = people.options.connector_token;
    request->may_be_early = session != ANY_SESSION;
    request->count = (uint32_t)chance_between(1, people.options.events_most);
    for (uint32_t i = 0; i < request->count; i++) {
        uint32_t number = make_event(session == ANY_SESSION ? (uint32_t)chance_below(SESSIONS) : session);
        request->first = i == 0 ? number : request->first;
    }
    make_body(request);
    send_request(request);
}

/* A session is registered, and its streamer does not wait for that. */
static void
register_session(void)
{
    struct request *request = request_new();
    make_action(request, true);
    send_request(request);
    for (int i = 0; i < 3; i++)
        post_events(SESSIONS + people.registered - 1);
}

static void
judge_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    if (!people.options.goes_on() || sends_actions() >= ACTIONS_MOST)
        return;
    bool registers = !people.options.lossy && SESSIONS + people.registered < SESSIONS_MOST && chance_in(0.3);
    if (registers) {
        register_session();
    } else {
        struct request *request = request_new();
        make_action(request, false);
        send_request(request);
    }
    loop_due_in(people.judge, chance_around(ACTION_PAUSE_US));
}

void
people_start(const struct people_options *options)
{
    memset(&people, 0, sizeof people);
    people.options = *options;
    people.last_sale = NO_SALE;
    people.judge = event_new(NULL, -1, 0, judge_cb, NULL);
    loop_due_in(people.judge, chance_around(ACTION_PAUSE_US));
    for (uint32_t i = 0; i < options->producers * options->window; i++)
        post_events(ANY_SESSION);
}

bool
people_are_done(void)
{
    return people.open == 0 && !people.flights;
}

void
people_describe_open(void)
{
    for (struct request *request = people.requests; request; request = request->next)
        if (!request->acknowledged)
            trace("not acknowledged: %s%u", request->is_action ? "a" : "e", request->first);
}

void
people_end(void)
{
    while (people.flights)
        flight_free(people.flights);
    while (people.requests) {
        struct request *next = people.requests->next;
        event_free(people.requests->timer);
        buf_free(&people.requests->body);
        free(people.requests);
        people.requests = next;
    }
    event_free(people.judge);
}
