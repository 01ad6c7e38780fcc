/*
 * The players of a script: some threads that send its events as streamers would, and one that acts as the
 * organiser and the judges do. Each streamer's events leave in their order, over one connection; nothing is
 * given up before it is acknowledged, however often a server dies on the way.
 */
#ifndef BOCHUANG_CLI_PLAYERS_H
#define BOCHUANG_CLI_PLAYERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/script.h"

/* Whose tokens the players use. Borrowed. */
struct cast {
    const char *organiser, *judge, *connector;
    const char *const *streamers; /* by the contest's index; NULL: the connector sends for it */
};

struct play {
    const struct script *script; /* all borrowed */
    const struct contest *contest;
    const char *ingest;
    struct cast cast;
    double speed; /* of the play's clock; 0: as fast as it goes */
    const atomic_bool *stop;

    /* How it goes. */
    atomic_ullong sent, rejected, retries;
    atomic_bool refused; /* a server said no for good; it was said on standard error */
};

/* Sends everything, calling `on_tick` a few times a second. False where it was stopped or refused. */
bool play_script(struct play *play, void (*on_tick)(const struct play *play, void *arg), void *arg);

#endif
