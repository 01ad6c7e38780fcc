/* A version as JSON. The order of the members is part of the promise: the same log, the same bytes. */
#include "aggregator/board_json.h"
#include "aggregator/version_report.h"

static void
open_list(struct json_out *json, const char *key)
{
    json_key(json, key);
    json_open(json, '[');
}

static void
put_span_or_null(struct json_out *json, const char *key, struct span text)
{
    if (text.len > 0) {
        json_put_str(json, key, text);
        return;
    }
    json_key(json, key);
    json_nil(json);
}

static void
put_if_any(struct json_out *json, const char *key, struct span text)
{
    if (text.len > 0)
        json_put_str(json, key, text);
}

/* --- Blockers --- */

static void
put_blocker(struct json_out *json, const struct blocker *blocker)
{
    json_open(json, '{');
    json_put_text(json, "kind", blocker_name(blocker->kind));
    put_if_any(json, "streamer", span_of(blocker->streamer));
    put_if_any(json, "event", span_of(blocker->event));
    put_if_any(json, "judge", span_of(blocker->judge));
    put_if_any(json, "criterion", span_of(blocker->criterion));
    put_if_any(json, "award", span_of(blocker->award));
    put_if_any(json, "ranking", span_of(blocker->ranking));
    if (blocker->kind == BLOCKER_TIE)
        json_put_int(json, "rank", blocker->rank);
    json_close(json, '}');
}

void
blockers_json(const struct blocker_list *blockers, struct json_out *json)
{
    json_open(json, '[');
    for (size_t i = 0; i < blockers->count; i++)
        put_blocker(json, &blockers->items[i]);
    json_close(json, ']');
}

void
blocker_totals_json(const struct blocker_list *blockers, struct json_out *json)
{
    json_open(json, '{');
    for (int kind = 0; kind < BLOCKER_COUNT; kind++)
        json_put_int(json, blocker_name((enum blocker_kind)kind), blockers->total[kind]);
    json_close(json, '}');
}

/* --- Where it stands --- */

