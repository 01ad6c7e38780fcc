/* One world: everything that happens in it follows from its seed. */
#ifndef BOCHUANG_SIM_WORLD_H
#define BOCHUANG_SIM_WORLD_H

#include <stdint.h>

void world_run(uint64_t seed); /* ends the process where something does not hold */
void world_free_all(void);

/* Over all worlds so far. */
struct world_stats {
    uint64_t batches, events, checks, repaired;
    uint64_t ingest_kills, board_kills, redis_crashes, broken_links, stalls, full_or_slow, clock_steps,
        lost_ends, lost_answers;
    int64_t longest_recovery_us;
};
const struct world_stats *world_stats(void);

#endif
