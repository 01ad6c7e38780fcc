#include "aggregator/rank.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/score.h"
#include "common/money.h"

/* --- Entities --- */

const char *
rank_entity_id(const struct contest *contest, enum entity_kind kind, uint32_t entity)
{
    switch (kind) {
    case ENTITY_COUNTY:
        return contest->counties[entity].id;
    case ENTITY_STREAMER:
        return contest->streamers[entity].id;
    case ENTITY_PRODUCT:
        return contest->products[entity].id;
    case ENTITY_SESSION:
        return contest->sessions[entity].id;
    case ENTITY_CITY:
        return contest->cities[entity];
    case ENTITY_DIVISION:
        break;
    }
    return contest->divisions[entity].id;
}

const char *
rank_entity_name(const struct contest *contest, enum entity_kind kind, uint32_t entity)
{
    const char *name = NULL;
    switch (kind) {
    case ENTITY_COUNTY:
        name = contest->counties[entity].name;
        break;
    case ENTITY_STREAMER:
        name = contest->streamers[entity].name;
        break;
    case ENTITY_PRODUCT:
        name = contest->products[entity].name;
        break;
    case ENTITY_SESSION:
        name = contest->sessions[entity].name;
        break;
    case ENTITY_DIVISION:
        name = contest->divisions[entity].name;
        break;
    case ENTITY_CITY:
        break;
    }
    return name && *name ? name : rank_entity_id(contest, kind, entity);
}

static uint32_t
find_city(const struct contest *contest, struct span name)
{
    for (size_t i = 0; i < contest->city_count; i++) {
        if (span_is(name, contest->cities[i]))
            return (uint32_t)i;
    }
    return CONTEST_NONE;
}

uint32_t
rank_entity_find(const struct contest *contest, enum entity_kind kind, struct span id)
{
    switch (kind) {
    case ENTITY_COUNTY:
        return contest_find_county(contest, id);
    case ENTITY_STREAMER:
        return contest_find_streamer(contest, id);
    case ENTITY_PRODUCT:
        return contest_find_product(contest, id);
    case ENTITY_SESSION:
        return contest_find_session(contest, id);
    case ENTITY_DIVISION:
        return contest_find_division(contest, id);
    case ENTITY_CITY:
        break;
    }
    return find_city(contest, id);
}

/* A disqualified streamer leaves the rankings of streamers; its figures stay wherever else they count. */
static bool
takes_part(const struct standing *standing, const struct ranking *ranking, uint32_t entity)
{
    if (ranking->of != ENTITY_STREAMER)
        return true;
    bool in_division = ranking->division == CONTEST_NONE ||
                       standing->contest->streamers[entity].division == ranking->division;
    return in_division && !standing_disqualified(standing, entity);
}

static void
gather_rows(const struct standing *standing, struct rank_table *table)
{
    const struct ranking *ranking = table->ranking;
    size_t count;
    struct figures *figures = tally_entities(standing, ranking->of, &count);
    table->rows = calloc(count + 1, sizeof *table->rows);
    if (!table->rows)
        abort();
    for (size_t i = 0; i < count; i++) {
        uint32_t entity = (uint32_t)i;
        if (!takes_part(standing, ranking, entity))
            continue;
        table->rows[table->row_count++] =
            (struct rank_row){.entity = entity,
                              .id = rank_entity_id(standing->contest, ranking->of, entity),
                              .name = rank_entity_name(standing->contest, ranking->of, entity),
                              .figures = figures[i]};
    }
    free(figures);
}

/* --- Order --- */

static int64_t
value_of(const struct rank_row *row, enum metric metric)
{
    return row->figures.value[metric];
}

/* Larger first; `reached_at`: earlier first, never last. */
static int
compare_by(const struct rank_row *a, const struct rank_row *b, enum metric metric)
{
    int64_t one = value_of(a, metric), other = value_of(b, metric);
    if (one == other)
        return 0;
    if (metric != METRIC_REACHED_AT)
        return one > other ? -1 : 1;
    if (one == 0 || other == 0)
        return one == 0 ? 1 : -1;
    return one < other ? -1 : 1;
}

/* 0 where two rows share a rank. */
static int
compare_places(const struct rank_row *a, const struct rank_row *b, const struct ranking *ranking)
{
    int order = 0;
    if (!ranking->by_points)
        order = compare_by(a, b, ranking->by);
    else if (a->points_milli != b->points_milli)
        order = a->points_milli > b->points_milli ? -1 : 1;
    for (size_t i = 0; i < ranking->tie_count && order == 0; i++)
        order = compare_by(a, b, ranking->ties[i]);
    return order;
}

static int
compare_rows(const void *a, const void *b, void *ranking)
{
    const struct rank_row *one = a, *other = b;
    int order = compare_places(one, other, ranking);
    return order ? order : strcmp(one->id, other->id);
}

/* Competition ranks: 1, 2, 2, 4. The rows are in order. */
static void
give_ranks(struct rank_table *table)
{
    for (size_t i = 0; i < table->row_count; i++) {
        struct rank_row *row = &table->rows[i];
        row->rank = (int)i + 1;
        if (i > 0 && compare_places(row - 1, row, table->ranking) == 0) {
            row->rank = row[-1].rank;
            row->tied = row[-1].tied = true;
        }
    }
}

/* --- Points --- */

static void
add_points(const struct standing *standing, struct rank_table *table)
{
    const struct ranking *ranking = table->ranking;
    size_t parts = ranking->part_count;
    table->components = calloc(table->row_count * parts + 1, sizeof *table->components);
    if (!table->components)
        abort();
    for (size_t part = 0; part < parts; part++)
        score_part(standing, table, part);
    for (size_t i = 0; i < table->row_count; i++) {
        struct rank_row *row = &table->rows[i];
        row->components = &table->components[i * parts];
        for (size_t part = 0; part < parts; part++)
            row->points_milli = fen_add(row->points_milli, row->components[part].points_milli);
        if (ranking->of == ENTITY_STREAMER)
            row->adjusted_milli = standing_adjusted_milli(standing, row->entity);
        row->points_milli = fen_add(row->points_milli, row->adjusted_milli);
        if (row->points_milli < 0)
            row->points_milli = 0;
    }
}

void
rank_make(const struct standing *standing, uint32_t ranking, struct rank_table *table)
{
    assert(standing->contest && ranking < standing->contest->ranking_count);
    *table = (struct rank_table){.ranking = &standing->contest->rankings[ranking]};
    gather_rows(standing, table);
    if (table->ranking->by_points)
        add_points(standing, table);
    qsort_r(table->rows, table->row_count, sizeof *table->rows, compare_rows, (void *)table->ranking);
    give_ranks(table);
}

void
rank_free(struct rank_table *table)
{
    free(table->rows);
    free(table->components);
    *table = (struct rank_table){0};
}
