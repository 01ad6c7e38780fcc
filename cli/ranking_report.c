#include "cli/ranking_report.h"

#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "common/metric.h"

static const struct column by_sales[] = {
    {"rank", "rank", COLUMN_COUNT},
    {"id", "id", COLUMN_TEXT},
    {"name", "name", COLUMN_TEXT},
    {"net_fen", "net sales (yuan)", COLUMN_FEN},
    {"online_net_fen", "online (yuan)", COLUMN_FEN},
    {"offline_net_fen", "offline (yuan)", COLUMN_FEN},
    {"gross_fen", "gross (yuan)", COLUMN_FEN},
    {"refunded_fen", "refunded (yuan)", COLUMN_FEN},
    {"orders", "orders", COLUMN_COUNT},
};

static const struct column by_points[] = {
    {"rank", "rank", COLUMN_COUNT},
    {"id", "id", COLUMN_TEXT},
    {"name", "name", COLUMN_TEXT},
    {"points_milli", "points", COLUMN_POINTS},
    {"adjusted_milli", "of it adjusted", COLUMN_POINTS},
    {"net_fen", "net sales (yuan)", COLUMN_FEN},
    {"orders", "orders", COLUMN_COUNT},
};

static const struct column by_audience[] = {
    {"rank", "rank", COLUMN_COUNT},         {"id", "id", COLUMN_TEXT},
    {"name", "name", COLUMN_TEXT},          {"sessions", "sessions", COLUMN_COUNT},
    {"videos", "videos", COLUMN_COUNT},     {"viewers", "viewers", COLUMN_COUNT},
    {"likes", "likes", COLUMN_COUNT},       {"followers", "followers", COLUMN_COUNT},
    {"comments", "comments", COLUMN_COUNT}, {"net_fen", "net sales (yuan)", COLUMN_FEN},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char *
copy(const char *text)
{
    char *copied = strdup(text);
    if (!copied)
        abort();
    return copied;
}

void
report_take_envelope(struct report *report, const json_t *envelope)
{
    free(report->contest);
    free(report->version);
    free(report->view);
    report->contest = copy(ask_text(envelope, "contest"));
    report->version = copy(ask_text(envelope, "version"));
    report->view = copy(ask_text(envelope, "view"));
    report->as_of_ms = ask_int(envelope, "as_of_ms");
}

/* A member of the row, or of its metrics. */
static const json_t *
row_member(const json_t *row, const char *key)
{
    const json_t *own = json_object_get(row, key);
    return own ? own : json_object_get(json_object_get(row, "metrics"), key);
}

static void
add_row(struct table *table, const json_t *row)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const json_t *member = row_member(row, table->columns[i].key);
        if (table->columns[i].kind == COLUMN_TEXT)
            table_text(table, json_string_value(member));
        else if (json_is_integer(member))
            table_number(table, json_integer_value(member));
        else
            table_none(table);
    }
}

void
report_add_ranking(struct report *report, const json_t *ranking, size_t most)
{
    const char *by = ask_text(ranking, "by");
    enum metric metric = metric_find(span_of(by));
    const struct column *columns = by_sales;
    size_t count = COUNT(by_sales);
    if (!*by) {
        columns = by_points;
        count = COUNT(by_points);
    } else if (metric < METRIC_COUNT && !metric_is_of_sales(metric)) {
        columns = by_audience;
        count = COUNT(by_audience);
    }
    struct table *table =
        report_table(report, ask_text(ranking, "id"), ask_text(ranking, "name"), columns, count);
    const json_t *rows = json_object_get(ranking, "rows");
    for (size_t i = 0; i < json_array_size(rows) && i < most; i++)
        add_row(table, json_array_get(rows, i));
}
