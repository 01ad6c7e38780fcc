/*
 * Results: what a `publish` makes of the figures, who won, what stood in the way, and when it became final
 * (contract, section 8).
 *
 * A pure function of the folds: the same logs give the same versions, on the board and in `bochuang verify`.
 * A version is immutable, it stands on a copy of the figures at its publish; nothing ever disappears from the
 * list. The walk over the actions goes on from where it stopped, so that following a log costs what is new.
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

/* The strings borrow from contests: those of the list's owner. Those that a kind does not have are NULL. */
struct blocker {
    enum blocker_kind kind;
    char event[LIMIT_ID_BYTES + 1]; /* parked, pending; else "" */
    const char *streamer;           /* parked, pending, missing mark */
    const char *judge, *criterion;  /* missing mark, with streamer */
    const char *award, *ranking;    /* tie */
    int rank;                       /* tie: the shared rank */
};

struct blocker_list {
    struct blocker *items; /* owned; by kind; at most LIMIT_LISTED of each */
    size_t count;
    int64_t total[BLOCKER_COUNT]; /* all there are of each kind */
};

bool blocker_list_is_empty(const struct blocker_list *list);
void blocker_list_free(struct blocker_list *list);

struct award_winner {
    char *id;         /* owned */
    const char *name; /* borrowed from the contest; where it has none, the id */
    int rank;         /* in the award's ranking; 0 for a manual award */
};

/* A shared rank that only part of would fit the award. */
struct award_edge {
    int rank;
    size_t tied; /* how many share it */
    bool decided;
};

/* Who gets an award. */
struct award_result {
    const struct award *award;    /* borrowed from the contest */
    struct award_winner *winners; /* owned */
    size_t winner_count;
    struct award_edge edges[2]; /* a tie may lie over each end */
    int edge_count;
    bool decided;    /* by the panel's `award` action rather than by rank alone */
    bool undecided;  /* a manual one nobody decided, or a tie at its edge */
    char *reason;    /* owned: of the panel's decision, or NULL */
    char **unheeded; /* owned: ids the panel named that neither won by rank nor were tied at an edge */
    size_t unheeded_count;
};

/* One published version. */
struct results_version {
    const struct results *among; /* borrowed: it is one of these */
    int number;                  /* from 1 */
    int64_t published_ms;
    char *action_id, *actor, *reason; /* owned; reason "" where none was given */
    bool override;
    struct blocker_list blockers; /* what the override set aside */
    struct chain *chains;         /* owned: of each shard's log, at the publish */
    struct standing standing;     /* owned copy of the live figures at the publish */
    struct award_result *awards;  /* owned, one for each award of the contest */
    size_t award_count;
    struct moment_event *events; /* owned, of all shards: by time, streamer, id */
    size_t event_count;
    const struct fold *actions_of; /* borrowed: whose audit has the actions … */
    size_t action_count;           /* … and so many of it, with the publish */
    bool final;
    int64_t finalised_ms;
    char *finalised_action, *finalised_by, *finalised_reason; /* owned, or NULL */
};

/* A publish or finalise that had no effect, and why. */
struct results_refusal {
    char *action_id, *actor; /* owned */
    bool finalise;           /* else it was a publish */
    int64_t at_ms;
    const char *code, *why; /* for programs; a sentence */
    struct blocker_list blockers;
    struct contest *contest; /* held for the blockers' strings; NULL where there are none */
};

/* What the panel said last of one award. */
struct award_decision {
    char *award;    /* owned: its id */
    char **winners; /* owned: their ids */
    size_t winner_count;
    char *reason; /* owned */
};

struct award_decisions {
    struct award_decision *items; /* owned */
    size_t count;
};

struct results {
    struct results_version **versions; /* owned */
    size_t version_count;
    struct results_refusal *refusals; /* owned */
    size_t refusal_count;
    struct award_decisions decisions; /* as far as the walk has come */
    size_t walked;                    /* actions of shard 0 */
};

void results_init(struct results *results);
void results_free(struct results *results);

/*
 * Takes up what the folds of a contest's shards have come to since the last call; a publish counts once every
 * shard has folded it. Always the same folds, which must outlive the results. True where something is new:
 * a version, a refusal, a finalise.
 */
bool results_follow(struct results *results, const struct fold *const *folds, uint32_t shard_count);

/* The newest version, or NULL. It is the final result where it is `final`. */
const struct results_version *results_latest(const struct results *results);
/* The version of a number, or NULL. */
const struct results_version *results_find(const struct results *results, int64_t number);

/* Why the publish or finalise of this id had no effect; NULL where it had one, or is of another kind. */
const struct results_refusal *results_refusal_of(const struct results *results, struct span action_id);

/*
 * What would stand in the way of a publish now; `live` is the standing of all shards. Linear in the number of
 * events where some are parked or pending. The strings are good until the next entry is folded.
 */
void results_blockers(const struct results *results, const struct fold *const *folds, uint32_t shard_count,
                      const struct standing *live, struct blocker_list *blockers);

#endif
