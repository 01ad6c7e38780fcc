/*
 * One report, several printers: a report is made once, of tables whose cells are text or exact integers, and
 * the printers (for a person, CSV, JSON, a spreadsheet, paper) show the same figures because they read the
 * same cells.
 *
 * Text in two languages has a line break between them; each printer sets it in its own way. Memory that is
 * out ends the process.
 */
#ifndef BOCHUANG_REPORT_H
#define BOCHUANG_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

enum column_kind {
    COLUMN_TEXT,    /* ids and names; never a number to a spreadsheet */
    COLUMN_COUNT,   /* an integer */
    COLUMN_FEN,     /* fen; people see yuan */
    COLUMN_POINTS,  /* milli-points; people see points */
    COLUMN_PERCENT, /* hundredths of a percent */
    COLUMN_MIXED,   /* each cell has its own kind */
};

struct column {
    const char *key;   /* in JSON: "net_fen" */
    const char *title; /* for people: "net sales (yuan)" */
    enum column_kind kind;
};

struct table_cell {
    char *text;            /* owned; COLUMN_TEXT */
    int64_t number;        /* every other kind */
    bool none;             /* there is no value */
    enum column_kind kind; /* of a mixed column's cell */
};

struct table {
    char *id, *name;              /* owned */
    const struct column *columns; /* borrowed: outlive the report, or are kept by it */
    size_t column_count;
    struct table_cell *cells; /* owned; row after row */
    size_t cell_count, cell_cap;

    /* How it is set; a printer that has no use for these ignores them. */
    bool joined;        /* on the sheet of the table before */
    bool is_facts;      /* names and values: no head */
    size_t detail_from; /* columns from here on are too many for paper; 0: none are */
    size_t paper_rows;  /* so many rows go on paper; 0: all */
    const char *remark; /* under the table; borrowed as columns are; NULL: none */
};

struct report {
    char *contest; /* owned; NULL where it is about none */
    char *version; /* owned; the log position that the figures stand on; NULL: not known */
    char *view;    /* owned; "public" or "live"; NULL: not known */
    int64_t as_of_ms;
    struct table **tables; /* owned */
    size_t table_count;

    /* Of a report that is a document: kept by it, or NULL. */
    const char *title, *headline, *status, *language; /* language: "zh-CN"; NULL: English */
    bool english_too;                                 /* below the other language, in what a printer adds */
    int64_t made_ms; /* what a spreadsheet says it was made at; 0: not said */

    void **kept; /* owned: see report_keep() */
    size_t kept_count;
};

struct report *report_new(void);
void report_free(struct report *report);

/* The report frees this memory with itself. Gives it back. */
void *report_keep(struct report *report, void *memory);

/* A new table at the end. Fill it cell by cell, row after row. It is the report's. */
struct table *report_table(struct report *report, const char *id, const char *name,
                           const struct column *columns, size_t column_count);

void table_text(struct table *table, const char *text); /* NULL: none */
void table_number(struct table *table, int64_t number);
void table_number_of(struct table *table, enum column_kind kind, int64_t number); /* in a mixed column */
void table_none(struct table *table);

size_t table_row_count(const struct table *table);
const struct table_cell *table_cell(const struct table *table, size_t row, size_t column);
enum column_kind table_cell_kind(const struct column *column, const struct table_cell *cell);

/* What a printer adds of its own, in the report's language or in both, as texts in two languages are. */
void report_say(const struct report *report, const char *zh, const char *en, struct buf *out);

/* A cell as people read it: "1,234.56" for fen, "14.564" for points; CSV wants it without the commas. */
void table_cell_text(const struct column *column, const struct table_cell *cell, bool commas,
                     struct buf *out);

/* --- Printers that both sides use, one file each --- */

/* UTF-8 with its mark; several tables follow each other, each under its name, with an empty line between. */
void report_csv(const struct report *report, struct buf *out);

/* A spreadsheet, one sheet a table. False where it could not be made: `why` then says it (static). */
bool report_xlsx(const struct report *report, struct buf *out, const char **why);

/* A page that stands alone and prints on A4: no script, its one style inside. */
void report_html(const struct report *report, struct buf *out);
/* The content security policy that lets in that style and nothing else. */
void report_html_policy(struct buf *out);

#endif
