#include "aggregator/groups.h"
#include "common/must.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static const struct {
    const char *name;
    enum { STREAMER_SIDE, PRODUCT_SIDE } side;
} dimensions[DIMENSION_COUNT] = {
#define X(constant, name, side) [constant] = {name, side},
    DIMENSIONS(X)
#undef X
};

const char *
dimension_name(enum dimension dimension)
{
    assert(dimension < DIMENSION_COUNT);
    return dimensions[dimension].name;
}

enum dimension
dimension_find(struct span name)
{
    int i = 0;
    while (i < DIMENSION_COUNT && !span_is(name, dimensions[i].name))
        i++;
    return (enum dimension)i;
}

bool
dimension_is_whole(enum dimension dimension)
{
    assert(dimension < DIMENSION_COUNT);
    return dimensions[dimension].side == STREAMER_SIDE;
}

struct spot
spot_of_session(const struct contest *contest, uint32_t session)
{
    return (struct spot){.streamer = contest->sessions[session].streamer,
                         .session = session,
                         .product = CONTEST_NONE};
}

struct spot
spot_of_cell(const struct contest *contest, const struct cell *cell)
{
    struct spot spot = spot_of_session(contest, cell->session);
    spot.product = cell->product;
    spot.channel = cell->channel;
    return spot;
}

struct spot
spot_of_streamer(uint32_t streamer)
{
    return (struct spot){.streamer = streamer, .session = CONTEST_NONE, .product = CONTEST_NONE};
}

static const struct county *
county_of(const struct contest *contest, const struct spot *spot)
{
    return &contest->counties[contest->streamers[spot->streamer].county];
}

static const struct division *
division_of(const struct contest *contest, const struct spot *spot)
{
    uint32_t division = contest->streamers[spot->streamer].division;
    return division == CONTEST_NONE ? NULL : &contest->divisions[division];
}

static const char *
streamer_side_key(const struct contest *contest, enum dimension dimension, const struct spot *spot)
{
    const struct division *division;
    switch (dimension) {
    case DIMENSION_COUNTY:
        return county_of(contest, spot)->id;
    case DIMENSION_CITY:
        return county_of(contest, spot)->city;
    case DIMENSION_PROVINCE:
        return county_of(contest, spot)->province;
    case DIMENSION_DIVISION:
        division = division_of(contest, spot);
        return division ? division->id : "";
    case DIMENSION_STREAMER:
        return contest->streamers[spot->streamer].id;
    case DIMENSION_SESSION:
        return spot->session == CONTEST_NONE ? NULL : contest->sessions[spot->session].id;
    default:
        return spot->session == CONTEST_NONE ? NULL : contest->sessions[spot->session].platform;
    }
}

const char *
dimension_key(const struct contest *contest, enum dimension dimension, const struct spot *spot)
{
    if (dimension_is_whole(dimension))
        return streamer_side_key(contest, dimension, spot);
    if (spot->product == CONTEST_NONE)
        return NULL;
    const struct product *product = &contest->products[spot->product];
    switch (dimension) {
    case DIMENSION_ORIGIN:
        return contest->counties[product->county].id;
    case DIMENSION_CATEGORY:
        return product->category;
    case DIMENSION_PRODUCT:
        return product->id;
    default:
        return channel_name(spot->channel);
    }
}

const char *
dimension_title(const struct contest *contest, enum dimension dimension, const struct spot *spot)
{
    const struct division *division;
    switch (dimension) {
    case DIMENSION_COUNTY:
        return county_of(contest, spot)->name;
    case DIMENSION_DIVISION:
        division = division_of(contest, spot);
        return division ? division->name : "";
    case DIMENSION_STREAMER:
        return contest->streamers[spot->streamer].name;
    case DIMENSION_SESSION:
        if (contest->sessions[spot->session].name && *contest->sessions[spot->session].name)
            return contest->sessions[spot->session].name;
        return contest->sessions[spot->session].id;
    case DIMENSION_ORIGIN:
        return contest->counties[contest->products[spot->product].county].name;
    case DIMENSION_PRODUCT:
        return contest->products[spot->product].name;
    default:
        return dimension_key(contest, dimension, spot);
    }
}

