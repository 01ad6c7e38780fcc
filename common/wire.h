/*
 * How events stand in the log: MessagePack arrays, one after another, in one blob per log entry.
 *
 *   event   [type, id, time_ms, session|streamer, ...]
 *             order.paid       … product, quantity, amount_fen, channel
 *             order.refunded   … of, amount_fen
 *             order.cancelled  … of
 *             metric.sampled   … sample, value
 *             others           nothing more
 *
 * type, channel and sample are the enums of event.h. Ids stand as text, so that a log can be read years
 * later without the program that wrote it. The codec is total: any bytes decode to events or to an error.
 */
#ifndef BOCHUANG_WIRE_H
#define BOCHUANG_WIRE_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/event.h"
#include "common/msgpack_cursor.h"

void wire_put_event(struct buf *out, const struct event *event);

/* The next event of a blob: 1 and `event` filled (spans borrow from the blob), 0 at its end, -1 when the
 * bytes are no event. */
int wire_get_event(struct mp_cursor *blob, struct event *event);

#endif
