/* A ranking as a table: rank, who, how the points came about, and what its order follows from. */
#include "aggregator/version_words.h"

#include <ctype.h>
#include <string.h>

#include "common/buf.h"

/* --- Its columns --- */

static void
add_part_columns(const struct writer *writer, struct columns *columns, const struct score_part *part)
{
    const char *points =
        words(writer, kept_text(writer, "得分（满分%s）", milli_text(writer, part->weight_milli)),
              kept_text(writer, "points of %s", milli_text(writer, part->weight_milli)));
    if (part->norm == NORM_TRIMMED_MEAN) {
        column_add(columns, "marks", words(writer, "计入的评委数", "Marks kept"), COLUMN_COUNT);
        column_add(columns, "value", words(writer, "评委总分之和", "Sum of marks"), COLUMN_POINTS);
    } else {
        column_add(columns, metric_name(part->metric), metric_words(writer, part->metric),
                   metric_kind(part->metric));
    }
    if (part->norm == NORM_RANK_STEP)
        column_add(columns, "part_rank", words(writer, "单项名次", "its rank"), COLUMN_COUNT);
    column_add(columns, "part_points", points, COLUMN_POINTS);
}

static void
add_part_cells(struct table *table, const struct score_part *part, const struct rank_component *component)
{
    if (part->norm == NORM_TRIMMED_MEAN)
        table_number(table, component->count);
    table_number(table, component->value);
    if (part->norm == NORM_RANK_STEP)
        table_number(table, component->rank);
    table_number(table, component->points_milli);
}

static void
add_ranking_columns(const struct writer *writer, const struct ranking *ranking, struct columns *columns)
{
    column_add(columns, "rank", words(writer, "名次", "Rank"), COLUMN_COUNT);
    column_add(columns, "name", entity_words(writer, ranking->of), COLUMN_TEXT);
    if (ranking->of == ENTITY_STREAMER)
        column_add(columns, "county", words(writer, "县（市、区）", "County"), COLUMN_TEXT);
    if (ranking->by_points)
        column_add(columns, "points", words(writer, "总分", "Points"), COLUMN_POINTS);
    for (size_t i = 0; i < ranking->part_count; i++)
        add_part_columns(writer, columns, &ranking->parts[i]);
    if (ranking->by_points && ranking->of == ENTITY_STREAMER)
        column_add(columns, "adjusted", words(writer, "加减分", "Adjusted"), COLUMN_POINTS);
}

static void
add_ranking_row(const struct writer *writer, struct table *table, const struct ranking *ranking,
                const struct rank_row *row)
{
    table_number(table, row->rank);
    table_text(table, entity_name(writer, ranking->of, row->entity));
    if (ranking->of == ENTITY_STREAMER)
        table_text(table, county_name(writer, row->entity));
    if (ranking->by_points)
        table_number(table, row->points_milli);
    for (size_t i = 0; i < ranking->part_count; i++)
        add_part_cells(table, &ranking->parts[i], &row->components[i]);
    if (ranking->by_points && ranking->of == ENTITY_STREAMER)
        table_number(table, row->adjusted_milli);
}

/* By one metric, that metric comes first; then what decides ties, where paper would not have it otherwise. */
static size_t
ranking_metrics(const struct ranking *ranking, enum metric *metrics)
{
    size_t all = ranking->of == ENTITY_PRODUCT ? METRIC_SALES_COUNT : METRIC_SUM_COUNT, count = 0;
    bool taken[METRIC_COUNT] = {false};
    if (!ranking->by_points) {
        metrics[count++] = ranking->by;
        taken[ranking->by] = true;
    }
    for (size_t i = 0; i < ranking->tie_count && !ranking->by_points; i++) {
        enum metric tie = ranking->ties[i];
        if (tie < METRIC_QUANTITY || tie >= all || taken[tie])
            continue;
        metrics[count++] = tie;
        taken[tie] = true;
    }
    for (size_t i = 0; i < all; i++) {
        if (!taken[i])
            metrics[count++] = (enum metric)i;
    }
    return count;
}

