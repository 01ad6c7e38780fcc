#include "aggregator/board_json.h"

struct envelope
board_envelope(struct board_contest *contest, enum view view, int64_t now_ms)
{
    return (struct envelope){contest->id, contest_state(contest, now_ms), view,
                             contest_standing(contest, view)};
}

void
board_put_envelope(struct json_out *json, const struct envelope *envelope)
{
    json_put_text(json, "contest", envelope->contest);
    json_put_text(json, "state", contest_state_name(envelope->state));
    json_put_text(json, "view", view_name(envelope->view));
    json_put_int(json, "as_of_ms", standing_as_of_ms(envelope->standing));
    json_key(json, "version");
    buf_add_byte(json->buf, '"'); /* digits, '-' and ',' only */
    standing_version(envelope->standing, json->buf);
    buf_add_byte(json->buf, '"');
    json->comma = true;
    json_put_bool(json, "final", envelope->state == STATE_FINAL);
}

void
board_put_chain(struct json_out *json, uint32_t shard, struct log_id id, const struct chain *chain)
{
    char log_id[LOG_ID_SIZE], head[CHAIN_HEX_SIZE];
    log_id_format(log_id, id);
    chain_hex(chain, head);
    json_put_int(json, "shard", shard);
    json_put_text(json, "log_id", log_id);
    json_put_text(json, "head", head);
}

void
board_put_figures(struct json_out *json, const struct figures *figures, bool whole)
{
    for (int metric = 0; metric < METRIC_SUM_COUNT; metric++) {
        if (whole || metric_is_of_sales((enum metric)metric))
            json_put_int(json, metric_name((enum metric)metric), figures->value[metric]);
    }
    json_key(json, metric_name(METRIC_REACHED_AT));
    if (figures->value[METRIC_REACHED_AT])
        json_int(json, figures->value[METRIC_REACHED_AT]);
    else
        json_nil(json);
}

void
board_totals(struct json_out *json, const struct totals *totals)
{
    json_open(json, '{');
    board_put_figures(json, &totals->figures, true);
    json_put_int(json, "streamers_active", totals->streamers_active);
    json_put_int(json, "counties_active", totals->counties_active);
    json_put_int(json, "duplicates", totals->counts.duplicates);
    json_put_int(json, "conflicts", totals->counts.conflicts);
    json_put_int(json, "refused", totals->counts.refused);
    json_put_int(json, "parked", totals->counts.parked);
    json_put_int(json, "pending", totals->counts.pending);
    json_put_int(json, "voided", totals->counts.voided);
    json_close(json, '}');
}

void
board_put_ranking(struct json_out *json, const struct contest *contest, const struct ranking *ranking)
{
    static const char *const kinds[] = {
        [ENTITY_COUNTY] = "county",   [ENTITY_STREAMER] = "streamer", [ENTITY_PRODUCT] = "product",
        [ENTITY_SESSION] = "session", [ENTITY_CITY] = "city",         [ENTITY_DIVISION] = "division",
    };
    json_put_text(json, "name", ranking->name);
    json_put_text(json, "name_en", ranking->name_en);
    json_put_text(json, "of", kinds[ranking->of]);
    if (ranking->division != CONTEST_NONE)
        json_put_text(json, "division", contest->divisions[ranking->division].id);
    if (!ranking->by_points)
        json_put_text(json, "by", metric_name(ranking->by));
}

static void
put_component(struct json_out *json, const struct score_part *part, const struct rank_component *component)
{
    static const char *const norms[] = {
        [NORM_RATIO_TO_MAX] = "ratio_to_max",
        [NORM_RANK_STEP] = "rank_step",
        [NORM_PER_UNIT] = "per_unit",
        [NORM_TRIMMED_MEAN] = "trimmed_mean",
    };
    json_open(json, '{');
    if (part->norm == NORM_TRIMMED_MEAN) {
        json_put_text(json, "judges", norms[part->norm]);
        json_put_int(json, "marks", component->count);
    } else {
        json_put_text(json, "metric", metric_name(part->metric));
        json_put_text(json, "norm", norms[part->norm]);
    }
    json_put_int(json, "value", component->value);
    if (part->norm == NORM_RANK_STEP)
        json_put_int(json, "rank", component->rank);
    json_put_int(json, "points_milli", component->points_milli);
    json_close(json, '}');
}

static void
put_points(struct json_out *json, const struct ranking *ranking, const struct rank_row *row)
{
    json_key(json, "components");
    json_open(json, '[');
    for (size_t i = 0; i < ranking->part_count; i++)
        put_component(json, &ranking->parts[i], &row->components[i]);
    json_close(json, ']');
    json_put_int(json, "adjusted_milli", row->adjusted_milli);
}

static void
put_live_figures(struct json_out *json, const struct figures *figures)
{
    json_put_int(json, "net_fen", figures->value[METRIC_NET]);
    json_put_int(json, "orders", figures->value[METRIC_ORDERS]);
    json_key(json, "reached_at_ms");
    if (figures->value[METRIC_REACHED_AT])
        json_int(json, figures->value[METRIC_REACHED_AT]);
    else
        json_nil(json);
}

static void
put_row(struct json_out *json, const struct ranking *ranking, const struct rank_row *row,
        enum row_width width)
{
    json_open(json, '{');
    json_put_int(json, "rank", row->rank);
    json_put_bool(json, "tied", row->tied);
    json_put_text(json, "id", row->id);
    json_put_text(json, "name", row->name);
    if (ranking->by_points)
        json_put_int(json, "points_milli", row->points_milli);
    if (width == ROWS_LIVE) {
        put_live_figures(json, &row->figures);
    } else {
        if (ranking->by_points)
            put_points(json, ranking, row);
        json_key(json, "metrics");
        json_open(json, '{');
        board_put_figures(json, &row->figures, ranking->of != ENTITY_PRODUCT);
        json_close(json, '}');
    }
    json_close(json, '}');
}

void
board_rank_rows(struct json_out *json, const struct rank_table *table, enum row_width width, size_t most)
{
    json_open(json, '[');
    for (size_t i = 0; i < table->row_count && i < most; i++)
        put_row(json, table->ranking, &table->rows[i], width);
    json_close(json, ']');
}
