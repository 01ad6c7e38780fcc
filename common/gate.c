#include "common/gate.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/clock.h"
#include "common/rate_limit.h"

enum { SLOTS = 16 * 1024 };

struct gate {
    struct rate_limit *addresses, *tokens, *failures; /* owned; NULL: no limit */
};

static struct rate_limit *
limit_of(int64_t per_minute)
{
    uint64_t seed;
    randombytes_buf(&seed, sizeof seed);
    struct rate_limit *limit = per_minute > 0 ? rate_limit_new(SLOTS, per_minute, seed) : NULL;
    if (per_minute > 0 && !limit)
        abort();
    return limit;
}

struct gate *
gate_new(const struct gate_options *options)
{
    struct gate *gate = calloc(1, sizeof *gate);
    if (!gate)
        abort();
    gate->addresses = limit_of(options->address_requests_per_minute);
    gate->tokens = limit_of(options->token_requests_per_minute);
    gate->failures = limit_of(options->failed_tokens_per_minute);
    return gate;
}

void
gate_free(struct gate *gate)
{
    if (!gate)
        return;
    rate_limit_free(gate->addresses);
    rate_limit_free(gate->tokens);
    rate_limit_free(gate->failures);
    free(gate);
}

static bool
pass(struct rate_limit *limit, uint64_t key, struct http_exchange *exchange, const char *what)
{
    int wait_s = rate_limit_take(limit, key, clock_steady_ms());
    if (wait_s == 0)
        return true;
    http_answer_error(exchange, 429, "too_many_requests", wait_s, "too many %s; try again in %d s", what,
                      wait_s);
    return false;
}

bool
gate_passes_address(struct gate *gate, struct http_exchange *exchange)
{
    return !gate->addresses ||
           pass(gate->addresses, http_peer(exchange), exchange, "requests of this address");
}

bool
gate_passes_token(struct gate *gate, struct http_exchange *exchange, const char *token_key)
{
    if (!gate->tokens)
        return true;
    return pass(gate->tokens, XXH3_64bits(token_key, strlen(token_key)), exchange,
                "requests with this token");
}

bool
gate_passes_failure(struct gate *gate, struct http_exchange *exchange)
{
    return !gate->failures ||
           pass(gate->failures, http_peer(exchange), exchange, "wrong tokens from this address");
}
