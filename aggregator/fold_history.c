/* What the fold keeps for the judges and for those who ask: receipts, conflicts, the audit. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/fold_inside.h"
#include "common/must.h"

static char *
kept(struct span bytes)
{
    char *copy = malloc(bytes.len + 1);
    if (!copy)
        abort();
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    copy[bytes.len] = '\0';
    return copy;
}

static uint32_t
find_repeat(const struct fold *fold, uint32_t record, uint32_t tag, size_t *place)
{
    const struct repeats *repeats = &fold->repeats;
    uint32_t at = slots_first(&repeats->by_record, tag, place);
    while (at != SLOTS_NONE && repeats->items[at].record != record)
        at = slots_next(&repeats->by_record, tag, place);
    return at;
}

static uint32_t
repeat_tag(const struct fold *fold, uint32_t record)
{
    return slots_tag(record + fold->records.seed);
}

struct repeat *
fold_repeat_of(struct fold *fold, uint32_t record)
{
    struct repeats *repeats = &fold->repeats;
    uint32_t tag = repeat_tag(fold, record);
    size_t place;
    slots_reserve(&repeats->by_record);
    uint32_t at = find_repeat(fold, record, tag, &place);
    if (at != SLOTS_NONE)
        return &repeats->items[at];
    repeats->items = must_room(repeats->items, repeats->count, &repeats->cap, sizeof *repeats->items);
    slots_put(&repeats->by_record, place, tag, (uint32_t)repeats->count);
    repeats->items[repeats->count] = (struct repeat){.record = record};
    return &repeats->items[repeats->count++];
}

void
fold_prefetch_repeat(const struct fold *fold, uint32_t record)
{
    slots_prefetch(&fold->repeats.by_record, repeat_tag(fold, record));
}

static struct repeat
repeat_of(const struct fold *fold, uint32_t record)
{
    size_t place;
    uint32_t at = find_repeat(fold, record, repeat_tag(fold, record), &place);
    return at == SLOTS_NONE ? (struct repeat){.record = record} : fold->repeats.items[at];
}

void
fold_add_conflict(struct fold *fold, uint32_t streamer, struct span blob, struct log_id at)
{
    struct conflicts *conflicts = &fold->conflicts;
    conflicts->items =
        must_room(conflicts->items, conflicts->count, &conflicts->cap, sizeof *conflicts->items);
    conflicts->items[conflicts->count++] =
        (struct conflict){.at = at, .streamer = streamer, .blob = kept(blob), .blob_len = blob.len};
}

size_t
fold_conflict_count(const struct fold *fold)
{
    return fold->conflicts.count;
}

const struct conflict *
fold_conflict(const struct fold *fold, size_t index)
{
    assert(index < fold->conflicts.count);
    return &fold->conflicts.items[index];
}

void
fold_add_audit(struct fold *fold, struct log_id at, struct span text, const char *outcome)
{
    struct audit *audit = &fold->audit;
    audit->items = must_room(audit->items, audit->count, &audit->cap, sizeof *audit->items);
    audit->items[audit->count++] = (struct audit_entry){.at = at, .text = kept(text), .outcome = outcome};
}

size_t
fold_audit_count(const struct fold *fold)
{
    return fold->audit.count;
}

const struct audit_entry *
fold_audit(const struct fold *fold, size_t index)
{
    assert(index < fold->audit.count);
    return &fold->audit.items[index];
}

void
fold_history_free(struct fold *fold)
{
    for (size_t i = 0; i < fold->conflicts.count; i++)
        free((char *)fold->conflicts.items[i].blob);
    for (size_t i = 0; i < fold->audit.count; i++)
        free((char *)fold->audit.items[i].text);
    free(fold->conflicts.items);
    free(fold->audit.items);
    free(fold->repeats.items);
    slots_free(&fold->repeats.by_record);
}

const char *
fate_name(enum fate fate)
{
    static const char *const names[] = {"counted", "pending", "parked", "refused", "rejected", "voided"};
    assert((size_t)fate < sizeof names / sizeof *names);
    return names[fate];
}

const char *
refusal_name(enum refusal refusal)
{
    static const char *const names[] = {NULL,          "closed",       "outside_window", "no_such_sale",
                                        "over_refund", "nothing_left", "unknown"};
    assert((size_t)refusal < sizeof names / sizeof *names);
    return names[refusal];
}

static void
fill_sale(const struct fold *fold, const struct record *record, struct receipt *receipt)
{
    const struct cell *cell = &fold->live.cube.cells[record->where];
    receipt->session = cell->session;
    receipt->product = cell->product;
    receipt->channel = cell->channel;
    receipt->remaining_fen =
        cell->product == CONTEST_NONE ? (int64_t)record->amount_fen : record_remaining_fen(record);
}

struct receipt
fold_receipt_of(const struct fold *fold, uint32_t index)
{
    const struct record *record = records_at(&fold->records, index);
    struct repeat repeat = repeat_of(fold, index);
    struct receipt receipt = {
        .id = records_id(&fold->records, record->id_at),
        .streamer = fold_streamer_of(fold, record),
        .type = (enum event_type)record->type,
        .fate = fold_fate(fold, record),
        .refusal = (enum refusal)record->refusal,
        .time_ms = record->time_ms,
        .time_s = record->time_ms / 1000,
        .amount_fen = record->amount_fen,
        .session = record->where,
        .product = CONTEST_NONE,
        .copies = 1 + repeat.copies,
        .conflicts = repeat.conflicts,
    };
    if (record->type == EVENT_VIDEO_PUBLISHED)
        receipt.session = CONTEST_NONE;
    if (record->type == EVENT_ORDER_PAID)
        fill_sale(fold, record, &receipt);
    return receipt;
}

bool
fold_receipt(const struct fold *fold, uint32_t streamer, struct span id, struct receipt *receipt)
{
    size_t place;
    uint32_t index = fold_find(fold, streamer, id, records_tag(&fold->records, streamer, id), &place);
    if (index == RECORD_NONE || !records_at(&fold->records, index)->arrived)
        return false;
    *receipt = fold_receipt_of(fold, index);
    return true;
}

void
fold_each(const struct fold *fold, int fate, uint32_t streamer,
          bool (*each)(const struct receipt *receipt, void *arg), void *arg)
{
    for (uint32_t i = 0; i < fold->records.count; i++) {
        const struct record *record = records_at(&fold->records, i);
        if (!record->arrived || (streamer != CONTEST_NONE && fold_streamer_of(fold, record) != streamer) ||
            (fate >= 0 && fold_fate(fold, record) != (enum fate)fate))
            continue;
        struct receipt receipt = fold_receipt_of(fold, i);
        if (!each(&receipt, arg))
            return;
    }
}

uint32_t
fold_position_end(const struct fold *fold)
{
    return fold->records.count;
}

uint32_t
fold_sales_from(const struct fold *fold, uint32_t position, uint32_t examine,
                bool (*each)(const struct receipt *receipt, void *arg), void *arg)
{
    uint32_t end = fold_position_end(fold);
    if (position >= end)
        return end;
    if (examine < end - position)
        end = position + examine;
    for (; position < end; position++) {
        const struct record *record = records_at(&fold->records, position);
        if (!record->arrived || record->type != EVENT_ORDER_PAID)
            continue;
        struct receipt receipt = fold_receipt_of(fold, position);
        if (!each(&receipt, arg))
            break;
    }
    return position;
}
