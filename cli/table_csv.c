/*
 * CSV as spreadsheets open it: UTF-8 with its mark, CRLF, RFC 4180 quotes. Text that a spreadsheet would run
 * as a formula gets an apostrophe before it; figures are ours, and are left alone.
 */
#include "cli/table.h"

#include <string.h>

static bool
runs_as_formula(struct span text)
{
    return text.len > 0 && strchr("=+-@\t\r", text.at[0]);
}

static void
add_field(struct buf *out, struct span text, bool guarded)
{
    bool guard = guarded && runs_as_formula(text);
    bool quotes = guard;
    for (size_t i = 0; i < text.len && !quotes; i++)
        quotes = strchr(",\"\r\n", text.at[i]) && text.at[i];
    if (quotes)
        buf_add_byte(out, '"');
    if (guard)
        buf_add_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, text.at[i]);
    }
    if (quotes)
        buf_add_byte(out, '"');
}

static void
write_row(const struct table *table, size_t row, struct buf *scratch, struct buf *out)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        buf_clear(scratch);
        table_cell_text(column, table_cell(table, row, i), false, scratch);
        if (i > 0)
            buf_add_byte(out, ',');
        add_field(out, buf_span(scratch), column->kind == COLUMN_TEXT);
    }
    buf_add_text(out, "\r\n");
}

static void
write_table(const struct table *table, struct buf *scratch, struct buf *out)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        add_field(out, span_of(table->columns[i].title), true);
    }
    buf_add_text(out, "\r\n");
    for (size_t row = 0; row < table_row_count(table); row++)
        write_row(table, row, scratch, out);
}

/* Several tables follow each other, each under its name, with an empty line between. */
void
table_write_csv(const struct report *report, struct buf *out)
{
    struct buf scratch = {0};
    buf_add_text(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < report->table_count; i++) {
        if (i > 0)
            buf_add_text(out, "\r\n");
        if (report->table_count > 1) {
            add_field(out, span_of(report->tables[i]->name), true);
            buf_add_text(out, "\r\n");
        }
        write_table(report->tables[i], &scratch, out);
    }
    buf_free(&scratch);
}