bool
group_key_of(const struct contest *contest, const struct tally_query *query, const struct spot *spot,
             struct group_key *key)
{
    assert(query->by_count <= LIMIT_TALLY_DIMENSIONS && query->filter_count <= DIMENSION_COUNT);
    *key = (struct group_key){0};
    for (size_t i = 0; i < query->filter_count; i++) {
        const char *found = dimension_key(contest, query->filters[i].dimension, spot);
        if (!found || !span_is(query->filters[i].value, found))
            return false;
    }
    for (size_t i = 0; i < query->by_count; i++) {
        key->key[i] = dimension_key(contest, query->by[i], spot);
        if (!key->key[i])
            return false;
    }
    return true;
}

int
group_key_compare(const struct group_key *a, const struct group_key *b)
{
    int order = 0;
    for (size_t i = 0; i < LIMIT_TALLY_DIMENSIONS && order == 0 && a->key[i] && b->key[i]; i++)
        order = strcmp(a->key[i], b->key[i]);
    return order;
}

void
groups_init(struct groups *groups)
{
    *groups = (struct groups){0};
    slots_init(&groups->rows);
    slots_init(&groups->by_address);
}

void
groups_free(struct groups *groups)
{
    free(groups->keys);
    free(groups->aliases);
    slots_free(&groups->rows);
    slots_free(&groups->by_address);
    *groups = (struct groups){0};
}

/* --- By text --- */

static uint32_t
text_tag(const struct group_key *key)
{
    uint64_t hash = (uint64_t)key->start_ms;
    for (size_t i = 0; i < LIMIT_TALLY_DIMENSIONS && key->key[i]; i++)
        hash = XXH3_64bits_withSeed(key->key[i], strlen(key->key[i]), hash);
    return slots_tag(hash);
}

static bool
same_text(const struct group_key *a, const struct group_key *b)
{
    return a->start_ms == b->start_ms && group_key_compare(a, b) == 0;
}

static uint32_t
row_by_text(struct groups *groups, const struct group_key *key)
{
    uint32_t tag = text_tag(key);
    size_t place;
    slots_reserve(&groups->rows);
    uint32_t row = slots_first(&groups->rows, tag, &place);
    while (row != SLOTS_NONE && !same_text(&groups->keys[row], key))
        row = slots_next(&groups->rows, tag, &place);
    if (row != SLOTS_NONE)
        return row;
    groups->keys = must_room(groups->keys, groups->count, &groups->cap, sizeof *groups->keys);
    groups->keys[groups->count] = *key;
    slots_put(&groups->rows, place, tag, (uint32_t)groups->count);
    return (uint32_t)groups->count++;
}

/* --- By address --- */

static uint32_t
address_tag(const struct group_key *key)
{
    uint64_t hash = (uint64_t)key->start_ms;
    for (size_t i = 0; i < LIMIT_TALLY_DIMENSIONS; i++)
        hash = (hash ^ (uintptr_t)key->key[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return slots_tag(hash);
}

static bool
same_addresses(const struct group_key *a, const struct group_key *b)
{
    return a->start_ms == b->start_ms && memcmp(a->key, b->key, sizeof a->key) == 0;
}

uint32_t
groups_row(struct groups *groups, const struct group_key *key)
{
    uint32_t tag = address_tag(key);
    size_t place;
    slots_reserve(&groups->by_address);
    uint32_t at = slots_first(&groups->by_address, tag, &place);
    while (at != SLOTS_NONE && !same_addresses(&groups->aliases[at].key, key))
        at = slots_next(&groups->by_address, tag, &place);
    if (at != SLOTS_NONE)
        return groups->aliases[at].row;
    uint32_t row = row_by_text(groups, key);
    groups->aliases =
        must_room(groups->aliases, groups->alias_count, &groups->alias_cap, sizeof *groups->aliases);
    groups->aliases[groups->alias_count] = (struct group_alias){*key, row};
    slots_put(&groups->by_address, place, tag, (uint32_t)groups->alias_count++);
    return row;
}
