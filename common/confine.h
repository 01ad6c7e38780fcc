/*
 * What a daemon gives up once it has started: it keeps what serving needs, and nothing else. Whoever should
 * ever get it to run something of his own finds a process that
 *
 *   is nobody special     not root where a `user` is set; no capability at all, and none to be had again
 *   can start nothing     no execve, no fork, no executable memory; trying ends the process at once
 *   sees little           files are only read (or unnamed, for a moment); sockets are only dialled
 *   has low limits        no core dump (tokens' hashes and figures stand in memory), no locked memory, and
 * only the descriptors that the settings call for
 *
 * The filter of system calls has three answers: what serving needs is done; what only an attacker would want
 * ends the process, which its supervisor starts again; all else does not exist (ENOSYS), so that a C library
 * that tries something new falls back as on an older kernel.
 */
#ifndef BOCHUANG_CONFINE_H
#define BOCHUANG_CONFINE_H

#include <stdbool.h>

struct confine_options {
    const char *user; /* for root: who to become; NULL: stays root, without any of root's powers */
    bool seccomp;     /* false: no filter of system calls, for platforms that it does not fit */
};

/*
 * Call once, behind the last thing that start-up does, with one thread. Exits 1, saying why, where a
 * privilege cannot be given up. Where the kernel knows no filter it says so and goes on. A build with a
 * sanitizer has no filter and keeps its processes: a sanitizer starts helpers of its own to say what it
 * found.
 */
void confine(const struct confine_options *options);

#endif
