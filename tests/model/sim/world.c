#include "tests/model/sim/world.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/token.h"
#include "tests/model/sim/board_side.h"
#include "tests/model/sim/chance.h"
#include "tests/model/sim/faults.h"
#include "tests/model/sim/ingest_side.h"
#include "tests/model/sim/loop.h"
#include "tests/model/sim/people.h"
#include "tests/model/sim/redis_model.h"
#include "tests/model/sim/reference.h"
#include "tests/model/sim/violation.h"

enum {
    RECOVERY_US = 3 * 1000 * 1000,   /* I7 */
    SETTLE_US = 60 * 1000 * 1000,    /* until all is acknowledged */
    LONGEST_US = 3600L * 1000 * 1000 /* that a world may last */
};

static struct world_stats stats;

static struct {
    struct cast cast;
    uint64_t goal, batches_before;
    char connector_token[TOKEN_LEN + 8], judge_token[TOKEN_LEN + 8], organiser_token[TOKEN_LEN + 8];
    bool ending;
} world;

const struct world_stats *
world_stats(void)
{
    return &stats;
}

/* --- What people ask of the world --- */

static bool
goes_on(void)
{
    return !world.ending && redis_model_stats.batches - world.batches_before < world.goal;
}

static struct ingest_side *
some_daemon(void)
{
    return world.cast.ingests[chance_below(world.cast.ingest_count)];
}

static struct ingest_side *
find_daemon(uint64_t number)
{
    for (uint32_t i = 0; i < world.cast.ingest_count; i++)
        if (world.cast.ingests[i] && ingest_side_number(world.cast.ingests[i]) == number)
            return world.cast.ingests[i];
    return NULL;
}

/* --- Beginning --- */

static void
put_token(enum role role, char *authorization, size_t size)
{
    char text[TOKEN_LEN + 1], key[LOG_KEY_SIZE];
    struct token_record record;
    struct buf json = {0};
    token_make(role, NULL, "sim", 1637890000000, text, &record);
    token_encode(&record, &json);
    log_key(key, SIM_CONTEST, 0, LOG_TOKENS);
    redis_model_put(key, LOG_TOKEN, buf_span(&json));
    buf_free(&json);
    snprintf(authorization, size, "Bearer %s", text);
}

/* {"totals":{… "gross_fen":"123" …: what any other program would read. */
static int64_t
published(const char *figures, const char *name)
{
    char field[32];
    snprintf(field, sizeof field, "\"%s\":\"", name);
    const char *at = strstr(figures, field);
    HOLDS(at, "the published figures have no %s: %s", name, figures);
    return strtoll(at + strlen(field), NULL, 10);
}

static void
check_published(uint32_t shard)
{
    char key[LOG_KEY_SIZE];
    const char *version;
    struct log_id id;
    snprintf(key, sizeof key, "bochuang:{" SIM_CONTEST "/%u}:tally:version", shard);
    const char *figures = redis_model_tally(key, &version);
    if (!figures || !log_id_parse(span_of(version), &id))
        return;
    const struct reference_figures *expected = reference_at(shard, id);
    HOLDS(expected, "shard %u is published at %s, which its log does not have", shard, version);
    HOLDS(published(figures, "gross_fen") == expected->gross_fen &&
              published(figures, "refunded_fen") == expected->refunded_fen &&
              published(figures, "orders") == expected->orders,
          "shard %u is published at %s with gross %" PRId64 ", expected %" PRId64, shard, version,
          published(figures, "gross_fen"), expected->gross_fen);
}

static void
begin_redis(void)
{
    struct redis_model_options redis = {.on_durable = reference_durable, .on_lost = reference_lost};
    redis.latency_us = chance_between(20, 3000);
    redis.fsync_us = chance_between(30, 6000);
    reference_start(world.cast.shards);
    redis_model_start(&redis);
    put_token(ROLE_CONNECTOR, world.connector_token, sizeof world.connector_token);
    put_token(ROLE_JUDGE, world.judge_token, sizeof world.judge_token);
    put_token(ROLE_ORGANISER, world.organiser_token, sizeof world.organiser_token);
}

