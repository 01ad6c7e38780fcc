/* Figures: totals, tallies, series and rankings of one view. */
#include "aggregator/board.h"
#include "aggregator/board_json.h"

bool
board_totals_route(struct board_request *request, struct json_out *json)
{
    struct totals totals;
    totals_make(request->standing, &totals);
    json_key(json, "totals");
    board_totals(json, &totals);
    return true;
}

/* --- Tallies and series --- */

static void
put_by(struct json_out *json, const struct tally_query *query)
{
    json_key(json, "by");
    json_open(json, '[');
    for (size_t i = 0; i < query->by_count; i++)
        json_text(json, dimension_name(query->by[i]));
    json_close(json, ']');
}

static void
put_keys(struct json_out *json, const struct tally_query *query, const char *const keys[])
{
    for (size_t i = 0; i < query->by_count; i++)
        json_put_text(json, dimension_name(query->by[i]), keys[i]);
}

static void
put_tally_row(struct json_out *json, const struct tally_query *query, const struct tally_row *row, bool whole)
{
    json_open(json, '{');
    put_keys(json, query, row->key);
    json_key(json, "names");
    json_open(json, '{');
    put_keys(json, query, row->name);
    json_close(json, '}');
    board_put_figures(json, &row->figures, whole);
    json_close(json, '}');
}

bool
board_tally_route(struct board_request *request, struct json_out *json)
{
    const struct tally_query *query = &request->query.tally;
    struct tally tally;
    tally_make(request->standing, query, &tally);
    put_by(json, query);
    json_put_bool(json, "whole", tally.whole);
    json_key(json, "rows");
    json_open(json, '[');
    for (size_t i = 0; i < tally.row_count; i++)
        put_tally_row(json, query, &tally.rows[i], tally.whole);
    json_close(json, ']');
    tally_free(&tally);
    return true;
}

static void
put_series_row(struct json_out *json, const struct tally_query *query, const struct series_row *row)
{
    json_open(json, '{');
    json_put_int(json, "start_ms", row->start_ms);
    put_keys(json, query, row->key);
    json_put_int(json, "net_fen", row->net_fen);
    json_put_int(json, "gross_fen", row->gross_fen);
    json_put_int(json, "orders", row->orders);
    json_close(json, '}');
}

bool
board_series_route(struct board_request *request, struct json_out *json)
{
    const struct board_query *query = &request->query;
    const struct contest *contest = request->standing->contest;
    int64_t last_ms =
        contest->closes_ms > contest->refunds_until_ms ? contest->closes_ms : contest->refunds_until_ms;
    struct series series;
    series_make(request->standing, &query->tally, query->bucket_s,
                query->from_ms >= 0 ? query->from_ms : contest->opens_ms,
                query->until_ms >= 0 ? query->until_ms : last_ms, &series);
    json_put_int(json, "bucket_s", query->bucket_s);
    json_put_bool(json, "cut", series.cut);
    put_by(json, &query->tally);
    json_key(json, "rows");
    json_open(json, '[');
    for (size_t i = 0; i < series.row_count; i++)
        put_series_row(json, &query->tally, &series.rows[i]);
    json_close(json, ']');
    series_free(&series);
    return true;
}

/* --- Rankings --- */

static void
put_ranking(struct board_request *request, uint32_t index, struct json_out *json)
{
    const struct contest *contest = request->standing->contest;
    struct rank_table table;
    rank_make(request->standing, index, &table);
    json_put_text(json, "id", table.ranking->id);
    board_put_ranking(json, contest, table.ranking);
    json_key(json, "rows");
    board_rank_rows(json, &table, ROWS_FULL, SIZE_MAX);
    rank_free(&table);
}

bool
board_rankings_route(struct board_request *request, struct json_out *json)
{
    json_key(json, "rankings");
    json_open(json, '[');
    for (uint32_t i = 0; i < request->standing->contest->ranking_count; i++) {
        json_open(json, '{');
        put_ranking(request, i, json);
        json_close(json, '}');
    }
    json_close(json, ']');
    return true;
}

bool
board_ranking_route(struct board_request *request, struct json_out *json)
{
    const char *id = request->segments[0];
    uint32_t index = contest_find_ranking(request->standing->contest, span_of(id));
    if (index == CONTEST_NONE)
        return board_refuse(request, 404, "not_found",
                            "expected the id of a ranking of this contest, found \"%s\"", id);
    put_ranking(request, index, json);
    return true;
}
