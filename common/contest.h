/*
 * The contest: who takes part, what is sold, when, and how it is ranked (contract, section 2).
 *
 * A contest is immutable once made. It grows by making a new one: contest_merge() takes a changed file,
 * contest_register() a `register` action; both keep every entity's index, so that whoever keeps figures
 * by index (the cube) goes on with the new contest as it is. All strings belong to the contest.
 *
 * Pure: no I/O, no clock.
 */
#ifndef BOCHUANG_CONTEST_H
#define BOCHUANG_CONTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/errors.h"
#include "common/metric.h"
#include "common/span.h"

#define CONTEST_NONE UINT32_MAX /* the index of no entity */
#define CONTEST_NEVER INT64_MAX /* the time of what is not set */

struct county {
    const char *id, *name, *name_en, *city, *province; /* name_en, city, province: "" where not given */
    int tile_column, tile_row;                         /* -1 where not given */
};

struct division {
    const char *id, *name, *name_en;
};

struct product {
    const char *id, *name, *name_en, *category;
    uint32_t county;
};

struct streamer {
    const char *id, *name, *name_en;
    uint32_t county;
    uint32_t division; /* or CONTEST_NONE */
};

struct session {
    const char *id, *name, *platform;
    uint32_t streamer;
    int64_t starts_ms, ends_ms;
};

struct criterion {
    const char *id, *name, *name_en;
    int64_t max_milli;
};

/* What a ranking ranks. */
enum entity_kind {
    ENTITY_COUNTY,
    ENTITY_STREAMER,
    ENTITY_PRODUCT,
    ENTITY_SESSION,
    ENTITY_CITY,
    ENTITY_DIVISION,
};

enum score_norm {
    NORM_RATIO_TO_MAX,
    NORM_RANK_STEP,
    NORM_PER_UNIT,
    NORM_TRIMMED_MEAN, /* the jury's part; it has no metric */
};

struct score_part {
    enum score_norm norm;
    enum metric metric;
    int64_t weight_milli;
    int64_t step_milli; /* rank_step */
    int64_t unit;       /* per_unit: in units of the metric, >= 1 */
    int64_t each_milli; /* per_unit */
    int drop;           /* trimmed_mean: marks dropped at each end, 0 or 1 */
};

struct ranking {
    const char *id, *name, *name_en;
    enum entity_kind of;
    uint32_t division; /* only its streamers; or CONTEST_NONE */
    bool by_points;    /* score parts rather than one metric */
    enum metric by;
    const struct score_part *parts;
    size_t part_count;
    const enum metric *ties; /* METRIC_REACHED_AT allowed here */
    size_t tie_count;
};

struct award {
    const char *id, *name, *name_en;
    bool manual;
    uint32_t ranking; /* where not manual */
    int from, to;     /* places, from 1 */
};

struct contest_index; /* open-addressed table from id to index */

struct contest {
    const char *id, *title, *title_en;
    int64_t opens_ms, closes_ms, refunds_until_ms;
    int64_t freezes_ms; /* or CONTEST_NEVER */
    int utc_offset_min; /* of `opens`: local time for people and for day buckets */
    bool offline_needs_approval;
    int notice_days; /* of public notice between a publish and its finalise; 0: none. Shown, not enforced */

    const struct county *counties;
    const struct division *divisions;
    const struct product *products;
    const struct streamer *streamers;
    const struct session *sessions;
    const char *const *judges;
    const struct criterion *criteria;
    const struct ranking *rankings;
    const struct award *awards;
    const char *const *cities; /* the distinct, non-empty ones of the counties, in their order */
    size_t county_count, division_count, product_count, streamer_count, session_count;
    size_t judge_count, criterion_count, ranking_count, award_count, city_count;

    struct contest_index *index; /* owned */
    uint32_t holders;            /* see contest_hold() */
    struct arena *arena;         /* owned: every string and array above */
};

/*
 * Reads a contest from YAML (and so from JSON too). NULL when anything is wrong; `errors` then lists all
 * that was found, each with its line. The caller holds it, and gives it back with contest_release().
 */
struct contest *contest_load(struct span text, struct errors *errors);

/*
 * The contest that results when the file `next` is loaded over `old` (NULL at first): settings, rankings and
 * awards come from `next`; entities, judges and criteria are the union, those of `old` keep their index
 * (marks and figures stand under it) and take what `next` says of them. Refused, with errors, when the
 * contest's id differs, or when the county of a product or a streamer, or the streamer of a session, would
 * change.
 */
struct contest *contest_merge(const struct contest *old, const struct contest *next, struct errors *errors);

/*
 * The contest after a `register` action whose object is `json` (its `counties`, `products`, `streamers`
 * and `sessions` as in the contest file; other members are ignored). Refused as contest_merge() refuses.
 */
struct contest *contest_register(const struct contest *old, struct span json, struct errors *errors);

/*
 * Adds the contest as one JSON object with the fields of the file; contest_load() reads it back to an equal
 * contest, and equal contests give equal bytes. This is how a contest stands in the log.
 */
void contest_to_json(const struct contest *contest, struct buf *out);

/* A contest has as many holders as were added, and dies with the last. contest_release(NULL) does nothing. */
struct contest *contest_hold(struct contest *contest);
void contest_release(struct contest *contest);

/* Index of an id, or CONTEST_NONE. Constant time. */
uint32_t contest_find_county(const struct contest *contest, struct span id);
uint32_t contest_find_division(const struct contest *contest, struct span id);
uint32_t contest_find_product(const struct contest *contest, struct span id);
uint32_t contest_find_streamer(const struct contest *contest, struct span id);
uint32_t contest_find_session(const struct contest *contest, struct span id);
uint32_t contest_find_judge(const struct contest *contest, struct span id);
uint32_t contest_find_criterion(const struct contest *contest, struct span id);
uint32_t contest_find_ranking(const struct contest *contest, struct span id);
uint32_t contest_find_award(const struct contest *contest, struct span id);

/* [A-Za-z0-9._:-]{1,64}; a county's: 1 to 12 digits; a contest's: [a-z0-9-]{1,40}. */
bool id_is_valid(struct span id);
bool id_is_county(struct span id);
bool id_is_contest(struct span id);

/* The shard, 0 to shards - 1, that holds a streamer's events: FNV-1a (64 bit) of its id modulo `shards`. */
uint32_t contest_shard_of(const char *streamer_id, uint32_t shards);

#endif
