/*
 * Sales, their refunds, and what becomes of a record.
 *
 * Everything that may change a record's fate (its arrival, a decision, a changed setting) does so in the same
 * manner: note the fate before, change the record, and let fold_follow() move the counts and the cube.
 */
#include <assert.h>

#include "aggregator/fold_inside.h"

uint32_t
fold_streamer_of(const struct fold *fold, const struct record *record)
{
    if (!record->arrived || record->type == EVENT_VIDEO_PUBLISHED)
        return record->where;
    uint32_t session =
        record->type == EVENT_ORDER_PAID ? fold->live.cube.cells[record->where].session : record->where;
    return fold->live.contest->sessions[session].streamer;
}

uint32_t
fold_find(const struct fold *fold, uint32_t streamer, struct span id, uint32_t tag, size_t *place)
{
    const struct records *records = &fold->records;
    uint32_t index = slots_first(&records->table, tag, place);
    for (; index != SLOTS_NONE; index = slots_next(&records->table, tag, place)) {
        const struct record *record = records_at(records, index);
        if (span_eq(records_id(records, record->id_at), id) && fold_streamer_of(fold, record) == streamer)
            return index;
    }
    return RECORD_NONE;
}

uint32_t
fold_key(struct fold *fold, uint32_t streamer, struct span id, uint32_t tag)
{
    size_t place;
    slots_reserve(&fold->records.table);
    uint32_t index = fold_find(fold, streamer, id, tag, &place);
    if (index != RECORD_NONE)
        return index;
    index = records_add(&fold->records);
    *records_at(&fold->records, index) = (struct record){
        .last_parked = RECORD_NONE,
        .id_at = records_keep_id(&fold->records, id),
        .where = streamer,
        .link = RECORD_NONE,
    };
    slots_put(&fold->records.table, place, tag, index);
    return index;
}

static enum channel
channel_of(const struct fold *fold, const struct record *sale)
{
    return fold->live.cube.cells[sale->where].channel;
}

enum fate
fold_fate(const struct fold *fold, const struct record *record)
{
    bool sale = record->type == EVENT_ORDER_PAID;
    if (record->refusal != REFUSAL_NONE)
        return FATE_REFUSED;
    if (record->parked)
        return FATE_PARKED;
    if (record->voided && (sale || record->type == EVENT_VIDEO_PUBLISHED))
        return FATE_VOIDED;
    if (!sale || !fold->needs_approval || record->approval == APPROVAL_APPROVED ||
        channel_of(fold, record) == CHANNEL_ONLINE)
        return FATE_COUNTED;
    return record->approval == APPROVAL_REJECTED ? FATE_REJECTED : FATE_PENDING;
}

/* A sale, with the refunds it has had, enters the figures or leaves them. Its net moves by what remains. */
static void
count_sale(struct fold *fold, const struct record *sale, int64_t sign, int64_t log_ms)
{
    struct cube *cube = &fold->live.cube;
    int64_t amount_fen = sale->amount_fen, remaining_fen = record_remaining_fen(sale);
    struct cube_change change = {.gross_fen = sign * amount_fen,
                                 .refunded_fen = sign * (amount_fen - remaining_fen),
                                 .orders = sign,
                                 .orders_kept = remaining_fen > 0 ? sign : 0,
                                 .quantity = sign * (int64_t)sale->quantity};
    cube_change(cube, sale->where, &change, log_ms);
    change.refunded_fen = 0;
    cube_trend(cube, sale->where, &change, sale->time_ms);
    for (uint32_t i = sale->link; i != RECORD_NONE;) {
        const struct record *refund = records_at(&fold->records, i);
        change = (struct cube_change){.refunded_fen = sign * (int64_t)refund->amount_fen};
        cube_trend(cube, sale->where, &change, refund->time_ms);
        i = refund->link;
    }
}

static void
count_record(struct fold *fold, const struct record *record, int64_t sign, int64_t log_ms)
{
    struct cube *cube = &fold->live.cube;
    switch ((enum event_type)record->type) {
    case EVENT_ORDER_PAID:
        count_sale(fold, record, sign, log_ms);
        break;
    case EVENT_VIDEO_PUBLISHED:
        cube_add_video(cube, record->where, sign);
        break;
    case EVENT_SESSION_STARTED:
        cube_hold_session(cube, record->where);
        break;
    case EVENT_METRIC_SAMPLED:
        cube_sample(cube, record->where, (enum sample)record->sample, record_value(record));
        break;
    default: /* refunds counted where they were taken; session.ended is kept only */
        break;
    }
}

