#include "aggregator/tally.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/groups.h"
#include "common/money.h"

/* --- Adding figures --- */

static void
add(struct figures *figures, enum metric metric, int64_t value)
{
    figures->value[metric] = fen_add(figures->value[metric], value);
}

static void
add_cell(struct figures *figures, const struct cell *cell)
{
    int64_t net_fen = fen_add(cell->gross_fen, -cell->refunded_fen);
    add(figures, METRIC_GROSS, cell->gross_fen);
    add(figures, METRIC_REFUNDED, cell->refunded_fen);
    add(figures, METRIC_NET, net_fen);
    add(figures, cell->channel == CHANNEL_ONLINE ? METRIC_ONLINE_NET : METRIC_OFFLINE_NET, net_fen);
    add(figures, METRIC_ORDERS, cell->orders);
    add(figures, METRIC_ORDERS_KEPT, cell->orders_kept);
    add(figures, METRIC_QUANTITY, cell->quantity);
    if (cell->reached_at_ms > figures->value[METRIC_REACHED_AT])
        figures->value[METRIC_REACHED_AT] = cell->reached_at_ms;
}

static void
add_session(struct figures *figures, const struct session_figures *session)
{
    static const enum metric metrics[SAMPLE_COUNT] = {
        [SAMPLE_VIEWERS] = METRIC_VIEWERS,
        [SAMPLE_LIKES] = METRIC_LIKES,
        [SAMPLE_FOLLOWERS] = METRIC_FOLLOWERS,
        [SAMPLE_COMMENTS] = METRIC_COMMENTS,
    };
    add(figures, METRIC_SESSIONS, session->held);
    for (int sample = 0; sample < SAMPLE_COUNT; sample++)
        add(figures, metrics[sample], session->sample[sample]);
}

/*
 * Walks over all that is counted. `to` gives the figures that a spot's belong to, or NULL. Cells of products
 * that the contest does not know hold refused sales only.
 */
typedef struct figures *spot_fn(const struct spot *spot, void *arg);

static void
walk(const struct standing *standing, spot_fn *to, void *arg)
{
    const struct contest *contest = standing->contest;
    const struct cube *cube = &standing->cube;
    struct figures *figures;
    for (size_t i = 0; i < cube->cell_count; i++) {
        if (cube->cells[i].product == CONTEST_NONE)
            continue;
        struct spot spot = spot_of_cell(contest, &cube->cells[i]);
        if ((figures = to(&spot, arg)))
            add_cell(figures, &cube->cells[i]);
    }
    for (size_t i = 0; i < cube->session_count; i++) {
        struct spot spot = spot_of_session(contest, (uint32_t)i);
        if ((figures = to(&spot, arg)))
            add_session(figures, &cube->sessions[i]);
    }
    for (size_t i = 0; i < cube->streamer_count; i++) {
        struct spot spot = spot_of_streamer((uint32_t)i);
        if ((figures = to(&spot, arg)))
            add(figures, METRIC_VIDEOS, cube->videos[i]);
    }
}

/* --- Tallies --- */

struct tallying {
    const struct contest *contest;
    const struct tally_query *query;
    struct groups groups;
    struct tally *tally;
    size_t cap;
};

static void
add_row(struct tallying *tallying, const struct group_key *key, const struct spot *spot)
{
    struct tally *tally = tallying->tally;
    if (tally->row_count == tallying->cap) {
        tallying->cap = tallying->cap ? tallying->cap * 2 : 16;
        tally->rows = realloc(tally->rows, tallying->cap * sizeof *tally->rows);
        if (!tally->rows)
            abort();
    }
    struct tally_row *row = &tally->rows[tally->row_count++];
    *row = (struct tally_row){0};
    for (size_t i = 0; i < tallying->query->by_count; i++) {
        row->key[i] = key->key[i];
        row->name[i] = dimension_title(tallying->contest, tallying->query->by[i], spot);
    }
}

static struct figures *
row_of_spot(const struct spot *spot, void *arg)
{
    struct tallying *tallying = arg;
    struct group_key key;
    if (!group_key_of(tallying->contest, tallying->query, spot, &key))
        return NULL;
    uint32_t row = groups_row(&tallying->groups, &key);
    if (row == tallying->tally->row_count)
        add_row(tallying, &key, spot);
    return &tallying->tally->rows[row].figures;
}

static bool
has_events(const struct figures *figures)
{
    for (int metric = METRIC_SESSIONS; metric < METRIC_SUM_COUNT; metric++) {
        if (figures->value[metric] > 0)
            return true;
    }
    return figures->value[METRIC_ORDERS] > 0;
}

static void
drop_empty(struct tally *tally)
{
    size_t kept = 0;
    for (size_t i = 0; i < tally->row_count; i++) {
        if (has_events(&tally->rows[i].figures))
            tally->rows[kept++] = tally->rows[i];
    }
    tally->row_count = kept;
}

static int
compare_rows(const void *a, const void *b)
{
    const struct tally_row *one = a, *other = b;
    int64_t one_fen = one->figures.value[METRIC_NET], other_fen = other->figures.value[METRIC_NET];
    if (one_fen != other_fen)
        return one_fen > other_fen ? -1 : 1;
    int order = 0;
    for (size_t i = 0; i < LIMIT_TALLY_DIMENSIONS && order == 0 && one->key[i]; i++)
        order = strcmp(one->key[i], other->key[i]);
    return order;
}

