/*
 * The second fold: as naive as can be, read by msgpack-c, over what the model of Redis has on disk. It keeps
 * the figures after each entry, so that whatever a board shows can be held against the place it claims.
 */
#ifndef BOCHUANG_SIM_REFERENCE_H
#define BOCHUANG_SIM_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/model/sim/redis_model.h"
#include "tests/model/sim/sends.h"

struct reference_figures {
    int64_t gross_fen, refunded_fen, orders, duplicates, parked;
};

void reference_start(uint32_t shards);
void reference_end(void);

void reference_durable(const struct stream *stream, size_t index); /* redis_model's on_durable */
void reference_lost(void);                                         /* redis_model's on_lost */

/* Whether some log has lost its end: at the place of a lost entry there may then be another. */
bool reference_has_lost(void);

/* The figures of a shard after its entry `id`; NULL where its log has no such entry. */
const struct reference_figures *reference_at(uint32_t shard, struct log_id id);
int64_t reference_net_fen(uint32_t streamer);

bool reference_has_event(size_t number);
/* In how many shards' logs an action stands. */
uint32_t reference_shards_of_action(size_t number);

#endif
