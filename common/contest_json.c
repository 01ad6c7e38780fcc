/* A contest as JSON: the fields of the file in one fixed order, so that equal contests are equal bytes. */
#include "common/clock.h"
#include "common/contest.h"
#include "common/json_out.h"

/* What is not given stands nowhere, and reads back as not given. */
static void
put_optional(struct json_out *json, const char *key, const char *text)
{
    if (*text)
        json_put_text(json, key, text);
}

static void
put_time(struct json_out *json, const char *key, const struct contest *contest, int64_t ms)
{
    char text[36];
    clock_format_rfc3339(text, sizeof text, ms, contest->utc_offset_min);
    json_put_text(json, key, text);
}

static void
put_milli(struct json_out *json, const char *key, int64_t milli)
{
    json_key(json, key);
    json_milli(json, milli);
}

static void
open_list(struct json_out *json, const char *key)
{
    json_key(json, key);
    json_open(json, '[');
}

static void
open_named(struct json_out *json, const char *id, const char *name, const char *name_en)
{
    json_open(json, '{');
    json_put_text(json, "id", id);
    put_optional(json, "name", name);
    put_optional(json, "name_en", name_en);
}

static void
put_counties(struct json_out *json, const struct contest *contest)
{
    open_list(json, "counties");
    for (size_t i = 0; i < contest->county_count; i++) {
        const struct county *county = &contest->counties[i];
        open_named(json, county->id, county->name, county->name_en);
        put_optional(json, "city", county->city);
        put_optional(json, "province", county->province);
        if (county->tile_column >= 0) {
            open_list(json, "tile");
            json_int(json, county->tile_column);
            json_int(json, county->tile_row);
            json_close(json, ']');
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_divisions(struct json_out *json, const struct contest *contest)
{
    open_list(json, "divisions");
    for (size_t i = 0; i < contest->division_count; i++) {
        const struct division *division = &contest->divisions[i];
        open_named(json, division->id, division->name, division->name_en);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_products(struct json_out *json, const struct contest *contest)
{
    open_list(json, "products");
    for (size_t i = 0; i < contest->product_count; i++) {
        const struct product *product = &contest->products[i];
        open_named(json, product->id, product->name, product->name_en);
        json_put_text(json, "county", contest->counties[product->county].id);
        put_optional(json, "category", product->category);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_streamers(struct json_out *json, const struct contest *contest)
{
    open_list(json, "streamers");
    for (size_t i = 0; i < contest->streamer_count; i++) {
        const struct streamer *streamer = &contest->streamers[i];
        open_named(json, streamer->id, streamer->name, streamer->name_en);
        json_put_text(json, "county", contest->counties[streamer->county].id);
        if (streamer->division != CONTEST_NONE)
            json_put_text(json, "division", contest->divisions[streamer->division].id);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_sessions(struct json_out *json, const struct contest *contest)
{
    open_list(json, "sessions");
    for (size_t i = 0; i < contest->session_count; i++) {
        const struct session *session = &contest->sessions[i];
        open_named(json, session->id, session->name, "");
        json_put_text(json, "streamer", contest->streamers[session->streamer].id);
        put_optional(json, "platform", session->platform);
        put_time(json, "starts", contest, session->starts_ms);
        put_time(json, "ends", contest, session->ends_ms);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_panel(struct json_out *json, const struct contest *contest)
{
    if (contest->judge_count == 0)
        return;
    json_key(json, "panel");
    json_open(json, '{');
    open_list(json, "judges");
    for (size_t i = 0; i < contest->judge_count; i++)
        json_text(json, contest->judges[i]);
    json_close(json, ']');
    open_list(json, "criteria");
    for (size_t i = 0; i < contest->criterion_count; i++) {
        const struct criterion *criterion = &contest->criteria[i];
        open_named(json, criterion->id, criterion->name, criterion->name_en);
        put_milli(json, "max", criterion->max_milli);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static const char *
metric_text(enum metric metric)
{
    return metric == METRIC_REACHED_AT ? "reached_at" : metric_name(metric);
}

static void
put_part(struct json_out *json, const struct score_part *part)
{
    static const char *const norms[] = {"ratio_to_max", "rank_step", "per_unit"};
    json_open(json, '{');
    if (part->norm == NORM_TRIMMED_MEAN)
        json_put_text(json, "judges", "trimmed_mean");
    else
        json_put_text(json, "metric", metric_name(part->metric));
    put_milli(json, "weight", part->weight_milli);
    if (part->norm == NORM_TRIMMED_MEAN)
        json_put_int(json, "drop", part->drop);
    else
        json_put_text(json, "norm", norms[part->norm]);
    if (part->norm == NORM_RANK_STEP)
        put_milli(json, "step", part->step_milli);
    if (part->norm == NORM_PER_UNIT) {
        json_put_int(json, "unit", part->unit);
        put_milli(json, "each", part->each_milli);
    }
    json_close(json, '}');
}

static void
put_ranking(struct json_out *json, const struct contest *contest, const struct ranking *ranking)
{
    static const char *const kinds[] = {"county", "streamer", "product", "session", "city", "division"};
    open_named(json, ranking->id, ranking->name, ranking->name_en);
    json_put_text(json, "of", kinds[ranking->of]);
    if (ranking->division != CONTEST_NONE)
        json_put_text(json, "division", contest->divisions[ranking->division].id);
    if (ranking->by_points) {
        open_list(json, "score");
        for (size_t i = 0; i < ranking->part_count; i++)
            put_part(json, &ranking->parts[i]);
        json_close(json, ']');
    } else {
        json_put_text(json, "by", metric_name(ranking->by));
    }
    open_list(json, "ties");
    for (size_t i = 0; i < ranking->tie_count; i++)
        json_text(json, metric_text(ranking->ties[i]));
    json_close(json, ']');
    json_close(json, '}');
}

static void
put_rankings(struct json_out *json, const struct contest *contest)
{
    open_list(json, "rankings");
    for (size_t i = 0; i < contest->ranking_count; i++)
        put_ranking(json, contest, &contest->rankings[i]);
    json_close(json, ']');
}

static void
put_awards(struct json_out *json, const struct contest *contest)
{
    open_list(json, "awards");
    for (size_t i = 0; i < contest->award_count; i++) {
        const struct award *award = &contest->awards[i];
        open_named(json, award->id, award->name, award->name_en);
        if (award->manual) {
            json_put_bool(json, "manual", true);
        } else {
            json_put_text(json, "ranking", contest->rankings[award->ranking].id);
            json_put_int(json, "from", award->from);
            json_put_int(json, "to", award->to);
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}

void
contest_to_json(const struct contest *contest, struct buf *out)
{
    struct json_out json = {.buf = out};
    json_open(&json, '{');
    json_put_text(&json, "contest", contest->id);
    json_put_text(&json, "title", contest->title);
    put_optional(&json, "title_en", contest->title_en);
    put_time(&json, "opens", contest, contest->opens_ms);
    put_time(&json, "closes", contest, contest->closes_ms);
    if (contest->freezes_ms != CONTEST_NEVER)
        put_time(&json, "freezes", contest, contest->freezes_ms);
    put_time(&json, "refunds_until", contest, contest->refunds_until_ms);
    json_put_bool(&json, "offline_needs_approval", contest->offline_needs_approval);
    if (contest->notice_days > 0)
        json_put_int(&json, "notice_days", contest->notice_days);
    put_counties(&json, contest);
    put_divisions(&json, contest);
    put_products(&json, contest);
    put_streamers(&json, contest);
    put_sessions(&json, contest);
    put_panel(&json, contest);
    put_rankings(&json, contest);
    put_awards(&json, contest);
    json_close(&json, '}');
}
