/* A contest from text: a whole file, or what a `register` action adds to one. */
#include "common/arena.h"
#include "common/contest_build.h"
#include "common/limits.h"

static size_t
number_of(const struct errors *errors)
{
    return errors->count + errors->dropped;
}

/* The contest, or NULL where there were complaints since `before`. */
static struct contest *
good_or_none(struct contest *contest, const struct errors *errors, size_t before)
{
    if (number_of(errors) == before)
        return contest;
    contest_release(contest);
    return NULL;
}

/* By line, as a person goes through the file; within a line as they were found. */
static void
sort_by_line(struct errors *errors)
{
    for (size_t i = 1; i < errors->count; i++) {
        struct complaint complaint = errors->items[i];
        size_t at = i;
        for (; at > 0 && errors->items[at - 1].line > complaint.line; at--)
            errors->items[at] = errors->items[at - 1];
        errors->items[at] = complaint;
    }
}

static struct contest *
from_draft(const struct draft_contest *draft, struct errors *errors, size_t before)
{
    struct contest *contest = contest_new();
    contest_grow(contest, NULL, draft, errors);
    contest_rules_from_draft(contest, draft, errors);
    return good_or_none(contest, errors, before);
}

struct contest *
contest_load(struct span text, struct errors *errors)
{
    size_t before = number_of(errors);
    if (text.len > LIMIT_CONTEST_FILE_BYTES) {
        errors_add(errors, 0, "", "expected a file of at most %d bytes, found %zu", LIMIT_CONTEST_FILE_BYTES,
                   text.len);
        return NULL;
    }
    struct arena *scratch = arena_new();
    struct contest *contest = NULL;
    struct draft_contest draft = {0};
    const struct yaml_node *root = yaml_tree_read(text, scratch, errors);
    if (root) {
        struct binding binding = {.arena = scratch, .errors = errors};
        contest_bind(&binding, &contest_shape, root, &draft);
        if (draft.at.good)
            contest = from_draft(&draft, errors, before);
        sort_by_line(errors);
    }
    arena_free(scratch);
    return contest;
}

static struct contest *
grown(const struct contest *old, const struct draft_contest *draft, struct errors *errors, size_t before)
{
    struct contest *contest = contest_new();
    contest_grow(contest, old, draft, errors);
    contest_rules_copy(contest, NULL, old);
    return good_or_none(contest, errors, before);
}

struct contest *
contest_register(const struct contest *old, struct span json, struct errors *errors)
{
    size_t before = number_of(errors);
    struct arena *scratch = arena_new();
    struct contest *contest = NULL;
    struct draft_contest draft = {0};
    const struct yaml_node *root = yaml_tree_read(json, scratch, errors);
    if (root) {
        struct binding binding = {.arena = scratch,
                                  .errors = errors,
                                  .ignore_unknown = true,
                                  .lineless = true};
        contest_bind(&binding, &register_shape, root, &draft);
        if (draft.at.good)
            contest = grown(old, &draft, errors, before);
    }
    arena_free(scratch);
    return contest;
}

struct contest *
contest_merge(const struct contest *old, const struct contest *next, struct errors *errors)
{
    size_t before = number_of(errors);
    if (old && !span_is(span_of(next->id), old->id)) {
        errors_add(errors, 0, "contest", "expected \"%s\", the contest that is loaded, found \"%s\"", old->id,
                   next->id);
        return NULL;
    }
    struct arena *scratch = arena_new();
    struct draft_contest draft = {0};
    contest_draft_entities(next, scratch, &draft);
    struct contest *contest = contest_new();
    contest_grow(contest, old, &draft, errors);
    contest_rules_copy(contest, old, next);
    if (contest->judge_count > LIMIT_JUDGES || contest->criterion_count > LIMIT_CRITERIA)
        errors_add(errors, 0, "panel", "expected at most %d judges and %d criteria with those from before",
                   LIMIT_JUDGES, LIMIT_CRITERIA);
    arena_free(scratch);
    return good_or_none(contest, errors, before);
}
