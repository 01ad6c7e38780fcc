/*
 * The fold for other programs: a log on standard input, its figures on standard output.
 *
 *   fold_stdin SHARDS [tally:DIM,DIM[:DIM=VALUE] | series:BUCKET_S:DIM,DIM]...
 *
 * A line of the log is {"contest":…}, {"event":…} or {"action":…}, with "ms". Events with the same time stand
 * in one blob. What cannot be posted is an error: exit 1.
 */
#include <string.h>

#include "aggregator/rank.h"
#include "aggregator/tally.h"
#include "common/json_out.h"
#include "tests/unit/replay.h"

static void
die(const char *what, const char *line)
{
    fprintf(stderr, "fold_stdin: %s: %s\n", what, line);
    exit(1);
}

static void
play_line(struct replay *replay, char *line)
{
    char *rest = line;
    const char *kind = strsep(&rest, " "), *ms = strsep(&rest, " ");
    if (!ms || !rest)
        die("no entry", line);
    uint64_t at_ms = strtoull(ms, NULL, 10);
    if (at_ms != replay->next.ms)
        replay_at(replay, at_ms);
    struct span json = span_of(rest);
    bool good = *kind == 'e'   ? replay_event(replay, json)
                : *kind == 'a' ? replay_action(replay, json)
                               : replay_contest(replay, json);
    if (replay->errors.count > 0)
        die(replay->errors.items[0].message, rest);
    if (!good)
        die(*kind == 'a' ? replay->action_error.message : "no event", rest);
}

static void
put_figures(struct json_out *json, const struct figures *figures)
{
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        json_put_int(json, metric_name((enum metric)metric), figures->value[metric]);
}

static void
put_totals(struct json_out *json, const struct standing *standing)
{
    struct totals totals;
    totals_make(standing, &totals);
    json_key(json, "totals");
    json_open(json, '{');
    put_figures(json, &totals.figures);
    json_put_int(json, "streamers_active", totals.streamers_active);
    json_put_int(json, "counties_active", totals.counties_active);
    json_put_int(json, "duplicates", totals.counts.duplicates);
    json_put_int(json, "conflicts", totals.counts.conflicts);
    json_put_int(json, "refused", totals.counts.refused);
    json_put_int(json, "parked", totals.counts.parked);
    json_put_int(json, "pending", totals.counts.pending);
    json_put_int(json, "voided", totals.counts.voided);
    json_close(json, '}');
}

/* Reads "a,b" or "a,b:c=v" into a query; the text is cut up. */
static void
parse_query(char *text, struct tally_query *query)
{
    *query = (struct tally_query){0};
    char *filter = strchr(text, ':'), *rest = text, *name;
    if (filter)
        *filter++ = '\0';
    while ((name = strsep(&rest, ",")))
        query->by[query->by_count++] = dimension_find(span_of(name));
    while ((name = strsep(&filter, ":"))) {
        char *value = strchr(name, '=');
        assert(value);
        *value++ = '\0';
        query->filters[query->filter_count++] =
            (struct tally_filter){.dimension = dimension_find(span_of(name)), .value = span_of(value)};
    }
}

static void
put_tally(struct json_out *json, const struct standing *standing, char *text)
{
    struct tally_query query;
    struct tally tally;
    parse_query(text, &query);
    tally_make(standing, &query, &tally);
    json_open(json, '[');
    for (size_t i = 0; i < tally.row_count; i++) {
        json_open(json, '{');
        for (size_t k = 0; k < query.by_count; k++)
            json_put_text(json, dimension_name(query.by[k]), tally.rows[i].key[k]);
        put_figures(json, &tally.rows[i].figures);
        json_close(json, '}');
    }
    json_close(json, ']');
    tally_free(&tally);
}

static void
put_series(struct json_out *json, const struct standing *standing, char *text)
{
    struct tally_query query;
    struct series series;
    char *by;
    long bucket_s = strtol(text, &by, 10);
    parse_query(by + 1, &query);
    series_make(standing, &query, bucket_s, 0, INT64_MAX, &series);
    json_open(json, '[');
    for (size_t i = 0; i < series.row_count; i++) {
        json_open(json, '{');
        json_put_int(json, "start_ms", series.rows[i].start_ms);
        for (size_t k = 0; k < query.by_count; k++)
            json_put_text(json, dimension_name(query.by[k]), series.rows[i].key[k]);
        json_put_int(json, "net_fen", series.rows[i].net_fen);
        json_put_int(json, "gross_fen", series.rows[i].gross_fen);
        json_put_int(json, "orders", series.rows[i].orders);
        json_close(json, '}');
    }
    json_close(json, ']');
    series_free(&series);
}

