/* A contest's entities as a draft again: the first half of a contest that grows. */
#include "common/contest_build.h"

static const struct drafted in_memory = {.line = 0, .given = true, .good = true};

static struct draft_text
text(const char *value)
{
    return (struct draft_text){in_memory, value};
}

static struct draft_time
time_at(int64_t ms)
{
    return (struct draft_time){in_memory, ms, 0};
}

/* An empty list for `count` drafts of `size` bytes. */
static struct draft_list
list(struct arena *arena, size_t count, size_t size)
{
    return (struct draft_list){in_memory, arena_array(arena, count, size), count};
}

static struct draft_list
tile_of(const struct county *county, struct arena *arena)
{
    if (county->tile_column < 0)
        return (struct draft_list){0};
    struct draft_list tile = list(arena, 2, sizeof(struct draft_number));
    struct draft_number *numbers = tile.items;
    numbers[0] = (struct draft_number){in_memory, county->tile_column};
    numbers[1] = (struct draft_number){in_memory, county->tile_row};
    return tile;
}

static struct draft_list
draft_counties(const struct contest *contest, struct arena *arena)
{
    struct draft_list all = list(arena, contest->county_count, sizeof(struct draft_county));
    struct draft_county *drafts = all.items;
    for (size_t i = 0; i < all.count; i++) {
        const struct county *county = &contest->counties[i];
        drafts[i] = (struct draft_county){
            in_memory,          text(county->id),       text(county->name),    text(county->name_en),
            text(county->city), text(county->province), tile_of(county, arena)};
    }
    return all;
}

static struct draft_list
draft_divisions(const struct contest *contest, struct arena *arena)
{
    struct draft_list all = list(arena, contest->division_count, sizeof(struct draft_division));
    struct draft_division *drafts = all.items;
    for (size_t i = 0; i < all.count; i++) {
        const struct division *division = &contest->divisions[i];
        drafts[i] = (struct draft_division){in_memory, text(division->id), text(division->name),
                                            text(division->name_en)};
    }
    return all;
}

static struct draft_list
draft_products(const struct contest *contest, struct arena *arena)
{
    struct draft_list all = list(arena, contest->product_count, sizeof(struct draft_product));
    struct draft_product *drafts = all.items;
    for (size_t i = 0; i < all.count; i++) {
        const struct product *product = &contest->products[i];
        drafts[i] = (struct draft_product){in_memory,
                                           text(product->id),
                                           text(product->name),
                                           text(product->name_en),
                                           text(product->category),
                                           text(contest->counties[product->county].id)};
    }
    return all;
}

static struct draft_list
draft_streamers(const struct contest *contest, struct arena *arena)
{
    struct draft_list all = list(arena, contest->streamer_count, sizeof(struct draft_streamer));
    struct draft_streamer *drafts = all.items;
    for (size_t i = 0; i < all.count; i++) {
        const struct streamer *streamer = &contest->streamers[i];
        bool divided = streamer->division != CONTEST_NONE;
        drafts[i] = (struct draft_streamer){in_memory,
                                            text(streamer->id),
                                            text(streamer->name),
                                            text(streamer->name_en),
                                            text(contest->counties[streamer->county].id),
                                            text(divided ? contest->divisions[streamer->division].id : NULL)};
    }
    return all;
}

static struct draft_list
draft_sessions(const struct contest *contest, struct arena *arena)
{
    struct draft_list all = list(arena, contest->session_count, sizeof(struct draft_session));
    struct draft_session *drafts = all.items;
    for (size_t i = 0; i < all.count; i++) {
        const struct session *session = &contest->sessions[i];
        drafts[i] = (struct draft_session){in_memory,
                                           text(session->id),
                                           text(session->name),
                                           text(session->platform),
                                           text(contest->streamers[session->streamer].id),
                                           time_at(session->starts_ms),
                                           time_at(session->ends_ms)};
    }
    return all;
}

void
contest_draft_entities(const struct contest *contest, struct arena *arena, struct draft_contest *draft)
{
    draft->counties = draft_counties(contest, arena);
    draft->divisions = draft_divisions(contest, arena);
    draft->products = draft_products(contest, arena);
    draft->streamers = draft_streamers(contest, arena);
    draft->sessions = draft_sessions(contest, arena);
}
