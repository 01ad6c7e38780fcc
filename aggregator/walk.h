/*
 * A walk over all that is counted: what every table and total is made with. Pure.
 */
#ifndef BOCHUANG_WALK_H
#define BOCHUANG_WALK_H

#include "aggregator/groups.h"

/*
 * A walk over all that is counted adds each cell, session and streamer to one of the `figures`: the one whose
 * number it is given, none for CONTEST_NONE. There may be a hundred times more cells than sessions and
 * products: a cell's number is to be looked up, not worked out.
 */
struct walker {
    uint32_t (*of_cell)(const struct cell *cell, void *arg);
    uint32_t (*of_spot)(const struct spot *spot, void *arg); /* of a session or a streamer */
    void *arg;
    struct figures **figures; /* may move while a number is looked up */
};

void walk(const struct standing *standing, const struct walker *walker);

#endif
