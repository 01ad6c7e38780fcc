/*
 * An exchange is one request on its way to its answer.
 *
 * A connection lists its open exchanges in the order of the requests. The answer to the first of them goes
 * straight to the connection's output; one that comes early is formatted too, but held in its exchange until
 * those before it are gone. Exchanges are pooled; one whose client has gone stays, as an orphan, until its
 * handler answers it.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_internal.h"
#include "common/json_out.h"
#include "common/sentence.h"

/* --- The pool --- */

static struct http_exchange *
take_spare(struct http_server *server)
{
    struct http_exchange *exchange = TAILQ_FIRST(&server->spares);
    if (!exchange)
        return calloc(1, sizeof *exchange);
    TAILQ_REMOVE(&server->spares, exchange, of_owner);
    server->spare_count--;
    *exchange = (struct http_exchange){0};
    return exchange;
}

/* It stands on no list any more. */
static void
release(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    buf_free(&exchange->held);
    if (server)
        server->open_count--;
    if (!server || server->spare_count >= HTTP_POOLED_EXCHANGES) {
        free(exchange);
        return;
    }
    TAILQ_INSERT_HEAD(&server->spares, exchange, of_owner);
    server->spare_count++;
}

struct http_exchange *
http_exchange_open(struct http_connection *connection, const struct http_head *head)
{
    struct http_exchange *exchange = take_spare(connection->server);
    if (!exchange)
        return NULL;
    exchange->server = connection->server;
    exchange->connection = connection;
    exchange->head_only = head && head->method == HTTP_HEAD;
    exchange->old = head && head->minor_version == 0;
    exchange->keep_alive = head && head->keep_alive;
    TAILQ_INSERT_TAIL(&connection->exchanges, exchange, of_owner);
    connection->open_count++;
    connection->server->open_count++;
    return exchange;
}

static void
leave_connection(struct http_exchange *exchange)
{
    TAILQ_REMOVE(&exchange->connection->exchanges, exchange, of_owner);
    exchange->connection->open_count--;
    exchange->connection = NULL;
}

void
http_exchange_orphan_all(struct http_connection *connection)
{
    struct http_exchange *exchange;
    while ((exchange = TAILQ_FIRST(&connection->exchanges))) {
        leave_connection(exchange);
        if (exchange->stream)
            http_stream_orphan(exchange->stream);
        exchange->stream = NULL;
        if (exchange->answered)
            release(exchange);
        else
            TAILQ_INSERT_TAIL(&exchange->server->orphans, exchange, of_owner);
    }
}

/* The server goes; orphans stay for their handlers to answer, which frees them. */
void
http_exchange_free_all(struct http_server *server)
{
    struct http_exchange *exchange;
    while ((exchange = TAILQ_FIRST(&server->orphans))) {
        TAILQ_REMOVE(&server->orphans, exchange, of_owner);
        exchange->server = NULL;
    }
    while ((exchange = TAILQ_FIRST(&server->spares))) {
        TAILQ_REMOVE(&server->spares, exchange, of_owner);
        free(exchange);
    }
    server->spare_count = 0;
}

/* --- Order --- */

struct buf *
http_exchange_out(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    bool first = TAILQ_FIRST(&connection->exchanges) == exchange;
    return first ? &connection->out : &exchange->held;
}

/* Moves what the exchange holds to the output; true where no other answer may follow. */
static bool
deliver_one(struct http_connection *connection, struct http_exchange *exchange)
{
    buf_add_span(&connection->out, buf_span(&exchange->held));
    connection->out.failed = connection->out.failed || exchange->held.failed;
    connection->stream = exchange->stream;
    exchange->stream = NULL;
    bool last = exchange->closes;
    leave_connection(exchange);
    release(exchange);
    return last;
}

void
http_exchange_deliver(struct http_connection *connection)
{
    struct http_exchange *first;
    bool last = false;
    while (!last && (first = TAILQ_FIRST(&connection->exchanges)) && first->answered)
        last = deliver_one(connection, first);
    if (last)
        http_exchange_orphan_all(connection);
    bool none_open = connection->open_count == 0;
    if (connection->stream && connection->server->draining)
        http_stream_end(connection->stream);
    if (!connection->stream && (last || (connection->server->draining && none_open)))
        connection->finish = connection->no_more = true;
    if (none_open && connection->continue_due && !connection->no_more)
        buf_add_text(&connection->out, "HTTP/1.1 100 Continue\r\n\r\n");
    if (none_open)
        connection->continue_due = false;
    http_output_due(connection);
}

