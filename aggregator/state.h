/*
 * The states of a contest (contract, section 8) and the two views of it.
 *
 *   scheduled ──▶ running ⇄ frozen ──▶ ended ──▶ provisional ──▶ final
 *
 * A contest that is reopened runs again, whatever was published before: its figures move. A version that is
 * published after a final one is provisional until it is made final too.
 *
 * A state is worked out from facts each time it is asked for; nothing keeps one that could grow stale. Pure.
 */
#ifndef BOCHUANG_STATE_H
#define BOCHUANG_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

#define CONTEST_STATES(X)                                                                                    \
    X(STATE_SCHEDULED, "scheduled")                                                                          \
    X(STATE_RUNNING, "running")                                                                              \
    X(STATE_FROZEN, "frozen")                                                                                \
    X(STATE_ENDED, "ended")                                                                                  \
    X(STATE_PROVISIONAL, "provisional")                                                                      \
    X(STATE_FINAL, "final")

enum contest_state {
#define X(constant, name) constant,
    CONTEST_STATES(X)
#undef X
        STATE_COUNT
};

enum view { VIEW_PUBLIC, VIEW_LIVE, VIEW_COUNT };

const char *contest_state_name(enum contest_state state);
enum contest_state contest_state_find(struct span name); /* STATE_COUNT where there is none of that name */
const char *view_name(enum view view);
enum view view_find(struct span name); /* VIEW_COUNT where there is none of that name */

struct state_facts {
    int64_t opens_ms;
    bool has_events; /* of the log: ingest takes none from before the opening, so it has opened */
    bool closed;     /* between close and reopen */
    bool frozen;     /* between freeze and thaw */
    bool published;  /* the results have a version */
    bool final;      /* its last version was made final */
};

/*
 * The state at `now_ms` by the server's clock, which decides one thing only: whether the contest has opened.
 * A scheduled freeze or close is an entry of the log like any other (ingest appends it), so that a replay
 * needs no clock.
 */
enum contest_state contest_state_at(const struct state_facts *facts, int64_t now_ms);

#endif
