/*
 * The registry: the part of the log's state that both sides need, who takes part and whether the contest
 * is open. Ingest keeps one to admit events, each fold keeps one; both feed it the same entries in the same
 * order, so both always agree.
 */
#ifndef BOCHUANG_REGISTRY_H
#define BOCHUANG_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/action.h"
#include "common/contest.h"

struct registry;

struct registry *registry_new(void);
void registry_free(struct registry *registry);

enum registry_outcome {
    REGISTRY_APPLIED,
    REGISTRY_DUPLICATE, /* an action with this id and content was there before: no effect */
    REGISTRY_CONFLICT,  /* an action with this id and other content was there before: no effect */
    REGISTRY_REFUSED, /* the contest cannot take it (a register or a document that does not fit): no effect */
};

/* A contest document of the log (contest_to_json's bytes). The same document again is a duplicate. */
enum registry_outcome registry_apply_document(struct registry *registry, struct span json, int64_t log_ms);

/* Any action of the log: registers entities, closes and reopens; for other types it only keeps the id. */
enum registry_outcome registry_apply_action(struct registry *registry, const struct action *action);

/* The contest as it now stands; NULL before the first document. Borrowed: contest_hold() to keep it. */
struct contest *registry_contest(const struct registry *registry);
bool registry_closed(const struct registry *registry);
/* When the newest document was loaded, by the log's time: scheduled actions before it never happen. */
int64_t registry_loaded_ms(const struct registry *registry);
/* True where an action of this id has been applied. */
bool registry_has_action(const struct registry *registry, struct span id);

#endif
