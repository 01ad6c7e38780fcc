/*
 * A client of the two services: one connection that is kept, time-outs on everything, bounded answers, and
 * the patience that the contract asks of a client: after 429, 503 or a broken connection the same request is
 * sent again, later each time, as `Retry-After` says. Ids make that safe.
 *
 * One thread a client. Start-up memory: it aborts where there is none.
 */
#ifndef BOCHUANG_CLI_HTTP_CLIENT_H
#define BOCHUANG_CLI_HTTP_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

struct http_client;

struct http_answer {
    long status; /* 0: no answer came; `trouble` says why */
    struct buf body;
    int64_t retry_after_ms; /* -1: not said */
    char trouble[256];
    uint64_t retries; /* requests that were sent again */
};

struct http_call {
    const char *path;         /* "/v1/contests/x/events"; behind the base URL */
    const char *content_type; /* NULL: a GET; else a POST of `body` */
    struct span body;
    int64_t patience_ms; /* how long to go on trying; 0: once, -1: for ever */
    /* Called before each wait; may be NULL. */
    void (*on_wait)(const struct http_answer *answer, int64_t wait_ms, void *arg);
    void *arg;
};

/* `base_url` and `token` (NULL: none) are copied. `stop`, where not NULL, ends any waiting once it is true.
 */
struct http_client *http_client_new(const char *base_url, const char *token, const atomic_bool *stop);
void http_client_free(struct http_client *client);

/* Another token from now on. */
void http_client_use_token(struct http_client *client, const char *token);

/*
 * Makes the call; the answer's body is cleared first and stays the caller's. True where an answer came that
 * sending again would not change; false where patience ran out: `trouble` then says what was last wrong.
 */
bool http_client_call(struct http_client *client, const struct http_call *call, struct http_answer *answer);

void http_answer_free(struct http_answer *answer);

/* True for an answer after which the same request is worth sending again. */
bool http_worth_retrying(long status);

/* Milliseconds to wait before try `attempt` (from 1): doubling from 50 ms to 5 s, spread by `random`. */
int64_t http_backoff_ms(unsigned attempt, uint64_t random);

/* Adds "/" and the segment, percent-encoded where it must be. */
void http_path_add(struct buf *path, const char *segment);

/* Says on standard error what an answer that is no 2xx means, as its body or its trouble says. */
void http_complain(const char *command, const struct http_answer *answer);

#endif
