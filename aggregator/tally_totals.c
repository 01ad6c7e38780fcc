/* The figures of whole entities, and of all of them. */
#include <assert.h>
#include <stdlib.h>

#include "aggregator/walk.h"

/* --- Entities --- */

struct entities {
    const struct contest *contest;
    enum entity_kind kind;
    struct figures *figures;
    uint32_t *city_of;    /* by county; only for cities */
    uint32_t *of_session; /* by session: whose the figures of its cells are; not for products */
};

/* CONTEST_NONE where the spot has none of that kind. */
static uint32_t
entity_of_spot(const struct spot *spot, void *arg)
{
    const struct entities *entities = arg;
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

static uint32_t
entity_of_cell(const struct cell *cell, void *arg)
{
    const struct entities *entities = arg;
    return entities->of_session ? entities->of_session[cell->session] : cell->product;
}

static uint32_t *
entities_of_sessions(struct entities *entities)
{
    size_t count = entities->contest->session_count;
    uint32_t *of_session = malloc((count + 1) * sizeof *of_session);
    if (!of_session)
        abort();
    for (size_t i = 0; i < count; i++) {
        struct spot spot = spot_of_session(entities->contest, (uint32_t)i);
        of_session[i] = entity_of_spot(&spot, entities);
    }
    return of_session;
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
    if (kind != ENTITY_PRODUCT)
        entities.of_session = entities_of_sessions(&entities);
    walk(standing, &(struct walker){entity_of_cell, entity_of_spot, &entities, &entities.figures});
    free(entities.of_session);
    free(entities.city_of);
    return entities.figures;
}

/* --- Totals --- */

/* All in one, and on the way: which sessions have sold something. */
static uint32_t
all_cells(const struct cell *cell, void *arg)
{
    bool *sold = arg; /* by session */
    sold[cell->session] |= cell->orders != 0;
    return 0;
}

static uint32_t
all_spots(const struct spot *spot, void *arg)
{
    (void)spot, (void)arg;
    return 0;
}

static bool *
flags_new(size_t count)
{
    bool *flags = calloc(count + 1, sizeof *flags);
    if (!flags)
        abort();
    return flags;
}

static void
count_active(const struct contest *contest, const bool *sold, struct totals *totals)
{
    bool *streamers = flags_new(contest->streamer_count), *counties = flags_new(contest->county_count);
    for (size_t i = 0; i < contest->session_count; i++) {
        if (!sold[i])
            continue;
        uint32_t streamer = contest->sessions[i].streamer;
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
    const struct contest *contest = standing->contest;
    struct figures *figures = &totals->figures;
    *totals = (struct totals){.counts = standing->counts};
    if (!contest)
        return;
    bool *sold = flags_new(contest->session_count);
    walk(standing, &(struct walker){all_cells, all_spots, sold, &figures});
    count_active(contest, sold, totals);
    free(sold);
}
