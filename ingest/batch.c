#include "ingest/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "common/crash_point.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/wire.h"

enum {
    /* No event is longer in the log: four ids, nine numbers. */
    EVENT_MOST_BYTES = 512,
    PARTS_FIRST = 256,
    /* Sent bytes at the front are kept until it pays to move the rest over them. */
    COMPACT_BYTES = 4 << 20,
    /* Of fewer answers, the time that they take to leave gains too little company; */
    ANSWERS_WORTH_WAITING = 16,
    /* and an append of so many bytes is worth an fsync of its own. */
    BYTES_WORTH_SENDING = 16 << 10,
};

size_t
batch_waiting_bytes(const struct batch *batch)
{
    return batch->waiting.len - batch->sent;
}

static bool
reserve_part(struct batch *batch)
{
    if (batch->part_count < batch->part_cap)
        return true;
    size_t cap = batch->part_cap ? batch->part_cap * 2 : PARTS_FIRST;
    struct batch_part *ring = malloc(cap * sizeof *ring);
    if (!ring)
        return false;
    for (size_t i = 0; i < batch->part_count; i++)
        ring[i] = batch->parts[(batch->first + i) & (batch->part_cap - 1)];
    free(batch->parts);
    batch->parts = ring;
    batch->part_cap = cap;
    batch->first = 0;
    return true;
}

void
batch_seal(struct batch *batch, struct posting *posting)
{
    size_t open = batch->waiting.len - batch->sealed;
    if (open == 0)
        return;
    if (!reserve_part(batch)) {
        batch->waiting.len = batch->sealed;
        posting->failed = true;
        return;
    }
    size_t slot = (batch->first + batch->part_count++) & (batch->part_cap - 1);
    batch->parts[slot] = (struct batch_part){posting, open};
    batch->sealed = batch->waiting.len;
    posting_add_part(posting);
}

bool
batch_put(struct batch *batch, const struct event *event, struct posting *posting)
{
    if (batch->waiting.len - batch->sealed > LIMIT_ENTRY_BYTES - EVENT_MOST_BYTES)
        batch_seal(batch, posting);
    if (!buf_reserve(&batch->waiting, EVENT_MOST_BYTES)) {
        batch->waiting.failed = false; /* nothing was cut: it may go on when memory is back */
        posting->failed = true;
        return false;
    }
    size_t before = batch->waiting.len;
    wire_put_event(&batch->waiting, event);
    assert(batch->waiting.len - before <= EVENT_MOST_BYTES);
    return true;
}

/* Takes the parts of the next append from the ring's front, without removing them yet. */
static void
choose(struct batch *batch)
{
    assert(batch->in_flight == 0);
    batch->in_flight_bytes = 0;
    while (batch->in_flight < batch->part_count) {
        size_t slot = (batch->first + batch->in_flight) & (batch->part_cap - 1);
        size_t bytes = batch->in_flight_bytes + batch->parts[slot].bytes;
        if (bytes > LIMIT_ENTRY_BYTES && batch->in_flight > 0)
            break;
        batch->in_flight_bytes = bytes;
        batch->in_flight++;
    }
}

/* The append under way is over. */
static void
settle(struct batch *batch, bool committed)
{
    if (committed) {
        batch->counters->entries++;
        batch->counters->entry_bytes += batch->in_flight_bytes;
    } else {
        batch->counters->commit_failures++;
    }
    batch->answered = committed ? batch->in_flight : 0;
    for (; batch->in_flight > 0; batch->in_flight--) {
        struct batch_part part = batch->parts[batch->first];
        batch->first = (batch->first + 1) & (batch->part_cap - 1);
        batch->part_count--;
        CRASH_POINT("batch.settle");
        posting_settle_part(part.posting, committed);
        CRASH_POINT("batch.settled");
    }
}

/* Forgets what has been sent. Bytes that are open move along. */
static void
compact(struct batch *batch)
{
    bool all_sent = batch->sent == batch->waiting.len;
    bool much_sent = batch->sent > COMPACT_BYTES && batch->sent > batch->waiting.len / 2;
    if (!all_sent && !much_sent)
        return;
    buf_drop(&batch->waiting, batch->sent);
    batch->sealed -= batch->sent;
    batch->sent = 0;
}

static void
appended_cb(enum log_outcome outcome, struct log_id id, void *arg)
{
    (void)id;
    struct batch *batch = arg;
    settle(batch, outcome == LOG_COMMITTED);
    if (batch->part_count > 0)
        batch->on_idle(batch->arg);
}

static bool
pays_to_wait(const struct batch *batch)
{
    return batch->in_flight == 0 && batch->part_count > 0 && batch->answered >= ANSWERS_WORTH_WAITING &&
           batch_waiting_bytes(batch) < BYTES_WORTH_SENDING;
}

bool
batch_flush(struct batch *batch, bool patient)
{
    if (patient && pays_to_wait(batch))
        return true;
    while (batch->in_flight == 0 && batch->part_count > 0) {
        choose(batch);
        struct span entry = {batch->waiting.at + batch->sent, batch->in_flight_bytes};
        batch->sent += batch->in_flight_bytes;
        CRASH_POINT("batch.append");
        if (!log_append(batch->link, batch->contest, batch->shard, LOG_EVENTS, entry, appended_cb, batch))
            settle(batch, false);
    }
    compact(batch);
    return false;
}

void
batch_free(struct batch *batch)
{
    assert(batch->in_flight == 0);
    while (batch->part_count > 0) {
        choose(batch);
        settle(batch, false);
    }
    buf_free(&batch->waiting);
    free(batch->parts);
}
