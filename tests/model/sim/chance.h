/* The one source of chance of a world: from its seed follows all that happens in it. */
#ifndef BOCHUANG_SIM_CHANCE_H
#define BOCHUANG_SIM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

void chance_seed(uint64_t seed);
uint64_t chance_next(void);
uint64_t chance_below(uint64_t most);                /* 0 … most - 1 */
int64_t chance_between(int64_t least, int64_t most); /* both may come */
bool chance_in(double share);                        /* true in so many of 1 */
int64_t chance_around(int64_t middle_us);            /* a duration: mostly near, now and then far longer */

#endif