static void
count_fate(struct event_counts *counts, int fate, int64_t by)
{
    switch (fate) {
    case FATE_PENDING:
        counts->pending += by;
        break;
    case FATE_PARKED:
        counts->parked += by;
        break;
    case FATE_REFUSED:
        counts->refused += by;
        break;
    case FATE_VOIDED:
        counts->voided += by;
        break;
    default:
        break;
    }
}

void
fold_follow(struct fold *fold, const struct record *record, int before, int64_t log_ms)
{
    int now = (int)fold_fate(fold, record);
    if (now == before)
        return;
    count_fate(&fold->live.counts, before, -1);
    count_fate(&fold->live.counts, now, 1);
    if (now == FATE_COUNTED)
        count_record(fold, record, 1, log_ms);
    else if (before == FATE_COUNTED)
        count_record(fold, record, -1, log_ms);
}

static enum refusal
refuse_refund(const struct record *refund, const struct record *sale)
{
    if (sale->type != EVENT_ORDER_PAID || sale->refusal != REFUSAL_NONE)
        return REFUSAL_NO_SUCH_SALE;
    if (refund->type == EVENT_ORDER_CANCELLED)
        return record_remaining_fen(sale) == 0 ? REFUSAL_NOTHING_LEFT : REFUSAL_NONE;
    return (int64_t)refund->amount_fen > record_remaining_fen(sale) ? REFUSAL_OVER_REFUND : REFUSAL_NONE;
}

/* Lowers what remains of a sale; the figures follow where the sale counts. */
static void
take(struct fold *fold, uint32_t refund_at, uint32_t sale_at, int64_t log_ms)
{
    struct record *refund = records_at(&fold->records, refund_at);
    struct record *sale = records_at(&fold->records, sale_at);
    int64_t remained_fen = record_remaining_fen(sale);
    if (refund->type == EVENT_ORDER_CANCELLED)
        refund->amount_fen = (uint64_t)remained_fen;
    int64_t remaining_fen = remained_fen - (int64_t)refund->amount_fen;
    record_set_remaining_fen(sale, remaining_fen);
    refund->link = sale->link;
    sale->link = refund_at;
    if (fold_fate(fold, sale) != FATE_COUNTED)
        return;
    struct cube_change change = {
        .refunded_fen = (int64_t)refund->amount_fen,
        .orders_kept = remained_fen > 0 && remaining_fen == 0 ? -1 : 0,
    };
    cube_change(&fold->live.cube, sale->where, &change, log_ms);
    cube_trend(&fold->live.cube, sale->where, &change, refund->time_ms);
}

static void
take_or_refuse(struct fold *fold, uint32_t refund_at, uint32_t sale_at, int64_t log_ms)
{
    struct record *refund = records_at(&fold->records, refund_at);
    refund->refusal = refuse_refund(refund, records_at(&fold->records, sale_at)) & 7;
    if (refund->refusal == REFUSAL_NONE)
        take(fold, refund_at, sale_at, log_ms);
}

/* Puts a refund last in the row of those that wait for a key. */
static void
park(struct fold *fold, uint32_t refund_at, uint32_t key_at)
{
    struct record *key = records_at(&fold->records, key_at);
    records_at(&fold->records, refund_at)->parked = 1;
    if (key->link == RECORD_NONE)
        key->link = refund_at;
    else
        records_at(&fold->records, key->last_parked)->link = refund_at;
    key->last_parked = refund_at;
}

void
fold_settle(struct fold *fold, uint32_t refund_at, uint32_t streamer, struct span of, uint32_t of_tag,
            int64_t log_ms)
{
    uint32_t key_at = fold_key(fold, streamer, of, of_tag);
    const struct record *key = records_at(&fold->records, key_at);
    struct record *refund = records_at(&fold->records, refund_at);
    refund->named_at = key->id_at;
    if (key->arrived)
        take_or_refuse(fold, refund_at, key_at, log_ms);
    else
        park(fold, refund_at, key_at);
}

void
fold_take_up(struct fold *fold, uint32_t first, uint32_t sale_at, int64_t log_ms)
{
    for (uint32_t i = first; i != RECORD_NONE;) {
        struct record *refund = records_at(&fold->records, i);
        uint32_t next = refund->link;
        assert(refund->parked);
        refund->parked = 0;
        refund->link = RECORD_NONE;
        take_or_refuse(fold, i, sale_at, log_ms);
        fold_follow(fold, refund, FATE_PARKED, log_ms);
        i = next;
    }
}
