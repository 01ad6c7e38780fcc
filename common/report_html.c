/*
 * A report on paper: one page of HTML that stands alone, set for A4. Tables with many columns lie on their
 * side; columns and rows that are too many for paper are left to the spreadsheet, and it is said.
 */
#include "common/report.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/text_width.h"

enum { WIDE_COLUMNS = 7, SHORT_WIDTH = 24, COLUMNS_MOST = 128, BASE64_SIZE = 64, SENTENCE_BYTES = 160 };

static const char style[] =
    ":root{--ink:#1f2328;--quiet:#6b6560;--line:#d8d0cb;--red:#9a2617;--wash:#f7f1ee}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:#fff;color:var(--ink);font:10.5pt/1.5 'Noto Sans CJK SC','Source Han Sans SC',"
    "'Microsoft YaHei','PingFang SC',sans-serif;font-variant-numeric:tabular-nums}"
    "main{max-width:277mm;margin:0 auto;padding:14mm 12mm}"
    "header{border-top:1.2mm solid var(--red);padding-top:6mm;margin-bottom:8mm}"
    "h1{font-size:20pt;line-height:1.3;margin:0 0 3mm;word-break:keep-all;overflow-wrap:break-word}"
    "h1 small,.headline small,.status small{display:block;font-size:.62em;font-weight:400;color:var(--quiet)}"
    ".status{display:inline-block;margin:0 0 3mm;padding:1mm 3mm;border:.3mm solid "
    "var(--red);color:var(--red);"
    "font-weight:600}"
    ".headline{font-size:14pt;font-weight:600;margin:0;word-break:keep-all;overflow-wrap:break-word}"
    "h2{font-size:13pt;margin:9mm 0 2.5mm;padding-left:2.5mm;border-left:1mm solid var(--red);"
    "break-after:avoid}"
    "h2 small{font-size:.72em;font-weight:400;color:var(--quiet);margin-left:2mm}"
    "table{border-collapse:collapse;width:100%;font-size:9.5pt}"
    "thead{display:table-header-group}"
    "tr{break-inside:avoid}"
    "tbody tr:nth-child(-n+3){break-after:avoid}tbody tr:nth-last-child(-n+2),.remark{break-before:avoid}"
    "th,td{padding:.85mm 1.6mm;text-align:left;vertical-align:top;border-bottom:.2mm solid var(--line)}"
    "thead th{background:var(--wash);border-bottom:.4mm solid "
    "var(--red);font-weight:600;vertical-align:bottom}"
    "th{word-break:keep-all}"
    "th small{display:block;font-weight:400;font-size:.82em;color:var(--quiet)}"
    "td small,tbody th small{display:inline;margin-left:.5em;font-size:.86em;color:var(--quiet)}"
    ".n{text-align:right}"
    "td.n,.k{white-space:nowrap}"
    "tbody th{font-weight:400;color:var(--quiet);width:74mm}"
    ".facts td{overflow-wrap:anywhere;text-align:left}.facts td,.facts th{padding:.55mm 1.6mm}"
    ".facts .n{font-weight:600;font-size:10.5pt}"
    "td{overflow-wrap:break-word}"
    ".remark{color:var(--quiet);font-size:9pt;margin:1.5mm 0 0}.remark small{margin-left:.8em}"
    ".wide table{font-size:8.3pt}.wide th,.wide td{padding:.7mm 1.3mm}"
    "@media screen{.roll{overflow-x:auto}.t{min-width:14em}}"
    "@media screen and (max-width:45em){main{padding:5mm 4mm}h1{font-size:16pt}.headline{font-size:12.5pt}"
    "tbody th{width:auto}}"
    "@page{size:A4;margin:15mm 14mm 16mm;@bottom-right{content:counter(page) ' / ' counter(pages);"
    "font:8pt sans-serif;color:#6b6560}}"
    "@page wide{size:A4 landscape;margin:13mm 13mm 14mm}"
    "@media print{main{max-width:none;padding:0}body{font-size:10pt}.wide{page:wide}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

static void
add_escaped(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '&':
            buf_add_text(out, "&amp;");
            break;
        case '<':
            buf_add_text(out, "&lt;");
            break;
        case '>':
            buf_add_text(out, "&gt;");
            break;
        case '"':
            buf_add_text(out, "&quot;");
            break;
        default:
            buf_add_byte(out, text.at[i]);
        }
    }
}

/* The first language, and the second one smaller. */
static void
add_words(struct buf *out, const char *text)
{
    size_t len = strcspn(text, "\n");
    add_escaped(out, (struct span){text, len});
    if (text[len] == '\0')
        return;
    buf_add_text(out, "<small>");
    add_escaped(out, span_of(text + len + 1));
    buf_add_text(out, "</small>");
}

static void
add_element(struct buf *out, const char *open, const char *text, const char *close)
{
    buf_add_text(out, open);
    add_words(out, text);
    buf_add_text(out, close);
}

/* --- Tables --- */

static size_t
paper_columns(const struct table *table)
{
    bool all = table->detail_from == 0 || table->detail_from > table->column_count;
    return all ? table->column_count : table->detail_from;
}

static size_t
paper_rows(const struct table *table)
{
    size_t rows = table_row_count(table);
    return table->paper_rows > 0 && rows > table->paper_rows ? table->paper_rows : rows;
}

/* Names and ids stay on one line; reasons may need more. */
static bool
is_short(const struct table *table, size_t column)
{
    for (size_t row = 0; row < paper_rows(table); row++) {
        const struct table_cell *cell = table_cell(table, row, column);
        if (!cell->none && cell->text && text_width(span_of(cell->text)) > SHORT_WIDTH)
            return false;
    }
    return true;
}

