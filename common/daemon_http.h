/* What both daemons answer about themselves: alive, ready, their limits, their figures. */
#ifndef BOCHUANG_DAEMON_HTTP_H
#define BOCHUANG_DAEMON_HTTP_H

#include <stdint.h>

#include "common/buf.h"
#include "common/gate.h"
#include "common/http_server.h"

/* Answers with the body, or 503 where it could not be put together, and frees it. */
void daemon_answer(struct http_exchange *exchange, int status, const char *content_type, struct buf *body);

/* GET /healthz: whoever can answer is alive. */
void daemon_answer_health(struct http_exchange *exchange);

/* GET /readyz: 200, or 503 with the reason; NULL: there is none. */
void daemon_answer_readiness(struct http_exchange *exchange, const char *why_not);

/* GET /v1/limits. */
void daemon_answer_limits(struct http_exchange *exchange, int64_t connection_limit);

/* Adds the figures of the daemon's server, gate and process, as Prometheus text. */
void daemon_put_figures(const char *daemon, const struct http_server *server, const struct gate *gate,
                        struct buf *out);

#endif
