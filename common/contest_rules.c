/*
 * The rules of a contest as written: when it is open, who judges, how it is ranked, what can be won. Each
 * function turns a draft into its structure and complains about what does not go together.
 */
#include <stdarg.h>
#include <stdio.h>

#include "common/arena.h"
#include "common/contest_build.h"
#include "common/contest_index.h"
#include "common/sentence.h"

enum { PATH_SIZE = 96 };

struct rules {
    struct contest *contest;
    const struct draft_contest *draft;
    struct errors *errors;
    char path[PATH_SIZE]; /* "rankings[3]", of the thing at hand */
};

static void __attribute__((format(printf, 4, 5)))
complain(struct rules *rules, int line, const char *field, const char *format, ...)
{
    char path[PATH_SIZE * 2], message[400];
    snprintf(path, sizeof path, "%s%s%s", rules->path, rules->path[0] && field[0] ? "." : "", field);
    va_list arguments;
    va_start(arguments, format);
    sentence_write(message, sizeof message, format, arguments);
    va_end(arguments);
    errors_add(rules->errors, line, path, "%s", message);
}

static const char *
text_of(struct rules *rules, const struct draft_text *draft)
{
    return arena_text(rules->contest->arena, span_of(draft->at.good ? draft->text : ""));
}

/* Enters an id under its kind; complains about one that is given twice. NULL where it cannot stand. */
static const char *
enter_id(struct rules *rules, enum indexed kind, const struct draft_text *id, const char *field, uint32_t at)
{
    if (!id->at.good)
        return NULL;
    if (contest_index_find(rules->contest->index, kind, span_of(id->text)) != CONTEST_NONE) {
        complain(rules, id->at.line, field, "expected each id once, found \"%s\" again", id->text);
        return NULL;
    }
    const char *copy = text_of(rules, id);
    contest_index_put(rules->contest->index, kind, copy, at);
    return copy;
}

/* --- Windows --- */

/* Complains where a time is not after (or, `or_at`, at) the earlier one. */
static void
check_order(struct rules *rules, const struct draft_time *earlier, const char *earlier_name,
            const struct draft_time *later, const char *later_name, bool or_at)
{
    if (!earlier->at.good || !later->at.good)
        return;
    if (later->ms > earlier->ms || (or_at && later->ms == earlier->ms))
        return;
    complain(rules, later->at.line, later_name, "expected a time %s \"%s\", found an earlier%s one",
             or_at ? "not before" : "after", earlier_name, or_at ? "" : " or the same");
}

static void
make_windows(struct rules *rules)
{
    const struct draft_contest *draft = rules->draft;
    struct contest *contest = rules->contest;
    check_order(rules, &draft->opens, "opens", &draft->closes, "closes", false);
    check_order(rules, &draft->opens, "opens", &draft->freezes, "freezes", false);
    if (draft->freezes.at.good && draft->closes.at.good && draft->freezes.ms > draft->closes.ms)
        complain(rules, draft->freezes.at.line, "freezes",
                 "expected a time not after \"closes\", found a later one");
    check_order(rules, &draft->closes, "closes", &draft->refunds_until, "refunds_until", true);
    contest->opens_ms = draft->opens.ms;
    contest->closes_ms = draft->closes.ms;
    contest->utc_offset_min = draft->opens.offset_min;
    contest->freezes_ms = draft->freezes.at.good ? draft->freezes.ms : CONTEST_NEVER;
    contest->refunds_until_ms = draft->refunds_until.at.good ? draft->refunds_until.ms : draft->closes.ms;
}

/* --- The panel --- */

static void
make_judges(struct rules *rules, const struct draft_list *list)
{
    const struct draft_text *drafts = list->items;
    const char **judges = arena_array(rules->contest->arena, list->count, sizeof *judges);
    for (size_t i = 0; i < list->count; i++) {
        snprintf(rules->path, PATH_SIZE, "panel.judges[%zu]", i);
        judges[i] = enter_id(rules, INDEX_JUDGE, &drafts[i], "", (uint32_t)i);
    }
    rules->contest->judges = judges;
    rules->contest->judge_count = list->count;
}

