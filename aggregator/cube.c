#include "aggregator/cube.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/pages.h"
#include "aggregator/slots.h"
#include "common/money.h"

enum { MINUTE_MS = 60 * 1000, FIRST_ITEMS = 16 };

#define TREND_CHUNK_BYTES (TREND_CHUNK * sizeof(struct trend_point))

struct cube_index {
    struct slots cells, trend;
    size_t cell_cap, session_cap, streamer_cap, chunk_count;
};

void
cube_init(struct cube *cube)
{
    *cube = (struct cube){.index = calloc(1, sizeof *cube->index)};
    if (!cube->index)
        abort();
    slots_init(&cube->index->cells);
    slots_init(&cube->index->trend);
}

void
cube_free(struct cube *cube)
{
    if (!cube->index)
        return;
    size_t chunks = cube->index->chunk_count;
    slots_free(&cube->index->cells);
    slots_free(&cube->index->trend);
    free(cube->index);
    free(cube->cells);
    free(cube->sessions);
    free(cube->videos);
    for (size_t i = 0; i < chunks; i++)
        pages_free(cube->trend[i], TREND_CHUNK_BYTES);
    free(cube->trend);
    *cube = (struct cube){0};
}

/* Room for `wanted` items, zeroed; `*cap` follows. */
static void *
grown(void *items, size_t *cap, size_t wanted, size_t size)
{
    if (wanted <= *cap)
        return items;
    size_t next = *cap ? *cap : FIRST_ITEMS;
    while (next < wanted)
        next *= 2;
    items = realloc(items, next * size);
    if (!items)
        abort();
    memset((char *)items + *cap * size, 0, (next - *cap) * size);
    *cap = next;
    return items;
}

static void *
copied(const void *items, size_t count, size_t *cap, size_t size)
{
    *cap = 0;
    if (count == 0)
        return NULL;
    void *copy = malloc(count * size);
    if (!copy)
        abort();
    memcpy(copy, items, count * size);
    *cap = count;
    return copy;
}

static void
add_trend_chunk(struct cube *cube)
{
    size_t *count = &cube->index->chunk_count;
    cube->trend = realloc(cube->trend, (*count + 1) * sizeof *cube->trend);
    if (!cube->trend)
        abort();
    cube->trend[(*count)++] = pages_new(TREND_CHUNK_BYTES);
}

static void
copy_trend(struct cube *to, const struct cube *from)
{
    to->trend = NULL;
    to->index->chunk_count = 0;
    for (size_t begin = 0; begin < from->trend_count; begin += TREND_CHUNK) {
        size_t left = from->trend_count - begin;
        add_trend_chunk(to);
        memcpy(cube_point(to, begin), cube_point(from, begin),
               (left < TREND_CHUNK ? left : TREND_CHUNK) * sizeof **to->trend);
    }
}

void
cube_copy(struct cube *to, const struct cube *from)
{
    struct cube_index *index = malloc(sizeof *index);
    if (!index)
        abort();
    *to = *from;
    to->index = index;
    slots_copy(&index->cells, &from->index->cells);
    slots_copy(&index->trend, &from->index->trend);
    to->cells = copied(from->cells, from->cell_count, &index->cell_cap, sizeof *to->cells);
    to->sessions = copied(from->sessions, from->session_count, &index->session_cap, sizeof *to->sessions);
    to->videos = copied(from->videos, from->streamer_count, &index->streamer_cap, sizeof *to->videos);
    copy_trend(to, from);
}

/* Products are far fewer than 2^31, and CONTEST_NONE stays apart from all of them. */
static uint64_t
cell_key(uint32_t session, uint32_t product, enum channel channel)
{
    return (uint64_t)session << 32 | (uint32_t)(product << 1 | (uint32_t)channel);
}

static uint64_t
key_of(const struct cell *cell)
{
    return cell_key(cell->session, cell->product, cell->channel);
}

static uint32_t
cell_tag(const struct cube *cube, uint64_t key)
{
    return slots_tag(key + cube->seed);
}

static uint32_t
find_cell(const struct cube *cube, uint64_t key, uint32_t tag, size_t *place)
{
    uint32_t at = slots_first(&cube->index->cells, tag, place);
    while (at != SLOTS_NONE && key_of(&cube->cells[at]) != key)
        at = slots_next(&cube->index->cells, tag, place);
    return at;
}