static void
add_cell(struct buf *out, const struct table *table, size_t row, size_t column, const bool *shorts,
         struct buf *scratch)
{
    const struct table_cell *cell = table_cell(table, row, column);
    bool number = table_cell_kind(&table->columns[column], cell) != COLUMN_TEXT;
    if (table->is_facts && column == 0) {
        add_element(out, "<th scope=\"row\">", cell->none ? "" : cell->text, "</th>");
        return;
    }
    const char *long_text = table->is_facts ? "<td>" : "<td class=\"t\">";
    buf_add_text(out, number ? "<td class=\"n\">" : shorts[column] ? "<td class=\"k\">" : long_text);
    buf_clear(scratch);
    table_cell_text(&table->columns[column], cell, true, scratch);
    if (number)
        add_escaped(out, buf_span(scratch));
    else
        add_words(out, buf_text(scratch));
    buf_add_text(out, "</td>");
}

static void
add_head(struct buf *out, const struct table *table)
{
    buf_add_text(out, "<thead><tr>");
    for (size_t i = 0; i < paper_columns(table); i++) {
        bool number = table->columns[i].kind != COLUMN_TEXT;
        add_element(out, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">",
                    table->columns[i].title, "</th>");
    }
    buf_add_text(out, "</tr></thead>\n");
}

static void
add_remark(struct buf *out, const char *text)
{
    add_element(out, "<p class=\"remark\">", text, "</p>\n");
}

static void
add_sentence(const struct report *report, const char *zh, const char *en, struct buf *out)
{
    struct buf text = {0};
    report_say(report, zh, en, &text);
    add_remark(out, buf_text(&text));
    buf_free(&text);
}

static void
add_left_out(struct buf *out, const struct report *report, const struct table *table)
{
    size_t rows = table_row_count(table), shown = paper_rows(table);
    size_t columns = table->column_count - paper_columns(table);
    char zh[SENTENCE_BYTES], en[SENTENCE_BYTES];
    if (rows == 0) {
        add_sentence(report, "无", "none", out);
        return;
    }
    if (rows > shown) {
        snprintf(zh, sizeof zh, "共 %zu 行，此处为前 %zu 行，其余见电子表格。", rows, shown);
        snprintf(en, sizeof en, "%zu rows in all, the first %zu are here; the spreadsheet has the rest.",
                 rows, shown);
        add_sentence(report, zh, en, out);
    }
    if (columns > 0) {
        snprintf(zh, sizeof zh, "另有 %zu 列见电子表格。", columns);
        snprintf(en, sizeof en, "The spreadsheet has %zu more columns.", columns);
        add_sentence(report, zh, en, out);
    }
}

static void
add_rows(struct buf *out, const struct table *table, struct buf *scratch)
{
    bool shorts[COLUMNS_MOST] = {false};
    for (size_t i = 0; i < paper_columns(table) && i < COLUMNS_MOST; i++)
        shorts[i] = is_short(table, i);
    buf_add_text(out, "<tbody>\n");
    for (size_t row = 0; row < paper_rows(table); row++) {
        buf_add_text(out, "<tr>");
        for (size_t i = 0; i < paper_columns(table) && i < COLUMNS_MOST; i++)
            add_cell(out, table, row, i, shorts, scratch);
        buf_add_text(out, "</tr>\n");
    }
    buf_add_text(out, "</tbody>");
}

static void
add_table(struct buf *out, const struct report *report, const struct table *table, struct buf *scratch)
{
    const char *kind = "";
    if (table->is_facts)
        kind = " class=\"facts\"";
    else if (paper_columns(table) > WIDE_COLUMNS)
        kind = " class=\"wide\"";
    buf_printf(out, "<section id=\"%s\"%s>\n", table->id, kind); /* an id: no character to escape */
    add_element(out, "<h2>", table->name, "</h2>\n");
    if (table_row_count(table) > 0) {
        buf_add_text(out, table->is_facts ? "<table>" : "<div class=\"roll\" tabindex=\"0\"><table>");
        if (!table->is_facts)
            add_head(out, table);
        add_rows(out, table, scratch);
        buf_add_text(out, table->is_facts ? "</table>\n" : "</table></div>\n");
    }
    if (table->remark)
        add_remark(out, table->remark);
    add_left_out(out, report, table);
    buf_add_text(out, "</section>\n");
}

/* --- The page --- */

static void
add_heading(struct buf *out, const struct report *report)
{
    buf_add_text(out, "<header>\n");
    if (report->status)
        add_element(out, "<p class=\"status\">", report->status, "</p>\n");
    if (report->title)
        add_element(out, "<h1>", report->title, "</h1>\n");
    if (report->headline)
        add_element(out, "<p class=\"headline\">", report->headline, "</p>\n");
    buf_add_text(out, "</header>\n");
}

void
report_html(const struct report *report, struct buf *out)
{
    struct buf scratch = {0};
    const char *title = report->title ? report->title : "";
    buf_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
               report->language ? report->language : "en");
    buf_add_text(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    add_escaped(out, (struct span){title, strcspn(title, "\n")});
    buf_add_text(out, "</title>\n<style>");
    buf_add_text(out, style);
    buf_add_text(out, "</style>\n</head>\n<body>\n<main>\n");
    add_heading(out, report);
    for (size_t i = 0; i < report->table_count; i++)
        add_table(out, report, report->tables[i], &scratch);
    buf_add_text(out, "</main>\n</body>\n</html>\n");
    buf_free(&scratch);
}

void
report_html_policy(struct buf *out)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[BASE64_SIZE];
    crypto_hash_sha256(hash, (const unsigned char *)style, sizeof style - 1);
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    buf_printf(out,
               "default-src 'none'; style-src 'sha256-%s'; frame-ancestors 'none'; base-uri 'none'; "
               "form-action 'none'",
               text);
}
