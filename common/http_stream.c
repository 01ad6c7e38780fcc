/*
 * Streams: answers that go on, for Server-Sent Events.
 *
 * The head says no length and "Connection: close", so that the same encoded block can go to every watcher as
 * it is. A stream holds a few blocks at most; a client that is further behind is told so (http_stream_send()
 * gives false), and gets a newer block when it has caught up: a slow reader costs little and sees the latest.
 *
 * A stream belongs to its connection. Its owner hears once, at the end of a turn and never inside one of its
 * own calls, that it is over.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "common/http_internal.h"

struct http_block {
    unsigned holders;
    size_t len;
    char bytes[];
};

struct http_stream {
    TAILQ_ENTRY(http_stream) of_closing;
    struct http_server *server;
    struct http_connection *connection; /* NULL when it has let go of the stream */
    void (*on_close)(void *arg);
    void *arg;
    struct http_block *blocks[HTTP_STREAM_BLOCKS]; /* a ring; each holds a share */
    unsigned first, count;
    size_t sent;  /* bytes of the first one */
    size_t bytes; /* of all, the sent ones of the first too */
    bool ended;   /* by its owner, or with its client: nothing more is taken */
    bool closing; /* on_close is due */
    bool closed;  /* on_close was called */
};

/* --- Blocks --- */

struct http_block *
http_block_new(struct span bytes)
{
    struct http_block *block = malloc(sizeof *block + bytes.len);
    if (!block)
        return NULL;
    block->holders = 1;
    block->len = bytes.len;
    if (bytes.len > 0)
        memcpy(block->bytes, bytes.at, bytes.len);
    return block;
}

void
http_block_release(struct http_block *block)
{
    if (!block)
        return;
    assert(block->holders > 0);
    if (--block->holders == 0)
        free(block);
}

/* --- The ring --- */

size_t
http_stream_vectors(const struct http_stream *stream, struct iovec vectors[HTTP_STREAM_BLOCKS])
{
    for (unsigned i = 0; i < stream->count; i++) {
        struct http_block *block = stream->blocks[(stream->first + i) % HTTP_STREAM_BLOCKS];
        size_t sent = i == 0 ? stream->sent : 0;
        vectors[i] = (struct iovec){block->bytes + sent, block->len - sent};
    }
    return stream->count;
}

static void
drop_first(struct http_stream *stream)
{
    struct http_block *block = stream->blocks[stream->first];
    stream->bytes -= block->len;
    stream->sent = 0;
    stream->first = (stream->first + 1) % HTTP_STREAM_BLOCKS;
    stream->count--;
    http_block_release(block);
}

bool
http_stream_advance(struct http_stream *stream, size_t bytes)
{
    bool whole = false;
    while (stream->count > 0 && bytes > 0) {
        size_t left = stream->blocks[stream->first]->len - stream->sent;
        size_t taken = bytes < left ? bytes : left;
        stream->sent += taken;
        bytes -= taken;
        if (taken == left) {
            drop_first(stream);
            whole = true;
        }
    }
    assert(bytes == 0);
    return whole;
}

/* --- Its end --- */

static void
close_later(struct http_stream *stream)
{
    stream->ended = true;
    if (stream->closing || stream->closed)
        return;
    stream->closing = true;
    TAILQ_INSERT_TAIL(&stream->server->closing_streams, stream, of_closing);
    http_turn(stream->server);
}

static void
free_if_over(struct http_stream *stream)
{
    if (stream->closed && !stream->connection)
        free(stream);
}

void
http_stream_orphan(struct http_stream *stream)
{
    stream->connection = NULL;
    while (stream->count > 0)
        drop_first(stream);
    if (stream->closed)
        free_if_over(stream);
    else
        close_later(stream);
}

void
http_streams_close(struct http_server *server)
{
    struct http_stream *stream;
    while ((stream = TAILQ_FIRST(&server->closing_streams))) {
        TAILQ_REMOVE(&server->closing_streams, stream, of_closing);
        stream->closing = false;
        stream->closed = true;
        stream->on_close(stream->arg);
        free_if_over(stream);
    }
}

bool
http_stream_has_ended(const struct http_stream *stream)
{
    return stream->ended;
}

/* --- For its owner --- */

static struct http_stream *
new_stream(struct http_exchange *exchange, void (*on_close)(void *arg), void *arg)
{
    struct http_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return NULL;
    stream->server = exchange->server;
    stream->connection = exchange->connection;
    stream->on_close = on_close;
    stream->arg = arg;
    return stream;
}

struct http_stream *
http_stream_start(struct http_exchange *exchange, const char *content_type, const char *fields,
                  void (*on_close)(void *arg), void *arg)
{
    assert(!exchange->answered && exchange->server && on_close);
    struct http_connection *connection = exchange->connection;
    struct http_stream *stream = new_stream(exchange, on_close, arg);
    if (!stream) {
        http_answer_error(exchange, 503, "unavailable", 1, "There is no memory for another stream.");
        return NULL;
    }
    exchange->server->stats.answers_2xx++;
    if (!connection) {
        close_later(stream);
        http_exchange_done(exchange, true);
        return stream;
    }
    const struct http_answer answer = {.status = 200,
                                       .content_type = content_type,
                                       .fields = fields,
                                       .close = true};
    struct buf *out = http_exchange_out(exchange);
    http_exchange_add_head(exchange, out, &answer);
    buf_add(out, "\r\n", 2);
    exchange->stream = stream;
    connection->no_more = true;
    bool head_only = exchange->head_only;
    http_exchange_done(exchange, true);
    if (head_only || stream->server->draining)
        close_later(stream);
    return stream;
}

bool
http_stream_send(struct http_stream *stream, struct http_block *block)
{
    if (stream->ended || stream->count == HTTP_STREAM_BLOCKS)
        return false;
    if (stream->count > 0 && stream->bytes + block->len > HTTP_STREAM_BYTES)
        return false;
    if (block->len == 0)
        return true;
    block->holders++;
    stream->blocks[(stream->first + stream->count++) % HTTP_STREAM_BLOCKS] = block;
    stream->bytes += block->len;
    if (stream->connection->stream == stream)
        http_output_due(stream->connection);
    return true;
}

bool
http_stream_idle(const struct http_stream *stream)
{
    return !stream->ended && stream->connection->stream == stream && http_output_is_empty(stream->connection);
}

void
http_stream_end(struct http_stream *stream)
{
    close_later(stream);
    if (stream->connection && stream->connection->stream == stream)
        http_output_due(stream->connection);
}
