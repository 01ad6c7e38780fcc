/*
 * The entities of a contest: counties, divisions, products, streamers, sessions. In two passes over the same
 * code, first what an old contest has, then what is new, so that every old entity keeps its index.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/arena.h"
#include "common/contest_build.h"
#include "common/contest_index.h"
#include "common/limits.h"
#include "common/sentence.h"

enum { PATH_SIZE = 96 };

struct grow {
    struct contest *contest;
    struct errors *errors;
    struct county *counties;
    struct division *divisions;
    struct product *products;
    struct streamer *streamers;
    struct session *sessions;
    size_t count[INDEX_SESSION + 1];
    /* 1 + the line where this pass met the entity; 0: it did not. */
    int *met[INDEX_SESSION + 1];
    bool missing[INDEX_SESSION + 1]; /* the file has no usable list of them: references cannot be judged */

    /* The entity at hand. */
    const char *list;
    size_t position;
    bool fresh; /* it was not there before */
    const char *id;
};

static void __attribute__((format(printf, 4, 5)))
complain(struct grow *grow, int line, const char *field, const char *format, ...)
{
    char path[PATH_SIZE], message[400];
    snprintf(path, sizeof path, "%s[%zu].%s", grow->list, grow->position, field);
    va_list arguments;
    va_start(arguments, format);
    sentence_write(message, sizeof message, format, arguments);
    va_end(arguments);
    errors_add(grow->errors, line, path, "%s", message);
}

/* The index of the drafted entity, its own from before or a new one; CONTEST_NONE where it has no good id. */
static uint32_t
place(struct grow *grow, enum indexed kind, const char *list, size_t position, const struct draft_text *id)
{
    grow->list = list;
    grow->position = position;
    if (!id->at.good)
        return CONTEST_NONE;
    uint32_t at = contest_index_find(grow->contest->index, kind, span_of(id->text));
    grow->fresh = at == CONTEST_NONE;
    if (grow->fresh) {
        at = (uint32_t)grow->count[kind]++;
        grow->id = arena_text(grow->contest->arena, span_of(id->text));
        contest_index_put(grow->contest->index, kind, grow->id, at);
    } else if (grow->met[kind][at] > 1) {
        complain(grow, id->at.line, "id",
                 "expected each id once, found \"%s\" again, which stands on line %d", id->text,
                 grow->met[kind][at] - 1);
        return CONTEST_NONE;
    } else if (grow->met[kind][at] == 1) {
        complain(grow, 0, "id", "expected each id once, found \"%s\" twice", id->text);
        return CONTEST_NONE;
    }
    grow->met[kind][at] = id->at.line + 1;
    return at;
}

static void
set_text(struct grow *grow, const char **text, const struct draft_text *draft)
{
    if (draft->at.good)
        *text = arena_text(grow->contest->arena, span_of(draft->text));
    else if (!*text)
        *text = "";
}

static uint32_t
find_target(struct grow *grow, enum indexed kind, const char *field, const struct draft_text *draft)
{
    static const char *const target[] = {"county", "division", "product", "streamer", "session"};
    static const char *const lists[] = {"counties", "divisions", "products", "streamers", "sessions"};
    uint32_t found = contest_index_find(grow->contest->index, kind, span_of(draft->text));
    if (found == CONTEST_NONE && !grow->missing[kind])
        complain(grow, draft->at.line, field, "expected the id of a %s listed under \"%s\", found \"%s\"",
                 target[kind], lists[kind], draft->text);
    return found;
}

/* A reference that never changes once it is made: figures are kept under it. */
static void
set_owner(struct grow *grow, uint32_t *owner, enum indexed kind, const char *field,
          const struct draft_text *draft, const char *(*id_of)(const struct grow *, uint32_t))
{
    uint32_t found = draft->at.good ? find_target(grow, kind, field, draft) : CONTEST_NONE;
    if (grow->fresh)
        *owner = found;
    else if (found != CONTEST_NONE && found != *owner)
        complain(grow, draft->at.line, field,
                 "expected \"%s\" as before, since it never changes, found \"%s\"", id_of(grow, *owner),
                 draft->text);
}

