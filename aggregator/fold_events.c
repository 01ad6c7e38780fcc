/*
 * The events of a blob.
 *
 * Most of the time of a fold goes into waiting for memory: a key may be anywhere in gigabytes. So events are
 * decoded in groups, and for a whole group the slots, then the records, are asked for before the first one
 * is folded. Folding itself is strictly one after another, in log order.
 */
#include <assert.h>

#include "aggregator/fold_inside.h"
#include "common/wire.h"

enum { GROUP = 16 };

/* No event that ingest admits is beyond these; one that is cannot be held by a record. */
#define AMOUNT_END_FEN (INT64_C(1) << 40)
#define QUANTITY_END (INT64_C(1) << 20)
#define TIME_END_MS (INT64_C(1) << 48)
#define VALUE_END (INT64_C(1) << 50)

struct coming {
    struct event event;
    struct span blob; /* its bytes */
    uint32_t streamer, session, product;
    uint32_t tag, of_tag;
    struct cube_hint hint; /* a sale's */
};

static bool
fits(const struct event *event)
{
    return event->time_ms < TIME_END_MS && event->amount_fen < AMOUNT_END_FEN &&
           event->quantity < QUANTITY_END && event->value < VALUE_END;
}

/* Finds who and what an event speaks of; false where it has no streamer, and so no key. */
static bool
resolve(const struct fold *fold, struct coming *coming)
{
    const struct contest *contest = fold->live.contest;
    const struct event *event = &coming->event;
    coming->session = coming->product = CONTEST_NONE;
    if (event->type == EVENT_VIDEO_PUBLISHED) {
        coming->streamer = contest_find_streamer(contest, event->streamer);
        return coming->streamer != CONTEST_NONE;
    }
    coming->session = contest_find_session(contest, event->session);
    if (coming->session == CONTEST_NONE)
        return false;
    coming->streamer = contest->sessions[coming->session].streamer;
    if (event->type == EVENT_ORDER_PAID)
        coming->product = contest_find_product(contest, event->product);
    return true;
}

static bool
is_refund(const struct event *event)
{
    return event->type == EVENT_ORDER_REFUNDED || event->type == EVENT_ORDER_CANCELLED;
}

/* Asks for the slots of what it will touch. */
static void
hint_slots(const struct fold *fold, struct coming *coming)
{
    const struct records *records = &fold->records;
    const struct event *event = &coming->event;
    coming->tag = records_tag(records, coming->streamer, event->id);
    slots_prefetch(&records->table, coming->tag);
    if (is_refund(event)) {
        coming->of_tag = records_tag(records, coming->streamer, event->of);
        slots_prefetch(&records->table, coming->of_tag);
    } else if (event->type == EVENT_ORDER_PAID) {
        coming->hint = cube_prefetch_slots(&fold->live.cube, coming->session, coming->product, event->channel,
                                           event->time_ms);
    }
}

static uint32_t
hint_record(const struct records *records, uint32_t tag)
{
    uint32_t index = slots_peek(&records->table, tag);
    if (index != SLOTS_NONE)
        __builtin_prefetch(records_at(records, index), 1);
    return index;
}

/* Asks for the records and the trend that its slots name. */
static void
hint_records(const struct fold *fold, const struct coming *coming)
{
    const struct event *event = &coming->event;
    uint32_t known = hint_record(&fold->records, coming->tag);
    if (known != SLOTS_NONE) /* it comes again, most likely */
        fold_prefetch_repeat(fold, known);
    if (is_refund(event))
        hint_record(&fold->records, coming->of_tag);
    else if (event->type == EVENT_ORDER_PAID)
        cube_prefetch(&fold->live.cube, coming->hint);
}

static bool
same_sale(const struct fold *fold, const struct record *record, const struct coming *coming)
{
    const struct cell *cell = &fold->live.cube.cells[record->where];
    const struct event *event = &coming->event;
    bool same_product = cell->product == CONTEST_NONE
                            ? span_eq(records_id(&fold->records, record->named_at), event->product)
                            : cell->product == coming->product;
    return same_product && cell->session == coming->session && cell->channel == event->channel &&
           (int64_t)record->amount_fen == event->amount_fen && (int64_t)record->quantity == event->quantity;
}

/* True where an event says the same as the one that came first under its key. */
static bool
same_content(const struct fold *fold, const struct record *record, const struct coming *coming)
{
    const struct event *event = &coming->event;
    if (record->type != event->type || (int64_t)record->time_ms != event->time_ms)
        return false;
    switch (event->type) {
    case EVENT_ORDER_PAID:
        return same_sale(fold, record, coming);
    case EVENT_ORDER_REFUNDED:
        if ((int64_t)record->amount_fen != event->amount_fen)
            return false;
        /* fallthrough */
    case EVENT_ORDER_CANCELLED:
        return record->where == coming->session &&
               span_eq(records_id(&fold->records, record->named_at), event->of);
    case EVENT_METRIC_SAMPLED:
        return record->where == coming->session && record->sample == event->sample &&
               record_value(record) == event->value;
    case EVENT_VIDEO_PUBLISHED: /* the streamer is in the key */
        return true;
    default:
        return record->where == coming->session;
    }
}

static void
fold_copy(struct fold *fold, uint32_t index, const struct coming *coming, struct log_id at)
{
    struct record *record = records_at(&fold->records, index);
    if (same_content(fold, record, coming)) {
        fold_repeat_of(fold, index)->copies++;
        fold->live.counts.duplicates++;
    } else {
        fold_repeat_of(fold, index)->conflicts++;
        fold->live.counts.conflicts++;
        fold_add_conflict(fold, coming->streamer, coming->blob, at);
    }
}

