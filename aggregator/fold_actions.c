/* What actions do to the figures. Who may act and on what was decided at the door (action_admit()). */
#include "aggregator/fold_inside.h"

/* A freeze during a freeze changes nothing: it must not let out what happened since the first. */
static void
freeze(struct fold *fold, int64_t log_ms)
{
    if (fold->live.frozen)
        return;
    fold->live.frozen = true;
    fold->live.frozen_at_ms = log_ms;
    standing_copy(&fold->still, &fold->live);
    fold->still_chain = fold->chain;
}

static void
thaw(struct fold *fold)
{
    if (!fold->live.frozen)
        return;
    fold->live.frozen = false;
    standing_free(&fold->still);
}

static void
decide(struct record *record, enum action_type type)
{
    switch (type) {
    case ACTION_APPROVE:
        record->approval = APPROVAL_APPROVED;
        break;
    case ACTION_REJECT:
        record->approval = APPROVAL_REJECTED;
        break;
    default:
        record->voided = type == ACTION_VOID;
        break;
    }
}

/* A decision about an event; it waits where the event has not come. Events of other shards are not ours. */
static void
apply_to_event(struct fold *fold, const struct action *action, uint32_t streamer, int64_t log_ms)
{
    const char *id = fold->live.contest->streamers[streamer].id;
    if (contest_shard_of(id, fold->shard_count) != fold->shard || action->event.len > LIMIT_ID_BYTES)
        return;
    uint32_t tag = records_tag(&fold->records, streamer, action->event);
    struct record *record = records_at(&fold->records, fold_key(fold, streamer, action->event, tag));
    int before = record->arrived ? (int)fold_fate(fold, record) : -1;
    decide(record, action->type);
    if (record->arrived)
        fold_follow(fold, record, before, log_ms);
}

/* The panel only ever grows (contest_merge()), so a mark's judge and criterion keep their index. */
static void
score(struct fold *fold, const struct action *action, uint32_t streamer)
{
    struct mark mark = {.judge = contest_find_judge(fold->live.contest, action->judge),
                        .criterion = contest_find_criterion(fold->live.contest, action->criterion),
                        .streamer = streamer,
                        .points_milli = action->points_milli};
    if (mark.judge != CONTEST_NONE && mark.criterion != CONTEST_NONE)
        standing_mark(&fold->live, &mark);
}

static void
apply_to_streamer(struct fold *fold, const struct action *action, int64_t log_ms)
{
    uint32_t streamer = contest_find_streamer(fold->live.contest, action->streamer);
    if (streamer == CONTEST_NONE)
        return;
    switch (action->type) {
    case ACTION_DISQUALIFY:
    case ACTION_REINSTATE:
        standing_disqualify(&fold->live, streamer, action->type == ACTION_DISQUALIFY);
        break;
    case ACTION_SCORE:
        score(fold, action, streamer);
        break;
    case ACTION_ADJUST:
        standing_adjust(&fold->live, streamer, action->points_milli);
        break;
    default:
        apply_to_event(fold, action, streamer, log_ms);
        break;
    }
}

static void
apply(struct fold *fold, const struct action *action, int64_t log_ms)
{
    switch (action->type) {
    case ACTION_FREEZE:
        freeze(fold, log_ms);
        break;
    case ACTION_THAW:
        thaw(fold);
        break;
    case ACTION_CLOSE:
    case ACTION_REOPEN:
        fold->live.closed = registry_closed(fold->registry);
        break;
    case ACTION_REGISTER:
        fold_adopt_contest(fold, log_ms);
        break;
    case ACTION_PUBLISH:
        fold_keep_moment(fold, action->id);
        break;
    case ACTION_AWARD:
    case ACTION_FINALISE: /* results.c reads them from the audit */
        break;
    default:
        apply_to_streamer(fold, action, log_ms);
        break;
    }
}

static const char *
outcome_name(enum registry_outcome outcome)
{
    switch (outcome) {
    case REGISTRY_APPLIED:
        return "applied";
    case REGISTRY_DUPLICATE:
        return "duplicate";
    case REGISTRY_CONFLICT:
        return "conflict";
    case REGISTRY_REFUSED:
        break;
    }
    return "refused";
}

bool
fold_action(struct fold *fold, const struct log_entry *entry)
{
    struct action action;
    if (!fold->live.contest || !action_decode(entry->payload, &action)) {
        fold->unreadable++;
        return false;
    }
    enum registry_outcome outcome = registry_apply_action(fold->registry, &action);
    fold_add_audit(fold, entry->id, entry->payload, outcome_name(outcome));
    if (outcome == REGISTRY_APPLIED) {
        fold->live.steps++;
        apply(fold, &action, (int64_t)entry->id.ms);
    }
    action_free(&action);
    return true;
}