void
http_exchange_done(struct http_exchange *exchange, bool closes)
{
    struct http_connection *connection = exchange->connection;
    if (!connection) {
        if (exchange->server) {
            TAILQ_REMOVE(&exchange->server->orphans, exchange, of_owner);
            http_turn(exchange->server); /* this may have been the last one that a drain waits for */
        }
        release(exchange);
        return;
    }
    exchange->server->moved = true;
    exchange->answered = true;
    exchange->closes = closes;
    if (TAILQ_FIRST(&connection->exchanges) == exchange)
        http_exchange_deliver(connection);
}

/* --- Heads of answers --- */

/* What every answer starts with, by its status. */
#define START(text) SPAN("HTTP/1.1 " text "\r\nX-Content-Type-Options: nosniff\r\n")
static const struct span starts[] = {
    [200] = START("200 OK"),
    [201] = START("201 Created"),
    [202] = START("202 Accepted"),
    [204] = START("204 No Content"),
    [301] = START("301 Moved Permanently"),
    [302] = START("302 Found"),
    [303] = START("303 See Other"),
    [304] = START("304 Not Modified"),
    [307] = START("307 Temporary Redirect"),
    [308] = START("308 Permanent Redirect"),
    [400] = START("400 Bad Request"),
    [401] = START("401 Unauthorized"),
    [403] = START("403 Forbidden"),
    [404] = START("404 Not Found"),
    [405] = START("405 Method Not Allowed"),
    [406] = START("406 Not Acceptable"),
    [408] = START("408 Request Timeout"),
    [409] = START("409 Conflict"),
    [410] = START("410 Gone"),
    [411] = START("411 Length Required"),
    [412] = START("412 Precondition Failed"),
    [413] = START("413 Content Too Large"),
    [414] = START("414 URI Too Long"),
    [415] = START("415 Unsupported Media Type"),
    [417] = START("417 Expectation Failed"),
    [422] = START("422 Unprocessable Content"),
    [428] = START("428 Precondition Required"),
    [429] = START("429 Too Many Requests"),
    [431] = START("431 Request Header Fields Too Large"),
    [500] = START("500 Internal Server Error"),
    [501] = START("501 Not Implemented"),
    [503] = START("503 Service Unavailable"),
    [504] = START("504 Gateway Timeout"),
    [505] = START("505 HTTP Version Not Supported"),
};

static struct span
start_of(int status)
{
    bool known = status >= 0 && (size_t)status < sizeof starts / sizeof *starts && starts[status].at;
    assert(known);
    return starts[known ? status : 500];
}

/* Whether `fields` has a line of that name; `name` with its colon. */
static bool
has_field(const char *fields, const char *name)
{
    for (const char *line = fields; line && *line; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, name, strlen(name)) == 0)
            return true;
        if (!strchr(line, '\n'))
            return false;
    }
    return false;
}

/* All but the length and the empty line. */
void
http_exchange_add_head(struct http_exchange *exchange, struct buf *out, const struct http_answer *answer)
{
    buf_add_span(out, start_of(answer->status));
    if (answer->content_type) {
        buf_add(out, "Content-Type: ", 14);
        buf_add_text(out, answer->content_type);
        buf_add(out, "\r\n", 2);
    }
    if (answer->fields)
        buf_add_text(out, answer->fields);
    if (exchange->fields)
        buf_add_text(out, exchange->fields);
    if (!has_field(answer->fields, "Content-Security-Policy:"))
        buf_add_span(out, SPAN("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"));
    if (!has_field(answer->fields, "Cache-Control:"))
        buf_add_span(out, SPAN("Cache-Control: no-store\r\n"));
    if (answer->close)
        buf_add_span(out, SPAN("Connection: close\r\n"));
    else if (exchange->old)
        buf_add_span(out, SPAN("Connection: keep-alive\r\n"));
}

