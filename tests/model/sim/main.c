/*
 * The simulation: ingest's admission and batching, the log, and the fold with publication, as they are built
 * for the daemons, run in one process against a model of Redis and of the network, on a clock that jumps.
 *
 *   sim                   some 10^5 batches, in worlds of a few hundred
 *   sim --batches N       so many
 *   sim --seed S          begins with another world
 *   sim --world S         that one world, as it was: what a violation says
 *   sim --trace           all that happens
 *
 * Only what touches the machine is replaced, at link time: libevent and the clocks (loop.c), the link to
 * Redis (link.c, redis_model.c), HTTP (ingest_side.c), log lines (violation.c). What is checked all along:
 * an acknowledged event is on disk at that moment; whatever a board could show equals a second, naive fold at
 * that place of the log. And at the end of a world: all is acknowledged, counted once, the same from a fresh
 * fold, and ready again in time.
 */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/model/sim/chance.h"
#include "tests/model/sim/violation.h"
#include "tests/model/sim/world.h"

static uint64_t
number_of(const char *text)
{
    char *end;
    uint64_t number = strtoull(text, &end, 10);
    if (*end == '\0' && end != text)
        return number;
    fprintf(stderr, "sim: expected a number, found \"%s\"\n", text);
    exit(2);
}

static void
print_figures(uint64_t worlds)
{
    const struct world_stats *stats = world_stats();
    printf("%" PRIu64 " worlds, %" PRIu64 " batches, %" PRIu64 " events acknowledged, %" PRIu64
           " figures checked, 0 violations\n",
           worlds, stats->batches, stats->events, stats->checks);
    printf("faults: %" PRIu64 " kills of ingest, %" PRIu64 " of the board, %" PRIu64
           " crashes of Redis, %" PRIu64 " broken links, %" PRIu64 " stalls, %" PRIu64
           " slow or full disks, %" PRIu64 " clock steps, %" PRIu64 " lost ends, %" PRIu64 " lost answers\n",
           stats->ingest_kills, stats->board_kills, stats->redis_crashes, stats->broken_links, stats->stalls,
           stats->full_or_slow, stats->clock_steps, stats->lost_ends, stats->lost_answers);
    printf("longest recovery: %" PRId64 " ms of virtual time; %" PRIu64 " entries repaired\n",
           stats->longest_recovery_us / 1000, stats->repaired);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        {"batches", required_argument, NULL, 'b'},
        {"seed", required_argument, NULL, 's'},
        {"world", required_argument, NULL, 'w'},
        {"trace", no_argument, NULL, 't'},
        {NULL, 0, NULL, 0},
    };
    uint64_t batches = 100000, seed = 1, worlds = 0, only = 0;
    bool one = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'b')
            batches = number_of(optarg);
        else if (option == 's')
            seed = number_of(optarg);
        else if (option == 'w')
            one = true, only = number_of(optarg);
        else if (option == 't')
            trace_on();
        else
            return 2;
    }
    if (sodium_init() < 0) /* before the first world: it asks for chance itself */
        return 2;
    for (; one ? worlds == 0 : world_stats()->batches < batches; worlds++) {
        chance_seed(seed + worlds);
        world_run(one ? only : chance_next() >> 16);
    }
    world_free_all();
    print_figures(worlds);
    return 0;
}
