#include "ingest/flush.h"

#include <event2/event.h>
#include <stdlib.h>

#include "ingest/hosted.h"
#include "ingest/ingest.h"

enum { HOLD_MS = 2 };

struct flush {
    struct ingest *ingest; /* borrowed */
    struct event *idle;    /* made active: libevent polls again before it turns to the last priority */
    struct event *overdue; /* sockets that always have something to read do not hold an append up */
};

/* True where an append waits. */
static bool
flush_all(struct ingest *ingest, bool patient)
{
    bool waits = false;
    for (size_t i = 0; i < ingest->hosted_count; i++)
        for (uint32_t shard = 0; shard < ingest->hosted[i]->shard_count; shard++)
            waits |= batch_flush(&ingest->hosted[i]->batches[shard], patient);
    redis_link_push(ingest->link);
    return waits;
}

static void
no_longer_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct flush *flush = arg;
    event_del(flush->idle);
    event_del(flush->overdue);
    flush_all(flush->ingest, false);
}

void
flush_soon(struct flush *flush)
{
    if (event_pending(flush->overdue, EV_TIMEOUT, NULL))
        return;
    event_active(flush->idle, EV_TIMEOUT, 0);
    event_add(flush->overdue, &(struct timeval){.tv_usec = HOLD_MS * 1000});
}

void
flush_at_turn_end(void *ingest)
{
    struct ingest *of = ingest;
    if (flush_all(of, true))
        flush_soon(of->flush);
}

struct flush *
flush_new(struct ingest *ingest)
{
    struct flush *flush = calloc(1, sizeof *flush);
    if (!flush)
        return NULL;
    flush->ingest = ingest;
    flush->idle = event_new(ingest->base, -1, 0, no_longer_cb, flush);
    flush->overdue = event_new(ingest->base, -1, 0, no_longer_cb, flush);
    if (flush->idle && flush->overdue && event_priority_set(flush->idle, FLUSH_PRIORITIES - 1) == 0)
        return flush;
    flush_free(flush);
    return NULL;
}

void
flush_free(struct flush *flush)
{
    if (!flush)
        return;
    if (flush->idle)
        event_free(flush->idle);
    if (flush->overdue)
        event_free(flush->overdue);
    free(flush);
}
