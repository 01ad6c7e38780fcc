/* The contest file as a table: contract, section 2. */
#include "common/contest_draft.h"
#include "common/limits.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SHAPE(name, what, type)                                                                              \
    static const struct shape name##_shape = {what, name##_fields, COUNT(name##_fields), sizeof(type), NULL}
#define AT(type, member) .offset = offsetof(type, member)
#define REQUIRED .required = true
#define ENTITIES .most = LIMIT_ENTITIES

/* Weights, steps and marks: far above any rule sheet's, far below what could overflow with a metric. */
enum { POINTS_MOST_MILLI = 1000000 * 1000, PLACE_MOST = 1000000, TILE_MOST = 999 };
static const int64_t unit_most = 1000000000000000;

static const struct field tile_item = {"tile", FIELD_WHOLE, .most = TILE_MOST};
static const struct shape tile_shape = {"a tile", NULL, 0, sizeof(struct draft_number), &tile_item};

static const struct field county_fields[] = {
    {"id", FIELD_COUNTY_ID, REQUIRED, AT(struct draft_county, id)},
    {"name", FIELD_TEXT, REQUIRED, AT(struct draft_county, name)},
    {"name_en", FIELD_TEXT, AT(struct draft_county, name_en)},
    {"city", FIELD_TEXT, AT(struct draft_county, city)},
    {"province", FIELD_TEXT, AT(struct draft_county, province)},
    {"tile", FIELD_LIST, AT(struct draft_county, tile), .least = 2, .most = 2, .of = &tile_shape},
};
SHAPE(county, "a county", struct draft_county);

static const struct field division_fields[] = {
    {"id", FIELD_ID, REQUIRED, AT(struct draft_division, id)},
    {"name", FIELD_TEXT, REQUIRED, AT(struct draft_division, name)},
    {"name_en", FIELD_TEXT, AT(struct draft_division, name_en)},
};
SHAPE(division, "a division", struct draft_division);

static const struct field product_fields[] = {
    {"id", FIELD_ID, REQUIRED, AT(struct draft_product, id)},
    {"name", FIELD_TEXT, REQUIRED, AT(struct draft_product, name)},
    {"name_en", FIELD_TEXT, AT(struct draft_product, name_en)},
    {"county", FIELD_COUNTY_ID, REQUIRED, AT(struct draft_product, county)},
    {"category", FIELD_TEXT, AT(struct draft_product, category)},
};
SHAPE(product, "a product", struct draft_product);

static const struct field streamer_fields[] = {
    {"id", FIELD_ID, REQUIRED, AT(struct draft_streamer, id)},
    {"name", FIELD_TEXT, REQUIRED, AT(struct draft_streamer, name)},
    {"name_en", FIELD_TEXT, AT(struct draft_streamer, name_en)},
    {"county", FIELD_COUNTY_ID, REQUIRED, AT(struct draft_streamer, county)},
    {"division", FIELD_ID, AT(struct draft_streamer, division)},
};
SHAPE(streamer, "a streamer", struct draft_streamer);

static const struct field session_fields[] = {
    {"id", FIELD_ID, REQUIRED, AT(struct draft_session, id)},
    {"name", FIELD_TEXT, AT(struct draft_session, name)},
    {"streamer", FIELD_ID, REQUIRED, AT(struct draft_session, streamer)},
    {"platform", FIELD_TEXT, AT(struct draft_session, platform)},
    {"starts", FIELD_TIME, REQUIRED, AT(struct draft_session, starts)},
    {"ends", FIELD_TIME, REQUIRED, AT(struct draft_session, ends)},
};
SHAPE(session, "a session", struct draft_session);

static const struct field judge_item = {.name = "judges", .kind = FIELD_ID};
static const struct shape judge_shape = {"a judge", NULL, 0, sizeof(struct draft_text), &judge_item};

static const struct field criterion_fields[] = {
    {"id", FIELD_ID, REQUIRED, AT(struct draft_criterion, id)},
    {"name", FIELD_TEXT, REQUIRED, AT(struct draft_criterion, name)},
    {"name_en", FIELD_TEXT, AT(struct draft_criterion, name_en)},
    {"max", FIELD_MILLI, REQUIRED, AT(struct draft_criterion, max_milli), 1, POINTS_MOST_MILLI},
};
SHAPE(criterion, "a criterion", struct draft_criterion);

static const struct field panel_fields[] = {
    {"judges", FIELD_LIST, REQUIRED, AT(struct draft_panel, judges), 1, LIMIT_JUDGES, &judge_shape},
    {"criteria", FIELD_LIST, REQUIRED, AT(struct draft_panel, criteria), 1, LIMIT_CRITERIA, &criterion_shape},
};
SHAPE(panel, "a panel", struct draft_panel);

/* In the order of enum entity_kind and enum score_norm. */
static const char *const kinds[] = {"county", "streamer", "product", "session", "city", "division", NULL};
static const char *const norms[] = {"ratio_to_max", "rank_step", "per_unit", NULL};
static const char *const jury_means[] = {"trimmed_mean", NULL};

