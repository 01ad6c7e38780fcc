/*
 * The gate of a daemon: who asks too often is answered 429 with Retry-After.
 *
 *   by address       every request to a contest             off unless set
 *   by token         every request with a good token        off unless set
 *   failed tokens    by address, of those that are none     on: guessing is noise that costs us time
 *
 * What it refuses is counted, and said in one line every ten seconds at most: who, how often, never the
 * token.
 *
 * A good token is never refused for what others of its address have guessed: behind a proxy all have one
 * address, and a secret of 160 bits is not found by trying.
 */
#ifndef BOCHUANG_GATE_H
#define BOCHUANG_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/http_server.h"

struct gate;

struct gate_options {
    int64_t address_requests_per_minute, token_requests_per_minute,
        failed_tokens_per_minute; /* 0: no limit */
};

/* What both daemons say of it, for the tables of settings. */
enum { GATE_PER_MINUTE_MOST = 60 * 1000 * 1000 };

/* X(field, kind, help), for the daemons' /metrics. */
#define GATE_FIGURES(X)                                                                                      \
    X(wrong_tokens, COUNTER, "Requests whose token is none.")                                                \
    X(guesses_limited, COUNTER, "Requests answered 429: too many wrong tokens from their address.")          \
    X(tokens_limited, COUNTER, "Requests answered 429: too many with their token.")                          \
    X(addresses_limited, COUNTER, "Requests answered 429: too many from their address.")

struct gate_stats {
#define X(field, kind, help) uint64_t field;
    GATE_FIGURES(X)
#undef X
};

struct gate *gate_new(const struct gate_options *options); /* aborts when memory is out: at the start */
void gate_free(struct gate *gate);

const struct gate_stats *gate_stats(const struct gate *gate);

/* Each counts one; false where it is one too many, and the exchange is answered. */
bool gate_passes_address(struct gate *gate, struct http_exchange *exchange);
bool gate_passes_token(struct gate *gate, struct http_exchange *exchange, const char *token_key);
/* Of a request whose token is none: true where it may be told so. */
bool gate_passes_failure(struct gate *gate, struct http_exchange *exchange);

#endif
