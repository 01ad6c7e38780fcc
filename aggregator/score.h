/* Points of one part of a score, in exact milli-points (contract, section 6). Internal to rank.c. */
#ifndef BOCHUANG_SCORE_H
#define BOCHUANG_SCORE_H

#include "aggregator/rank.h"

/* Fills the component of that part for every row of the table; the rows are by entity, not in order yet. */
void score_part(const struct standing *standing, struct rank_table *table, size_t part);

#endif
