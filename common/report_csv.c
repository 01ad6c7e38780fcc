/*
 * CSV as spreadsheets open it: UTF-8 with its mark, CRLF, RFC 4180 quotes. Text that a spreadsheet would run
 * as a formula gets an apostrophe before it; figures are ours, and are left alone. A long id of digits alone,
 * which a spreadsheet would round as a number, gets a tab before it, as the platforms' own exports have it.
 */
#include "common/report.h"

#include <string.h>

enum { LONG_ID_DIGITS = 12 }; /* from here on a spreadsheet shows 6.92E+12 */

static bool
runs_as_formula(struct span text)
{
    return text.len > 0 && strchr("=+-@\t\r", text.at[0]);
}

static bool
is_long_number(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    }
    return text.len >= LONG_ID_DIGITS;
}

static void
add_quoted(struct buf *out, struct span text, const char *before)
{
    bool quotes = *before != '\0';
    for (size_t i = 0; i < text.len && !quotes; i++)
        quotes = strchr(",\"\r\n", text.at[i]) && text.at[i];
    if (quotes)
        buf_add_byte(out, '"');
    buf_add_text(out, before);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, text.at[i]);
    }
    if (quotes)
        buf_add_byte(out, '"');
}

static void
add_text(struct buf *out, struct span text)
{
    const char *before = "";
    if (runs_as_formula(text))
        before = "'";
    else if (is_long_number(text))
        before = "\t";
    add_quoted(out, text, before);
}

/* A title in two languages, in one line. */
static void
add_title(struct buf *out, const char *title, struct buf *scratch)
{
    buf_clear(scratch);
    for (const char *at = title; *at; at++)
        buf_add_byte(scratch, *at == '\n' ? ' ' : *at);
    add_text(out, buf_span(scratch));
}

static void
write_row(const struct table *table, size_t row, struct buf *scratch, struct buf *out)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        const struct table_cell *cell = table_cell(table, row, i);
        if (i > 0)
            buf_add_byte(out, ',');
        buf_clear(scratch);
        table_cell_text(column, cell, false, scratch);
        if (table_cell_kind(column, cell) != COLUMN_TEXT)
            buf_add_span(out, buf_span(scratch));
        else if (table->is_facts && i == 0)
            add_title(out, cell->text, scratch);
        else
            add_text(out, buf_span(scratch));
    }
    buf_add_text(out, "\r\n");
}

static void
write_table(const struct table *table, struct buf *scratch, struct buf *out)
{
    for (size_t i = 0; i < table->column_count && !table->is_facts; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        add_title(out, table->columns[i].title, scratch);
    }
    if (!table->is_facts)
        buf_add_text(out, "\r\n");
    for (size_t row = 0; row < table_row_count(table); row++)
        write_row(table, row, scratch, out);
}

static void
write_line(struct buf *out, const char *text, struct buf *scratch)
{
    add_title(out, text, scratch);
    buf_add_text(out, "\r\n");
}

static void
write_heading(const struct report *report, struct buf *scratch, struct buf *out)
{
    const char *const lines[] = {report->title, report->status, report->headline};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (lines[i])
            write_line(out, lines[i], scratch);
    }
    if (report->title)
        buf_add_text(out, "\r\n");
}

void
report_csv(const struct report *report, struct buf *out)
{
    struct buf scratch = {0};
    buf_add_text(out, "\xef\xbb\xbf");
    write_heading(report, &scratch, out);
    for (size_t i = 0; i < report->table_count; i++) {
        if (i > 0)
            buf_add_text(out, "\r\n");
        if (report->table_count > 1)
            write_line(out, report->tables[i]->name, &scratch);
        write_table(report->tables[i], &scratch, out);
        if (report->tables[i]->remark) {
            buf_add_text(out, "\r\n"); /* no row of the table */
            write_line(out, report->tables[i]->remark, &scratch);
        }
    }
    buf_free(&scratch);
}
