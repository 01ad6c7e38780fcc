/*
 * Repair: every shard's log must carry every action and document of the contest. Steering appends them to
 * shard 0 first and to the others in turn; whoever fails in between leaves shards that lack the last ones. A
 * repair reads the `actions` streams and appends to each shard what it lacks, in order. What stands there
 * twice is harmless: folds know actions by their id.
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
