/*
 * A connection: its states, and how requests are cut out of the bytes it sends.
 *
 * A connection with nothing half read reads into the one buffer that all share, and its requests are parsed
 * and handled where they lie there. Only what is left over, a request that is not all here, is copied into
 * the connection's own `in`; the rest of that request is then read straight behind it. So an idle connection
 * owns no buffer, and a small request is never copied.
 *
 * `in` while a body is coming:      |<-- head -->|<-- body, decoded -->|<-- raw chunks, just read -->|
 *                                                          body_end ---^
 * The head is parsed again when its body is complete: cheaper than keeping its 64 fields for each connection.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/http_internal.h"

enum { HEAD_READ_BYTES = 4 << 10, CHUNKS_READ_BYTES = 64 << 10 };

/* Bytes to cut requests from; `used` is the length of the one that was taken. */
struct input {
    char *at;
    size_t len;
    size_t used;
};

/* --- States --- */

void
http_connection_become(struct http_connection *connection, enum connection_state state)
{
    struct http_server *server = connection->server;
    assert(connection->state != CONNECTION_CLOSED);
    TAILQ_REMOVE(&server->states[connection->state], connection, of_state);
    TAILQ_INSERT_TAIL(&server->states[state], connection, of_state);
    connection->state = state;
    connection->since_ms = server->now_ms;
}

static enum connection_state
state_of_content(const struct http_connection *connection)
{
    bool waits_for_bytes = connection->in.len > 0 && !connection->paused && !connection->resumed;
    if (connection->stream)
        return CONNECTION_STREAM;
    if (waits_for_bytes)
        return connection->head_seen ? CONNECTION_BODY : CONNECTION_HEAD;
    if (connection->open_count > 0 || connection->in.len > 0 || !http_output_is_empty(connection))
        return CONNECTION_BUSY;
    return CONNECTION_WARM;
}

void
http_connection_settle(struct http_connection *connection)
{
    if (connection->state == CONNECTION_CLOSED || connection->state == CONNECTION_LINGER)
        return;
    enum connection_state state = state_of_content(connection);
    bool still_idle = state == CONNECTION_WARM && connection->state == CONNECTION_IDLE;
    if (state != connection->state && !still_idle)
        http_connection_become(connection, state);
    if (state == CONNECTION_STREAM) /* only by reading is it known that the client has gone */
        http_connection_read_on(connection);
}

bool
http_connection_may_take(const struct http_connection *connection)
{
    return !connection->no_more && connection->state != CONNECTION_CLOSED &&
           connection->open_count < LIMIT_PIPELINED &&
           connection->out.len - connection->out_sent < HTTP_UNSENT_BYTES;
}

void
http_connection_pause(struct http_connection *connection)
{
    if (connection->paused)
        return;
    connection->paused = true;
    event_del(&connection->readable);
}

void
http_connection_read_on(struct http_connection *connection)
{
    if (!connection->paused)
        return;
    connection->paused = false;
    event_add(&connection->readable, NULL);
}

/* --- What is partly here --- */

void
http_connection_count_input(struct http_connection *connection)
{
    connection->server->buffered_bytes += connection->in.cap - connection->in_counted;
    connection->in_counted = connection->in.cap;
}

static void
start_next_request(struct http_connection *connection)
{
    connection->scanned = connection->needed_bytes = 0;
    connection->head_seen = connection->of_head = false;
    connection->chunking = connection->continue_due = false;
}

void
http_connection_forget_input(struct http_connection *connection)
{
    start_next_request(connection);
    buf_free(&connection->in);
    http_connection_count_input(connection);
}

/*
 * Keeps the bytes that no request has taken. They lie in `in` itself, or in the buffer that all share. Behind
 * them the socket is read once more: a reset may have come with them, and libevent does not tell. Where a
 * request is all here, its answer meets the reset.
 */
