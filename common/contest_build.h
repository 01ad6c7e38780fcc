/*
 * Making a contest, internal to contest*. A new contest is filled in two steps: its entities (contest_grow),
 * then its rules, that is settings, panel, rankings and awards (contest_rules_from_draft or _copy).
 */
#ifndef BOCHUANG_CONTEST_BUILD_H
#define BOCHUANG_CONTEST_BUILD_H

#include "common/contest.h"
#include "common/contest_draft.h"

/* Empty, with one holder; for contest_release(). */
struct contest *contest_new(void);

/*
 * Fills the entities of a new contest: those of `old` (NULL: none) with their indices, then those of `draft`,
 * which correct an entity of the same id or come behind. A value that the draft does not give stays as it
 * was. Complains about references to nothing, about ids given twice, and where a county or streamer would
 * change.
 */
void contest_grow(struct contest *contest, const struct contest *old, const struct draft_contest *draft,
                  struct errors *errors);

/* The entities of a contest as a draft that gives every value; strings stay the contest's. */
void contest_draft_entities(const struct contest *contest, struct arena *arena, struct draft_contest *draft);

/* Fills the rules of a contest that has its entities; complains about all that does not fit. */
void contest_rules_from_draft(struct contest *contest, const struct draft_contest *draft,
                              struct errors *errors);

/*
 * Fills them from another contest, whose divisions are all in this one. Judges and criteria of `first` (NULL:
 * none) keep their indices and stay, since marks name them; those of `from` correct them or come behind.
 */
void contest_rules_copy(struct contest *contest, const struct contest *first, const struct contest *from);

#endif
