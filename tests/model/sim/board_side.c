#include "tests/model/sim/board_side.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/contests.h"
#include "aggregator/counters.h"
#include "aggregator/publish.h"
#include "aggregator/rank.h"
#include "aggregator/read.h"
#include "aggregator/tally.h"
#include "common/redis_link.h"
#include "tests/model/sim/reference.h"
#include "tests/model/sim/violation.h"

enum { READ_COUNT = 200, PUBLISH_MS = 200, COMMAND_MS = 5000 };

struct board_side_stats board_side_stats;

struct board_side {
    const char *name;
    struct contests contests;
    struct counters counters;
    struct redis_link *link;
    struct reader *reader;
    struct publisher *publisher;
    bool dead;
};

/* --- What is shown --- */

static void
check_shard(const struct board_side *board, const struct board_shard *shard)
{
    const struct standing *live = fold_live(shard->fold);
    const struct reference_figures *expected = reference_at(shard->number, live->version[shard->number]);
    if (!expected || (!shard->up && reference_has_lost()))
        return; /* its log has lost its end, which it will hear of when it comes back to it */
    struct totals totals;
    totals_make(live, &totals);
    const int64_t *found = totals.figures.value;
    board_side_stats.checks++;
    HOLDS(found[METRIC_GROSS] == expected->gross_fen && found[METRIC_REFUNDED] == expected->refunded_fen &&
              found[METRIC_NET] == expected->gross_fen - expected->refunded_fen &&
              found[METRIC_ORDERS] == expected->orders && totals.counts.duplicates == expected->duplicates &&
              totals.counts.parked == expected->parked && totals.counts.conflicts == 0 &&
              totals.counts.refused == 0,
          "%s shows of shard %" PRIu32 " gross %" PRId64 ", refunded %" PRId64 ", orders %" PRId64
          ", duplicates %" PRId64 ", parked %" PRId64 ", refused %" PRId64 "; expected %" PRId64 ", %" PRId64
          ", %" PRId64 ", %" PRId64 ", %" PRId64 ", 0",
          board->name, shard->number, found[METRIC_GROSS], found[METRIC_REFUNDED], found[METRIC_ORDERS],
          totals.counts.duplicates, totals.counts.parked, totals.counts.refused, expected->gross_fen,
          expected->refunded_fen, expected->orders, expected->duplicates, expected->parked);
}

static void
change_cb(struct board_contest *contest, void *arg)
{
    const struct board_side *board = arg;
    HOLDS(!contest->unreadable, "%s cannot read its log: %s", board->name, contest->unreadable_at);
    if (board->dead || contest_obstacle(contest))
        return;
    for (uint32_t i = 0; i < contest->shard_count; i++)
        check_shard(board, &contest->shards[i]);
}

static void
tokens_cb(struct board_contest *contest, void *arg)
{
    (void)contest, (void)arg;
}

static struct board_contest *
the_contest(const struct board_side *board)
{
    struct board_contest *contest = contests_find(&board->contests, SPAN(SIM_CONTEST));
    return contest && !contest_obstacle(contest) ? contest : NULL;
}

static const struct standing *
standing_of(const struct board_side *board)
{
    struct board_contest *contest = the_contest(board);
    HOLDS(contest, "%s shows nothing", board->name);
    return contest_standing(contest, VIEW_LIVE);
}

bool
board_side_at_end(const struct board_side *board)
{
    const struct board_contest *contest = the_contest(board);
    for (uint32_t i = 0; contest && i < contest->shard_count; i++) {
        char key[LOG_KEY_SIZE];
        log_key(key, contest->id, i, LOG_LOG);
        const struct stream *stream = redis_model_stream(key);
        struct log_id shown = fold_live(contest->shards[i].fold)->version[i];
        if (log_id_compare(stream->entries[stream->count - 1].id, shown) != 0)
            return false;
    }
    return contest != NULL;
}

