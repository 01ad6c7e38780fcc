/*
 * A contest as written, before it is held against itself: each value with its line, references still as text.
 *
 *   YAML tree ── contest_bind.c, by the table of contest_fields.c ──▶ draft ── contest_grow.c (entities),
 *                                                contest_rules.c (the rest) ──▶ struct contest
 *
 * Internal to contest*; the binder itself reads any file that has a table (cli/mapping.c). Whatever a field
 * binds to begins with struct drafted.
 */
#ifndef BOCHUANG_CONTEST_DRAFT_H
#define BOCHUANG_CONTEST_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/errors.h"
#include "common/yaml_tree.h"

struct drafted {
    int line;   /* 0 where there is none (an action, a contest in memory) */
    bool given; /* it stands there */
    bool good;  /* and its value can be used: what is given and not good has been complained about */
};

struct draft_text {
    struct drafted at;
    const char *text;
};

struct draft_number {
    struct drafted at;
    int64_t value;
};

struct draft_time {
    struct drafted at;
    int64_t ms;
    int offset_min;
};

struct draft_list {
    struct drafted at;
    void *items;
    size_t count;
};

struct draft_county {
    struct drafted at;
    struct draft_text id, name, name_en, city, province;
    struct draft_list tile; /* of two draft_number */
};

struct draft_division {
    struct drafted at;
    struct draft_text id, name, name_en;
};

struct draft_product {
    struct drafted at;
    struct draft_text id, name, name_en, category, county;
};

struct draft_streamer {
    struct drafted at;
    struct draft_text id, name, name_en, county, division;
};

struct draft_session {
    struct drafted at;
    struct draft_text id, name, platform, streamer;
    struct draft_time starts, ends;
};

struct draft_criterion {
    struct drafted at;
    struct draft_text id, name, name_en;
    struct draft_number max_milli;
};

struct draft_panel {
    struct drafted at;
    struct draft_list judges;   /* of draft_text */
    struct draft_list criteria; /* of draft_criterion */
};

struct draft_part {
    struct drafted at;
    struct draft_number metric, norm, judges, weight_milli, step_milli, unit, each_milli, drop;
};

struct draft_ranking {
    struct drafted at;
    struct draft_text id, name, name_en, division;
    struct draft_number of, by;
    struct draft_list score; /* of draft_part */
    struct draft_list ties;  /* of draft_number, metrics */
};

struct draft_award {
    struct drafted at;
    struct draft_text id, name, name_en, ranking;
    struct draft_number manual, from, to;
};

struct draft_contest {
    struct drafted at;
    struct draft_text contest, title, title_en;
    struct draft_time opens, closes, freezes, refunds_until;
    struct draft_number offline_needs_approval, notice_days;
    struct draft_list counties, divisions, products, streamers, sessions, rankings, awards;
    struct draft_panel panel;
};

/* --- The table of what may stand in a contest file --- */

enum field_kind {
    FIELD_TEXT,
    FIELD_ID,
    FIELD_COUNTY_ID,
    FIELD_CONTEST_ID,
    FIELD_TIME,
    FIELD_BOOL,
    FIELD_WHOLE,  /* a whole number in [least, most] */
    FIELD_MILLI,  /* a number with at most 3 decimals, [least, most] in thousandths */
    FIELD_METRIC, /* of a sum: not reached_at */
    FIELD_TIE,    /* any metric */
    FIELD_CHOICE, /* one of `choices`; the value is its place there */
    FIELD_LIST,   /* of `of`, at least `least` and at most `most` items */
    FIELD_MAP     /* one of `of` */
};

struct shape;

struct field {
    const char *name;
    enum field_kind kind;
    bool required;
    size_t offset; /* in the draft of its shape */
    int64_t least, most;
    const struct shape *of;
    const char *const *choices; /* NULL-terminated */
};

/* What a map may hold; or, with `item`, what each item of a list is when it is no map. */
struct shape {
    const char *what; /* "a county" */
    const struct field *fields;
    size_t field_count;
    size_t size;
    const struct field *item;
};

extern const struct shape contest_shape;  /* a draft_contest: the whole file */
extern const struct shape register_shape; /* a draft_contest too: what a `register` action may bring */

/* --- contest_bind.c --- */

struct binding {
    struct arena *arena;
    struct errors *errors;
    bool ignore_unknown; /* at the top: an action has members of its own */
    bool lineless;       /* complaints without line numbers */
};

/* Reads the map `root` into `draft`, which is zeroed; complains about all that does not fit the shape. */
void contest_bind(const struct binding *binding, const struct shape *shape, const struct yaml_node *root,
                  void *draft);

#endif
