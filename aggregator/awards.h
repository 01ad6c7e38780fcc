/*
 * Who gets which award: by rank, and where ranks do not say, by what the panel decided. Internal to the
 * results.
 */
#ifndef BOCHUANG_AWARDS_H
#define BOCHUANG_AWARDS_H

#include "aggregator/results.h"
#include "common/action.h"

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

/* Keeps the decision of an `award` action, in place of an earlier one of the same award. */
void award_decisions_take(struct award_decisions *decisions, const struct action *action);
void award_decisions_free(struct award_decisions *decisions);

/* The results of all awards of the standing's contest. The caller frees. */
struct award_result *awards_make(const struct standing *standing, const struct award_decisions *decisions);
void awards_free(struct award_result *awards, size_t count);

/* --- blockers.c --- */
void blockers_add_matter(struct blocker_list *list, const struct contest *contest,
                         const struct open_matter *matter);
/* What the figures themselves leave open: an open contest, missing marks, undecided ties. */
void blockers_add_figures(struct blocker_list *list, const struct standing *standing,
                          const struct award_result *awards, size_t award_count);

#endif
