/*
 * A spreadsheet: one sheet a table, those that are joined under each other. Ids are text, since a spreadsheet
 * rounds long numbers without a word. Set for A4, so that it can be handed out as it is.
 *
 * libxlsxwriter writes files only: report_xlsx_files.c gives it some that lie in memory. The same report
 * gives the same bytes; the time in the file is the report's, not the clock's.
 */
#include "common/report.h"

#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "common/report_xlsx_files.h"
#include "common/text_width.h"
#include "common/utf8.h"

/* A sheet's name has 1 to 31 characters, none of []:*?/\, and no apostrophe at its ends. */
enum { SHEET_NAME_CHARACTERS = 31, SHEET_NAME_BYTES = 4 * SHEET_NAME_CHARACTERS + 1 };
enum {
    NARROWEST = 8,
    WIDEST = 48,
    WIDEST_FACT = 72,
    COLUMNS_MOST = 128,
    PAPER_A4 = 9,
    FONT_SIZE = 10,
    NAME_SIZE = 12,
    TITLE_SIZE = 18,
    LINE_POINTS = 15,
    HEADER_BYTES = 180
};
enum { INK = 0x1f2328, HEAD_FILL = 0xf3e9e4, HEAD_INK = 0x7a1f16, LINES = 0xd8d0cb };

static const char font[] = "Microsoft YaHei";

struct styles {
    lxw_format *title, *headline, *status, *name, *remark, *fact;
    lxw_format *head, *head_right, *cells[COLUMN_MIXED], *facts[COLUMN_MIXED];
};

struct painter {
    const struct report *report;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    struct styles styles;
    uint32_t row;                /* the next one */
    size_t widths[COLUMNS_MOST]; /* of the sheet, in characters */
    size_t column_count;         /* of the sheet */
};

static lxw_format *
add_style(lxw_workbook *book, double size, bool bold)
{
    lxw_format *format = workbook_add_format(book);
    format_set_font_name(format, font);
    format_set_font_size(format, size);
    format_set_font_color(format, INK);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    if (bold)
        format_set_bold(format);
    return format;
}

static lxw_format *
add_cell_style(lxw_workbook *book, const char *number_format)
{
    lxw_format *format = add_style(book, FONT_SIZE, false);
    format_set_num_format(format, number_format);
    format_set_bottom(format, LXW_BORDER_HAIR);
    format_set_bottom_color(format, LINES);
    return format;
}

static lxw_format *
add_head_style(lxw_workbook *book)
{
    lxw_format *format = add_style(book, FONT_SIZE, true);
    format_set_font_color(format, HEAD_INK);
    format_set_bg_color(format, HEAD_FILL);
    format_set_bottom(format, LXW_BORDER_THIN);
    format_set_text_wrap(format);
    return format;
}

static void
make_styles(lxw_workbook *book, struct styles *styles)
{
    static const char *const formats[COLUMN_MIXED] = {
        [COLUMN_TEXT] = "@",           [COLUMN_COUNT] = "#,##0",   [COLUMN_FEN] = "#,##0.00",
        [COLUMN_POINTS] = "#,##0.000", [COLUMN_PERCENT] = "0.00%",
    };
    styles->title = add_style(book, TITLE_SIZE, true);
    styles->headline = add_style(book, NAME_SIZE, true);
    styles->status = add_style(book, FONT_SIZE, false);
    styles->name = add_style(book, NAME_SIZE, true);
    styles->remark = add_style(book, FONT_SIZE, false);
    styles->fact = add_cell_style(book, "@");
    format_set_bold(styles->fact);
    styles->head = add_head_style(book);
    styles->head_right = add_head_style(book);
    format_set_align(styles->head_right, LXW_ALIGN_RIGHT);
    format_set_indent(styles->head, 1);
    format_set_font_color(styles->title, HEAD_INK);
    format_set_font_color(styles->headline, HEAD_INK);
    format_set_italic(styles->remark);
    lxw_format *const wrapped[] = {styles->title, styles->headline, styles->status, styles->head,
                                   styles->fact,  styles->name,     styles->remark};
    for (size_t i = 0; i < sizeof wrapped / sizeof *wrapped; i++)
        format_set_text_wrap(wrapped[i]);
    for (int kind = 0; kind < COLUMN_MIXED; kind++)
        styles->cells[kind] = add_cell_style(book, formats[kind]);
    format_set_text_wrap(styles->cells[COLUMN_TEXT]);
    format_set_indent(styles->cells[COLUMN_TEXT], 1); /* off the figure before it */
    for (int kind = 0; kind < COLUMN_MIXED; kind++) {
        styles->facts[kind] = add_cell_style(book, formats[kind]);
        format_set_align(styles->facts[kind], LXW_ALIGN_LEFT);
    }
    format_set_text_wrap(styles->facts[COLUMN_TEXT]);
}

