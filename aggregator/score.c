/*
 * The norms: from a metric's value to points. Products of weights and values leave 64 bits, so they are made
 * in 128; what comes out is at most the weight.
 */
#include "aggregator/score.h"

#include <assert.h>
#include <stdlib.h>

#include "common/money.h"

typedef __int128 wide;

static int64_t
half_up(wide numerator, wide denominator)
{
    assert(numerator >= 0 && denominator > 0);
    return (int64_t)((2 * numerator + denominator) / (2 * denominator));
}

static struct rank_component *
component_of(struct rank_table *table, size_t row, size_t part)
{
    return &table->components[row * table->ranking->part_count + part];
}

static void
score_ratio(struct rank_table *table, size_t at, const struct score_part *part)
{
    int64_t most = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        if (component_of(table, i, at)->value > most)
            most = component_of(table, i, at)->value;
    }
    for (size_t i = 0; i < table->row_count; i++) {
        struct rank_component *component = component_of(table, i, at);
        if (component->value > 0) /* then `most` is too */
            component->points_milli = half_up((wide)part->weight_milli * component->value, most);
    }
}

static int
compare_values(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return one > other ? -1 : one < other;
}

/* How many of the sorted values are larger. */
static size_t
larger_count(const int64_t *values, size_t count, int64_t value)
{
    size_t from = 0, until = count;
    while (from < until) {
        size_t middle = from + (until - from) / 2;
        if (values[middle] > value)
            from = middle + 1;
        else
            until = middle;
    }
    return from;
}

static void
score_rank_step(struct rank_table *table, size_t at, const struct score_part *part)
{
    int64_t *values = malloc((table->row_count + 1) * sizeof *values);
    if (!values)
        abort();
    for (size_t i = 0; i < table->row_count; i++)
        values[i] = component_of(table, i, at)->value;
    qsort(values, table->row_count, sizeof *values, compare_values);
    for (size_t i = 0; i < table->row_count; i++) {
        struct rank_component *component = component_of(table, i, at);
        size_t larger = larger_count(values, table->row_count, component->value);
        component->rank = (int64_t)larger + 1;
        wide points = (wide)part->weight_milli - (wide)part->step_milli * (wide)larger;
        component->points_milli = component->value > 0 && points > 0 ? (int64_t)points : 0;
    }
    free(values);
}

static void
score_per_unit(struct rank_table *table, size_t at, const struct score_part *part)
{
    assert(part->unit > 0);
    for (size_t i = 0; i < table->row_count; i++) {
        struct rank_component *component = component_of(table, i, at);
        if (component->value < 0)
            continue;
        wide points = (wide)(component->value / part->unit) * part->each_milli;
        component->points_milli = points < part->weight_milli ? (int64_t)points : part->weight_milli;
    }
}

/* --- The jury --- */

/* The marks of one streamer: each judge's total is one. */
struct panel_marks {
    int64_t sum_milli, highest_milli, lowest_milli;
    int64_t count;
};

static void
add_mark(struct panel_marks *marks, int64_t mark_milli)
{
    if (marks->count == 0 || mark_milli > marks->highest_milli)
        marks->highest_milli = mark_milli;
    if (marks->count == 0 || mark_milli < marks->lowest_milli)
        marks->lowest_milli = mark_milli;
    marks->sum_milli = fen_add(marks->sum_milli, mark_milli);
    marks->count++;
}

static struct panel_marks
panel_marks_of(const struct standing *standing, uint32_t streamer)
{
    struct panel_marks marks = {0};
    size_t count;
    const struct mark *mark = standing_marks_of(standing, streamer, &count);
    for (size_t i = 0; i < count;) {
        uint32_t judge = mark[i].judge;
        int64_t total_milli = 0;
        for (; i < count && mark[i].judge == judge; i++)
            total_milli = fen_add(total_milli, mark[i].points_milli);
        add_mark(&marks, total_milli);
    }
    return marks;
}

static int64_t
criteria_max_milli(const struct contest *contest)
{
    int64_t sum_milli = 0;
    for (size_t i = 0; i < contest->criterion_count; i++)
        sum_milli = fen_add(sum_milli, contest->criteria[i].max_milli);
    return sum_milli;
}

static void
score_jury(const struct standing *standing, struct rank_table *table, size_t at,
           const struct score_part *part)
{
    int64_t max_milli = criteria_max_milli(standing->contest);
    for (size_t i = 0; i < table->row_count && table->ranking->of == ENTITY_STREAMER; i++) {
        struct rank_component *component = component_of(table, i, at);
        struct panel_marks marks = panel_marks_of(standing, table->rows[i].entity);
        if (part->drop > 0 && marks.count >= 3) {
            marks.sum_milli -= marks.highest_milli + marks.lowest_milli;
            marks.count -= 2;
        }
        component->value = marks.sum_milli;
        component->count = marks.count;
        if (marks.count > 0 && max_milli > 0)
            component->points_milli =
                half_up((wide)part->weight_milli * marks.sum_milli, (wide)marks.count * max_milli);
    }
}

void
score_part(const struct standing *standing, struct rank_table *table, size_t at)
{
    const struct score_part *part = &table->ranking->parts[at];
    if (part->norm == NORM_TRIMMED_MEAN) {
        score_jury(standing, table, at, part);
        return;
    }
    for (size_t i = 0; i < table->row_count; i++)
        component_of(table, i, at)->value = table->rows[i].figures.value[part->metric];
    switch (part->norm) {
    case NORM_RATIO_TO_MAX:
        score_ratio(table, at, part);
        break;
    case NORM_RANK_STEP:
        score_rank_step(table, at, part);
        break;
    case NORM_PER_UNIT:
        score_per_unit(table, at, part);
        break;
    case NORM_TRIMMED_MEAN:
        break;
    }
}