static void
keep_rest(struct http_connection *connection, const struct input *rest)
{
    struct buf *in = &connection->in;
    connection->unread = connection->unread || rest->len > 0;
    bool own = in->len > 0;
    if (own) {
        memmove(in->at, rest->at, rest->len);
        in->len = rest->len;
    } else {
        buf_add(in, rest->at, rest->len);
    }
    if (in->len == 0 && in->cap > HTTP_KEEP_BYTES)
        buf_free(in);
    http_connection_count_input(connection);
    if (in->failed)
        http_connection_close(connection);
    else if (connection->server->buffered_bytes > LIMIT_BUFFERED_BYTES && in->cap > HTTP_KEEP_BYTES)
        http_connection_refuse(connection, 503, "Too many requests are being received at once.");
}

/* --- Requests --- */

void
http_connection_refuse(struct http_connection *connection, int status, const char *why)
{
    static const struct {
        int status;
        const char *code;
    } codes[] = {
        {408, "request_timeout"},       {413, "too_large"},   {414, "too_large"},
        {417, "expectation_failed"},    {431, "too_large"},   {501, "not_implemented"},
        {505, "version_not_supported"}, {503, "unavailable"},
    };
    const char *code = "bad_request";
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].status == status)
            code = codes[i].code;
    }
    struct http_exchange *exchange = http_exchange_open(connection, NULL);
    if (exchange)
        exchange->head_only = connection->of_head;
    http_connection_forget_input(connection);
    connection->server->stats.bad_requests++;
    connection->no_more = true;
    if (exchange)
        http_answer_error(exchange, status, code, status == 503, "%s", why);
    else
        http_connection_close(connection);
}

static void
handle(struct http_connection *connection, const struct http_head *head, struct span body)
{
    struct http_server *server = connection->server;
    struct http_exchange *exchange = http_exchange_open(connection, head);
    if (!exchange) {
        http_connection_close(connection);
        return;
    }
    server->stats.requests++;
    connection->no_more = connection->no_more || !head->keep_alive;
    bool has_content = head->method == HTTP_POST || head->method == HTTP_PUT || head->method == HTTP_PATCH;
    if (has_content && !head->has_length && !head->chunked) {
        http_answer_error(exchange, 411, "length_required", 0,
                          "A %.*s request needs a Content-Length, or a chunked body.",
                          SPAN_FMT(head->method_name));
        return;
    }
    server->moved = true;
    server->options.on_request(exchange, head, body, server->options.arg);
}

static int
too_large(const char **why)
{
    *why = "The body of the request is larger than this server takes.";
    return 413;
}

/* Decodes what has come of a chunked body. HTTP_OK: it ends at body_end. */
static int
take_chunks(struct http_connection *connection, struct input *input, const char **why)
{
    struct http_chunks *chunks = &connection->chunks;
    size_t raw_start = connection->body_end;
    size_t len = input->len - raw_start;
    size_t raw_used;
    int verdict = http_parse_chunks(chunks, input->at + raw_start, &len, &raw_used, why);
    if (verdict > HTTP_MORE)
        return verdict;
    size_t limit = connection->server->options.body_limit_bytes;
    if (chunks->total_bytes > limit || chunks->left > limit - chunks->total_bytes)
        return too_large(why);
    connection->body_end = raw_start + len;
    if (verdict == HTTP_MORE)
        input->len = connection->body_end;
    else
        input->used = raw_start + raw_used;
    return verdict;
}

/* RFC 9110, section 10.1.1: the client waits with its body until we say that it is welcome. */
static void
ask_for_body(struct http_connection *connection)
{
    connection->continue_due = true;
    http_exchange_deliver(connection);
}

/* Looks at a head for the first time: whether its body is welcome, and all here. */
static int
begin_body(struct http_connection *connection, const struct http_head *head, size_t head_bytes,
           struct input *input, const char **why)
{
    size_t came = input->len - head_bytes;
    connection->of_head = head->method == HTTP_HEAD;
    if (head->content_length > connection->server->options.body_limit_bytes)
        return too_large(why);
    int verdict = HTTP_OK;
    if (head->chunked) {
        connection->chunking = true;
        connection->chunks = (struct http_chunks){0};
        connection->body_end = head_bytes;
        verdict = take_chunks(connection, input, why);
    } else if (came < head->content_length) {
        connection->needed_bytes = head_bytes + (size_t)head->content_length;
        verdict = HTTP_MORE;
    }
    connection->head_seen = true;
    if (verdict == HTTP_MORE && came == 0 && head->expects_continue)
        ask_for_body(connection);
    return verdict;
}