/* The first language of a name in two. */
static struct span
first_line(const char *text)
{
    return (struct span){text, strcspn(text, "\n")};
}

static void
sheet_name(const char *wanted, size_t number, char out[SHEET_NAME_BYTES])
{
    size_t len = 0, characters = 0;
    for (struct span rest = first_line(wanted); rest.len > 0 && characters < SHEET_NAME_CHARACTERS;) {
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

/* --- Widths --- */

/* The widest of its lines. */
static size_t
lines_width(struct span text)
{
    size_t most = 0;
    while (text.len > 0) {
        const char *end = memchr(text.at, '\n', text.len);
        size_t len = end ? (size_t)(end - text.at) : text.len;
        size_t width = text_width((struct span){text.at, len});
        most = width > most ? width : most;
        text.at += len + (end != NULL);
        text.len -= len + (end != NULL);
    }
    return most;
}

static size_t
column_width(const struct table *table, size_t column)
{
    struct buf text = {0};
    size_t most = table->is_facts ? 0 : lines_width(span_of(table->columns[column].title));
    for (size_t row = 0; row < table_row_count(table); row++) {
        buf_clear(&text);
        table_cell_text(&table->columns[column], table_cell(table, row, column), true, &text);
        size_t width = lines_width(buf_span(&text));
        most = width > most ? width : most;
    }
    buf_free(&text);
    return most;
}

static void
note_widths(struct painter *painter, const struct table *table)
{
    for (size_t i = 0; i < table->column_count && i < COLUMNS_MOST; i++) {
        size_t width = column_width(table, i) + 3;
        width = width < NARROWEST ? NARROWEST : width;
        size_t most = table->is_facts ? WIDEST_FACT : WIDEST;
        width = width > most ? most : width;
        if (width > painter->widths[i])
            painter->widths[i] = width;
    }
    size_t count = table->column_count < COLUMNS_MOST ? table->column_count : COLUMNS_MOST;
    painter->column_count = count > painter->column_count ? count : painter->column_count;
}

/* --- Cells --- */

static void
write_cell(struct painter *painter, uint16_t column, const struct table_cell *cell, enum column_kind kind,
           lxw_format *style)
{
    double number = (double)cell->number; /* exact below 2^53; a spreadsheet has nothing else */
    if (cell->none)
        worksheet_write_blank(painter->sheet, painter->row, column, style);
    else if (kind == COLUMN_TEXT)
        worksheet_write_string(painter->sheet, painter->row, column, cell->text, style);
    else if (kind == COLUMN_FEN)
        worksheet_write_number(painter->sheet, painter->row, column, number / 100, style);
    else if (kind == COLUMN_POINTS)
        worksheet_write_number(painter->sheet, painter->row, column, number / 1000, style);
    else if (kind == COLUMN_PERCENT)
        worksheet_write_number(painter->sheet, painter->row, column, number / 10000, style);
    else
        worksheet_write_number(painter->sheet, painter->row, column, number, style);
}

static void
write_head(struct painter *painter, const struct table *table)
{
    size_t lines = 1;
    for (size_t i = 0; i < table->column_count; i++) {
        const char *title = table->columns[i].title;
        worksheet_write_string(painter->sheet, painter->row, (lxw_col_t)i, title,
                               table->columns[i].kind == COLUMN_TEXT ? painter->styles.head
                                                                     : painter->styles.head_right);
        lines = strchr(title, '\n') ? 2 : lines;
    }
    worksheet_set_row(painter->sheet, painter->row, LINE_POINTS * (double)lines + 4, NULL);
    painter->row++;
}

static lxw_format *
style_of(const struct styles *styles, const struct table *table, size_t column, enum column_kind kind)
{
    if (!table->is_facts)
        return styles->cells[kind];
    return column == 0 ? styles->fact : styles->facts[kind];
}

/* Lines that a text takes in a room of so many characters, once it is wrapped. */
static size_t
wrapped_lines(const char *text, size_t room)
{
    size_t lines = 0;
    for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        size_t width = text_width(first_line(at));
        lines += width > room ? (width + room - 1) / room : 1;
    }
    return lines;
}

/* Not every program makes a row as high as its wrapped text needs: so it is said. */
static void
set_height(struct painter *painter, const struct table *table, size_t row)
{
    size_t lines = 1;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct table_cell *cell = table_cell(table, row, i);
        bool is_text = table_cell_kind(&table->columns[i], cell) == COLUMN_TEXT && !cell->none;
        size_t room = i < COLUMNS_MOST ? painter->widths[i] : WIDEST;
        size_t own = is_text ? wrapped_lines(cell->text, room) : 1;
        lines = own > lines ? own : lines;
    }
    if (lines > 1)
        worksheet_set_row(painter->sheet, painter->row, LINE_POINTS * (double)lines + 2, NULL);
}

