/*
 * The turn. Each turn of the event loop handles what its sockets brought, and ends once:
 *
 *     epoll_wait ──▶ readable ──▶ readable ──▶ Redis' replies ──▶ … ──▶ turn_end
 *                       │            │                │                    ├ on_turn_end: a batch leaves
 *                       ▼            ▼                ▼                    ├ one write a connection
 *                   on_request   on_request      http_answer               ├ on_close of streams
 *                                                                          └ the closed are freed
 *
 * turn_end is an event without descriptor or time-out, made active by the first thing that happens in a turn.
 * Libevent appends an event that a callback makes active to the queue that it is working through (both have
 * the default priority), so turn_end runs behind every event that this epoll_wait() brought and before the
 * next one. A lower priority would not do: libevent polls again before it turns to lower ones, so that under
 * load the end of the turn would never come.
 *
 * What must not run in this turn (the rest of a long pipeline) waits for a timer of no duration instead: that
 * one fires only after the sockets were polled again.
 */
#include "common/http_server.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/http_internal.h"
#include "common/logline.h"

void
http_turn(struct http_server *server)
{
    if (server->in_turn)
        return;
    server->in_turn = true;
    server->now_ms = clock_steady_ms();
    event_active(&server->turn_end, EV_TIMEOUT, 0);
}

void
http_go_on_later(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    if (connection->resumed)
        return;
    connection->resumed = true;
    TAILQ_INSERT_TAIL(&server->resumed, connection, of_resumed);
    if (event_add(&server->go_on, &(struct timeval){0}) != 0)
        abort(); /* what was read would wait for ever */
}

/* --- The end of a turn --- */

static void
flush_all(struct http_server *server)
{
    struct http_connection *connection;
    while ((connection = TAILQ_FIRST(&server->dirty))) {
        TAILQ_REMOVE(&server->dirty, connection, of_dirty);
        connection->dirty = false;
        http_output_flush(connection);
    }
}

static void
free_closed(struct http_server *server)
{
    struct http_connection *connection;
    while ((connection = TAILQ_FIRST(&server->states[CONNECTION_CLOSED]))) {
        TAILQ_REMOVE(&server->states[CONNECTION_CLOSED], connection, of_state);
        free(connection);
    }
}

/* Drained: every answer is given, and handed to the kernel. */
static bool
is_drained(const struct http_server *server)
{
    return server->open_count == 0 && TAILQ_EMPTY(&server->states[CONNECTION_BUSY]) &&
           TAILQ_EMPTY(&server->states[CONNECTION_STREAM]) && TAILQ_EMPTY(&server->closing_streams);
}

static void
turn_end_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct http_server *server = arg;
    if (server->moved) {
        server->moved = false;
        if (server->options.on_turn_end)
            server->options.on_turn_end(server->options.arg);
    }
    flush_all(server);
    /* From here on, what happens (a stream's owner may act in on_close) belongs to another end of a turn. */
    server->in_turn = false;
    http_streams_close(server);
    free_closed(server);
    if (server->draining && server->on_drained && !server->in_turn && is_drained(server)) {
        void (*on_drained)(void *) = server->on_drained;
        server->on_drained = NULL;
        on_drained(server->on_drained_arg); /* may free the server */
    }
}

static void
go_on_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct http_server *server = arg;
    http_turn(server);
    struct http_connection *last = TAILQ_LAST(&server->resumed, http_connections);
    struct http_connection *connection = NULL;
    while (connection != last && (connection = TAILQ_FIRST(&server->resumed))) {
        TAILQ_REMOVE(&server->resumed, connection, of_resumed);
        connection->resumed = false;
        http_connection_go_on(connection);
    }
}

/* --- Deadlines --- */

/*
 * Every connection of a state has the same time, and stands on the state's list in the order in which it
 * came. So one timer looks at the heads of a few lists, whatever the number of connections.
 */
static int64_t
deadline_ms(const struct http_server *server, enum connection_state state)
{
    switch (state) {
    case CONNECTION_WARM:
        return server->warm_ms;
    case CONNECTION_IDLE:
        return server->options.idle_ms - server->warm_ms;
    case CONNECTION_HEAD:
        return server->options.head_ms;
    case CONNECTION_BODY:
        return server->options.body_ms;
    case CONNECTION_LINGER:
        return HTTP_LINGER_MS;
    default:
        return INT64_MAX;
    }
}

