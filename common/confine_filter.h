/* The filter of system calls (seccomp) of a daemon that has started; see confine.h. */
#ifndef BOCHUANG_CONFINE_FILTER_H
#define BOCHUANG_CONFINE_FILTER_H

#include <stdbool.h>

/* Holds from here on, for good. False, and said, where the kernel has none. */
bool confine_filter(void);

#endif