static void
write_rows(struct painter *painter, const struct table *table)
{
    for (size_t row = 0; row < table_row_count(table); row++, painter->row++) {
        for (size_t i = 0; i < table->column_count; i++) {
            const struct table_cell *cell = table_cell(table, row, i);
            enum column_kind kind = table_cell_kind(&table->columns[i], cell);
            write_cell(painter, (uint16_t)i, cell, kind, style_of(&painter->styles, table, i, kind));
        }
        set_height(painter, table, row);
    }
}

/* Text of a size over the columns before `end`, as high as it needs to be. */
static void
write_line(struct painter *painter, size_t end, const char *text, lxw_format *style, size_t size)
{
    size_t room = 0;
    end = end < 2 ? 2 : end; /* one cell is no range */
    for (size_t i = 0; i < end; i++)
        room += i < painter->column_count ? painter->widths[i] : NARROWEST;
    size_t lines = wrapped_lines(text, room * FONT_SIZE / size);
    worksheet_merge_range(painter->sheet, painter->row, 0, painter->row, (lxw_col_t)(end - 1), text, style);
    worksheet_set_row(painter->sheet, painter->row, (double)(size * lines * 3 / 2 + 6), NULL);
    painter->row++;
}

static void
write_heading(struct painter *painter)
{
    const struct report *report = painter->report;
    size_t end = painter->column_count;
    if (report->title)
        write_line(painter, end, report->title, painter->styles.title, TITLE_SIZE);
    if (report->status)
        write_line(painter, end, report->status, painter->styles.status, FONT_SIZE);
    if (report->headline)
        write_line(painter, end, report->headline, painter->styles.headline, NAME_SIZE);
    if (report->title)
        painter->row++;
}

/* --- Sheets --- */

/* The columns that are printed. */
static size_t
on_paper(const struct table *table)
{
    bool all = table->detail_from == 0 || table->detail_from > table->column_count;
    return all ? table->column_count : table->detail_from;
}

static void
write_remarks(struct painter *painter, const struct table *table)
{
    struct buf none = {0};
    painter->row += table_row_count(table) > 0 && table->remark; /* no row of the table */
    report_say(painter->report, "无", "none", &none);
    if (table_row_count(table) == 0)
        write_line(painter, on_paper(table), buf_text(&none), painter->styles.remark, FONT_SIZE);
    if (table->remark)
        write_line(painter, on_paper(table), table->remark, painter->styles.remark, FONT_SIZE);
    buf_free(&none);
}

/* A sheet of one table keeps its head in sight; one of several has names above them. */
static void
write_table(struct painter *painter, const struct table *table, bool alone)
{
    if (!alone)
        write_line(painter, painter->column_count, table->name, painter->styles.name, NAME_SIZE);
    if (!table->is_facts)
        write_head(painter, table);
    if (alone)
        worksheet_freeze_panes(painter->sheet, painter->row, 0);
    if (alone && table_row_count(table) > 0)
        worksheet_autofilter(painter->sheet, painter->row - 1, 0,
                             painter->row - 1 + (uint32_t)table_row_count(table),
                             (lxw_col_t)(table->column_count - 1));
    write_rows(painter, table);
    write_remarks(painter, table);
    if (alone && on_paper(table) < table->column_count)
        worksheet_print_area(painter->sheet, 0, 0, painter->row, (lxw_col_t)(on_paper(table) - 1));
}

