#include "cli/event_stream.h"

#include <string.h>

enum { MESSAGE_BYTES_MOST = 16 << 20 };

void
event_stream_free(struct event_stream *stream)
{
    buf_free(&stream->line);
    buf_free(&stream->event);
    buf_free(&stream->content);
    buf_free(&stream->last_id);
    buf_free(&stream->id);
}

void
event_stream_cut(struct event_stream *stream)
{
    buf_clear(&stream->line);
    buf_clear(&stream->event);
    buf_clear(&stream->content);
    buf_clear(&stream->id);
}

static void
set(struct buf *buf, struct span text)
{
    buf_clear(buf);
    buf_add_span(buf, text);
}

static void
end_message(struct event_stream *stream)
{
    if (stream->id.len > 0)
        set(&stream->last_id, buf_span(&stream->id));
    if (stream->content.len > 0) {
        struct stream_message message = {buf_span(&stream->event), buf_span(&stream->content)};
        stream->on_message(&message, stream->arg);
    }
    buf_clear(&stream->event);
    buf_clear(&stream->content);
    buf_clear(&stream->id);
}

static void
take_field(struct event_stream *stream, struct span name, struct span value)
{
    if (span_is(name, "event")) {
        set(&stream->event, value);
    } else if (span_is(name, "id")) {
        set(&stream->id, value);
    } else if (span_is(name, "data")) {
        if (stream->content.len > 0)
            buf_add_byte(&stream->content, '\n');
        buf_add_span(&stream->content, value);
    }
}

/* A line without its end. An empty one ends the message; one that starts with a colon is a comment. */
static void
take_line(struct event_stream *stream)
{
    struct span line = buf_span(&stream->line);
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (line.len == 0) {
        end_message(stream);
        return;
    }
    const char *colon = memchr(line.at, ':', line.len);
    size_t name_len = colon ? (size_t)(colon - line.at) : line.len;
    size_t skip = name_len + (colon != NULL);
    if (skip < line.len && line.at[skip] == ' ')
        skip++;
    take_field(stream, (struct span){line.at, name_len}, (struct span){line.at + skip, line.len - skip});
}

bool
event_stream_take(struct event_stream *stream, struct span bytes)
{
    while (bytes.len > 0) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        size_t len = end ? (size_t)(end - bytes.at) : bytes.len;
        buf_add(&stream->line, bytes.at, len);
        if (stream->line.len + stream->content.len > MESSAGE_BYTES_MOST || stream->line.failed)
            return false;
        if (!end)
            return true;
        take_line(stream);
        buf_clear(&stream->line);
        bytes = (struct span){bytes.at + len + 1, bytes.len - len - 1};
    }
    return true;
}
