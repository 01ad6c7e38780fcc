/*
 * The gate of a daemon: who asks too often is answered 429 with Retry-After.
 *
 *   by address       every request to a contest             off unless set
 *   by token         every request with a good token        off unless set
 *   failed tokens    by address, of those that are none     on: guessing is noise that costs us time
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

struct gate *gate_new(const struct gate_options *options); /* aborts when memory is out: at the start */
void gate_free(struct gate *gate);

/* Each counts one; false where it is one too many, and the exchange is answered. */
bool gate_passes_address(struct gate *gate, struct http_exchange *exchange);
bool gate_passes_token(struct gate *gate, struct http_exchange *exchange, const char *token_key);
/* Of a request whose token is none: true where it may be told so. */
bool gate_passes_failure(struct gate *gate, struct http_exchange *exchange);

#endif