/* Handles the request at the start of the input, if it is all there; else says HTTP_MORE, or a status. */
static int
take_request(struct http_connection *connection, struct input *input, const char **why)
{
    struct http_head head;
    size_t head_bytes;
    int verdict = HTTP_OK;
    if (input->len < connection->needed_bytes)
        return HTTP_MORE;
    if (connection->chunking)
        verdict = take_chunks(connection, input, why);
    if (verdict == HTTP_OK)
        verdict = http_parse_head((struct span){input->at, input->len}, &connection->scanned, &head,
                                  &head_bytes, why);
    if (verdict == HTTP_OK && !connection->head_seen)
        verdict = begin_body(connection, &head, head_bytes, input, why);
    if (verdict != HTTP_OK)
        return verdict;
    size_t body_end = connection->body_end;
    if (!head.chunked)
        body_end = input->used = head_bytes + (size_t)head.content_length;
    start_next_request(connection);
    handle(connection, &head, (struct span){input->at + head_bytes, body_end - head_bytes});
    return HTTP_OK;
}

/* Takes requests up to the quota; what is left of them is kept. */
static void
take_requests(struct http_connection *connection, struct input input)
{
    int verdict = HTTP_OK;
    for (int quota = HTTP_REQUESTS_PER_TURN; input.len > 0 && quota > 0; quota--) {
        const char *why = NULL;
        if (!http_connection_may_take(connection))
            break;
        verdict = take_request(connection, &input, &why);
        if (verdict == HTTP_MORE)
            break;
        if (verdict != HTTP_OK) {
            http_connection_refuse(connection, verdict, why);
            break;
        }
        input.at += input.used;
        input.len -= input.used;
    }
    if (connection->state == CONNECTION_CLOSED)
        return;
    if (connection->no_more)
        http_connection_forget_input(connection);
    else
        keep_rest(connection, &input);
    if (connection->state == CONNECTION_CLOSED)
        return;
    if (!http_connection_may_take(connection))
        http_connection_pause(connection);
    else if (connection->in.len > 0 && verdict == HTTP_OK)
        http_go_on_later(connection);
    http_connection_settle(connection);
}

static void
take_kept_requests(struct http_connection *connection)
{
    take_requests(connection, (struct input){.at = connection->in.at, .len = connection->in.len});
}

/* --- Reading --- */

/* The client has sent its last byte; what it asked for before is still answered. */
static void
end_of_input(struct http_connection *connection)
{
    connection->peer_closed = connection->no_more = true;
    if (connection->stream || (connection->open_count == 0 && http_output_is_empty(connection))) {
        http_connection_close(connection);
        return;
    }
    http_connection_forget_input(connection);
    http_connection_pause(connection);
    http_connection_settle(connection);
}

/* Reads once into `at`; 0 where there is nothing to go on with (the connection may be closed then). */
static size_t
read_some(struct http_connection *connection, char *at, size_t room)
{
    ssize_t len = recv(connection->fd, at, room, 0);
    if (len < 0 && errno == EINTR)
        return 0;
    connection->unread = len == (ssize_t)room || (len > 0 && connection->peer_closes);
    if (len > 0) {
        connection->server->stats.bytes_in += (uint64_t)len;
        return (size_t)len;
    }
    if (len == 0)
        end_of_input(connection);
    else if (errno != EAGAIN)
        http_connection_close(connection);
    return 0;
}

/* How much to read of a request that is partly here: a length that a client only promised costs nothing. */
static size_t
wanted_bytes(const struct http_connection *connection)
{
    if (connection->chunking)
        return CHUNKS_READ_BYTES;
    if (connection->needed_bytes == 0)
        return HEAD_READ_BYTES;
    size_t missing = connection->needed_bytes - connection->in.len;
    size_t most = connection->in.len > CHUNKS_READ_BYTES ? connection->in.len : CHUNKS_READ_BYTES;
    return missing < most ? missing : most;
}