static void
print_tally(const struct standing *standing, struct buf *out)
{
    struct tally_query query = {.by = {DIMENSION_STREAMER, DIMENSION_SESSION, DIMENSION_PRODUCT},
                                .by_count = 3};
    struct tally tally;
    tally_make(standing, &query, &tally);
    for (size_t i = 0; i < tally.row_count; i++) {
        const struct tally_row *row = &tally.rows[i];
        buf_printf(out, "%s %s %s:", row->key[0], row->key[1], row->key[2]);
        for (int metric = 0; metric < METRIC_COUNT; metric++)
            buf_printf(out, " %" PRId64, row->figures.value[metric]);
        buf_add_byte(out, '\n');
    }
    tally_free(&tally);
}

static void
print_rankings(const struct standing *standing, struct buf *out)
{
    for (uint32_t i = 0; i < standing->contest->ranking_count; i++) {
        struct rank_table table;
        rank_make(standing, i, &table);
        for (size_t row = 0; row < table.row_count; row++)
            buf_printf(out, "%d %d %s %" PRId64 "\n", table.rows[row].rank, table.rows[row].tied,
                       table.rows[row].id, table.rows[row].points_milli);
        rank_free(&table);
    }
}

void
board_side_figures(struct board_side *board, struct buf *out)
{
    const struct standing *standing = standing_of(board);
    struct series series;
    struct tally_query all = {.by_count = 0};
    standing_version(standing, out);
    buf_printf(out, " %" PRId64 " %d\n", standing->counts.duplicates, standing->frozen);
    print_tally(standing, out);
    print_rankings(standing, out);
    series_make(standing, &all, 60, 0, INT64_MAX, &series);
    for (size_t i = 0; i < series.row_count; i++)
        buf_printf(out, "%" PRId64 " %" PRId64 " %" PRId64 "\n", series.rows[i].start_ms,
                   series.rows[i].net_fen, series.rows[i].orders);
    series_free(&series);
}

int64_t
board_side_net_fen(struct board_side *board, uint32_t streamer)
{
    const struct standing *standing = standing_of(board);
    size_t count;
    struct figures *figures = tally_entities(standing, ENTITY_STREAMER, &count);
    assert(streamer < count);
    int64_t net_fen = figures[streamer].value[METRIC_NET];
    free(figures);
    return net_fen;
}

int64_t
board_side_adjusted_milli(struct board_side *board, uint32_t streamer)
{
    return standing_adjusted_milli(standing_of(board), streamer);
}

/* --- Life --- */

static void
link_state_cb(bool up, void *arg)
{
    struct board_side *board = arg;
    if (up && board->reader)
        reader_list(board->reader);
}

const char *
board_side_not_ready(const struct board_side *board)
{
    const char *why = reader_not_ready(board->reader);
    return why || the_contest(board) ? why : "the contest is not there";
}

struct board_side *
board_side_start(const char *name)
{
    struct board_side *board = calloc(1, sizeof *board);
    assert(board);
    board->name = name;
    struct redis_link_options link = {.address = "model",
                                      .command_timeout_ms = COMMAND_MS,
                                      .on_state = link_state_cb,
                                      .arg = board};
    board->link = redis_link_new(NULL, &link);
    struct reader_options reader = {.address = "model",
                                    .link = board->link,
                                    .batch_count = READ_COUNT,
                                    .contests = &board->contests,
                                    .counters = &board->counters,
                                    .on_change = change_cb,
                                    .on_tokens = tokens_cb,
                                    .arg = board};
    board->reader = reader_new((struct event_base *)board, &reader);
    board->publisher = publisher_new((struct event_base *)board, board->link, PUBLISH_MS, &board->contests,
                                     &board->counters);
    return board;
}

void
board_side_kill(struct board_side *board)
{
    board->dead = true;
    board_side_stats.rewinds += board->counters.logs_rewound;
    redis_link_free(board->link);
    publisher_free(board->publisher);
    reader_free(board->reader);
    contests_free(&board->contests);
    free(board);
}