/* Why an event does not count, as far as it alone and the contest say. session.ended has no window. */
static enum refusal
refuse_event(const struct fold *fold, const struct coming *coming)
{
    const struct event *event = &coming->event;
    if (fold->live.closed)
        return REFUSAL_CLOSED;
    if (event->type == EVENT_ORDER_PAID && coming->product == CONTEST_NONE)
        return REFUSAL_UNKNOWN;
    const struct contest *contest = fold->live.contest;
    int64_t until_ms = is_refund(event) ? contest->refunds_until_ms : contest->closes_ms;
    if (event->type != EVENT_SESSION_ENDED &&
        (event->time_ms < contest->opens_ms || event->time_ms >= until_ms))
        return REFUSAL_OUTSIDE_WINDOW;
    return REFUSAL_NONE;
}

static uint32_t
where_of(struct fold *fold, const struct coming *coming)
{
    const struct event *event = &coming->event;
    if (event->type == EVENT_VIDEO_PUBLISHED)
        return coming->streamer;
    if (event->type != EVENT_ORDER_PAID)
        return coming->session;
    return cube_cell(&fold->live.cube, coming->session, coming->product, event->channel);
}

/* As it is before anything is decided about it. What its type does not have is zero in an event. */
static void
fill_record(struct fold *fold, struct record *record, const struct coming *coming, uint32_t id_at)
{
    const struct event *event = &coming->event;
    *record = (struct record){
        .amount_fen = (uint64_t)event->amount_fen & 0xffffffffff,
        .quantity = (uint64_t)event->quantity & 0xfffff,
        .type = event->type & 7,
        .arrived = 1,
        .time_ms = (uint64_t)event->time_ms & 0xffffffffffff,
        .refusal = refuse_event(fold, coming) & 7,
        .id_at = id_at,
        .where = where_of(fold, coming),
        .link = RECORD_NONE,
    };
    if (event->type == EVENT_METRIC_SAMPLED) {
        record_set_value(record, event->value);
        record->sample = event->sample;
    } else if (event->type == EVENT_ORDER_PAID && coming->product == CONTEST_NONE) {
        record->named_at = records_keep_id(&fold->records, event->product);
    } else if (event->type == EVENT_ORDER_PAID) {
        record_set_remaining_fen(record, event->amount_fen);
    }
}

/* Makes the record of an event; the decisions that waited for it come over from `key`, if there is one. */
static uint32_t
enter(struct fold *fold, const struct coming *coming, uint32_t key_at, size_t place)
{
    struct records *records = &fold->records;
    uint32_t index = records_add(records);
    struct record *record = records_at(records, index);
    if (key_at == RECORD_NONE) {
        fill_record(fold, record, coming, records_keep_id(records, coming->event.id));
        slots_put(&records->table, place, coming->tag, index);
    } else {
        const struct record *key = records_at(records, key_at);
        fill_record(fold, record, coming, key->id_at);
        record->approval = key->approval;
        record->voided = key->voided;
        slots_replace(&records->table, place, index);
    }
    return index;
}

static void
arrive(struct fold *fold, const struct coming *coming, uint32_t key_at, size_t place, int64_t log_ms)
{
    uint32_t index = enter(fold, coming, key_at, place);
    struct record *record = records_at(&fold->records, index);
    const struct event *event = &coming->event;
    if (is_refund(event) && record->refusal == REFUSAL_NONE)
        fold_settle(fold, index, coming->streamer, event->of, coming->of_tag, log_ms);
    else if (is_refund(event))
        record->named_at = records_keep_id(&fold->records, event->of);
    fold_follow(fold, record, -1, log_ms);
    if (key_at != RECORD_NONE)
        fold_take_up(fold, records_at(&fold->records, key_at)->link, index, log_ms);
}

static void
fold_event(struct fold *fold, const struct coming *coming, struct log_id at)
{
    size_t place;
    slots_reserve(&fold->records.table);
    uint32_t index = fold_find(fold, coming->streamer, coming->event.id, coming->tag, &place);
    fold->event_count++;
    if (index != RECORD_NONE && records_at(&fold->records, index)->arrived)
        fold_copy(fold, index, coming, at);
    else
        arrive(fold, coming, index, place, (int64_t)at.ms);
}

/* Decodes up to a group; what cannot be folded is counted and left out. The result is wire_get_event()'s. */
static int
decode_group(struct fold *fold, struct mp_cursor *blob, struct coming *group, size_t *count)
{
    int got = 1;
    *count = 0;
    while (*count < GROUP) {
        struct coming *coming = &group[*count];
        const char *from = blob->at;
        got = wire_get_event(blob, &coming->event);
        if (got <= 0)
            break;
        coming->blob = (struct span){from, (size_t)(blob->at - from)};
        if (!fits(&coming->event) || !resolve(fold, coming)) {
            fold->unreadable++;
            continue;
        }
        hint_slots(fold, coming);
        (*count)++;
    }
    return got;
}

bool
fold_events(struct fold *fold, const struct log_entry *entry)
{
    uint64_t unreadable = fold->unreadable;
    struct mp_cursor blob = mp_over(entry->payload);
    struct coming group[GROUP];
    int got = fold->live.contest ? 1 : -1;
    while (got > 0) {
        size_t count;
        got = decode_group(fold, &blob, group, &count);
        for (size_t i = 0; i < count; i++)
            hint_records(fold, &group[i]);
        for (size_t i = 0; i < count; i++)
            fold_event(fold, &group[i], entry->id);
    }
    if (got < 0)
        fold->unreadable++;
    return fold->unreadable == unreadable;
}
