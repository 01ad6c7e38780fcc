#include "cli/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/terminal.h"
#include "common/money.h"

static void *
must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

struct report *
report_new(void)
{
    return must(calloc(1, sizeof(struct report)));
}

static void
table_free(struct table *table)
{
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(table->id);
    free(table->name);
    free(table);
}

void
report_free(struct report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->table_count; i++)
        table_free(report->tables[i]);
    free(report->tables);
    free(report->contest);
    free(report->version);
    free(report->view);
    free(report);
}

struct table *
report_table(struct report *report, const char *id, const char *name, const struct column *columns,
             size_t column_count)
{
    assert(column_count > 0);
    struct table *table = must(calloc(1, sizeof *table));
    *table = (struct table){.id = must(strdup(id)),
                            .name = must(strdup(name)),
                            .columns = columns,
                            .column_count = column_count};
    report->tables = must(realloc(report->tables, (report->table_count + 1) * sizeof *report->tables));
    return report->tables[report->table_count++] = table;
}

static struct cell *
next_cell(struct table *table)
{
    if (table->cell_count == table->cell_cap) {
        table->cell_cap = table->cell_cap ? table->cell_cap * 2 : 64;
        table->cells = must(realloc(table->cells, table->cell_cap * sizeof *table->cells));
    }
    struct cell *cell = &table->cells[table->cell_count++];
    *cell = (struct cell){0};
    return cell;
}

/* The column that the next cell belongs to. */
static const struct column *
next_column(const struct table *table)
{
    return &table->columns[table->cell_count % table->column_count];
}

void
table_text(struct table *table, const char *text)
{
    assert(next_column(table)->kind == COLUMN_TEXT);
    struct cell *cell = next_cell(table);
    cell->none = text == NULL;
    cell->text = text ? must(strdup(text)) : NULL;
}

void
table_number(struct table *table, int64_t number)
{
    assert(next_column(table)->kind != COLUMN_TEXT);
    next_cell(table)->number = number;
}

void
table_none(struct table *table)
{
    next_cell(table)->none = true;
}

size_t
table_row_count(const struct table *table)
{
    assert(table->cell_count % table->column_count == 0);
    return table->cell_count / table->column_count;
}

const struct cell *
table_cell(const struct table *table, size_t row, size_t column)
{
    assert(row < table_row_count(table) && column < table->column_count);
    return &table->cells[row * table->column_count + column];
}

static void
add_without_commas(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != ',')
            buf_add_byte(out, text.at[i]);
}

static void
add_points(struct buf *out, int64_t milli)
{
    uint64_t size = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli;
    buf_printf(out, "%s%llu.%03u", milli < 0 ? "-" : "", (unsigned long long)(size / 1000),
               (unsigned)(size % 1000));
}

void
table_cell_text(const struct column *column, const struct cell *cell, bool commas, struct buf *out)
{
    if (cell->none)
        return;
    if (column->kind == COLUMN_TEXT) {
        buf_add_text(out, cell->text);
        return;
    }
    if (column->kind == COLUMN_POINTS) {
        add_points(out, cell->number);
        return;
    }
    struct buf written = {0};
    money_add_yuan(&written, cell->number);
    struct span digits = buf_span(&written);
    if (column->kind == COLUMN_COUNT) {
        buf_clear(&written);
        buf_add_int(&written, cell->number);
        digits = buf_span(&written);
    }
    if (commas)
        buf_add_span(out, digits);
    else
        add_without_commas(out, digits);
    buf_free(&written);
}

/* --- Printers --- */

enum report_format
report_format_find(struct span name)
{
#define X(constant, written)                                                                                 \
    if (span_is(name, written))                                                                              \
        return constant;
    REPORT_FORMATS(X)
#undef X
    return REPORT_FORMAT_COUNT;
}

enum report_format
report_format_by_path(const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    enum report_format format = dot ? report_format_find(span_of(dot + 1)) : REPORT_TABLE;
    return format == REPORT_FORMAT_COUNT ? REPORT_TABLE : format;
}

void
report_write(const struct report *report, enum report_format format, bool colours, struct buf *out)
{
    switch (format) {
    case REPORT_TABLE:
        table_write_people(report, colours, out);
        break;
    case REPORT_CSV:
        table_write_csv(report, out);
        break;
    case REPORT_JSON:
        table_write_json(report, out);
        break;
    case REPORT_XLSX:
    case REPORT_FORMAT_COUNT:
        assert(!"a format that is written to a buffer");
    }
}

bool
report_print(const struct report *report, enum report_format format, const char *path)
{
    assert(path || format != REPORT_XLSX);
    if (format == REPORT_XLSX)
        return table_write_xlsx(report, path);
    struct buf text = {0};
    report_write(report, format, !path && terminal_colours(stdout), &text);
    FILE *out = path ? fopen(path, "wb") : stdout;
    bool written = !text.failed && out && fwrite(text.at ? text.at : "", 1, text.len, out) == text.len;
    if (out)
        written = (path ? fclose(out) : fflush(out)) == 0 && written;
    if (!written)
        fprintf(stderr, "bochuang: %s: %s\n", path ? path : "standard output", strerror(errno));
    buf_free(&text);
    return written;
}