static uint32_t
add_cell(struct cube *cube, const struct cell *cell)
{
    uint32_t at = (uint32_t)cube->cell_count++;
    cube->cells = grown(cube->cells, &cube->index->cell_cap, cube->cell_count, sizeof *cube->cells);
    cube->cells[at] = *cell;
    return at;
}

uint32_t
cube_cell(struct cube *cube, uint32_t session, uint32_t product, enum channel channel)
{
    uint64_t key = cell_key(session, product, channel);
    uint32_t tag = cell_tag(cube, key);
    size_t place;
    slots_reserve(&cube->index->cells);
    uint32_t at = find_cell(cube, key, tag, &place);
    if (at != SLOTS_NONE)
        return at;
    at = add_cell(cube, &(struct cell){.session = session, .product = product, .channel = channel});
    slots_put(&cube->index->cells, place, tag, at);
    return at;
}

void
cube_change(struct cube *cube, uint32_t at, const struct cube_change *change, int64_t log_ms)
{
    assert(at < cube->cell_count);
    struct cell *cell = &cube->cells[at];
    cell->gross_fen = fen_add(cell->gross_fen, change->gross_fen);
    cell->refunded_fen = fen_add(cell->refunded_fen, change->refunded_fen);
    cell->orders += change->orders;
    cell->orders_kept += change->orders_kept;
    cell->quantity = fen_add(cell->quantity, change->quantity);
    if (change->gross_fen != change->refunded_fen)
        cell->reached_at_ms = log_ms;
}

static uint32_t
minute_of(int64_t time_ms)
{
    return (uint32_t)(time_ms / MINUTE_MS);
}

/* By the cell's key, not its index: the point can be asked for before the cell has been found. */
static uint32_t
trend_tag(const struct cube *cube, uint64_t key, uint32_t minute)
{
    return slots_tag((key ^ (uint64_t)minute * 0x9e3779b97f4a7c15u) + cube->seed);
}

static struct trend_point *
find_point(const struct cube *cube, uint32_t tag, uint32_t cell, uint32_t minute, size_t *place)
{
    uint32_t at = slots_first(&cube->index->trend, tag, place);
    for (; at != SLOTS_NONE; at = slots_next(&cube->index->trend, tag, place)) {
        struct trend_point *point = cube_point(cube, at);
        if (point->cell == cell && point->minute == minute)
            return point;
    }
    return NULL;
}

static struct trend_point *
trend_point(struct cube *cube, uint32_t cell, uint32_t minute)
{
    uint32_t tag = trend_tag(cube, key_of(&cube->cells[cell]), minute);
    size_t place;
    slots_reserve(&cube->index->trend);
    struct trend_point *point = find_point(cube, tag, cell, minute, &place);
    if (point)
        return point;
    if (cube->trend_count == cube->index->chunk_count << TREND_CHUNK_BITS)
        add_trend_chunk(cube);
    slots_put(&cube->index->trend, place, tag, (uint32_t)cube->trend_count);
    point = cube_point(cube, cube->trend_count++);
    *point = (struct trend_point){.cell = cell, .minute = minute};
    return point;
}

static void
add_to_point(struct trend_point *point, int64_t gross_fen, int64_t refunded_fen, int64_t orders)
{
    point->gross_fen = fen_add(point->gross_fen, gross_fen);
    point->refunded_fen = fen_add(point->refunded_fen, refunded_fen);
    point->orders += orders;
}

void
cube_trend(struct cube *cube, uint32_t cell, const struct cube_change *change, int64_t time_ms)
{
    assert(cell < cube->cell_count && time_ms >= 0);
    struct trend_point *point = trend_point(cube, cell, minute_of(time_ms));
    add_to_point(point, change->gross_fen, change->refunded_fen, change->orders);
}

struct cube_hint
cube_prefetch_slots(const struct cube *cube, uint32_t session, uint32_t product, enum channel channel,
                    int64_t time_ms)
{
    uint64_t key = cell_key(session, product, channel);
    struct cube_hint hint = {cell_tag(cube, key), trend_tag(cube, key, minute_of(time_ms))};
    slots_prefetch(&cube->index->cells, hint.cell_tag);
    slots_prefetch(&cube->index->trend, hint.trend_tag);
    return hint;
}

