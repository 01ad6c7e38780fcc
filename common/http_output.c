/*
 * Writing. Whatever was answered in a turn leaves with one system call per connection at its end. When all is
 * sent, the connection reads on, or it is closed, never with a plain close(): bytes of the client that nobody
 * has read would make the kernel send a reset, and a reset can overtake the answer. So we close our side, and
 * listen for a while to what we no longer want (RFC 9112, section 9.6).
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "common/crash_point.h"

#include "common/http_internal.h"

void
http_output_due(struct http_connection *connection)
{
    if (connection->dirty || connection->state == CONNECTION_CLOSED)
        return;
    http_turn(connection->server);
    connection->dirty = true;
    TAILQ_INSERT_TAIL(&connection->server->dirty, connection, of_dirty);
}

bool
http_output_is_empty(const struct http_connection *connection)
{
    if (connection->out.len > connection->out_sent)
        return false;
    struct iovec vectors[HTTP_STREAM_BLOCKS];
    return !connection->stream || http_stream_vectors(connection->stream, vectors) == 0;
}

void
http_output_trim(struct http_connection *connection)
{
    if (connection->out.len == 0)
        buf_free(&connection->out);
    if (connection->in.len == 0)
        buf_free(&connection->in);
    http_connection_count_input(connection);
}

/* --- The deadline for taking what we send --- */

static void
wait_for_client(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    event_add(&connection->writable, NULL);
    if (connection->unsent)
        return;
    connection->unsent = true;
    connection->unsent_since_ms = server->now_ms;
    connection->progress_bytes = 0;
    TAILQ_INSERT_TAIL(&server->unsent, connection, of_unsent);
}

static void
stop_waiting_for_client(struct http_connection *connection)
{
    if (!connection->unsent)
        return;
    connection->unsent = false;
    TAILQ_REMOVE(&connection->server->unsent, connection, of_unsent);
}

/* --- Sending --- */

/* All that waits, as one call; what it returns is send()'s. */
static ssize_t
send_waiting(struct http_connection *connection)
{
    const struct buf *out = &connection->out;
    size_t len = out->len - connection->out_sent;
    if (!connection->stream)
        return send(connection->fd, out->at + connection->out_sent, len, MSG_NOSIGNAL);
    struct iovec vectors[1 + HTTP_STREAM_BLOCKS];
    size_t count = 0;
    if (len > 0)
        vectors[count++] = (struct iovec){out->at + connection->out_sent, len};
    count += http_stream_vectors(connection->stream, vectors + count);
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = count};
    return sendmsg(connection->fd, &message, MSG_NOSIGNAL);
}

/* So many bytes are sent: first those of `out`, then those of the stream. */
static void
advance(struct http_connection *connection, size_t sent)
{
    struct buf *out = &connection->out;
    size_t waiting = out->len - connection->out_sent;
    size_t of_out = sent < waiting ? sent : waiting;
    connection->out_sent += of_out;
    connection->server->stats.bytes_out += sent;
    connection->progress_bytes += sent;
    bool progress = connection->progress_bytes >= HTTP_PROGRESS_BYTES;
    if (connection->stream)
        progress = http_stream_advance(connection->stream, sent - of_out) || progress;
    if (progress)
        stop_waiting_for_client(connection); /* if more waits, from now on */
}

/* Gives back what is sent; a stream's connection, of which there are many, keeps no buffer at all. */
static void
drop_sent(struct http_connection *connection)
{
    struct buf *out = &connection->out;
    bool all = connection->out_sent == out->len;
    if (all && (out->cap > HTTP_KEEP_BYTES || connection->stream)) {
        buf_free(out);
    } else if (all) {
        buf_clear(out);
    } else if (connection->out_sent >= out->len / 2) {
        buf_drop(out, connection->out_sent);
    } else {
        return;
    }
    connection->out_sent = 0;
}

/* --- Behind the last byte --- */

static void
say_goodbye(struct http_connection *connection)
{
    if (connection->peer_closed || shutdown(connection->fd, SHUT_WR) != 0) {
        http_connection_close(connection);
        return;
    }
    connection->progress_bytes = 0;
    http_connection_forget_input(connection);
    http_connection_become(connection, CONNECTION_LINGER);
    http_connection_read_on(connection);
}

static void
after_the_last_byte(struct http_connection *connection)
{
    stop_waiting_for_client(connection);
    bool over = connection->finish || (connection->peer_closed && connection->open_count == 0) ||
                (connection->stream && http_stream_has_ended(connection->stream));
    if (over && connection->stream) {
        http_stream_orphan(connection->stream);
        connection->stream = NULL;
    }
    if (over)
        say_goodbye(connection);
}

/* Reading was paused because too much was open or unsent. */
static void
read_on_if_possible(struct http_connection *connection)
{
    if (!connection->paused || !http_connection_may_take(connection))
        return;
    http_connection_read_on(connection);
    if (connection->in.len > 0)
        http_go_on_later(connection);
}

void
http_output_flush(struct http_connection *connection)
{
    bool broken = connection->out.failed;
    if (!broken && !http_output_is_empty(connection)) {
        CRASH_POINT("http.write");
        ssize_t sent = send_waiting(connection);
        CRASH_POINT("http.written");
        broken = sent < 0 && errno != EAGAIN && errno != EINTR;
        if (sent > 0)
            advance(connection, (size_t)sent);
        drop_sent(connection);
    }
    if (broken) {
        http_connection_close(connection);
        return;
    }
    if (http_output_is_empty(connection))
        after_the_last_byte(connection);
    else
        wait_for_client(connection);
    read_on_if_possible(connection);
    http_connection_settle(connection);
}