static bool
is_whole(const struct tally_query *query)
{
    for (size_t i = 0; i < query->by_count; i++) {
        if (!dimension_is_whole(query->by[i]))
            return false;
    }
    for (size_t i = 0; i < query->filter_count; i++) {
        if (!dimension_is_whole(query->filters[i].dimension))
            return false;
    }
    return true;
}

void
tally_make(const struct standing *standing, const struct tally_query *query, struct tally *tally)
{
    *tally = (struct tally){.whole = is_whole(query)};
    if (!standing->contest)
        return;
    struct tallying tallying = {.contest = standing->contest, .query = query, .tally = tally};
    groups_init(&tallying.groups);
    walk(standing, row_of_spot, &tallying);
    groups_free(&tallying.groups);
    drop_empty(tally);
    if (tally->row_count > 1)
        qsort(tally->rows, tally->row_count, sizeof *tally->rows, compare_rows);
}

void
tally_free(struct tally *tally)
{
    free(tally->rows);
    *tally = (struct tally){0};
}

/* --- Entities --- */

struct entities {
    const struct contest *contest;
    enum entity_kind kind;
    struct figures *figures;
    uint32_t *city_of; /* by county; only for cities */
};

static uint32_t
entity_of_spot(const struct entities *entities, const struct spot *spot)
{
    const struct streamer *streamer = &entities->contest->streamers[spot->streamer];
    switch (entities->kind) {
    case ENTITY_COUNTY:
        return streamer->county;
    case ENTITY_STREAMER:
        return spot->streamer;
    case ENTITY_PRODUCT:
        return spot->product;
    case ENTITY_SESSION:
        return spot->session;
    case ENTITY_CITY:
        return entities->city_of[streamer->county];
    case ENTITY_DIVISION:
        break;
    }
    return streamer->division;
}

static struct figures *
figures_of_spot(const struct spot *spot, void *arg)
{
    struct entities *entities = arg;
    uint32_t entity = entity_of_spot(entities, spot);
    return entity == CONTEST_NONE ? NULL : &entities->figures[entity];
}

static size_t
entity_count(const struct contest *contest, enum entity_kind kind)
{
    switch (kind) {
    case ENTITY_COUNTY:
        return contest->county_count;
    case ENTITY_STREAMER:
        return contest->streamer_count;
    case ENTITY_PRODUCT:
        return contest->product_count;
    case ENTITY_SESSION:
        return contest->session_count;
    case ENTITY_CITY:
        return contest->city_count;
    case ENTITY_DIVISION:
        break;
    }
    return contest->division_count;
}

/* The city of each county, by its place in contest->cities. */
static uint32_t *
cities_of(const struct contest *contest)
{
    uint32_t *city_of = malloc((contest->county_count + 1) * sizeof *city_of);
    if (!city_of)
        abort();
    struct groups cities;
    groups_init(&cities);
    for (size_t i = 0; i < contest->city_count; i++)
        groups_row(&cities, &(struct group_key){.key = {contest->cities[i]}});
    for (size_t i = 0; i < contest->county_count; i++) {
        const char *city = contest->counties[i].city;
        city_of[i] = *city ? groups_row(&cities, &(struct group_key){.key = {city}}) : CONTEST_NONE;
    }
    assert(cities.count == contest->city_count);
    groups_free(&cities);
    return city_of;
}

struct figures *
tally_entities(const struct standing *standing, enum entity_kind kind, size_t *count)
{
    const struct contest *contest = standing->contest;
    *count = contest ? entity_count(contest, kind) : 0;
    struct entities entities = {.contest = contest, .kind = kind};
    entities.figures = calloc(*count + 1, sizeof *entities.figures);
    if (!entities.figures)
        abort();
    if (!contest)
        return entities.figures;
    if (kind == ENTITY_CITY)
        entities.city_of = cities_of(contest);
    walk(standing, figures_of_spot, &entities);
    free(entities.city_of);
    return entities.figures;
}

/* --- Totals --- */

static struct figures *
all_of_them(const struct spot *spot, void *arg)
{
    (void)spot;
    return arg;
}

static void
count_active(const struct standing *standing, struct totals *totals)
{
    const struct contest *contest = standing->contest;
    bool *streamers = calloc(contest->streamer_count + 1, sizeof *streamers);
    bool *counties = calloc(contest->county_count + 1, sizeof *counties);
    if (!streamers || !counties)
        abort();
    for (size_t i = 0; i < standing->cube.cell_count; i++) {
        const struct cell *cell = &standing->cube.cells[i];
        if (cell->orders == 0)
            continue;
        uint32_t streamer = contest->sessions[cell->session].streamer;
        uint32_t county = contest->streamers[streamer].county;
        totals->streamers_active += !streamers[streamer];
        totals->counties_active += !counties[county];
        streamers[streamer] = counties[county] = true;
    }
    free(streamers);
    free(counties);
}

void
totals_make(const struct standing *standing, struct totals *totals)
{
    *totals = (struct totals){.counts = standing->counts};
    if (!standing->contest)
        return;
    walk(standing, all_of_them, &totals->figures);
    count_active(standing, totals);
}