static const char *
reached_text(const struct writer *writer, const struct rank_row *row)
{
    int64_t reached_ms = row->figures.value[METRIC_REACHED_AT];
    return reached_ms ? time_text(writer, reached_ms) : NULL;
}

/* --- What its order follows from --- */

/* A metric within a sentence: without its unit. */
static void
add_metric_name(const struct writer *writer, enum metric metric, struct buf *out)
{
    bool english = writer->language == LANGUAGE_EN;
    if (metric == METRIC_REACHED_AT) {
        buf_add_text(out, english ? "when it was reached (the earlier first)" : "达到时间（早者在前）");
        return;
    }
    const char *name = metric_words(writer, metric);
    const char *unit = strstr(name, english ? " (" : "（");
    size_t len = unit ? (size_t)(unit - name) : strlen(name);
    buf_add_byte(out, english ? (char)tolower((unsigned char)name[0]) : name[0]);
    buf_add_span(out, (struct span){name + 1, len - 1});
}

/* "orders, then by quantity": the ties in turn, but for what it is ranked by. */
static void
add_ties(const struct writer *writer, const struct ranking *ranking, struct buf *out)
{
    for (size_t i = 0; i < ranking->tie_count; i++) {
        if (!ranking->by_points && ranking->ties[i] == ranking->by)
            continue;
        if (out->len > 0)
            buf_add_text(out, writer->language == LANGUAGE_EN ? ", then by " : "、");
        add_metric_name(writer, ranking->ties[i], out);
    }
}

static const char *
order_words(const struct writer *writer, const struct ranking *ranking, enum report_language language)
{
    struct writer own = {writer->report, writer->version, language};
    bool english = language == LANGUAGE_EN;
    struct buf by = {0}, ties = {0};
    if (ranking->by_points)
        buf_add_text(&by, english ? "points" : "总分");
    else
        add_metric_name(&own, ranking->by, &by);
    add_ties(&own, ranking, &ties);
    const char *text;
    if (english)
        text = kept_text(writer, "Ranked by %s%s%s; still equal: a shared rank.", buf_text(&by),
                         ties.len ? "; where equal, by " : "", buf_text(&ties));
    else
        text = kept_text(writer, "按%s排名%s%s；仍相同的并列。", buf_text(&by),
                         ties.len ? "；相同时依次比较" : "", buf_text(&ties));
    buf_free(&by);
    buf_free(&ties);
    return text;
}

void
version_ranking(const struct writer *writer, const struct rank_table *ranks)
{
    const struct ranking *ranking = ranks->ranking;
    struct columns columns = {0};
    enum metric metrics[METRIC_COUNT];
    size_t metric_count = ranking_metrics(ranking, metrics);
    add_ranking_columns(writer, ranking, &columns);
    size_t detail_from = columns.count + (ranking->by_points ? 0 : RANKING_PAPER_METRICS);
    columns_add_metrics(writer, &columns, metrics, metric_count);
    column_add(&columns, "reached_at", words(writer, "达到时间", "Reached at"), COLUMN_TEXT);
    column_add(&columns, "id", words(writer, "编号", "Id"), COLUMN_TEXT);
    struct table *table = add_columns(writer, kept_text(writer, "ranking-%s", ranking->id),
                                      words(writer, ranking->name, ranking->name_en), &columns);
    table->detail_from = detail_from;
    table->remark =
        words(writer, order_words(writer, ranking, LANGUAGE_ZH), order_words(writer, ranking, LANGUAGE_EN));
    for (size_t i = 0; i < ranks->row_count; i++) {
        const struct rank_row *row = &ranks->rows[i];
        add_ranking_row(writer, table, ranking, row);
        table_metrics(table, &row->figures, metrics, metric_count);
        table_text(table, reached_text(writer, row));
        table_text(table, row->id);
    }
}