static void
make_criteria(struct rules *rules, const struct draft_list *list)
{
    const struct draft_criterion *drafts = list->items;
    struct criterion *criteria = arena_array(rules->contest->arena, list->count, sizeof *criteria);
    for (size_t i = 0; i < list->count; i++) {
        snprintf(rules->path, PATH_SIZE, "panel.criteria[%zu]", i);
        criteria[i] =
            (struct criterion){.id = enter_id(rules, INDEX_CRITERION, &drafts[i].id, "id", (uint32_t)i),
                               .name = text_of(rules, &drafts[i].name),
                               .name_en = text_of(rules, &drafts[i].name_en),
                               .max_milli = drafts[i].max_milli.value};
    }
    rules->contest->criteria = criteria;
    rules->contest->criterion_count = list->count;
}

/* --- Rankings --- */

/* Refuses, among products, a metric that only whole streamers and sessions have. */
static void
check_metric(struct rules *rules, const struct draft_number *metric, const char *field, enum entity_kind of)
{
    if (metric->at.good && of == ENTITY_PRODUCT && !metric_is_of_sales((enum metric)metric->value))
        complain(
            rules, metric->at.line, field,
            "expected a metric of sales, since a product has no sessions, videos or viewers, found \"%s\"",
            metric_name((enum metric)metric->value));
}

#define BIT(norm) (1u << (norm))
#define METRIC_NORMS (BIT(NORM_RATIO_TO_MAX) | BIT(NORM_RANK_STEP) | BIT(NORM_PER_UNIT))

/* Which fields a part of the score needs, and which it may have, by its norm. */
static const struct part_rule {
    const char *name;
    size_t offset;
    unsigned needed, allowed;
} part_rules[] = {
    {"metric", offsetof(struct draft_part, metric), METRIC_NORMS, METRIC_NORMS},
    {"norm", offsetof(struct draft_part, norm), METRIC_NORMS, METRIC_NORMS},
    {"step", offsetof(struct draft_part, step_milli), BIT(NORM_RANK_STEP), BIT(NORM_RANK_STEP)},
    {"unit", offsetof(struct draft_part, unit), BIT(NORM_PER_UNIT), BIT(NORM_PER_UNIT)},
    {"each", offsetof(struct draft_part, each_milli), BIT(NORM_PER_UNIT), BIT(NORM_PER_UNIT)},
    {"drop", offsetof(struct draft_part, drop), 0, BIT(NORM_TRIMMED_MEAN)},
};

static const char *const norm_texts[] = {"norm: ratio_to_max", "norm: rank_step", "norm: per_unit",
                                         "judges: trimmed_mean"};

static void
check_part_fields(struct rules *rules, const struct draft_part *part, enum score_norm norm)
{
    for (size_t i = 0; i < sizeof part_rules / sizeof *part_rules; i++) {
        const struct part_rule *rule = &part_rules[i];
        const struct drafted *slot = (const struct drafted *)((const char *)part + rule->offset);
        if (slot->given && !(rule->allowed & BIT(norm)))
            complain(rules, slot->line, rule->name, "expected no such field with \"%s\", found one",
                     norm_texts[norm]);
        if (!slot->given && (rule->needed & BIT(norm)))
            complain(rules, part->at.line, rule->name, "expected this field with \"%s\", found none",
                     norm_texts[norm]);
    }
}

static void
check_jury(struct rules *rules, const struct draft_part *part, enum entity_kind of)
{
    if (of != ENTITY_STREAMER)
        complain(rules, part->judges.at.line, "judges",
                 "expected the jury's marks in a ranking \"of: streamer\" only, found them in another");
    if (!rules->draft->panel.at.given)
        complain(rules, part->judges.at.line, "judges", "expected a \"panel\" in this file, found none");
}