static void
expire(struct http_connection *connection)
{
    switch (connection->state) {
    case CONNECTION_WARM:
        http_output_trim(connection);
        http_connection_become(connection, CONNECTION_IDLE);
        break;
    case CONNECTION_HEAD:
    case CONNECTION_BODY:
        connection->server->stats.deadlines_hit++;
        http_connection_refuse(connection, 408, "The request did not arrive in time.");
        http_connection_settle(connection);
        break;
    default:
        http_connection_close(connection);
    }
}

static void
tick_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct http_server *server = arg;
    http_turn(server);
    struct http_connection *oldest;
    for (int state = 0; state < CONNECTION_CLOSED; state++) {
        int64_t limit_ms = deadline_ms(server, (enum connection_state)state);
        while ((oldest = TAILQ_FIRST(&server->states[state])) &&
               server->now_ms - oldest->since_ms >= limit_ms)
            expire(oldest);
    }
    while ((oldest = TAILQ_FIRST(&server->unsent)) &&
           server->now_ms - oldest->unsent_since_ms >= server->options.write_ms) {
        server->stats.deadlines_hit++;
        http_connection_close(oldest);
    }
}

/* --- Life and death --- */

static void
check_options(const struct http_server_options *options)
{
    assert(options->address && options->on_request);
    assert(options->connection_limit > 0 && options->body_limit_bytes > 0);
    assert(options->head_ms > 0 && options->body_ms > 0 && options->idle_ms > 0 && options->write_ms > 0);
}

struct http_server *
http_server_new(struct event_base *base, const struct http_server_options *options)
{
    check_options(options);
    struct http_server *server = calloc(1, sizeof *server);
    char *input = malloc(HTTP_READ_BYTES);
    if (!server || !input)
        log_fatal("no memory for the HTTP server");
    server->base = base;
    server->options = *options;
    server->input = input;
    server->warm_ms = options->idle_ms / 2 < HTTP_WARM_MS ? options->idle_ms / 2 : HTTP_WARM_MS;
    for (int state = 0; state < CONNECTION_STATES; state++)
        TAILQ_INIT(&server->states[state]);
    TAILQ_INIT(&server->dirty);
    TAILQ_INIT(&server->resumed);
    TAILQ_INIT(&server->unsent);
    TAILQ_INIT(&server->orphans);
    TAILQ_INIT(&server->spares);
    TAILQ_INIT(&server->closing_streams);
    if (!http_listen(server)) {
        free(input);
        free(server);
        return NULL;
    }
    event_assign(&server->turn_end, base, -1, 0, turn_end_cb, server);
    event_assign(&server->go_on, base, -1, 0, go_on_cb, server);
    event_assign(&server->tick, base, -1, EV_PERSIST, tick_cb, server);
    if (event_add(&server->tick, &(struct timeval){.tv_usec = HTTP_TICK_MS * 1000}) != 0)
        abort();
    return server;
}

uint16_t
http_server_port(const struct http_server *server)
{
    return server->port;
}

const struct http_server_stats *
http_server_stats(const struct http_server *server)
{
    return &server->stats;
}

/* No further request of this connection is taken; what is open is answered. */
static void
drain_connection(struct http_connection *connection)
{
    connection->no_more = true;
    http_connection_forget_input(connection);
    if (connection->stream) {
        http_stream_end(connection->stream);
        return;
    }
    if (connection->open_count == 0 && http_output_is_empty(connection)) {
        http_connection_close(connection);
        return;
    }
    connection->finish = connection->open_count == 0;
    http_connection_pause(connection);
    http_connection_settle(connection);
}

void
http_server_drain(struct http_server *server, void (*on_drained)(void *arg), void *arg)
{
    assert(!server->draining);
    http_turn(server);
    server->draining = true;
    server->on_drained = on_drained;
    server->on_drained_arg = arg;
    http_listener_close(server);
    for (int state = 0; state < CONNECTION_LINGER; state++) {
        struct http_connection *next;
        for (struct http_connection *c = TAILQ_FIRST(&server->states[state]); c; c = next) {
            next = TAILQ_NEXT(c, of_state);
            drain_connection(c);
        }
    }
}

void
http_server_free(struct http_server *server)
{
    if (!server)
        return;
    http_listener_close(server);
    for (int state = 0; state < CONNECTION_CLOSED; state++) {
        struct http_connection *connection;
        while ((connection = TAILQ_FIRST(&server->states[state])))
            http_connection_close(connection);
    }
    http_streams_close(server);
    free_closed(server);
    http_exchange_free_all(server);
    event_del(&server->turn_end);
    event_del(&server->go_on);
    event_del(&server->tick);
    free(server->input);
    free(server);
}