void
cube_prefetch(const struct cube *cube, struct cube_hint hint)
{
    uint32_t cell = slots_peek(&cube->index->cells, hint.cell_tag);
    uint32_t point = slots_peek(&cube->index->trend, hint.trend_tag);
    if (cell != SLOTS_NONE)
        __builtin_prefetch(&cube->cells[cell], 1);
    if (point != SLOTS_NONE)
        __builtin_prefetch(cube_point(cube, point), 1);
}

static struct session_figures *
session_at(struct cube *cube, uint32_t session)
{
    struct cube_index *index = cube->index;
    if (session >= cube->session_count) {
        cube->sessions =
            grown(cube->sessions, &index->session_cap, (size_t)session + 1, sizeof *cube->sessions);
        cube->session_count = (size_t)session + 1;
    }
    return &cube->sessions[session];
}

void
cube_hold_session(struct cube *cube, uint32_t session)
{
    session_at(cube, session)->held = true;
}

void
cube_sample(struct cube *cube, uint32_t session, enum sample sample, int64_t value)
{
    assert(sample < SAMPLE_COUNT);
    int64_t *known = &session_at(cube, session)->sample[sample];
    if (value > *known)
        *known = value;
}

void
cube_add_video(struct cube *cube, uint32_t streamer, int64_t by)
{
    if (streamer >= cube->streamer_count) {
        cube->videos =
            grown(cube->videos, &cube->index->streamer_cap, (size_t)streamer + 1, sizeof *cube->videos);
        cube->streamer_count = (size_t)streamer + 1;
    }
    cube->videos[streamer] += by;
}

static uint32_t
moved(const uint32_t *moves, size_t index)
{
    return moves && index != CONTEST_NONE ? moves[index] : (uint32_t)index;
}

/* Adds a cell of another cube; its place here comes back, or CONTEST_NONE where it is left out. */
static uint32_t
merge_cell(struct cube *to, const struct cell *from, const struct cube_moves *moves)
{
    uint32_t session = moved(moves->sessions, from->session);
    uint32_t product = moved(moves->products, from->product);
    if (session == CONTEST_NONE || product == CONTEST_NONE)
        return CONTEST_NONE;
    uint32_t at = cube_cell(to, session, product, from->channel);
    struct cell *cell = &to->cells[at];
    cell->gross_fen = fen_add(cell->gross_fen, from->gross_fen);
    cell->refunded_fen = fen_add(cell->refunded_fen, from->refunded_fen);
    cell->orders += from->orders;
    cell->orders_kept += from->orders_kept;
    cell->quantity = fen_add(cell->quantity, from->quantity);
    if (from->reached_at_ms > cell->reached_at_ms)
        cell->reached_at_ms = from->reached_at_ms;
    return at;
}

static void
merge_trend(struct cube *to, const struct cube *from, const uint32_t *cells)
{
    for (size_t i = 0; i < from->trend_count; i++) {
        const struct trend_point *point = cube_point(from, i);
        if (cells[point->cell] == CONTEST_NONE)
            continue;
        struct trend_point *here = trend_point(to, cells[point->cell], point->minute);
        add_to_point(here, point->gross_fen, point->refunded_fen, point->orders);
    }
}

static void
merge_money(struct cube *to, const struct cube *from, const struct cube_moves *moves)
{
    uint32_t *cells = malloc((from->cell_count + 1) * sizeof *cells);
    if (!cells)
        abort();
    for (size_t i = 0; i < from->cell_count; i++)
        cells[i] = merge_cell(to, &from->cells[i], moves);
    merge_trend(to, from, cells);
    free(cells);
}

static void
merge_session(struct cube *to, uint32_t session, const struct session_figures *from)
{
    if (from->held)
        cube_hold_session(to, session);
    for (int sample = 0; sample < SAMPLE_COUNT; sample++)
        cube_sample(to, session, (enum sample)sample, from->sample[sample]);
}

void
cube_merge(struct cube *to, const struct cube *from, const struct cube_moves *moves)
{
    merge_money(to, from, moves);
    for (size_t i = 0; i < from->session_count; i++) {
        uint32_t session = moved(moves->sessions, i);
        if (session != CONTEST_NONE)
            merge_session(to, session, &from->sessions[i]);
    }
    for (size_t i = 0; i < from->streamer_count; i++) {
        uint32_t streamer = moved(moves->streamers, i);
        if (streamer != CONTEST_NONE && from->videos[i] != 0)
            cube_add_video(to, streamer, from->videos[i]);
    }
}