static void
read_rest_of_request(struct http_connection *connection)
{
    struct buf *in = &connection->in;
    if (!buf_reserve(in, wanted_bytes(connection))) {
        http_connection_close(connection);
        return;
    }
    size_t len = read_some(connection, in->at + in->len, in->cap - in->len);
    if (len == 0)
        return;
    in->len += len;
    take_kept_requests(connection);
}

static void
read_requests(struct http_connection *connection)
{
    if (connection->resumed) /* what was read before comes first */
        return;
    if (connection->in.len > 0) {
        read_rest_of_request(connection);
        return;
    }
    struct input input = {.at = connection->server->input};
    input.len = read_some(connection, input.at, HTTP_READ_BYTES);
    if (input.len > 0)
        take_requests(connection, input);
}

/* Nothing that comes now is wanted; what counts is that the client goes. */
static void
read_and_drop(struct http_connection *connection)
{
    connection->progress_bytes += read_some(connection, connection->server->input, HTTP_READ_BYTES);
    if (connection->state == CONNECTION_LINGER && connection->progress_bytes > HTTP_LINGER_BYTES)
        http_connection_close(connection);
}

static bool
reads_on(const struct http_connection *connection)
{
    return connection->unread && !connection->paused && connection->state != CONNECTION_CLOSED;
}

/* The socket says once that something came, not as long as it is there: what is left of it is read in the
 * next turn, or by whoever takes up reading again. */
static void
read_once(struct http_connection *connection)
{
    if (connection->state == CONNECTION_LINGER || connection->state == CONNECTION_STREAM)
        read_and_drop(connection);
    else
        read_requests(connection);
    if (reads_on(connection))
        http_go_on_later(connection);
}

static void
readable_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    struct http_connection *connection = arg;
    http_turn(connection->server);
    connection->unread = true;
    connection->peer_closes = connection->peer_closes || (what & EV_CLOSED);
    read_once(connection);
}

void
http_connection_go_on(struct http_connection *connection)
{
    if (connection->in.len > 0)
        take_kept_requests(connection);
    if (reads_on(connection))
        read_once(connection);
}

static void
writable_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct http_connection *connection = arg;
    http_turn(connection->server);
    http_output_due(connection);
}

/* --- Life and death --- */

bool
http_connection_open(struct http_server *server, int fd)
{
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return false;
    connection->server = server;
    connection->fd = fd;
    connection->state = CONNECTION_WARM;
    connection->since_ms = server->now_ms;
    TAILQ_INIT(&connection->exchanges);
    TAILQ_INSERT_TAIL(&server->states[CONNECTION_WARM], connection, of_state);
    event_assign(&connection->readable, server->base, fd, EV_READ | EV_CLOSED | EV_ET | EV_PERSIST,
                 readable_cb, connection);
    event_assign(&connection->writable, server->base, fd, EV_WRITE | EV_ET, writable_cb, connection);
    event_add(&connection->readable, NULL);
    server->stats.connections_accepted++;
    server->stats.connections_open++;
    return true;
}

static void
leave_lists(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    if (connection->dirty)
        TAILQ_REMOVE(&server->dirty, connection, of_dirty);
    if (connection->resumed)
        TAILQ_REMOVE(&server->resumed, connection, of_resumed);
    if (connection->unsent)
        TAILQ_REMOVE(&server->unsent, connection, of_unsent);
    connection->dirty = connection->resumed = connection->unsent = false;
}

void
http_connection_close(struct http_connection *connection)
{
    if (connection->state == CONNECTION_CLOSED)
        return;
    http_turn(connection->server);
    http_connection_become(connection, CONNECTION_CLOSED);
    leave_lists(connection);
    event_del(&connection->readable);
    event_del(&connection->writable);
    close(connection->fd);
    http_exchange_orphan_all(connection);
    if (connection->stream)
        http_stream_orphan(connection->stream);
    connection->stream = NULL;
    http_connection_forget_input(connection);
    buf_free(&connection->out);
    connection->server->stats.connections_open--;
}
