/*
 * The HTTP server of both daemons: listeners, connections, and requests with their answers in order.
 *
 * A handler gets each request with its whole body and answers through its exchange, at once or later. The
 * request and its body are gone when the handler returns; the exchange stays until it is answered, even
 * when the client has gone (the answer is then dropped), so a handler need never ask who still listens.
 * Answers leave in the order of the requests, one write per connection and loop turn.
 */
#ifndef BOCHUANG_HTTP_SERVER_H
#define BOCHUANG_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/http_parser.h"
#include "common/span.h"

struct event_base;
struct http_server;
struct http_exchange;

/* Called once per request; must see to it that http_answer() or http_stream_start() is called once. */
typedef void http_handle_fn(struct http_exchange *exchange, const struct http_head *head, struct span body,
                            void *arg);

struct http_server_options {
    const char *address; /* "127.0.0.1" */
    uint16_t port;       /* 0: any, see http_server_port() */
    size_t connection_limit;
    size_t body_limit_bytes;
    int64_t head_ms, body_ms, idle_ms, write_ms; /* absolute deadlines */
    http_handle_fn *on_request;
    /* Called at the end of each loop turn in which requests were handled or answered, before the answers
     * leave: here a daemon flushes its batch, and who waits for it works while we send. */
    void (*on_turn_end)(void *arg);
    void *arg;
};

/* NULL, with the reason logged, when the port cannot be had. */
struct http_server *http_server_new(struct event_base *base, const struct http_server_options *options);
uint16_t http_server_port(const struct http_server *server);

/* Stops accepting and reading new requests, answers what was read, closes idle connections;
 * `on_drained` is called once when no exchange is left open. Streams are ended. */
void http_server_drain(struct http_server *server, void (*on_drained)(void *arg), void *arg);
/* Closes every connection. Exchanges that are still open stay valid until they are answered. */
void http_server_free(struct http_server *server);

struct http_answer {
    int status;
    const char *content_type; /* NULL where there is no body */
    const char *fields;       /* more header lines, each ending in \r\n, or NULL */
    struct span body;         /* copied */
    bool close;               /* close the connection behind it */
};

void http_answer(struct http_exchange *exchange, const struct http_answer *answer);

/* {"code":…,"message":…}; `retry_after_s` 0: no Retry-After. */
void http_answer_error(struct http_exchange *exchange, int status, const char *code, int retry_after_s,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));

/* HTTP_MEMO_BYTES of memory that live as long as the connection, zeroed at its start: a cache for what was
 * checked before (the token). NULL where the client has gone. */
enum { HTTP_MEMO_BYTES = 128 };
void *http_memo(struct http_exchange *exchange);

/* Who is at the other end, as a number: an IPv4 address, or the /64 of an IPv6 one (which one household or
 * one machine has whole). 0 where the client has gone. */
uint64_t http_peer(struct http_exchange *exchange);

/* The same for people, such as "192.0.2.1": for a line of the log. */
enum { HTTP_PEER_SIZE = 64 };
void http_peer_text(struct http_exchange *exchange, char out[HTTP_PEER_SIZE]);

/* Adds these header lines to whatever the exchange is answered. They must live as long as the server. */
void http_add_fields(struct http_exchange *exchange, const char *fields);

/* --- Streams (Server-Sent Events) --- */

/* Bytes shared by many streams: encoded once, sent to all. */
struct http_block;
struct http_block *http_block_new(struct span bytes); /* one holder; NULL when memory is out */
void http_block_release(struct http_block *block);

struct http_stream;
/* Answers with a body that goes on: status 200, no length. `on_close` is called exactly once, when the client
 * has gone, is too slow, or http_stream_end() was called (what was queued before is still sent); never inside
 * another call of this module's; after it the stream is no more. NULL when memory is out: the request is then
 * answered 503, and on_close is not called. */
struct http_stream *http_stream_start(struct http_exchange *exchange, const char *content_type,
                                      const char *fields, void (*on_close)(void *arg), void *arg);
/* Queues a block (the stream holds it until sent). False where this client is too far behind to take it: the
 * caller skips it, and gives a newer one when http_stream_idle() is true. */
bool http_stream_send(struct http_stream *stream, struct http_block *block);
/* True when all that was queued has been written. */
bool http_stream_idle(const struct http_stream *stream);
void http_stream_end(struct http_stream *stream);

/* --- Figures of the server, for /metrics --- */
/* X(field, kind, help) */
#define HTTP_FIGURES(X)                                                                                      \
    X(connections_accepted, COUNTER, "Connections accepted.")                                                \
    X(connections_open, GAUGE, "Connections open now.")                                                      \
    X(connections_evicted, COUNTER, "Idle connections closed to make room.")                                 \
    X(requests, COUNTER, "Requests read.")                                                                   \
    X(answers_2xx, COUNTER, "Answers of success.")                                                           \
    X(answers_4xx, COUNTER, "Answers that blame the request.")                                               \
    X(answers_5xx, COUNTER, "Answers that blame the server.")                                                \
    X(bad_requests, COUNTER, "Requests whose framing was in doubt.")                                         \
    X(deadlines_hit, COUNTER, "Connections closed for being too slow.")                                      \
    X(bytes_in, COUNTER, "Bytes read.")                                                                      \
    X(bytes_out, COUNTER, "Bytes written.")

struct http_server_stats {
#define X(field, kind, help) uint64_t field;
    HTTP_FIGURES(X)
#undef X
};
const struct http_server_stats *http_server_stats(const struct http_server *server);

#endif
