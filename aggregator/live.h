/*
 * Live streams: Server-Sent Events of one view of one contest (docs/board-json.md, "The live stream").
 *
 * All watchers of a view get the same bytes: a message is encoded once and shared. A view has a number, its
 * `edition`, that goes up each time something has changed; a watcher has the number it was given last. One
 * pass over the watchers, cut into slices, brings each one up:
 *
 *   one edition behind ─▶ the update       further behind, or new ─▶ the snapshot, once it can take it
 *
 * So a slow watcher skips what it could not take, and never gets a half. The first change after a quiet time
 * goes out at once, the next ones every 200 ms: at most five a second, a change of state included.
 */
#ifndef BOCHUANG_LIVE_H
#define BOCHUANG_LIVE_H

#include "aggregator/contests.h"
#include "aggregator/counters.h"
#include "common/http_server.h"

struct event_base;
struct live;

struct live *live_new(struct event_base *base, struct contests *contests, struct counters *counters);
/* After the server is gone: no stream may be open any more. */
void live_free(struct live *live);

/* Answers a request for a stream of a contest that is shown. `token` is the one it was asked with, or NULL.
 */
void live_watch(struct live *live, struct board_contest *contest, enum view view,
                const struct token_record *token, struct http_exchange *exchange,
                const struct http_head *head);

/* Something of the contest may have changed: figures, state, or whether it is shown at all. Cheap. */
void live_touch(struct live *live, struct board_contest *contest);

/* Ends the streams of the live view whose token is none any more. */
void live_check_tokens(struct live *live, struct board_contest *contest);

#endif
