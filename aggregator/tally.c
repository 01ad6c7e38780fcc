#include "aggregator/tally.h"

#include <stdlib.h>
#include <string.h>

#include "aggregator/walk.h"
#include "common/must.h"

/*
 * A row's keys come from two sides: streamers and sessions have some of them, products and channels others.
 * What a side has to say is worked out once for a session, and once for a product and channel; the row of a
 * cell, of which there are many more, is then that of two numbers.
 */
struct side {
    struct tally_query query; /* this side's dimensions and filters */
    struct groups parts;
    struct spot *spots; /* owned; by part: where it was seen first */
    size_t spot_count, spot_cap;
    uint32_t *kept; /* owned; by session, or by product and channel: PART_FIRST and its part's number */
};

enum { PART_UNKNOWN, PART_NONE, PART_FIRST };

struct tallying {
    const struct contest *contest;
    const struct tally_query *query;
    struct side streamers, products;
    struct slots by_parts;
    uint64_t *parts;         /* owned; by row: both parts */
    struct figures *figures; /* owned; by row */
    size_t row_count, part_cap, figures_cap;
};

static void
side_init(struct side *side, const struct tally_query *query, bool whole, size_t places)
{
    *side = (struct side){.kept = calloc(places + 1, sizeof *side->kept)};
    if (!side->kept)
        abort();
    groups_init(&side->parts);
    for (size_t i = 0; i < query->by_count; i++) {
        if (dimension_is_whole(query->by[i]) == whole)
            side->query.by[side->query.by_count++] = query->by[i];
    }
    for (size_t i = 0; i < query->filter_count; i++) {
        if (dimension_is_whole(query->filters[i].dimension) == whole)
            side->query.filters[side->query.filter_count++] = query->filters[i];
    }
}

static void
side_free(struct side *side)
{
    groups_free(&side->parts);
    free(side->spots);
    free(side->kept);
}

/* PART_NONE where a spot has no key in one of the dimensions, or a filter keeps it out. */
static uint32_t
part_of(const struct contest *contest, struct side *side, const struct spot *spot)
{
    struct group_key key;
    if (!group_key_of(contest, &side->query, spot, &key))
        return PART_NONE;
    uint32_t part = groups_row(&side->parts, &key);
    if (part == side->spot_count) {
        side->spots = must_room(side->spots, side->spot_count, &side->spot_cap, sizeof *side->spots);
        side->spots[side->spot_count++] = *spot;
    }
    return PART_FIRST + part;
}

static uint32_t
row_of_parts(struct tallying *tallying, uint32_t of_streamer, uint32_t of_product)
{
    uint64_t parts = (uint64_t)of_streamer << 32 | of_product;
    uint32_t tag = slots_tag(parts);
    size_t place, count = tallying->row_count;
    if (of_streamer == PART_NONE || of_product == PART_NONE)
        return CONTEST_NONE;
    slots_reserve(&tallying->by_parts);
    uint32_t row = slots_first(&tallying->by_parts, tag, &place);
    while (row != SLOTS_NONE && tallying->parts[row] != parts)
        row = slots_next(&tallying->by_parts, tag, &place);
    if (row != SLOTS_NONE)
        return row;
    slots_put(&tallying->by_parts, place, tag, (uint32_t)count);
    tallying->parts = must_room(tallying->parts, count, &tallying->part_cap, sizeof parts);
    tallying->figures =
        must_room(tallying->figures, count, &tallying->figures_cap, sizeof *tallying->figures);
    tallying->parts[count] = parts;
    tallying->figures[count] = (struct figures){0};
    return (uint32_t)tallying->row_count++;
}

/* `kept` is where the part of a cell's session, or of its product and channel, is kept. */
static uint32_t
part_of_cell(const struct contest *contest, struct side *side, const struct cell *cell, uint32_t *kept)
{
    if (*kept == PART_UNKNOWN) {
        struct spot spot = spot_of_cell(contest, cell);
        *kept = part_of(contest, side, &spot);
    }
    return *kept;
}

static uint32_t
row_of_cell(const struct cell *cell, void *arg)
{
    struct tallying *tallying = arg;
    struct side *streamers = &tallying->streamers, *products = &tallying->products;
    size_t sold = (size_t)cell->product * CHANNEL_COUNT + cell->channel;
    uint32_t of_streamer = part_of_cell(tallying->contest, streamers, cell, &streamers->kept[cell->session]);
    uint32_t of_product = part_of_cell(tallying->contest, products, cell, &products->kept[sold]);
    return row_of_parts(tallying, of_streamer, of_product);
}

static uint32_t
row_of_spot(const struct spot *spot, void *arg)
{
    struct tallying *tallying = arg;
    uint32_t of_streamer = part_of(tallying->contest, &tallying->streamers, spot);
    uint32_t of_product = part_of(tallying->contest, &tallying->products, spot);
    return row_of_parts(tallying, of_streamer, of_product);
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
fill_row(const struct tallying *tallying, size_t at, struct tally_row *row)
{
    uint64_t parts = tallying->parts[at];
    const struct spot *streamer = &tallying->streamers.spots[(parts >> 32) - PART_FIRST];
    const struct spot *product = &tallying->products.spots[(uint32_t)parts - PART_FIRST];
    *row = (struct tally_row){.figures = tallying->figures[at]};
    for (size_t i = 0; i < tallying->query->by_count; i++) {
        enum dimension by = tallying->query->by[i];
        const struct spot *spot = dimension_is_whole(by) ? streamer : product;
        row->key[i] = dimension_key(tallying->contest, by, spot);
        row->name[i] = dimension_title(tallying->contest, by, spot);
    }
}

static void
fill_rows(const struct tallying *tallying, struct tally *tally)
{
    tally->rows = malloc((tallying->row_count + 1) * sizeof *tally->rows);
    if (!tally->rows)
        abort();
    for (size_t i = 0; i < tallying->row_count; i++) {
        if (has_events(&tallying->figures[i]))
            fill_row(tallying, i, &tally->rows[tally->row_count++]);
    }
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
    const struct contest *contest = standing->contest;
    struct tallying tallying = {.contest = contest, .query = query};
    side_init(&tallying.streamers, query, true, contest->session_count);
    side_init(&tallying.products, query, false, contest->product_count * CHANNEL_COUNT);
    slots_init(&tallying.by_parts);
    walk(standing, &(struct walker){row_of_cell, row_of_spot, &tallying, &tallying.figures});
    fill_rows(&tallying, tally);
    side_free(&tallying.streamers);
    side_free(&tallying.products);
    slots_free(&tallying.by_parts);
    free(tallying.parts);
    free(tallying.figures);
    if (tally->row_count > 1)
        qsort(tally->rows, tally->row_count, sizeof *tally->rows, compare_rows);
}

void
tally_free(struct tally *tally)
{
    free(tally->rows);
    *tally = (struct tally){0};
}