static void
put_ranking(struct json_out *json, const struct standing *standing, uint32_t ranking)
{
    struct rank_table table;
    rank_make(standing, ranking, &table);
    json_key(json, table.ranking->id);
    json_open(json, '[');
    for (size_t i = 0; i < table.row_count; i++) {
        const struct rank_row *row = &table.rows[i];
        json_open(json, '{');
        json_put_int(json, "rank", row->rank);
        json_put_bool(json, "tied", row->tied);
        json_put_text(json, "id", row->id);
        if (table.ranking->by_points)
            json_put_int(json, "points_milli", row->points_milli);
        json_key(json, "metrics");
        json_open(json, '{');
        put_figures(json, &row->figures);
        json_close(json, '}');
        json_close(json, '}');
    }
    json_close(json, ']');
    rank_free(&table);
}

static void
put_view(struct json_out *json, const struct replay *replay, bool live, char **queries, int query_count)
{
    struct standing standing;
    replay_standing(replay, live, &standing);
    json_key(json, live ? "live" : "public");
    json_open(json, '{');
    put_totals(json, &standing);
    for (int i = 0; i < query_count; i++) {
        char *text = strdup(queries[i]);
        assert(text);
        json_key(json, queries[i]);
        if (strncmp(text, "series:", 7) == 0)
            put_series(json, &standing, text + 7);
        else
            put_tally(json, &standing, text + 6);
        free(text);
    }
    json_key(json, "rankings");
    json_open(json, '{');
    for (uint32_t i = 0; i < standing.contest->ranking_count; i++)
        put_ranking(json, &standing, i);
    json_close(json, '}');
    json_close(json, '}');
    standing_free(&standing);
}

struct receipts {
    struct json_out *json;
    const struct contest *contest;
};

static bool
put_receipt(const struct receipt *receipt, void *arg)
{
    const struct receipts *receipts = arg;
    char key[160];
    snprintf(key, sizeof key, "%s/%.*s", receipts->contest->streamers[receipt->streamer].id,
             SPAN_FMT(receipt->id));
    json_key(receipts->json, key);
    json_open(receipts->json, '{');
    json_put_text(receipts->json, "status", fate_name(receipt->fate));
    json_put_text(receipts->json, "reason", refusal_name(receipt->refusal));
    json_put_int(receipts->json, "copies", receipt->copies);
    json_put_int(receipts->json, "conflicts", receipt->conflicts);
    json_close(receipts->json, '}');
    return true;
}

static void
print(const struct replay *replay, char **queries, int query_count)
{
    struct buf out = {0};
    struct json_out json = {.buf = &out};
    uint64_t unreadable = 0;
    json_open(&json, '{');
    put_view(&json, replay, true, queries, query_count);
    put_view(&json, replay, false, queries, query_count);
    json_key(&json, "receipts");
    json_open(&json, '{');
    for (uint32_t shard = 0; shard < replay->shard_count; shard++) {
        const struct fold *fold = replay->folds[shard];
        struct receipts receipts = {&json, fold_live(fold)->contest};
        fold_each(fold, -1, CONTEST_NONE, put_receipt, &receipts);
        unreadable += fold_unreadable(fold);
    }
    json_close(&json, '}');
    json_put_int(&json, "unreadable", (int64_t)unreadable);
    json_close(&json, '}');
    puts(buf_text(&out));
    buf_free(&out);
}

int
main(int argc, char **argv)
{
    long shards = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    if (shards < 1 || shards > LIMIT_SHARDS) {
        fprintf(stderr, "usage: fold_stdin SHARDS [tally:… | series:…]...\n");
        return 2;
    }
    struct replay replay;
    replay_init(&replay, (uint32_t)shards, 42);
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0)
        play_line(&replay, line);
    free(line);
    replay_at(&replay, replay.next.ms);
    if (fold_live(replay.folds[0])->contest)
        print(&replay, argv + 2, argc - 2);
    replay_free(&replay);
    return 0;
}
