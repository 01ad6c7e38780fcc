/* Series: the cube's trend, by minute and cell, gathered into buckets of time and groups. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/groups.h"
#include "common/money.h"

struct gathering {
    struct groups groups;
    struct series *series;
    size_t cap;
};

/* The start of the bucket that a minute lies in; buckets begin at midnights of the contest's local time. */
static int64_t
bucket_start_ms(uint32_t minute, int64_t bucket_s, int utc_offset_min)
{
    int64_t local_s = ((int64_t)minute + utc_offset_min) * 60;
    int64_t into_s = local_s % bucket_s;
    if (into_s < 0)
        into_s += bucket_s;
    return ((int64_t)minute * 60 - into_s) * 1000;
}

static struct series_row *
row_of(struct gathering *gathering, const struct group_key *key)
{
    struct series *series = gathering->series;
    uint32_t at = groups_row(&gathering->groups, key);
    if (at < series->row_count)
        return &series->rows[at];
    if (series->row_count == gathering->cap) {
        gathering->cap = gathering->cap ? gathering->cap * 2 : 64;
        series->rows = realloc(series->rows, gathering->cap * sizeof *series->rows);
        if (!series->rows)
            abort();
    }
    struct series_row *row = &series->rows[series->row_count++];
    *row = (struct series_row){.start_ms = key->start_ms};
    memcpy(row->key, key->key, sizeof row->key);
    return row;
}

static void
add_point(struct series_row *row, const struct trend_point *point)
{
    row->gross_fen = fen_add(row->gross_fen, point->gross_fen);
    row->net_fen = fen_add(row->net_fen, fen_add(point->gross_fen, -point->refunded_fen));
    row->orders += point->orders;
}

static int
compare_rows(const void *a, const void *b)
{
    const struct series_row *one = a, *other = b;
    if (one->start_ms != other->start_ms)
        return one->start_ms < other->start_ms ? -1 : 1;
    int order = 0;
    for (size_t i = 0; i < LIMIT_TALLY_DIMENSIONS && order == 0 && one->key[i]; i++)
        order = strcmp(one->key[i], other->key[i]);
    return order;
}

/* What a void took back leaves nothing. */
static void
drop_empty(struct series *series)
{
    size_t kept = 0;
    for (size_t i = 0; i < series->row_count; i++) {
        const struct series_row *row = &series->rows[i];
        if (row->gross_fen != 0 || row->net_fen != 0 || row->orders != 0)
            series->rows[kept++] = *row;
    }
    series->row_count = kept;
}

/* Keeps the newest buckets where there are too many; the rows are in order. */
static void
cut(struct series *series)
{
    size_t from = series->row_count, buckets = 0;
    while (from > 0) {
        bool fresh =
            from == series->row_count || series->rows[from - 1].start_ms != series->rows[from].start_ms;
        if (fresh && buckets == LIMIT_SERIES_BUCKETS)
            break;
        buckets += fresh;
        from--;
    }
    series->cut = from > 0;
    series->row_count -= from;
    if (series->cut)
        memmove(series->rows, series->rows + from, series->row_count * sizeof *series->rows);
}

static void
gather(const struct standing *standing, const struct tally_query *query, int64_t bucket_s, int64_t from_ms,
       int64_t until_ms, struct gathering *gathering)
{
    const struct contest *contest = standing->contest;
    for (size_t i = 0; i < standing->cube.trend_count; i++) {
        const struct trend_point *point = cube_point(&standing->cube, i);
        const struct cell *cell = &standing->cube.cells[point->cell];
        int64_t time_ms = (int64_t)point->minute * 60 * 1000;
        struct spot spot = spot_of_cell(contest, cell);
        struct group_key key;
        if (time_ms < from_ms || time_ms >= until_ms || !group_key_of(contest, query, &spot, &key))
            continue;
        key.start_ms = bucket_start_ms(point->minute, bucket_s, contest->utc_offset_min);
        add_point(row_of(gathering, &key), point);
    }
}

void
series_make(const struct standing *standing, const struct tally_query *query, int64_t bucket_s,
            int64_t from_ms, int64_t until_ms, struct series *series)
{
    assert(bucket_s >= 60 && bucket_s % 60 == 0);
    *series = (struct series){0};
    if (!standing->contest)
        return;
    struct gathering gathering = {.series = series};
    groups_init(&gathering.groups);
    gather(standing, query, bucket_s, from_ms, until_ms, &gathering);
    groups_free(&gathering.groups);
    drop_empty(series);
    if (series->row_count > 1)
        qsort(series->rows, series->row_count, sizeof *series->rows, compare_rows);
    cut(series);
}

void
series_free(struct series *series)
{
    free(series->rows);
    *series = (struct series){0};
}
