/*
 * Who gets which award, by rank and, where ranks do not say, by what the panel decided; and what stands in
 * the way of a publish. Internal to the results.
 */
#ifndef BOCHUANG_AWARDS_H
#define BOCHUANG_AWARDS_H

#include "aggregator/results.h"
#include "common/action.h"

/* Keeps the decision of an `award` action, in place of an earlier one of the same award. */
void award_decisions_take(struct award_decisions *decisions, const struct action *action);
void award_decisions_free(struct award_decisions *decisions);

/* The results of all awards of the standing's contest. The caller frees. */
struct award_result *awards_make(const struct standing *standing, const struct award_decisions *decisions);
void awards_free(struct award_result *awards, size_t count);

/* --- blockers.c --- */

void blockers_add_event(struct blocker_list *list, enum fate fate, const char *streamer, struct span event);
void blockers_add_open(struct blocker_list *list);
/* What the figures themselves leave open: an open contest, missing marks, undecided ties. Call it last: it
 * also takes the number of open events from the standing, which knows all of them. */
void blockers_add_figures(struct blocker_list *list, const struct standing *standing,
                          const struct award_result *awards, size_t award_count);

/* --- versions.c --- */

/* The version of a publish. `moments` are those of all shards, none of which was open. The caller frees. */
struct results_version *version_new(const struct moment *const *moments, uint32_t shard_count,
                                    const struct award_decisions *decisions, const struct action *action,
                                    struct log_id at);
void version_free(struct results_version *version);

#endif