/* Without a norm nothing else of the part can be judged. */
static void
make_part(struct rules *rules, const struct draft_part *draft, enum entity_kind of, struct score_part *part)
{
    if (!draft->judges.at.given && !draft->norm.at.given) {
        complain(rules, draft->at.line, "norm",
                 "expected ratio_to_max | rank_step | per_unit (or \"judges: trimmed_mean\"), found none");
        return;
    }
    if (draft->judges.at.given ? !draft->judges.at.good : !draft->norm.at.good)
        return;
    part->norm = draft->judges.at.given ? NORM_TRIMMED_MEAN : (enum score_norm)draft->norm.value;
    part->metric = (enum metric)draft->metric.value;
    part->weight_milli = draft->weight_milli.value;
    part->step_milli = draft->step_milli.value;
    part->unit = draft->unit.value;
    part->each_milli = draft->each_milli.value;
    if (part->norm == NORM_TRIMMED_MEAN)
        part->drop = draft->drop.at.given ? (int)draft->drop.value : 1;
    check_part_fields(rules, draft, part->norm);
    check_metric(rules, &draft->metric, "metric", of);
    if (part->norm == NORM_TRIMMED_MEAN)
        check_jury(rules, draft, of);
}

static void
make_parts(struct rules *rules, const struct draft_ranking *draft, size_t at, struct ranking *ranking)
{
    const struct draft_part *drafts = draft->score.items;
    struct score_part *parts = arena_array(rules->contest->arena, draft->score.count, sizeof *parts);
    for (size_t i = 0; i < draft->score.count; i++) {
        snprintf(rules->path, PATH_SIZE, "rankings[%zu].score[%zu]", at, i);
        if (drafts[i].at.good)
            make_part(rules, &drafts[i], ranking->of, &parts[i]);
    }
    ranking->parts = parts;
    ranking->part_count = draft->score.count;
}

static void
make_ties(struct rules *rules, const struct draft_list *draft, size_t at, struct ranking *ranking)
{
    static const enum metric by_default[] = {METRIC_NET, METRIC_ORDERS, METRIC_REACHED_AT};
    const struct draft_number *drafts = draft->items;
    size_t count = draft->at.given ? draft->count : sizeof by_default / sizeof *by_default;
    enum metric *ties = arena_array(rules->contest->arena, count, sizeof *ties);
    for (size_t i = 0; i < count; i++) {
        snprintf(rules->path, PATH_SIZE, "rankings[%zu].ties[%zu]", at, i);
        if (draft->at.given)
            check_metric(rules, &drafts[i], "", ranking->of);
        ties[i] = draft->at.given ? (enum metric)drafts[i].value : by_default[i];
    }
    ranking->ties = ties;
    ranking->tie_count = count;
}

static uint32_t
find_division(struct rules *rules, const struct draft_ranking *draft)
{
    const struct draft_text *division = &draft->division;
    if (!division->at.good)
        return CONTEST_NONE;
    if (draft->of.at.good && draft->of.value != ENTITY_STREAMER)
        complain(rules, division->at.line, "division",
                 "expected a division in a ranking \"of: streamer\" only, found one in another");
    uint32_t found = contest_find_division(rules->contest, span_of(division->text));
    if (found == CONTEST_NONE)
        complain(rules, division->at.line, "division",
                 "expected the id of a division listed under \"divisions\", found \"%s\"", division->text);
    return found;
}

static void
make_ranking(struct rules *rules, const struct draft_ranking *draft, size_t at, struct ranking *ranking)
{
    *ranking = (struct ranking){.id = enter_id(rules, INDEX_RANKING, &draft->id, "id", (uint32_t)at),
                                .name = text_of(rules, &draft->name),
                                .name_en = text_of(rules, &draft->name_en),
                                .of = draft->of.at.good ? (enum entity_kind)draft->of.value : ENTITY_STREAMER,
                                .division = find_division(rules, draft),
                                .by_points = draft->score.at.given,
                                .by = (enum metric)draft->by.value};
    if (draft->by.at.given == draft->score.at.given)
        complain(rules, draft->by.at.given ? draft->by.at.line : draft->at.line, "by",
                 "expected either \"by\" (a metric) or \"score\" (points), found %s",
                 draft->by.at.given ? "both" : "neither");
    check_metric(rules, &draft->by, "by", ranking->of);
    make_parts(rules, draft, at, ranking);
    make_ties(rules, &draft->ties, at, ranking);
}

