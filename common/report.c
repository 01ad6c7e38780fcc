#include "common/report.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/money.h"
#include "common/must.h"

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
    for (size_t i = 0; i < report->kept_count; i++)
        free(report->kept[i]);
    free(report->kept);
    free(report->contest);
    free(report->version);
    free(report->view);
    free(report);
}

void *
report_keep(struct report *report, void *memory)
{
    report->kept = must(realloc(report->kept, (report->kept_count + 1) * sizeof *report->kept));
    return report->kept[report->kept_count++] = must(memory);
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

static struct table_cell *
next_cell(struct table *table)
{
    if (table->cell_count == table->cell_cap) {
        table->cell_cap = table->cell_cap ? table->cell_cap * 2 : 64;
        table->cells = must(realloc(table->cells, table->cell_cap * sizeof *table->cells));
    }
    struct table_cell *cell = &table->cells[table->cell_count++];
    *cell = (struct table_cell){0};
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
    enum column_kind kind = next_column(table)->kind;
    assert(kind == COLUMN_TEXT || kind == COLUMN_MIXED);
    struct table_cell *cell = next_cell(table);
    cell->none = text == NULL;
    cell->text = text ? must(strdup(text)) : NULL;
}

void
table_number(struct table *table, int64_t number)
{
    enum column_kind kind = next_column(table)->kind;
    assert(kind != COLUMN_TEXT && kind != COLUMN_MIXED);
    next_cell(table)->number = number;
}

void
table_number_of(struct table *table, enum column_kind kind, int64_t number)
{
    assert(next_column(table)->kind == COLUMN_MIXED && kind != COLUMN_TEXT && kind != COLUMN_MIXED);
    struct table_cell *cell = next_cell(table);
    cell->number = number;
    cell->kind = kind;
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

const struct table_cell *
table_cell(const struct table *table, size_t row, size_t column)
{
    assert(row < table_row_count(table) && column < table->column_count);
    return &table->cells[row * table->column_count + column];
}

enum column_kind
table_cell_kind(const struct column *column, const struct table_cell *cell)
{
    return column->kind == COLUMN_MIXED ? cell->kind : column->kind;
}

static void
add_without_commas(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != ',')
            buf_add_byte(out, text.at[i]);
}

/* As money is grouped: "1,234". */
static void
add_count(struct buf *out, int64_t number, bool commas)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number, unit = 1;
    while (size / unit >= 1000)
        unit *= 1000;
    buf_printf(out, "%s%llu", number < 0 ? "-" : "", (unsigned long long)(commas ? size / unit : size));
    for (unit /= 1000; commas && unit > 0; unit /= 1000)
        buf_printf(out, ",%03u", (unsigned)(size / unit % 1000));
}

/* `number` in units of 1 / `scale`, with so many decimals. */
static void
add_decimal(struct buf *out, int64_t number, uint64_t scale, int decimals)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    buf_printf(out, "%s%llu.%0*u", number < 0 ? "-" : "", (unsigned long long)(size / scale), decimals,
               (unsigned)(size % scale));
}

void
table_cell_text(const struct column *column, const struct table_cell *cell, bool commas, struct buf *out)
{
    struct buf yuan = {0};
    if (cell->none)
        return;
    switch (table_cell_kind(column, cell)) {
    case COLUMN_TEXT:
    case COLUMN_MIXED:
        buf_add_text(out, cell->text);
        break;
    case COLUMN_COUNT:
        add_count(out, cell->number, commas);
        break;
    case COLUMN_POINTS:
        add_decimal(out, cell->number, 1000, 3);
        break;
    case COLUMN_PERCENT:
        add_decimal(out, cell->number, 100, 2);
        buf_add_byte(out, '%');
        break;
    case COLUMN_FEN:
        money_add_yuan(&yuan, cell->number);
        if (commas)
            buf_add_span(out, buf_span(&yuan));
        else
            add_without_commas(out, buf_span(&yuan));
        break;
    }
    buf_free(&yuan);
}

/* --- What printers add --- */

void
report_say(const struct report *report, const char *zh, const char *en, struct buf *out)
{
    bool chinese = report->language && strncmp(report->language, "zh", 2) == 0;
    if (chinese)
        buf_add_text(out, zh);
    if (chinese && report->english_too)
        buf_add_byte(out, '\n');
    if (!chinese || report->english_too)
        buf_add_text(out, en);
}
