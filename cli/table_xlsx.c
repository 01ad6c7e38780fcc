/* A spreadsheet: one sheet a table. Ids are text, since a spreadsheet rounds long numbers without a word. */
#include "cli/table.h"

#include <string.h>
#include <xlsxwriter.h>

#include "cli/terminal.h"
#include "common/utf8.h"

/* A sheet's name has 1 to 31 characters, none of []:*?/\, and no apostrophe at its ends. */
enum { SHEET_NAME_CHARACTERS = 31, SHEET_NAME_BYTES = 4 * SHEET_NAME_CHARACTERS + 1, NARROWEST = 8 };

struct styles {
    lxw_format *head, *text, *count, *fen, *points;
};

static struct styles
make_styles(lxw_workbook *book)
{
    struct styles styles = {workbook_add_format(book), workbook_add_format(book), workbook_add_format(book),
                            workbook_add_format(book), workbook_add_format(book)};
    format_set_bold(styles.head);
    format_set_bottom(styles.head, LXW_BORDER_THIN);
    format_set_num_format(styles.text, "@");
    format_set_num_format(styles.count, "#,##0");
    format_set_num_format(styles.fen, "#,##0.00");
    format_set_num_format(styles.points, "#,##0.000");
    return styles;
}

static void
sheet_name(const char *wanted, size_t number, char out[SHEET_NAME_BYTES])
{
    size_t len = 0, characters = 0;
    for (struct span rest = span_of(wanted); rest.len > 0 && characters < SHEET_NAME_CHARACTERS;) {
        size_t step = utf8_len(rest);
        bool plain = step > 0 && !strchr("[]:*?/\\'", rest.at[0]);
        step = step > 0 ? step : 1;
        if (plain) {
            memcpy(out + len, rest.at, step);
            len += step;
            characters++;
        }
        rest = (struct span){rest.at + step, rest.len - step};
    }
    out[len] = '\0';
    if (len == 0)
        snprintf(out, SHEET_NAME_BYTES, "table %zu", number);
}

static void
write_cell(lxw_worksheet *sheet, uint32_t row, uint16_t column, enum column_kind kind,
           const struct cell *cell, const struct styles *styles)
{
    if (cell->none)
        return;
    double number = (double)cell->number; /* exact below 2^53; a spreadsheet has nothing else */
    switch (kind) {
    case COLUMN_TEXT:
        worksheet_write_string(sheet, row, column, cell->text, styles->text);
        break;
    case COLUMN_COUNT:
        worksheet_write_number(sheet, row, column, number, styles->count);
        break;
    case COLUMN_FEN:
        worksheet_write_number(sheet, row, column, number / 100, styles->fen);
        break;
    case COLUMN_POINTS:
        worksheet_write_number(sheet, row, column, number / 1000, styles->points);
        break;
    }
}

static size_t
widest(const struct table *table, size_t column)
{
    struct buf text = {0};
    size_t most = text_width(span_of(table->columns[column].title));
    for (size_t row = 0; row < table_row_count(table); row++) {
        buf_clear(&text);
        table_cell_text(&table->columns[column], table_cell(table, row, column), true, &text);
        size_t width = text_width(buf_span(&text));
        most = width > most ? width : most;
    }
    buf_free(&text);
    return most > NARROWEST ? most : NARROWEST;
}

static bool
write_sheet(lxw_workbook *book, const struct table *table, size_t number, const struct styles *styles)
{
    char name[SHEET_NAME_BYTES];
    sheet_name(table->name, number, name);
    if (workbook_validate_sheet_name(book, name) != LXW_NO_ERROR) /* two tables of one name */
        snprintf(name, sizeof name, "table %zu", number);
    lxw_worksheet *sheet = workbook_add_worksheet(book, name);
    if (!sheet)
        return false;
    for (size_t i = 0; i < table->column_count; i++) {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, (double)widest(table, i) + 2, NULL);
        worksheet_write_string(sheet, 0, (lxw_col_t)i, table->columns[i].title, styles->head);
        for (size_t row = 0; row < table_row_count(table); row++)
            write_cell(sheet, (uint32_t)row + 1, (uint16_t)i, table->columns[i].kind,
                       table_cell(table, row, i), styles);
    }
    worksheet_freeze_panes(sheet, 1, 0);
    return true;
}

bool
table_write_xlsx(const struct report *report, const char *path)
{
    lxw_workbook *book = workbook_new(path);
    if (!book)
        return false;
    struct styles styles = make_styles(book);
    bool written = true;
    for (size_t i = 0; i < report->table_count; i++)
        written = write_sheet(book, report->tables[i], i + 1, &styles) && written;
    lxw_error error = workbook_close(book); /* frees it whatever happens */
    if (error != LXW_NO_ERROR)
        fprintf(stderr, "bochuang: %s: %s\n", path, lxw_strerror(error));
    return written && error == LXW_NO_ERROR;
}
