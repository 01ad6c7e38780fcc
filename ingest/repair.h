/*
 * Repair: every shard's log must carry every action and document of the contest. Steering appends them to the
 * last shard first and to shard 0 last; whoever fails in between leaves some that not all shards have. A
 * repair reads all `actions` streams, and appends what any of them has to those that lack it, shard 0 last
 * again. What stands there twice is harmless: folds know actions by their id.
 */
#ifndef BOCHUANG_INGEST_REPAIR_H
#define BOCHUANG_INGEST_REPAIR_H

#include <stdbool.h>

struct hosted;
struct repair;

/* Calls hosted_repaired() when it is over. NULL when memory is out. */
struct repair *repair_start(struct hosted *hosted);

/* Gives it up; nothing is called any more. */
void repair_free(struct repair *repair);

#endif