static void
put_place(struct json_out *json, const struct results_version *version)
{
    const struct standing *standing = &version->standing;
    json_put_int(json, "as_of_ms", standing_as_of_ms(standing));
    json_key(json, "version");
    buf_add_byte(json->buf, '"'); /* digits, '-' and ',' only */
    standing_version(standing, json->buf);
    buf_add_byte(json->buf, '"');
    json->comma = true;
    open_list(json, "chains");
    for (uint32_t shard = 0; shard < standing->shard_count; shard++) {
        json_open(json, '{');
        board_put_chain(json, shard, standing->version[shard], &version->chains[shard]);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* The public notice ends when it does; whether anybody waited for it is for people to see. */
static void
put_notice(struct json_out *json, const struct results_version *version)
{
    int64_t until_ms = version_notice_until_ms(version);
    json_put_int(json, "notice_days", version->standing.contest->notice_days);
    json_key(json, "notice_until_ms");
    if (until_ms)
        json_int(json, until_ms);
    else
        json_nil(json);
}

void
version_head_json(const struct results_version *version, struct json_out *json)
{
    json_put_int(json, "number", version->number);
    json_put_text(json, "action", version->action_id);
    json_put_int(json, "published_at_ms", version->published_ms);
    json_put_text(json, "who", version->actor);
    put_span_or_null(json, "reason", span_of(version->reason));
    json_put_bool(json, "override", version->override);
    put_notice(json, version);
    json_key(json, "set_aside_totals");
    blocker_totals_json(&version->blockers, json);
    put_place(json, version);
}

void
version_finality_json(const struct results_version *version, struct json_out *json)
{
    json_put_bool(json, "final", version->final);
    json_key(json, "finalised_at_ms");
    if (version->final)
        json_int(json, version->finalised_ms);
    else
        json_nil(json);
    json_put_text(json, "finalised_action", version->finalised_action);
    json_put_text(json, "finalised_by", version->finalised_by);
    json_put_text(json, "finalised_reason", version->finalised_reason);
}

/* The sentence that organisers publish: videos, sessions, sales online and offline. */
static void
put_communique(struct json_out *json, const struct totals *totals)
{
    static const enum metric metrics[] = {METRIC_VIDEOS, METRIC_SESSIONS, METRIC_NET, METRIC_ONLINE_NET,
                                          METRIC_OFFLINE_NET};
    json_key(json, "communique");
    json_open(json, '{');
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
        json_put_int(json, metric_name(metrics[i]), totals->figures.value[metrics[i]]);
    json_put_int(json, "counties_active", totals->counties_active);
    json_put_int(json, "streamers_active", totals->streamers_active);
    json_close(json, '}');
}

/* --- Rankings and awards --- */

static void
put_rankings(struct json_out *json, const struct version_report *report)
{
    open_list(json, "rankings");
    for (size_t i = 0; i < report->contest->ranking_count; i++) {
        const struct rank_table *table = &report->rankings[i];
        json_open(json, '{');
        json_put_text(json, "id", table->ranking->id);
        board_put_ranking(json, report->contest, table->ranking);
        json_key(json, "rows");
        board_rank_rows(json, table, ROWS_FULL, SIZE_MAX);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_winners(struct json_out *json, const struct award_result *result)
{
    open_list(json, "winners");
    for (size_t i = 0; i < result->winner_count; i++) {
        const struct award_winner *winner = &result->winners[i];
        json_open(json, '{');
        json_put_text(json, "id", winner->id);
        json_put_text(json, "name", winner->name);
        if (!result->award->manual)
            json_put_int(json, "rank", winner->rank);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_ties(struct json_out *json, const struct award_result *result)
{
    open_list(json, "ties");
    for (int i = 0; i < result->edge_count; i++) {
        json_open(json, '{');
        json_put_int(json, "rank", result->edges[i].rank);
        json_put_int(json, "tied", (int64_t)result->edges[i].tied);
        json_put_bool(json, "decided", result->edges[i].decided);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_award(struct json_out *json, const struct contest *contest, const struct award_result *result)
{
    const struct award *award = result->award;
    json_open(json, '{');
    json_put_text(json, "id", award->id);
    json_put_text(json, "name", award->name);
    json_put_text(json, "name_en", award->name_en);
    json_put_bool(json, "manual", award->manual);
    if (!award->manual) {
        json_put_text(json, "ranking", contest->rankings[award->ranking].id);
        json_put_int(json, "from", award->from);
        json_put_int(json, "to", award->to);
    }
    put_winners(json, result);
    put_ties(json, result);
    json_put_bool(json, "decided", result->decided);
    json_put_bool(json, "undecided", result->undecided);
    put_span_or_null(json, "reason", span_of(result->reason));
    open_list(json, "unheeded");
    for (size_t i = 0; i < result->unheeded_count; i++)
        json_text(json, result->unheeded[i]);
    json_close(json, ']');
    json_close(json, '}');
}

static void
put_awards(struct json_out *json, const struct version_report *report)
{
    open_list(json, "awards");
    for (size_t i = 0; i < report->version->award_count; i++)
        put_award(json, report->contest, &report->version->awards[i]);
    json_close(json, ']');
}

/* --- Tables --- */

static void
put_rate(struct json_out *json, const struct figures *figures)
{
    int64_t rate_bp = refund_rate_bp(figures);
    json_key(json, "refund_rate_bp");
    if (rate_bp < 0)
        json_nil(json);
    else
        json_int(json, rate_bp);
}

static void
open_row(struct json_out *json, const struct report_row *row)
{
    json_open(json, '{');
    json_put_text(json, "id", row->id);
    json_put_text(json, "name", row->name);
}

static void
close_row(struct json_out *json, const struct report_row *row, bool whole)
{
    board_put_figures(json, &row->figures, whole);
    put_rate(json, &row->figures);
    json_close(json, '}');
}

void
county_rows_json(const struct report_rows *counties, const struct contest *contest, struct json_out *json)
{
    json_open(json, '[');
    for (size_t i = 0; i < counties->count; i++) {
        const struct report_row *row = &counties->rows[i];
        const struct county *county = &contest->counties[row->entity];
        open_row(json, row);
        json_put_text(json, "city", county->city);
        json_put_text(json, "province", county->province);
        json_put_int(json, "entrants", row->entrants);
        json_put_int(json, "active", row->active);
        close_row(json, row, true);
    }
    json_close(json, ']');
}

static void
put_products(struct json_out *json, const struct version_report *report)
{
    open_list(json, "products");
    for (size_t i = 0; i < report->products.count; i++) {
        const struct report_row *row = &report->products.rows[i];
        const struct product *product = &report->contest->products[row->entity];
        open_row(json, row);
        json_put_text(json, "origin", report->contest->counties[product->county].id);
        json_put_text(json, "category", product->category);
        close_row(json, row, false);
    }
    json_close(json, ']');
}

static void
put_streamers(struct json_out *json, const struct version_report *report)
{
    open_list(json, "streamers");
    for (size_t i = 0; i < report->streamers.count; i++) {
        const struct report_row *row = &report->streamers.rows[i];
        const struct streamer *streamer = &report->contest->streamers[row->entity];
        open_row(json, row);
        json_put_text(json, "county", report->contest->counties[streamer->county].id);
        json_put_bool(json, "disqualified", standing_disqualified(&report->version->standing, row->entity));
        close_row(json, row, true);
    }
    json_close(json, ']');
}

/* --- Single events and actions --- */

static void
put_event(struct json_out *json, const struct moment_event *event)
{
    bool sale = event->type == EVENT_ORDER_PAID;
    json_open(json, '{');
    json_put_text(json, "streamer", event->streamer);
    json_put_text(json, "id", event->id);
    json_put_text(json, "type", event_type_name(event->type));
    json_put_text(json, "status", fate_name(event->fate));
    json_put_int(json, "time_ms", event->time_ms);
    put_if_any(json, "session", span_of(event->session));
    put_if_any(json, "product", span_of(event->product));
    if (sale)
        json_put_text(json, "channel", channel_name(event->offline ? CHANNEL_OFFLINE : CHANNEL_ONLINE));
    if (event->type != EVENT_VIDEO_PUBLISHED)
        json_put_int(json, "amount_fen", event->amount_fen);
    if (sale)
        json_put_int(json, "remaining_fen", event->remaining_fen);
    json_close(json, '}');
}

static void
put_events(struct json_out *json, const char *key, const struct results_version *version,
           bool (*belongs)(const struct moment_event *event))
{
    open_list(json, key);
    for (size_t i = 0; i < version->event_count; i++) {
        if (belongs(&version->events[i]))
            put_event(json, &version->events[i]);
    }
    json_close(json, ']');
}

/* What the actions of a version are written with. */
struct action_list {
    const struct results_version *version;
    struct json_out *json;
};

static void
put_action(const struct action *action, struct log_id at, void *arg)
{
    const struct action_list *list = arg;
    const struct results_refusal *refusal = version_refusal_of(list->version, action);
    struct json_out *json = list->json;
    char id[LOG_ID_SIZE];
    log_id_format(id, at);
    json_open(json, '{');
    json_put_int(json, "at_ms", (int64_t)at.ms);
    json_put_text(json, "log_id", id);
    json_put_str(json, "id", action->id);
    json_put_text(json, "type", action_type_name(action->type));
    json_put_str(json, "who", action->actor);
    put_if_any(json, "streamer", action->streamer);
    put_if_any(json, "event", action->event);
    put_if_any(json, "judge", action->judge);
    put_if_any(json, "criterion", action->criterion);
    if (action->type == ACTION_SCORE || action->type == ACTION_ADJUST)
        json_put_int(json, "points_milli", action->points_milli);
    put_if_any(json, "award", action->award);
    if (action->winner_count > 0) {
        open_list(json, "winners");
        for (size_t i = 0; i < action->winner_count; i++)
            json_str(json, action->winners[i]);
        json_close(json, ']');
    }
    if (action->override)
        json_put_bool(json, "override", true);
    if (refusal)
        json_put_text(json, "refused", refusal->code);
    put_span_or_null(json, "reason", action->reason);
    json_close(json, '}');
}

void
version_report_json(const struct version_report *report, struct buf *out)
{
    struct json_out json = {.buf = out};
    json_open(&json, '{');
    json_put_text(&json, "contest", report->contest->id);
    json_put_text(&json, "title", report->contest->title);
    json_put_text(&json, "title_en", report->contest->title_en);
    version_head_json(report->version, &json);
    json_key(&json, "set_aside");
    blockers_json(&report->version->blockers, &json);
    put_communique(&json, &report->totals);
    json_key(&json, "totals");
    board_totals(&json, &report->totals);
    put_rankings(&json, report);
    put_awards(&json, report);
    json_key(&json, "counties");
    county_rows_json(&report->counties, report->contest, &json);
    put_products(&json, report);
    put_streamers(&json, report);
    put_events(&json, "voided", report->version, event_is_voided);
    put_events(&json, "claims", report->version, event_is_claim);
    put_events(&json, "parked", report->version, event_is_parked);
    json_put_int(&json, "actions_total", version_action_total(report->version));
    open_list(&json, "actions");
    version_each_action(report->version, put_action, &(struct action_list){report->version, &json});
    json_close(&json, ']');
    json_close(&json, '}');
}

void
version_json(const struct results_version *version, struct buf *out)
{
    struct version_report report;
    version_report_make(version, &report);
    version_report_json(&report, out);
    version_report_free(&report);
}