/* Above each printed page: what it is of. An ampersand would be a command. */
static void
set_page_header(struct painter *painter)
{
    struct buf text = {0};
    struct span title = first_line(painter->report->title ? painter->report->title : "");
    buf_add_text(&text, "&L&8");
    for (size_t i = 0; i < title.len && text.len < HEADER_BYTES; i++) {
        buf_add_byte(&text, title.at[i]);
        if (title.at[i] == '&')
            buf_add_byte(&text, '&');
    }
    struct span status = first_line(painter->report->status ? painter->report->status : "");
    buf_printf(&text, "&R&8%.*s", SPAN_FMT(status));
    if (title.len > 0 && title.len < HEADER_BYTES)
        worksheet_set_header(painter->sheet, buf_text(&text));
    buf_free(&text);
}

static void
set_for_paper(struct painter *painter, bool alone, bool first)
{
    worksheet_set_paper(painter->sheet, PAPER_A4);
    if (painter->column_count > 6)
        worksheet_set_landscape(painter->sheet);
    worksheet_fit_to_pages(painter->sheet, 1, 0);
    worksheet_set_margins(painter->sheet, 0.5, 0.5, 0.6, 0.7);
    if (!first)
        set_page_header(painter);
    worksheet_set_footer(painter->sheet, "&L&8&A&R&8&P / &N");
    if (alone)
        worksheet_repeat_rows(painter->sheet, 0, 0);
    for (size_t i = 0; i < painter->column_count; i++)
        worksheet_set_column(painter->sheet, (lxw_col_t)i, (lxw_col_t)i, (double)painter->widths[i], NULL);
}

static bool
add_sheet(struct painter *painter, size_t first)
{
    char name[SHEET_NAME_BYTES];
    sheet_name(painter->report->tables[first]->name, first + 1, name);
    if (workbook_validate_sheet_name(painter->book, name) != LXW_NO_ERROR) /* two tables of one name */
        snprintf(name, sizeof name, "table %zu", first + 1);
    painter->sheet = workbook_add_worksheet(painter->book, name);
    painter->row = 0;
    painter->column_count = 0;
    memset(painter->widths, 0, sizeof painter->widths);
    if (painter->sheet) /* ids are text on purpose: no green corner on each of them */
        worksheet_ignore_errors(painter->sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
    return painter->sheet;
}

/* The tables from `first` up to `end` are one sheet. */
static bool
write_sheet(struct painter *painter, size_t first, size_t end)
{
    const struct report *report = painter->report;
    bool heading = first == 0 && report->title;
    bool alone = end == first + 1 && !heading && !report->tables[first]->is_facts;
    if (!add_sheet(painter, first))
        return false;
    for (size_t i = first; i < end; i++)
        note_widths(painter, report->tables[i]);
    if (heading)
        write_heading(painter);
    for (size_t i = first; i < end; i++) {
        painter->row += i > first;
        write_table(painter, report->tables[i], alone);
    }
    set_for_paper(painter, alone, heading);
    return true;
}

static bool
write_book(struct painter *painter)
{
    const struct report *report = painter->report;
    bool written = true;
    for (size_t first = 0, end; first < report->table_count; first = end) {
        for (end = first + 1; end < report->table_count && report->tables[end]->joined;)
            end++;
        written = write_sheet(painter, first, end) && written;
    }
    return written;
}

static lxw_error
make_book(const struct report *report)
{
    struct painter painter = {.report = report, .book = workbook_new("report.xlsx")};
    if (!painter.book)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    lxw_doc_properties properties = {.title = (char *)report->contest, .created = report->made_ms / 1000};
    if (report->made_ms)
        workbook_set_properties(painter.book, &properties);
    make_styles(painter.book, &painter.styles);
    bool written = write_book(&painter);
    lxw_error error = workbook_close(painter.book); /* frees it whatever happens */
    return error == LXW_NO_ERROR && !written ? LXW_ERROR_MEMORY_MALLOC_FAILED : error;
}

bool
report_xlsx(const struct report *report, struct buf *out, const char **why)
{
    report_xlsx_into(out);
    lxw_error error = make_book(report);
    report_xlsx_into(NULL);
    bool made = error == LXW_NO_ERROR && !out->failed && out->len > 0;
    if (!made)
        *why = error == LXW_NO_ERROR ? "out of memory" : lxw_strerror(error);
    return made;
}
