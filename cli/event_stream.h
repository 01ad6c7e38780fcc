/*
 * Server-Sent Events, as the board sends them: bytes in, whole messages out. Pure; any bytes are harmless.
 */
#ifndef BOCHUANG_CLI_EVENT_STREAM_H
#define BOCHUANG_CLI_EVENT_STREAM_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/span.h"

struct stream_message {
    struct span event; /* "snapshot", "update" */
    struct span content;
};

typedef void stream_message_fn(const struct stream_message *message, void *arg);

struct event_stream {
    struct buf line, event, content; /* of the message that is coming in */
    struct buf last_id;              /* of the last whole message: what a reconnect sends */
    struct buf id;
    stream_message_fn *on_message;
    void *arg;
};

void event_stream_free(struct event_stream *stream);

/* Takes what came. False where a message is larger than any that the board sends. */
bool event_stream_take(struct event_stream *stream, struct span bytes);

/* The connection was lost: what came in of a message is dropped, the id of the last whole one stays. */
void event_stream_cut(struct event_stream *stream);

#endif