/* One statement for each chance: their order is the same whatever the compiler. */
static void
begin_people(void)
{
    struct people_options people = {.shards = world.cast.shards,
                                    .lossy = world.cast.lossy,
                                    .goes_on = goes_on,
                                    .daemon = some_daemon,
                                    .find_daemon = find_daemon,
                                    .connector_token = world.connector_token,
                                    .judge_token = world.judge_token,
                                    .organiser_token = world.organiser_token};
    people.producers = (uint32_t)chance_between(1, 4);
    people.window = (uint32_t)chance_between(1, 4);
    people.events_most = (uint32_t)chance_between(1, 5);
    people.events_most = chance_in(0.02) ? 400 : people.events_most;
    people.latency_us = chance_between(50, 20000);
    people.lost = chance_in(0.5) ? 0 : 0.05;
    people.doubled = chance_in(0.5) ? 0 : 0.1;
    people_start(&people);
}

static void
begin(uint64_t seed)
{
    memset(&world, 0, sizeof world);
    chance_seed(seed);
    violation_seed(seed);
    loop_restart();
    struct cast *cast = &world.cast;
    cast->shards = chance_in(0.5) ? 1 : (uint32_t)chance_between(2, 4);
    cast->ingest_count = chance_in(0.7) ? 1 : 2;
    cast->board_count = chance_in(0.7) ? 1 : 2;
    cast->commit_timeout_ms = chance_between(300, 3000);
    cast->lossy = chance_in(0.2);
    world.goal = (uint64_t)chance_between(100, 500);
    world.batches_before = redis_model_stats.batches;
    begin_redis();
    for (uint32_t i = 0; i < cast->ingest_count; i++)
        cast->ingests[i] = ingest_side_start(cast->shards, cast->commit_timeout_ms);
    for (uint32_t i = 0; i < cast->board_count; i++)
        cast->boards[i] = board_side_start("a board");
    begin_people();
    faults_start(cast);
}

/* --- Ending --- */

static const char *
why_not_ready(void)
{
    const char *why = NULL;
    for (uint32_t i = 0; !why && i < world.cast.ingest_count; i++)
        why = ingest_side_not_ready(world.cast.ingests[i]);
    for (uint32_t i = 0; !why && i < world.cast.board_count; i++)
        why = board_side_not_ready(world.cast.boards[i]);
    return why;
}

static bool
all_ready(void)
{
    return !why_not_ready();
}

static bool
all_settled(void)
{
    for (uint32_t i = 0; i < world.cast.board_count; i++)
        if (!board_side_at_end(world.cast.boards[i]))
            return false;
    return people_are_done() && all_ready();
}

static void
run_until(bool (*done)(void), int64_t limit_us, const char *what)
{
    int64_t end_us = loop_now_us() + limit_us;
    while (!done()) {
        if (loop_now_us() > end_us)
            people_describe_open();
        HOLDS(loop_now_us() <= end_us, "not within %" PRId64 " s: %s (%s)", limit_us / 1000000, what,
              all_ready() ? "all daemons are ready" : why_not_ready());
        HOLDS(loop_step(), "everything stands still: %s", what);
    }
}

static bool
has_reached_its_goal(void)
{
    return !goes_on();
}

/* I4, I2: all that was sent stands in the log, and nothing that was not (which the reference has seen to). */
static void
check_log(void)
{
    for (size_t i = 0; i < sends_events(); i++) {
        const struct sent_event *event = sends_event(i);
        HOLDS(event->acknowledged, "event e%zu was never acknowledged", i);
        HOLDS(world.cast.lossy || reference_has_event(i), "I1: event e%zu is not in the log", i);
        stats.events++;
    }
    for (size_t i = 0; i < sends_actions() && !world.cast.lossy; i++)
        HOLDS(reference_shards_of_action(i) == world.cast.shards, "action a%zu stands in %u of %u logs", i,
              reference_shards_of_action(i), world.cast.shards);
}