static void
make_rankings(struct rules *rules, const struct draft_list *list)
{
    const struct draft_ranking *drafts = list->items;
    struct ranking *rankings = arena_array(rules->contest->arena, list->count, sizeof *rankings);
    for (size_t i = 0; i < list->count; i++) {
        snprintf(rules->path, PATH_SIZE, "rankings[%zu]", i);
        if (drafts[i].at.good)
            make_ranking(rules, &drafts[i], i, &rankings[i]);
    }
    rules->contest->rankings = rankings;
    rules->contest->ranking_count = list->count;
}

/* --- Awards --- */

static void
check_manual(struct rules *rules, const struct draft_award *draft)
{
    const struct drafted *places[] = {&draft->ranking.at, &draft->from.at, &draft->to.at};
    static const char *const names[] = {"ranking", "from", "to"};
    bool manual = draft->manual.value;
    for (size_t i = 0; i < 3; i++) {
        if (manual && places[i]->given)
            complain(rules, places[i]->line, names[i], "expected no such field in a manual award, found one");
        if (!manual && !places[i]->given)
            complain(rules, draft->at.line, names[i],
                     "expected this field of an award (or \"manual: true\"), found none");
    }
}

static void
make_award(struct rules *rules, const struct draft_award *draft, size_t at, struct award *award)
{
    *award = (struct award){.id = enter_id(rules, INDEX_AWARD, &draft->id, "id", (uint32_t)at),
                            .name = text_of(rules, &draft->name),
                            .name_en = text_of(rules, &draft->name_en),
                            .manual = draft->manual.value,
                            .ranking = CONTEST_NONE,
                            .from = (int)draft->from.value,
                            .to = (int)draft->to.value};
    check_manual(rules, draft);
    if (draft->from.at.good && draft->to.at.good && award->to < award->from)
        complain(rules, draft->to.at.line, "to", "expected a place from \"from\" on, found one before it");
    if (!draft->ranking.at.good)
        return;
    award->ranking = contest_find_ranking(rules->contest, span_of(draft->ranking.text));
    bool list_is_bad = rules->draft->rankings.at.given && !rules->draft->rankings.at.good;
    if (award->ranking == CONTEST_NONE && !list_is_bad)
        complain(rules, draft->ranking.at.line, "ranking",
                 "expected the id of a ranking listed under \"rankings\", found \"%s\"", draft->ranking.text);
}

static void
make_awards(struct rules *rules, const struct draft_list *list)
{
    const struct draft_award *drafts = list->items;
    struct award *awards = arena_array(rules->contest->arena, list->count, sizeof *awards);
    for (size_t i = 0; i < list->count; i++) {
        snprintf(rules->path, PATH_SIZE, "awards[%zu]", i);
        if (drafts[i].at.good)
            make_award(rules, &drafts[i], i, &awards[i]);
    }
    rules->contest->awards = awards;
    rules->contest->award_count = list->count;
}

void
contest_rules_from_draft(struct contest *contest, const struct draft_contest *draft, struct errors *errors)
{
    struct rules rules = {.contest = contest, .draft = draft, .errors = errors};
    contest->id = text_of(&rules, &draft->contest);
    contest->title = text_of(&rules, &draft->title);
    contest->title_en = text_of(&rules, &draft->title_en);
    contest->offline_needs_approval = draft->offline_needs_approval.value;
    contest->notice_days = (int)draft->notice_days.value;
    make_windows(&rules);
    make_judges(&rules, &draft->panel.judges);
    make_criteria(&rules, &draft->panel.criteria);
    make_rankings(&rules, &draft->rankings);
    make_awards(&rules, &draft->awards);
}
