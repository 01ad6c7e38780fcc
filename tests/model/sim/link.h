/* The network's faults, seen from the links; link.c stands in for common/redis_link.c. */
#ifndef BOCHUANG_SIM_LINK_H
#define BOCHUANG_SIM_LINK_H

#include <stddef.h>

/* Breaks so many links, chosen by chance. */
void link_break_some(size_t count);
size_t link_count(void);

#endif
