/* What goes wrong in a world, and when. */
#ifndef BOCHUANG_SIM_FAULTS_H
#define BOCHUANG_SIM_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

struct board_side;
struct ingest_side;
struct world_stats;

/* Who takes part; a daemon that is down is NULL. */
struct cast {
    uint32_t shards, ingest_count, board_count;
    struct ingest_side *ingests[2];
    struct board_side *boards[2];
    int64_t commit_timeout_ms;
    bool lossy; /* Redis may lose what it had acknowledged */
};

void faults_start(struct cast *cast);
void faults_heal(void); /* no more of them; whatever is down starts now */
void faults_end(void);
void faults_count(struct world_stats *stats); /* adds what happened in this world */

#endif
