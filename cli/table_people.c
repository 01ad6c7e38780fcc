/* The printer for people: columns that stand under each other, Chinese or not; figures to the right. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "cli/terminal.h"
#include "common/clock.h"

enum { CELL_COLUMNS_MOST = 40, CHINA_OFFSET_MIN = 8 * 60 };

/* The last column is as wide as it is: nothing stands behind it. */
static size_t
widest_of(const struct table *table, size_t column)
{
    return column + 1 == table->column_count ? SIZE_MAX : CELL_COLUMNS_MOST;
}

static size_t
column_width(const struct table *table, size_t column, struct buf *scratch)
{
    size_t widest = text_width(span_of(table->columns[column].title)), most = widest_of(table, column);
    for (size_t row = 0; row < table_row_count(table); row++) {
        buf_clear(scratch);
        table_cell_text(&table->columns[column], table_cell(table, row, column), true, scratch);
        size_t width = text_width(buf_span(scratch));
        width = width < most ? width : most;
        if (width > widest)
            widest = width;
    }
    return widest;
}

/* Spaces behind the last column would only wrap narrow terminals. */
static void
end_line(struct buf *out)
{
    while (out->len > 0 && out->at[out->len - 1] == ' ')
        out->len--;
    buf_add_byte(out, '\n');
}

static void
write_head(const struct table *table, const size_t *widths, bool colours, struct buf *out)
{
    if (colours)
        buf_add_text(out, "\033[2m");
    for (size_t i = 0; i < table->column_count; i++) {
        text_add_padded(out, span_of(table->columns[i].title), widths[i],
                        table->columns[i].kind != COLUMN_TEXT);
        buf_add_text(out, "  ");
    }
    end_line(out);
    if (colours)
        buf_add_text(out, "\033[0m");
}

static void
write_row(const struct table *table, size_t row, const size_t *widths, struct buf *scratch, struct buf *out)
{
    for (size_t i = 0; i < table->column_count; i++) {
        buf_clear(scratch);
        table_cell_text(&table->columns[i], table_cell(table, row, i), true, scratch);
        text_add_padded(out, buf_span(scratch), widths[i], table->columns[i].kind != COLUMN_TEXT);
        buf_add_text(out, "  ");
    }
    end_line(out);
}

static void
write_table(const struct table *table, bool colours, struct buf *out)
{
    struct buf scratch = {0};
    size_t *widths = calloc(table->column_count, sizeof *widths);
    if (!widths)
        abort();
    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = column_width(table, i, &scratch);
    buf_printf(out, "%s%s%s\n", colours ? "\033[1m" : "", table->name, colours ? "\033[0m" : "");
    write_head(table, widths, colours, out);
    for (size_t row = 0; row < table_row_count(table); row++)
        write_row(table, row, widths, &scratch, out);
    free(widths);
    buf_free(&scratch);
}

static void
write_origin(const struct report *report, struct buf *out)
{
    char as_of[40];
    clock_format_rfc3339(as_of, sizeof as_of, report->as_of_ms, CHINA_OFFSET_MIN);
    buf_printf(out, "%s%s%s view, as of %s, log position %s\n", report->contest ? report->contest : "",
               report->contest ? ", " : "", report->view ? report->view : "public", as_of, report->version);
}

void
table_write_people(const struct report *report, bool colours, struct buf *out)
{
    for (size_t i = 0; i < report->table_count; i++) {
        if (i > 0)
            buf_add_byte(out, '\n');
        write_table(report->tables[i], colours, out);
    }
    if (!report->version)
        return;
    buf_add_byte(out, '\n');
    write_origin(report, out);
}
