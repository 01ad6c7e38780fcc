#include "common/gate.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/clock.h"
#include "common/logline.h"
#include "common/rate_limit.h"

enum { SLOTS = 16 * 1024, TELL_EVERY_MS = 10 * 1000 };

struct gate {
    struct rate_limit *addresses, *tokens, *failures; /* owned; NULL: no limit */
    struct gate_stats stats;
    struct gate_stats told; /* as they were when it said something last */
    int64_t told_ms;        /* 0: never */
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

const struct gate_stats *
gate_stats(const struct gate *gate)
{
    return &gate->stats;
}

/* One line for all that was refused since the last one. */
static void
tell(struct gate *gate, struct http_exchange *exchange)
{
    int64_t now_ms = clock_steady_ms();
    const struct gate_stats *is = &gate->stats, *was = &gate->told;
    char peer[HTTP_PEER_SIZE];
    if (gate->told_ms > 0 && now_ms - gate->told_ms < TELL_EVERY_MS)
        return;
    http_peer_text(exchange, peer);
    log_warn(
        "refused: %llu with a wrong token, %llu for too many of those, %llu for too many with one token, "
        "%llu for too many from one address; the last from %s",
        (unsigned long long)(is->wrong_tokens - was->wrong_tokens),
        (unsigned long long)(is->guesses_limited - was->guesses_limited),
        (unsigned long long)(is->tokens_limited - was->tokens_limited),
        (unsigned long long)(is->addresses_limited - was->addresses_limited), peer);
    gate->told = gate->stats;
    gate->told_ms = now_ms;
}

/* Takes one from the limit, where there is one; false where it is used up, and answered. */
static bool
pass(struct gate *gate, struct rate_limit *limit, uint64_t key, struct http_exchange *exchange,
     uint64_t *refused, const char *what)
{
    int wait_s = limit ? rate_limit_take(limit, key, clock_steady_ms()) : 0;
    if (wait_s == 0)
        return true;
    ++*refused;
    tell(gate, exchange);
    http_answer_error(exchange, 429, "too_many_requests", wait_s, "too many %s; try again in %d s", what,
                      wait_s);
    return false;
}

bool
gate_passes_address(struct gate *gate, struct http_exchange *exchange)
{
    return !gate->addresses || pass(gate, gate->addresses, http_peer(exchange), exchange,
                                    &gate->stats.addresses_limited, "requests of this address");
}

bool
gate_passes_token(struct gate *gate, struct http_exchange *exchange, const char *token_key)
{
    return !gate->tokens || pass(gate, gate->tokens, XXH3_64bits(token_key, strlen(token_key)), exchange,
                                 &gate->stats.tokens_limited, "requests with this token");
}

bool
gate_passes_failure(struct gate *gate, struct http_exchange *exchange)
{
    gate->stats.wrong_tokens++;
    if (!pass(gate, gate->failures, http_peer(exchange), exchange, &gate->stats.guesses_limited,
              "wrong tokens from this address"))
        return false;
    tell(gate, exchange);
    return true;
}