static const struct field part_fields[] = {
    {"metric", FIELD_METRIC, AT(struct draft_part, metric)},
    {"norm", FIELD_CHOICE, AT(struct draft_part, norm), .choices = norms},
    {"judges", FIELD_CHOICE, AT(struct draft_part, judges), .choices = jury_means},
    {"weight", FIELD_MILLI, REQUIRED, AT(struct draft_part, weight_milli), 0, POINTS_MOST_MILLI},
    {"step", FIELD_MILLI, AT(struct draft_part, step_milli), .most = POINTS_MOST_MILLI},
    {"unit", FIELD_WHOLE, AT(struct draft_part, unit), .least = 1, .most = unit_most},
    {"each", FIELD_MILLI, AT(struct draft_part, each_milli), .most = POINTS_MOST_MILLI},
    {"drop", FIELD_WHOLE, AT(struct draft_part, drop), .most = 1},
};
SHAPE(part, "a part of the score", struct draft_part);

static const struct field tie_item = {.name = "ties", .kind = FIELD_TIE};
static const struct shape tie_shape = {"a metric", NULL, 0, sizeof(struct draft_number), &tie_item};

static const struct field ranking_fields[] = {
    {"id", FIELD_ID, REQUIRED, AT(struct draft_ranking, id)},
    {"name", FIELD_TEXT, REQUIRED, AT(struct draft_ranking, name)},
    {"name_en", FIELD_TEXT, AT(struct draft_ranking, name_en)},
    {"of", FIELD_CHOICE, REQUIRED, AT(struct draft_ranking, of), .choices = kinds},
    {"division", FIELD_ID, AT(struct draft_ranking, division)},
    {"by", FIELD_METRIC, AT(struct draft_ranking, by)},
    {"score", FIELD_LIST, AT(struct draft_ranking, score), .least = 1, .most = LIMIT_SCORE_PARTS,
     .of = &part_shape},
    {"ties", FIELD_LIST, AT(struct draft_ranking, ties), .most = LIMIT_TIES, .of = &tie_shape},
};
SHAPE(ranking, "a ranking", struct draft_ranking);

static const struct field award_fields[] = {
    {"id", FIELD_ID, REQUIRED, AT(struct draft_award, id)},
    {"name", FIELD_TEXT, REQUIRED, AT(struct draft_award, name)},
    {"name_en", FIELD_TEXT, AT(struct draft_award, name_en)},
    {"ranking", FIELD_ID, AT(struct draft_award, ranking)},
    {"from", FIELD_WHOLE, AT(struct draft_award, from), .least = 1, .most = PLACE_MOST},
    {"to", FIELD_WHOLE, AT(struct draft_award, to), .least = 1, .most = PLACE_MOST},
    {"manual", FIELD_BOOL, AT(struct draft_award, manual)},
};
SHAPE(award, "an award", struct draft_award);

static const struct field contest_fields[] = {
    {"contest", FIELD_CONTEST_ID, REQUIRED, AT(struct draft_contest, contest)},
    {"title", FIELD_TEXT, REQUIRED, AT(struct draft_contest, title)},
    {"title_en", FIELD_TEXT, AT(struct draft_contest, title_en)},
    {"opens", FIELD_TIME, REQUIRED, AT(struct draft_contest, opens)},
    {"closes", FIELD_TIME, REQUIRED, AT(struct draft_contest, closes)},
    {"freezes", FIELD_TIME, AT(struct draft_contest, freezes)},
    {"refunds_until", FIELD_TIME, AT(struct draft_contest, refunds_until)},
    {"offline_needs_approval", FIELD_BOOL, AT(struct draft_contest, offline_needs_approval)},
    {"notice_days", FIELD_WHOLE, AT(struct draft_contest, notice_days), .most = LIMIT_NOTICE_DAYS},
    {"counties", FIELD_LIST, REQUIRED, AT(struct draft_contest, counties), 1, LIMIT_ENTITIES, &county_shape},
    {"divisions", FIELD_LIST, AT(struct draft_contest, divisions), ENTITIES, .of = &division_shape},
    {"products", FIELD_LIST, REQUIRED, AT(struct draft_contest, products), ENTITIES, .of = &product_shape},
    {"streamers", FIELD_LIST, REQUIRED, AT(struct draft_contest, streamers), ENTITIES, .of = &streamer_shape},
    {"sessions", FIELD_LIST, REQUIRED, AT(struct draft_contest, sessions), ENTITIES, .of = &session_shape},
    {"panel", FIELD_MAP, AT(struct draft_contest, panel), .of = &panel_shape},
    {"rankings", FIELD_LIST, AT(struct draft_contest, rankings), .most = LIMIT_RANKINGS,
     .of = &ranking_shape},
    {"awards", FIELD_LIST, AT(struct draft_contest, awards), .most = LIMIT_RANKINGS, .of = &award_shape},
};
const struct shape contest_shape = {"a contest", contest_fields, COUNT(contest_fields),
                                    sizeof(struct draft_contest), NULL};

static const struct field register_fields[] = {
    {"counties", FIELD_LIST, AT(struct draft_contest, counties), ENTITIES, .of = &county_shape},
    {"products", FIELD_LIST, AT(struct draft_contest, products), ENTITIES, .of = &product_shape},
    {"streamers", FIELD_LIST, AT(struct draft_contest, streamers), ENTITIES, .of = &streamer_shape},
    {"sessions", FIELD_LIST, AT(struct draft_contest, sessions), ENTITIES, .of = &session_shape},
};
const struct shape register_shape = {"a register", register_fields, COUNT(register_fields),
                                     sizeof(struct draft_contest), NULL};
