#include "tests/model/sim/faults.h"

#include <string.h>

#include "tests/model/sim/board_side.h"
#include "tests/model/sim/chance.h"
#include "tests/model/sim/ingest_side.h"
#include "tests/model/sim/link.h"
#include "tests/model/sim/loop.h"
#include "tests/model/sim/redis_model.h"
#include "tests/model/sim/violation.h"
#include "tests/model/sim/world.h"

enum { DOWN_US = 80 * 1000, DAY_S = 24 * 3600, LOST_STEPS_MOST = 12 };

static struct {
    struct cast *cast;
    struct event *next;                   /* the next fault */
    struct event *ingests[2], *boards[2]; /* start again */
    struct event *redis, *memory, *disk;  /* are well again */
    int64_t pause_us;
    struct world_stats happened;
} faults;

/* --- Getting well --- */

static void
start_ingest(uint32_t i)
{
    struct cast *cast = faults.cast;
    event_del(faults.ingests[i]);
    if (!cast->ingests[i])
        cast->ingests[i] = ingest_side_start(cast->shards, cast->commit_timeout_ms);
}

static void
start_board(uint32_t i)
{
    event_del(faults.boards[i]);
    if (!faults.cast->boards[i])
        faults.cast->boards[i] = board_side_start("a board that was killed");
}

static void
start_redis(int64_t loading_us)
{
    event_del(faults.redis);
    if (!redis_model_accepts())
        redis_model_revive(loading_us);
}

static void
ingest_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    trace("ingest starts");
    start_ingest(arg != NULL);
}

static void
board_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    trace("a board starts");
    start_board(arg != NULL);
}

static void
redis_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    trace("Redis starts");
    start_redis(chance_around(DOWN_US));
}

static void
memory_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    redis_model_memory_full(false);
}

static void
disk_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    redis_model_slow_fsync(0);
}

/* --- Going wrong --- */

static void
kill_ingest(void)
{
    uint32_t i = (uint32_t)chance_below(faults.cast->ingest_count);
    struct ingest_side *side = faults.cast->ingests[i];
    if (!side)
        return;
    faults.cast->ingests[i] = NULL;
    ingest_side_kill(side);
    loop_due_in(faults.ingests[i], chance_around(DOWN_US));
    faults.happened.ingest_kills++;
}

static void
kill_board(void)
{
    uint32_t i = (uint32_t)chance_below(faults.cast->board_count);
    struct board_side *board = faults.cast->boards[i];
    if (!board)
        return;
    faults.cast->boards[i] = NULL;
    board_side_kill(board);
    loop_due_in(faults.boards[i], chance_around(DOWN_US));
    faults.happened.board_kills++;
}

static void
crash_redis(void)
{
    if (!redis_model_accepts())
        return;
    redis_model_crash();
    if (faults.cast->lossy && chance_in(0.5)) {
        redis_model_lose_end(LOST_STEPS_MOST);
        faults.happened.lost_ends++;
    }
    loop_due_in(faults.redis, chance_around(DOWN_US));
}

static void
kill_everything(void)
{
    kill_ingest();
    kill_board();
    crash_redis();
}

static void
break_links(void)
{
    size_t count = chance_in(0.2) ? link_count() : (size_t)chance_between(1, 3);
    link_break_some(count);
    faults.happened.broken_links += count;
}

static void
stall_redis(void)
{
    redis_model_stall(chance_between(10 * 1000, 4000 * 1000));
    faults.happened.stalls++;
}

static void
fill_memory(void)
{
    redis_model_memory_full(true);
    loop_due_in(faults.memory, chance_around(200 * 1000));
    faults.happened.full_or_slow++;
}

static void
slow_disk(void)
{
    redis_model_slow_fsync(chance_between(50 * 1000, 900 * 1000));
    loop_due_in(faults.disk, chance_around(2000 * 1000));
    faults.happened.full_or_slow++;
}

/* Where the end of a log is lost, too, entries that come later have the ids of those that were lost. */
static void
step_clock(void)
{
    loop_step_wall_clock(chance_between(-1, 1) * DAY_S);
    faults.happened.clock_steps++;
}

static const struct {
    const char *name;
    void (*happen)(void);
    unsigned weight;
} table[] = {
    {"ingest is killed", kill_ingest, 5}, {"a board is killed", kill_board, 3},
    {"Redis is killed", crash_redis, 5},  {"everything is killed", kill_everything, 1},
    {"links break", break_links, 5},      {"Redis stands still", stall_redis, 1},
    {"memory is full", fill_memory, 2},   {"the disk is slow", slow_disk, 1},
    {"the clock steps", step_clock, 1},
};

enum { KINDS = sizeof table / sizeof *table };

static void
next_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    unsigned all = 0, kind = 0;
    for (unsigned i = 0; i < KINDS; i++)
        all += table[i].weight;
    for (unsigned left = (unsigned)chance_below(all); left >= table[kind].weight; kind++)
        left -= table[kind].weight;
    trace("%s", table[kind].name);
    table[kind].happen();
    loop_due_in(faults.next, chance_around(faults.pause_us));
}

/* --- */

void
faults_start(struct cast *cast)
{
    memset(&faults, 0, sizeof faults);
    faults.cast = cast;
    faults.pause_us = chance_between(50, 900) * 1000;
    faults.next = event_new(NULL, -1, 0, next_cb, NULL);
    for (int i = 0; i < 2; i++) {
        faults.ingests[i] = event_new(NULL, -1, 0, ingest_cb, i ? &faults : NULL);
        faults.boards[i] = event_new(NULL, -1, 0, board_cb, i ? &faults : NULL);
    }
    faults.redis = event_new(NULL, -1, 0, redis_cb, NULL);
    faults.memory = event_new(NULL, -1, 0, memory_cb, NULL);
    faults.disk = event_new(NULL, -1, 0, disk_cb, NULL);
    if (!chance_in(0.1)) /* some worlds are calm */
        loop_due_in(faults.next, chance_around(faults.pause_us));
}

void
faults_heal(void)
{
    event_del(faults.next);
    redis_model_stall(0);
    start_redis(0);
    redis_model_memory_full(false);
    redis_model_slow_fsync(0);
    for (uint32_t i = 0; i < faults.cast->ingest_count; i++)
        start_ingest(i);
    for (uint32_t i = 0; i < faults.cast->board_count; i++)
        start_board(i);
    trace("all is well");
}

void
faults_end(void)
{
    for (int i = 0; i < 2; i++) {
        event_free(faults.ingests[i]);
        event_free(faults.boards[i]);
    }
    event_free(faults.next);
    event_free(faults.redis);
    event_free(faults.memory);
    event_free(faults.disk);
}

void
faults_count(struct world_stats *stats)
{
    stats->ingest_kills += faults.happened.ingest_kills;
    stats->board_kills += faults.happened.board_kills;
    stats->broken_links += faults.happened.broken_links;
    stats->stalls += faults.happened.stalls;
    stats->full_or_slow += faults.happened.full_or_slow;
    stats->clock_steps += faults.happened.clock_steps;
    stats->lost_ends += faults.happened.lost_ends;
}
