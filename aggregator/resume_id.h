/*
 * Where a view of a contest stands, and the id of a message on its live stream:
 *
 *   1637895600000-0,1637895600004-2;public;running;0123456789abcdef
 *
 * the log position of each shard, the view, the state, and a mark of all that the logs hold up to there: the
 * same position of another log is another place. A client that comes back sends the last one it has seen.
 * Pure; total over any bytes.
 */
#ifndef BOCHUANG_RESUME_ID_H
#define BOCHUANG_RESUME_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/state.h"
#include "common/buf.h"
#include "common/limits.h"
#include "common/log.h"

struct resume_id {
    struct log_id version[LIMIT_SHARDS];
    uint32_t shard_count;
    enum view view;
    enum contest_state state;
    uint64_t mark; /* chain_mark() of the shards' chains, in order */
};

void resume_id_format(const struct resume_id *id, struct buf *out);

/* False when the text is no such id. */
bool resume_id_parse(struct span text, struct resume_id *id);

bool resume_id_equal(const struct resume_id *a, const struct resume_id *b);

#endif