/* I3: the sums that the producers know. */
static void
check_sums(struct board_side *board)
{
    int64_t net_fen[STREAMERS] = {0}, points[STREAMERS] = {0};
    for (size_t i = 0; i < sends_events(); i++) {
        const struct sent_event *event = sends_event(i);
        net_fen[streamer_of_session(event->session)] +=
            event->refund ? -event->amount_fen : event->amount_fen;
    }
    for (size_t i = 0; i < sends_actions(); i++)
        points[sends_action(i)->streamer] += sends_action(i)->adjusts ? sends_action(i)->points : 0;
    for (uint32_t i = 0; i < STREAMERS; i++) {
        int64_t expected = world.cast.lossy ? reference_net_fen(i) : net_fen[i];
        HOLDS(board_side_net_fen(board, i) == expected,
              "I3: streamer t-%u has %" PRId64 ", expected %" PRId64, i, board_side_net_fen(board, i),
              expected);
        HOLDS(world.cast.lossy || board_side_adjusted_milli(board, i) == points[i] * 1000,
              "I2: streamer t-%u is adjusted by %" PRId64 ", expected %" PRId64, i,
              board_side_adjusted_milli(board, i), points[i] * 1000);
    }
}

static struct board_side *fresh_board;

static bool
fresh_is_at_end(void)
{
    return board_side_at_end(fresh_board) && board_side_at_end(world.cast.boards[0]);
}

/* I8: whoever folds the same log says the same, to the byte. */
static void
check_same_figures(void)
{
    struct buf first = {0}, other = {0};
    fresh_board = board_side_start("a fresh board");
    run_until(fresh_is_at_end, SETTLE_US, "a fresh board reads the log");
    board_side_figures(world.cast.boards[0], &first);
    board_side_figures(fresh_board, &other);
    HOLDS(first.len == other.len && memcmp(first.at, other.at, first.len) == 0,
          "I8: two boards differ:\n%.*s\n---\n%.*s", (int)first.len, first.at, (int)other.len, other.at);
    board_side_kill(fresh_board);
    buf_free(&first);
    buf_free(&other);
}

static void
end(void)
{
    for (uint32_t i = 0; i < world.cast.ingest_count; i++)
        ingest_side_kill(world.cast.ingests[i]);
    for (uint32_t i = 0; i < world.cast.board_count; i++)
        board_side_kill(world.cast.boards[i]);
    people_end();
    faults_end();
    redis_model_end();
    reference_end();
    sends_forget();
    HOLDS(ingest_side_stats.live_exchanges == 0, "I6: %" PRIu64 " requests were never answered",
          ingest_side_stats.live_exchanges);
    HOLDS(loop_timers() == 0, "I6: %zu timers are left", loop_timers());
}

void
world_run(uint64_t seed)
{
    begin(seed);
    run_until(has_reached_its_goal, LONGEST_US, "so many batches");
    world.ending = true;
    faults_heal();
    int64_t healed_us = loop_now_us();
    run_until(all_ready, RECOVERY_US, "I7: all are ready again");
    int64_t recovery_us = loop_now_us() - healed_us;
    if (recovery_us > stats.longest_recovery_us)
        stats.longest_recovery_us = recovery_us;
    run_until(all_settled, SETTLE_US, "everything is acknowledged and shown");
    for (uint32_t i = 0; i < world.cast.shards; i++)
        check_published(i);
    check_log();
    for (uint32_t i = 0; i < world.cast.board_count; i++)
        check_sums(world.cast.boards[i]);
    check_same_figures();
    end();
    stats.batches += redis_model_stats.batches - world.batches_before;
    stats.checks = board_side_stats.checks;
    stats.repaired = ingest_side_stats.repaired;
    stats.redis_crashes = redis_model_stats.crashes;
    stats.lost_answers = people_stats.answers_lost;
    faults_count(&stats);
}

void
world_free_all(void)
{
    ingest_side_free_all();
}