/* --- Answers --- */

static void
count_answer(struct http_server_stats *stats, int status)
{
    if (status < 400)
        stats->answers_2xx++;
    else if (status < 500)
        stats->answers_4xx++;
    else
        stats->answers_5xx++;
}

static void
add_answer(struct http_exchange *exchange, struct buf *out, const struct http_answer *answer)
{
    http_exchange_add_head(exchange, out, answer);
    if (answer->status != 204 && answer->status != 304) {
        buf_add(out, "Content-Length: ", 16);
        buf_add_int(out, (int64_t)answer->body.len);
        buf_add(out, "\r\n", 2);
    }
    buf_add(out, "\r\n", 2);
    if (!exchange->head_only)
        buf_add_span(out, answer->body);
}

/* Nothing of this connection will be read after this answer: the client may as well know. */
static bool
is_last(const struct http_exchange *exchange)
{
    return !exchange->keep_alive || (exchange->server->draining && !TAILQ_NEXT(exchange, of_owner));
}

void
http_answer(struct http_exchange *exchange, const struct http_answer *answer)
{
    assert(!exchange->answered);
    bool has_body = answer->body.len > 0;
    assert(!has_body || (answer->status != 204 && answer->status != 304));
    struct http_answer last = *answer;
    if (exchange->server)
        count_answer(&exchange->server->stats, answer->status);
    if (exchange->connection) {
        last.close = answer->close || is_last(exchange);
        add_answer(exchange, http_exchange_out(exchange), &last);
    }
    http_exchange_done(exchange, last.close);
}

void
http_answer_error(struct http_exchange *exchange, int status, const char *code, int retry_after_s,
                  const char *format, ...)
{
    char message[512], retry_after[40] = "";
    va_list arguments;
    va_start(arguments, format);
    sentence_write(message, sizeof message, format, arguments);
    va_end(arguments);
    if (retry_after_s > 0)
        snprintf(retry_after, sizeof retry_after, "Retry-After: %d\r\n", retry_after_s);
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    json_open(&json, '{');
    json_put_text(&json, "code", code);
    json_put_text(&json, "message", message);
    json_close(&json, '}');
    const struct http_answer answer = {
        .status = status,
        .content_type = "application/json",
        .fields = *retry_after ? retry_after : NULL,
        .body = body.failed ? SPAN("{}") : buf_span(&body),
    };
    http_answer(exchange, &answer);
    buf_free(&body);
}

void *
http_memo(struct http_exchange *exchange)
{
    return exchange->connection ? exchange->connection->memo : NULL;
}

static uint64_t
peer_number(const struct sockaddr_storage *peer)
{
    if (peer->ss_family == AF_INET)
        return ((const struct sockaddr_in *)peer)->sin_addr.s_addr;
    uint64_t network = 0;
    if (peer->ss_family == AF_INET6)
        memcpy(&network, &((const struct sockaddr_in6 *)peer)->sin6_addr, sizeof network);
    return network;
}

/* False where the client has gone. */
static bool
find_peer(const struct http_exchange *exchange, struct sockaddr_storage *peer)
{
    socklen_t len = sizeof *peer;
    *peer = (struct sockaddr_storage){0};
    return exchange->connection && getpeername(exchange->connection->fd, (struct sockaddr *)peer, &len) == 0;
}

uint64_t
http_peer(struct http_exchange *exchange)
{
    struct sockaddr_storage peer;
    return find_peer(exchange, &peer) ? peer_number(&peer) : 0;
}

void
http_peer_text(struct http_exchange *exchange, char out[HTTP_PEER_SIZE])
{
    struct sockaddr_storage peer;
    const void *address = &((const struct sockaddr_in *)&peer)->sin_addr;
    snprintf(out, HTTP_PEER_SIZE, "somebody who has gone");
    if (!find_peer(exchange, &peer))
        return;
    if (peer.ss_family == AF_INET6)
        address = &((const struct sockaddr_in6 *)&peer)->sin6_addr;
    inet_ntop(peer.ss_family, address, out, HTTP_PEER_SIZE);
}

void
http_add_fields(struct http_exchange *exchange, const char *fields)
{
    exchange->fields = fields;
}