static const char *
county_id(const struct grow *grow, uint32_t at)
{
    return grow->counties[at].id;
}

static const char *
streamer_id(const struct grow *grow, uint32_t at)
{
    return grow->streamers[at].id;
}

static void
grow_counties(struct grow *grow, const struct draft_list *list)
{
    const struct draft_county *drafts = list->items;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t at = place(grow, INDEX_COUNTY, "counties", i, &drafts[i].id);
        if (at == CONTEST_NONE)
            continue;
        struct county *county = &grow->counties[at];
        if (grow->fresh)
            *county = (struct county){.id = grow->id, .tile_column = -1, .tile_row = -1};
        set_text(grow, &county->name, &drafts[i].name);
        set_text(grow, &county->name_en, &drafts[i].name_en);
        set_text(grow, &county->city, &drafts[i].city);
        set_text(grow, &county->province, &drafts[i].province);
        if (drafts[i].tile.at.good) {
            const struct draft_number *tile = drafts[i].tile.items;
            county->tile_column = (int)tile[0].value;
            county->tile_row = (int)tile[1].value;
        }
    }
}

static void
grow_divisions(struct grow *grow, const struct draft_list *list)
{
    const struct draft_division *drafts = list->items;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t at = place(grow, INDEX_DIVISION, "divisions", i, &drafts[i].id);
        if (at == CONTEST_NONE)
            continue;
        struct division *division = &grow->divisions[at];
        if (grow->fresh)
            division->id = grow->id;
        set_text(grow, &division->name, &drafts[i].name);
        set_text(grow, &division->name_en, &drafts[i].name_en);
    }
}

static void
grow_products(struct grow *grow, const struct draft_list *list)
{
    const struct draft_product *drafts = list->items;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t at = place(grow, INDEX_PRODUCT, "products", i, &drafts[i].id);
        if (at == CONTEST_NONE)
            continue;
        struct product *product = &grow->products[at];
        if (grow->fresh)
            product->id = grow->id;
        set_text(grow, &product->name, &drafts[i].name);
        set_text(grow, &product->name_en, &drafts[i].name_en);
        set_text(grow, &product->category, &drafts[i].category);
        set_owner(grow, &product->county, INDEX_COUNTY, "county", &drafts[i].county, county_id);
    }
}

static void
grow_streamers(struct grow *grow, const struct draft_list *list)
{
    const struct draft_streamer *drafts = list->items;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t at = place(grow, INDEX_STREAMER, "streamers", i, &drafts[i].id);
        if (at == CONTEST_NONE)
            continue;
        struct streamer *streamer = &grow->streamers[at];
        if (grow->fresh)
            *streamer = (struct streamer){.id = grow->id, .division = CONTEST_NONE};
        set_text(grow, &streamer->name, &drafts[i].name);
        set_text(grow, &streamer->name_en, &drafts[i].name_en);
        set_owner(grow, &streamer->county, INDEX_COUNTY, "county", &drafts[i].county, county_id);
        const struct draft_text *division = &drafts[i].division;
        if (division->at.good)
            streamer->division =
                division->text ? find_target(grow, INDEX_DIVISION, "division", division) : CONTEST_NONE;
    }
}

static void
grow_sessions(struct grow *grow, const struct draft_list *list)
{
    const struct draft_session *drafts = list->items;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t at = place(grow, INDEX_SESSION, "sessions", i, &drafts[i].id);
        if (at == CONTEST_NONE)
            continue;
        struct session *session = &grow->sessions[at];
        if (grow->fresh)
            session->id = grow->id;
        set_text(grow, &session->name, &drafts[i].name);
        set_text(grow, &session->platform, &drafts[i].platform);
        set_owner(grow, &session->streamer, INDEX_STREAMER, "streamer", &drafts[i].streamer, streamer_id);
        const struct draft_time *starts = &drafts[i].starts, *ends = &drafts[i].ends;
        if (starts->at.good && ends->at.good && ends->ms <= starts->ms)
            complain(grow, ends->at.line, "ends",
                     "expected a time after its \"starts\", found one that is not");
        session->starts_ms = starts->ms;
        session->ends_ms = ends->ms;
    }
}

