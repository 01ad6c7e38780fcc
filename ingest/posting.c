#include "ingest/posting.h"

#include <assert.h>
#include <stdlib.h>

enum { RETRY_AFTER_S = 1, ANSWER_KEPT_BYTES = 64 << 10 };

/* The answer to nearly every request. */
static const char one_accepted[] = "{\"accepted\":1,\"rejected\":0,\"errors\":[]}";

struct posting *
posting_take(struct posting_pool *pool, struct http_exchange *exchange)
{
    struct posting *posting = pool->free;
    if (posting)
        pool->free = posting->next;
    else if (!(posting = calloc(1, sizeof *posting)))
        return NULL;
    posting->exchange = exchange;
    posting->parts_left = 1;
    posting->failed = false;
    posting->accepted = 0;
    posting->pool = pool;
    return posting;
}

static void
give_back(struct posting *posting)
{
    if (posting->answer.cap > ANSWER_KEPT_BYTES)
        buf_free(&posting->answer);
    buf_clear(&posting->answer);
    posting->exchange = NULL;
    posting->next = posting->pool->free;
    posting->pool->free = posting;
}

static void
answer(struct posting *posting)
{
    struct counters *counters = posting->pool->counters;
    if (posting->failed || posting->answer.failed) {
        answer_unavailable(posting->exchange, counters, "the events could not be stored; send them again");
        return;
    }
    counters->events_accepted += posting->accepted;
    struct span body = posting->answer.len > 0 ? buf_span(&posting->answer) : SPAN(one_accepted);
    http_answer(posting->exchange,
                &(struct http_answer){.status = 202, .content_type = "application/json", .body = body});
}

void
posting_add_part(struct posting *posting)
{
    posting->parts_left++;
}

void
posting_settle_part(struct posting *posting, bool committed)
{
    assert(posting->parts_left > 0 && posting->exchange);
    posting->failed |= !committed;
    if (--posting->parts_left > 0)
        return;
    answer(posting);
    give_back(posting);
}

void
posting_pool_free(struct posting_pool *pool)
{
    while (pool->free) {
        struct posting *posting = pool->free;
        pool->free = posting->next;
        buf_free(&posting->answer);
        free(posting);
    }
}

void
answer_unavailable(struct http_exchange *exchange, struct counters *counters, const char *why)
{
    counters->unavailable++;
    http_answer_error(exchange, 503, "unavailable", RETRY_AFTER_S, "%s", why);
}
