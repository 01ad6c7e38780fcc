/*
 * A contest that this daemon serves: its state as its log says, its shards' batches, its steering.
 *
 * The state (registry, tokens) is changed in one place only: by the followers of the streams `actions` and
 * `tokens` of shard 0. What this daemon itself appends comes back to it that way, as everybody else's does.
 */
#ifndef BOCHUANG_INGEST_HOSTED_H
#define BOCHUANG_INGEST_HOSTED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/limits.h"
#include "common/log.h"
#include "common/registry.h"
#include "common/token.h"
#include "ingest/batch.h"
#include "ingest/ingest.h"
#include "ingest/steer.h"

struct repair;

struct hosted {
    struct ingest *ingest; /* borrowed */
    char id[LIMIT_CONTEST_ID_BYTES + 1];
    uint32_t shard_count;
    struct batch *batches; /* owned, one a shard */

    struct registry *registry;
    struct token_book *tokens;
    struct log_follower *actions_follower, *tokens_follower;
    bool actions_current, tokens_current; /* all there was has been read, and the connection stands */

    struct steering steering;
    struct repair *repair; /* owned: under way, or NULL */
    bool repaired;         /* every shard holds the actions of shard 0 */
    bool damaged;          /* an action could not be read: what holds is not known */
    bool opened;           /* was repaired, and its file loaded, once */

    struct contest *file; /* held: read from a contest file, not yet held against the log; or NULL */
    bool try_now;         /* a repair or a load that failed waits until the clock sets this again */
};

/* NULL when memory is out. */
struct hosted *hosted_new(struct ingest *ingest, struct span id, uint32_t shard_count);
void hosted_free(struct hosted *hosted);

/* The contest as it stands, or NULL before its first document. */
const struct contest *hosted_contest(const struct hosted *hosted);

/* True while its state is current and appends can be made: requests can be judged and stored. */
bool hosted_is_current(const struct hosted *hosted);
/* True while, besides, it was opened: its events can be taken. */
bool hosted_is_serving(const struct hosted *hosted);

/* Gives the contest as a file now has it, to be held against the log as soon as it is current. Takes over the
 * caller's hold. */
void hosted_load(struct hosted *hosted, struct contest *file);

/* Does what can be done next: repair, load the file, steer. Called whenever something has changed. */
void hosted_step(struct hosted *hosted);

/* A repair is over. */
void hosted_repaired(struct hosted *hosted, bool good);

/* Five times a second: the schedule, and what has to be tried again. */
void hosted_tick(struct hosted *hosted, int64_t now_ms);

/* Redis cannot be relied on any more: gives up what needs it. */
void hosted_suspend(struct hosted *hosted);

#endif