/* Room for what is there and what comes; complains where that is too many. */
static void *
make_room(struct grow *grow, enum indexed kind, const char *name, size_t old, const struct draft_list *list,
          size_t size)
{
    size_t room = old + list->count;
    if (room > LIMIT_ENTITIES)
        errors_add(grow->errors, list->at.line, name, "expected at most %d in all, found %zu", LIMIT_ENTITIES,
                   room);
    grow->met[kind] = arena_array(grow->contest->arena, room, sizeof *grow->met[kind]);
    return arena_array(grow->contest->arena, room, size);
}

static void
make_all_room(struct grow *grow, const struct draft_contest *old, const struct draft_contest *draft)
{
#define ROOM(kind, list) make_room(grow, kind, #list, old->list.count, &draft->list, sizeof *grow->list)
    grow->counties = ROOM(INDEX_COUNTY, counties);
    grow->divisions = ROOM(INDEX_DIVISION, divisions);
    grow->products = ROOM(INDEX_PRODUCT, products);
    grow->streamers = ROOM(INDEX_STREAMER, streamers);
    grow->sessions = ROOM(INDEX_SESSION, sessions);
#undef ROOM
}

/* A list's references come after what they point to. */
static void
grow_all(struct grow *grow, const struct draft_contest *draft)
{
    for (int kind = 0; kind <= INDEX_SESSION; kind++)
        memset(grow->met[kind], 0, grow->count[kind] * sizeof *grow->met[kind]);
    grow->missing[INDEX_COUNTY] = draft->at.line > 0 && !draft->counties.at.good;
    grow->missing[INDEX_STREAMER] = draft->at.line > 0 && !draft->streamers.at.good;
    grow->missing[INDEX_DIVISION] = draft->divisions.at.given && !draft->divisions.at.good;
    grow_counties(grow, &draft->counties);
    grow_divisions(grow, &draft->divisions);
    grow_products(grow, &draft->products);
    grow_streamers(grow, &draft->streamers);
    grow_sessions(grow, &draft->sessions);
}

static void
gather_cities(struct contest *contest)
{
    struct contest_index *seen = contest_index_new(); /* any one kind of it serves */
    const char **cities = arena_array(contest->arena, contest->county_count, sizeof *cities);
    for (size_t i = 0; i < contest->county_count; i++) {
        const char *city = contest->counties[i].city;
        if (*city == '\0' || contest_index_find(seen, INDEX_COUNTY, span_of(city)) != CONTEST_NONE)
            continue;
        contest_index_put(seen, INDEX_COUNTY, city, (uint32_t)contest->city_count);
        cities[contest->city_count++] = city;
    }
    contest_index_free(seen);
    contest->cities = cities;
}

void
contest_grow(struct contest *contest, const struct contest *old, const struct draft_contest *draft,
             struct errors *errors)
{
    struct grow grow = {.contest = contest, .errors = errors};
    struct arena *scratch = arena_new();
    struct draft_contest before = {0};
    if (old)
        contest_draft_entities(old, scratch, &before);
    make_all_room(&grow, &before, draft);
    grow_all(&grow, &before);
    grow_all(&grow, draft);
    arena_free(scratch);
    contest->counties = grow.counties;
    contest->county_count = grow.count[INDEX_COUNTY];
    contest->divisions = grow.divisions;
    contest->division_count = grow.count[INDEX_DIVISION];
    contest->products = grow.products;
    contest->product_count = grow.count[INDEX_PRODUCT];
    contest->streamers = grow.streamers;
    contest->streamer_count = grow.count[INDEX_STREAMER];
    contest->sessions = grow.sessions;
    contest->session_count = grow.count[INDEX_SESSION];
    gather_cities(contest);
}
