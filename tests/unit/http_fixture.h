/*
 * A real server and its clients in one thread: real sockets on the loopback, and a loop that a test turns
 * until what it waits for has come, or until its patience ends. The handler does what the path says.
 */
#ifndef BOCHUANG_HTTP_FIXTURE_H
#define BOCHUANG_HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <assert.h>
#include <cmocka.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/http_server.h"
#include "common/logline.h"

enum { PATIENCE_MS = 30 * 1000, HELD_MAX = 256, BIG_BYTES = 1 << 20, BODY_LIMIT_BYTES = 4 << 20 };

struct fixture {
    struct event_base *base;
    struct http_server *server;
    struct http_exchange *held[HELD_MAX]; /* of /hold, in the order of their coming */
    unsigned held_count, handled, turns, drained;
    struct http_stream *stream; /* the last one of /stream */
    unsigned streams_closed;
};

struct client {
    int fd;
    struct buf got;
    bool closed; /* by the server */
    bool reset;  /* not in good manners */
};

static inline void
stream_closed(void *arg)
{
    struct fixture *fixture = arg;
    fixture->streams_closed++;
}

static inline void
answer_text(struct http_exchange *exchange, int status, struct span body)
{
    const struct http_answer answer = {.status = status, .content_type = "text/plain", .body = body};
    http_answer(exchange, &answer);
}

static inline void
answer_number(struct http_exchange *exchange, unsigned number)
{
    char text[32];
    snprintf(text, sizeof text, "[%u]", number);
    answer_text(exchange, 200, span_of(text));
}

static inline void
answer_big(struct http_exchange *exchange)
{
    char *big = malloc(BIG_BYTES);
    assert_non_null(big);
    memset(big, 'b', BIG_BYTES);
    answer_text(exchange, 200, (struct span){big, BIG_BYTES});
    free(big);
}

static inline void
on_request(struct http_exchange *exchange, const struct http_head *head, struct span body, void *arg)
{
    struct fixture *fixture = arg;
    fixture->handled++;
    if (span_is(head->path, "/hold")) {
        assert_true(fixture->held_count < HELD_MAX);
        fixture->held[fixture->held_count++] = exchange;
    } else if (span_is(head->path, "/echo")) {
        answer_text(exchange, 200, body);
    } else if (span_is(head->path, "/length")) {
        answer_number(exchange, (unsigned)body.len);
    } else if (span_is(head->path, "/query")) {
        answer_text(exchange, 200, head->query);
    } else if (span_is(head->path, "/big")) {
        answer_big(exchange);
    } else if (span_is(head->path, "/memo")) {
        unsigned *count = http_memo(exchange);
        answer_number(exchange, ++*count);
    } else if (span_is(head->path, "/close")) {
        http_answer(exchange, &(struct http_answer){.status = 204, .close = true});
    } else if (span_is(head->path, "/stream")) {
        fixture->stream = http_stream_start(exchange, "text/event-stream", NULL, stream_closed, fixture);
    } else {
        http_answer_error(exchange, 404, "not_found", 0, "There is no \"%.*s\".", SPAN_FMT(head->path));
    }
}

static inline void
on_turn_end(void *arg)
{
    struct fixture *fixture = arg;
    fixture->turns++;
}

static inline void
on_drained(void *arg)
{
    struct fixture *fixture = arg;
    fixture->drained++;
}

static struct http_server_options
patient_options(void)
{
    return (struct http_server_options){
        .address = "127.0.0.1",
        .connection_limit = 100,
        .body_limit_bytes = BODY_LIMIT_BYTES,
        .head_ms = 60000,
        .body_ms = 60000,
        .idle_ms = 60000,
        .write_ms = 60000,
        .on_request = on_request,
        .on_turn_end = on_turn_end,
    };
}

static inline struct fixture *
start(struct http_server_options options)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    logline_setup("test", LEVEL_ERROR);
    fixture->base = event_base_new();
    assert_non_null(fixture->base);
    options.arg = fixture;
    fixture->server = http_server_new(fixture->base, &options);
    assert_non_null(fixture->server);
    return fixture;
}

static inline void
stop(struct fixture *fixture)
{
    http_server_free(fixture->server);
    event_base_free(fixture->base);
    free(fixture);
}

static inline const struct http_server_stats *
stats(const struct fixture *fixture)
{
    return http_server_stats(fixture->server);
}

/* --- Clients --- */

static inline int
connect_fd(struct fixture *fixture, int receive_bytes)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(http_server_port(fixture->server))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (receive_bytes)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static struct client
connect_client(struct fixture *fixture)
{
    return (struct client){.fd = connect_fd(fixture, 0)};
}

static inline void
disconnect(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    buf_free(&client->got);
}

/* One turn of the loop; where nothing happens, a millisecond passes. */
static inline void
turn(struct fixture *fixture)
{
    event_base_loop(fixture->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    poll(NULL, 0, 1);
}

static inline void
take_what_came(struct client *client)
{
    while (!client->closed) {
        char bytes[65536];
        ssize_t len = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (len > 0)
            buf_add(&client->got, bytes, (size_t)len);
        else if (len < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        else
            client->closed = true;
        client->reset = len < 0;
    }
}

/* Turns the loop until `done` holds; fails when patience ends first. */
#define WAIT_FOR(fixture, done)                                                                              \
    do {                                                                                                     \
        int64_t until_ms = clock_steady_ms() + PATIENCE_MS;                                                  \
        while (!(done)) {                                                                                    \
            if (clock_steady_ms() > until_ms)                                                                \
                fail_msg("waited in vain for: %s", #done);                                                   \
            turn(fixture);                                                                                   \
        }                                                                                                    \
    } while (0)

static inline bool
has_got(struct client *client, const char *text)
{
    take_what_came(client);
    return strstr(buf_text(&client->got), text) != NULL;
}

static inline bool
has_closed(struct client *client)
{
    take_what_came(client);
    return client->closed;
}

static inline size_t
count_of(struct client *client, const char *text)
{
    size_t count = 0;
    take_what_came(client);
    for (const char *at = buf_text(&client->got); (at = strstr(at, text)); at++)
        count++;
    return count;
}

/* Sends all of it, and turns the loop meanwhile. */
static inline void
send_bytes(struct fixture *fixture, struct client *client, struct span bytes)
{
    int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    while (bytes.len > 0 && clock_steady_ms() < until_ms) {
        ssize_t sent = send(client->fd, bytes.at, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return; /* the server has had enough */
        if (sent > 0) {
            bytes.at += sent;
            bytes.len -= (size_t)sent;
        }
        if (bytes.len > 0)
            event_base_loop(fixture->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    }
}

static inline void
send_text(struct fixture *fixture, struct client *client, const char *text)
{
    send_bytes(fixture, client, span_of(text));
}

static inline void
send_get(struct fixture *fixture, struct client *client, const char *target)
{
    char text[4096];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    send_text(fixture, client, text);
}

#endif
