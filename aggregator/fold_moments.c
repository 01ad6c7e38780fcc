/*
 * What a publish stands on: the figures as they were at that entry of the log, and the single events that
 * results tell of. One pass over all records, at a publish only.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/fold_inside.h"
#include "common/must.h"

/* Lists fill apart, so that a flood of claims does not hide a parked refund. */
enum { KEPT_FATES = FATE_VOIDED + 1 };

static bool
is_offline_sale(const struct fold *fold, const struct record *record)
{
    return record->type == EVENT_ORDER_PAID &&
           fold->live.cube.cells[record->where].channel == CHANNEL_OFFLINE;
}

static bool
is_told_of(const struct fold *fold, const struct record *record, enum fate *fate)
{
    if (!record->arrived)
        return false;
    *fate = fold_fate(fold, record);
    return *fate == FATE_PARKED || *fate == FATE_PENDING || *fate == FATE_VOIDED ||
           (*fate != FATE_REFUSED && is_offline_sale(fold, record));
}

static void
fill_event(const struct fold *fold, uint32_t index, struct moment_event *event)
{
    const struct contest *contest = fold->live.contest;
    struct receipt receipt = fold_receipt_of(fold, index);
    bool sale = receipt.type == EVENT_ORDER_PAID;
    bool money = sale || receipt.type == EVENT_ORDER_REFUNDED || receipt.type == EVENT_ORDER_CANCELLED;
    assert(receipt.id.len <= LIMIT_ID_BYTES);
    *event = (struct moment_event){
        .type = receipt.type,
        .fate = receipt.fate,
        .offline = sale && receipt.channel == CHANNEL_OFFLINE,
        .streamer = contest->streamers[receipt.streamer].id,
        .session = receipt.session == CONTEST_NONE ? NULL : contest->sessions[receipt.session].id,
        .product = receipt.product == CONTEST_NONE ? NULL : contest->products[receipt.product].id,
        .time_ms = receipt.time_ms,
        .amount_fen = money ? receipt.amount_fen : 0,
        .remaining_fen = sale ? receipt.remaining_fen : 0,
    };
    memcpy(event->id, receipt.id.at, receipt.id.len);
}

static void
keep_events(const struct fold *fold, struct moment *moment)
{
    size_t kept[KEPT_FATES] = {0}, cap = 0;
    for (uint32_t i = 0; i < fold->records.count; i++) {
        enum fate fate;
        if (!is_told_of(fold, records_at(&fold->records, i), &fate) || kept[fate] == LIMIT_LISTED)
            continue;
        kept[fate]++;
        moment->events = must_room(moment->events, moment->event_count, &cap, sizeof *moment->events);
        fill_event(fold, i, &moment->events[moment->event_count++]);
    }
}

void
fold_keep_moment(struct fold *fold, struct span action)
{
    struct moments *moments = &fold->moments;
    assert(action.len <= LIMIT_ID_BYTES);
    moments->items = must_room(moments->items, moments->count, &moments->cap, sizeof *moments->items);
    struct moment *moment = &moments->items[moments->count++];
    *moment = (struct moment){.chain = fold->chain, .closed = fold->live.closed};
    memcpy(moment->action, action.at, action.len);
    if (!moment->closed)
        return;
    standing_copy(&moment->standing, &fold->live);
    keep_events(fold, moment);
}

void
fold_moments_free(struct fold *fold)
{
    for (size_t i = 0; i < fold->moments.count; i++) {
        standing_free(&fold->moments.items[i].standing);
        free(fold->moments.items[i].events);
    }
    free(fold->moments.items);
}

size_t
fold_moment_count(const struct fold *fold)
{
    return fold->moments.count;
}

const struct moment *
fold_moment(const struct fold *fold, size_t index)
{
    assert(index < fold->moments.count);
    return &fold->moments.items[index];
}

const struct chain *
fold_chain(const struct fold *fold)
{
    return &fold->chain;
}

const struct chain *
fold_public_chain(const struct fold *fold)
{
    return fold->live.frozen ? &fold->still_chain : &fold->chain;
}
