/*
 * The audit: every action, the events that conflict with an earlier one of the same key, and the events that
 * did not count. For judges and organisers; of the log as it is, whatever is frozen.
 *
 * Each list has at most `limit` entries, the newest ones, oldest first: a log may hold a million refusals,
 * and the board answers others too.
 */
#include <stdlib.h>
#include <string.h>

#include "aggregator/board.h"
#include "aggregator/board_receipts.h"
#include "common/wire.h"

enum { AUDIT_DEFAULT = 1000 };

static void
put_place(struct json_out *json, struct log_id at)
{
    char id[LOG_ID_SIZE];
    log_id_format(id, at);
    json_put_int(json, "at_ms", (int64_t)at.ms);
    json_put_text(json, "log_id", id);
}

/* What the log alone cannot say: a publish or finalise of a proper form may have been refused all the same.
 */
static const char *
outcome_of(const struct results *results, const struct audit_entry *entry)
{
    const char *outcome = entry->outcome;
    bool may_be = false;
    for (size_t i = 0; i < results->refusal_count && !may_be; i++)
        may_be = results->refusals[i].at_ms == (int64_t)entry->at.ms;
    struct action action;
    if (!may_be || strcmp(outcome, "applied") != 0 || !action_decode(span_of(entry->text), &action))
        return outcome;
    if (results_refusal_of(results, action.id))
        outcome = "refused";
    action_free(&action);
    return outcome;
}

/* Every shard's log carries every action: those of the first one are all. */
static void
put_actions(struct json_out *json, const struct fold *fold, const struct results *results, size_t most)
{
    size_t count = fold_audit_count(fold);
    json_key(json, "actions");
    json_open(json, '[');
    for (size_t i = count > most ? count - most : 0; i < count; i++) {
        const struct audit_entry *entry = fold_audit(fold, i);
        json_open(json, '{');
        put_place(json, entry->at);
        json_put_text(json, "outcome", outcome_of(results, entry));
        json_key(json, "action");
        json_raw(json, span_of(entry->text));
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* --- Conflicts: of all shards, in the log's order --- */

static void
put_text_if_any(struct json_out *json, const char *key, struct span text)
{
    if (text.len > 0)
        json_put_str(json, key, text);
}

static void
put_event(struct json_out *json, struct span blob)
{
    struct mp_cursor cursor = mp_over(blob);
    struct event event;
    if (wire_get_event(&cursor, &event) != 1) {
        json_nil(json);
        return;
    }
    json_open(json, '{');
    json_put_str(json, "id", event.id);
    json_put_text(json, "type", event_type_name(event.type));
    json_put_int(json, "time_ms", event.time_ms);
    put_text_if_any(json, "session", event.session);
    put_text_if_any(json, "streamer", event.streamer);
    put_text_if_any(json, "of", event.of);
    if (event.type == EVENT_ORDER_PAID) {
        json_put_str(json, "product", event.product);
        json_put_int(json, "quantity", event.quantity);
        json_put_text(json, "channel", channel_name(event.channel));
    }
    if (event.type == EVENT_ORDER_PAID || event.type == EVENT_ORDER_REFUNDED)
        json_put_int(json, "amount_fen", event.amount_fen);
    if (event.type == EVENT_METRIC_SAMPLED) {
        json_put_text(json, "metric", sample_name(event.sample));
        json_put_int(json, "value", event.value);
    }
    json_close(json, '}');
}

/* Where a conflict stands: sorted by its place in the log. */
struct conflict_place {
    struct log_id at;
    uint32_t shard;
    size_t index;
};

static int
compare_places(const void *a, const void *b)
{
    const struct conflict_place *one = a, *other = b;
    int order = log_id_compare(one->at, other->at);
    if (order == 0)
        order = (one->shard > other->shard) - (one->shard < other->shard);
    if (order == 0)
        order = (one->index > other->index) - (one->index < other->index);
    return order;
}

/* The newest conflicts of each shard, at most `most`, in order. NULL when memory is out. */
static struct conflict_place *
gather_conflicts(const struct board_contest *contest, size_t most, size_t *count)
{
    struct conflict_place *places = malloc((contest->shard_count * most) * sizeof *places);
    *count = 0;
    for (uint32_t shard = 0; places && shard < contest->shard_count; shard++) {
        const struct fold *fold = contest->shards[shard].fold;
        size_t all = fold_conflict_count(fold);
        for (size_t i = all > most ? all - most : 0; i < all; i++)
            places[(*count)++] = (struct conflict_place){fold_conflict(fold, i)->at, shard, i};
    }
    if (*count > 0)
        qsort(places, *count, sizeof *places, compare_places);
    return places;
}

static void
put_conflict(struct json_out *json, const struct fold *fold, size_t index)
{
    const struct conflict *conflict = fold_conflict(fold, index);
    json_open(json, '{');
    put_place(json, conflict->at);
    json_put_text(json, "streamer", fold_live(fold)->contest->streamers[conflict->streamer].id);
    json_key(json, "event");
    put_event(json, (struct span){conflict->blob, conflict->blob_len});
    json_close(json, '}');
}

static void
put_conflicts(struct json_out *json, const struct board_contest *contest, size_t most)
{
    size_t count;
    struct conflict_place *places = gather_conflicts(contest, most, &count);
    json->buf->failed = json->buf->failed || !places;
    json_key(json, "conflicts");
    json_open(json, '[');
    for (size_t i = count > most ? count - most : 0; i < count; i++)
        put_conflict(json, contest->shards[places[i].shard].fold, places[i].index);
    json_close(json, ']');
    free(places);
}

/* --- What did not count --- */

/* The newest events of a fate of one shard, oldest first. */
static void
put_fate_of_shard(struct json_out *json, const struct fold *fold, enum fate fate, size_t most)
{
    struct newest newest;
    if (!board_newest_init(&newest, most)) {
        json->buf->failed = true;
        return;
    }
    fold_each(fold, (int)fate, CONTEST_NONE, board_newest_each, &newest);
    for (size_t back = newest.count < most ? newest.count : most; back-- > 0;)
        board_receipt_row(json, fold_live(fold)->contest, board_newest_at(&newest, back));
    board_newest_free(&newest);
}

static void
put_fate(struct json_out *json, const struct board_contest *contest, enum fate fate, size_t most)
{
    json_key(json, fate_name(fate));
    json_open(json, '[');
    for (uint32_t i = 0; i < contest->shard_count; i++)
        put_fate_of_shard(json, contest->shards[i].fold, fate, most);
    json_close(json, ']');
}

bool
board_audit_route(struct board_request *request, struct json_out *json)
{
    const struct board_contest *contest = request->contest;
    size_t most = request->query.limit ? (size_t)request->query.limit : AUDIT_DEFAULT;
    put_actions(json, contest->shards[0].fold, contest_results(request->contest), most);
    put_conflicts(json, contest, most);
    put_fate(json, contest, FATE_REFUSED, most);
    put_fate(json, contest, FATE_PARKED, most);
    put_fate(json, contest, FATE_PENDING, most);
    return true;
}
