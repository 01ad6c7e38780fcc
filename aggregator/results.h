/*
 * Results: what a `publish` makes of the figures, who won, what stood in the way, and when it became final
 * (contract, section 8).
 *
 * A pure function of the folds: the same logs give the same versions, on the board and in `bochuang verify`.
 * A version is immutable, it stands on a copy of the figures at its publish; nothing ever disappears from the
 * list.
 */
#ifndef BOCHUANG_RESULTS_H
#define BOCHUANG_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/fold.h"
#include "aggregator/standing.h"

/* X(constant, name): what stands in the way of a publish. */
#define BLOCKERS(X)                                                                                          \
    X(BLOCKER_OPEN, "contest_open")     /* not closed yet: no override helps */                              \
    X(BLOCKER_PARKED, "parked_refund")  /* its sale never came */                                            \
    X(BLOCKER_PENDING, "pending_claim") /* an offline sale that nobody approved or rejected */               \
    X(BLOCKER_MARK, "missing_mark")     /* a judge has not marked a streamer on a criterion */               \
    X(BLOCKER_TIE, "undecided_tie")     /* at an award's edge */

enum blocker_kind {
#define X(constant, name) constant,
    BLOCKERS(X)
#undef X
        BLOCKER_COUNT
};

const char *blocker_name(enum blocker_kind kind);

/* The strings borrow from the standing's contest. Those that a kind does not have are NULL. */
struct blocker {
    enum blocker_kind kind;
    char event[LIMIT_ID_BYTES + 1]; /* parked, pending; else "" */
    const char *streamer;           /* parked, pending, missing mark */
    const char *judge, *criterion;  /* missing mark, with streamer */
    const char *award, *ranking;    /* tie */
    int rank;                       /* tie: the shared rank */
};

struct blocker_list {
    struct blocker *items; /* owned */
    size_t count;
};

/* Who gets an award. */
struct award_result {
    const struct award *award; /* borrowed from the contest */
    char **winners;            /* owned ids */
    size_t winner_count;
    bool decided;   /* by the panel's `award` action rather than by rank alone */
    bool undecided; /* a manual one nobody decided, or a tie at its edge */
    int tied_rank;  /* the shared rank at its edge, or 0 */
    char *reason;   /* owned: of the panel's decision, or NULL */
};

/* One published version. */
struct results_version {
    int number; /* from 1 */
    int64_t published_ms;
    char *actor, *reason; /* owned */
    bool override;
    struct blocker_list blockers; /* what the override set aside */
    struct chain *chains;         /* owned: of each shard's log, at the publish */
    struct standing standing;     /* owned copy of the live figures at the publish */
    struct award_result *awards;  /* owned, one for each award of the contest */
    size_t award_count;
    bool final;
    int64_t finalised_ms;
    char *finalised_by; /* owned, or NULL */
};

/* A publish or finalise that had no effect, and why. */
struct results_refusal {
    char *action_id; /* owned */
    int64_t at_ms;
    const char *why; /* a sentence */
    struct blocker_list blockers;
};

struct results {
    struct results_version **versions; /* owned */
    size_t version_count;
    struct results_refusal *refusals; /* owned */
    size_t refusal_count;
    bool closed; /* as the newest entry left it */
};

/*
 * All that the folds of a contest's shards say about its results. A publish counts once every shard has
 * folded it. The folds must outlive it.
 */
void results_make(const struct fold *const *folds, uint32_t shard_count, struct results *results);
void results_free(struct results *results);

/* The newest version, or NULL. It is the final result where it is `final`. */
const struct results_version *results_latest(const struct results *results);

/* What would stand in the way of a publish now. `folds` as for results_make(). */
void results_blockers(const struct fold *const *folds, uint32_t shard_count, const struct standing *live,
                      struct blocker_list *blockers);
void blocker_list_free(struct blocker_list *list);

#endif
