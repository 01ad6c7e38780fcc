/*
 * One report, several printers: a report is made once, of tables whose cells are text or exact integers, and
 * the printers (for a person, CSV, JSON, a spreadsheet) show the same figures because they read the same
 * cells.
 *
 * For commands of people: memory that is out ends the program.
 */
#ifndef BOCHUANG_CLI_TABLE_H
#define BOCHUANG_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/span.h"

enum column_kind {
    COLUMN_TEXT,   /* ids and names; never a number to a spreadsheet */
    COLUMN_COUNT,  /* an integer */
    COLUMN_FEN,    /* fen; people see yuan */
    COLUMN_POINTS, /* milli-points; people see points */
};

struct column {
    const char *key;   /* in JSON: "net_fen" */
    const char *title; /* for people: "net sales (yuan)" */
    enum column_kind kind;
};

struct cell {
    char *text;     /* owned; COLUMN_TEXT */
    int64_t number; /* every other kind */
    bool none;      /* there is no value */
};

struct table {
    char *id, *name;              /* owned */
    const struct column *columns; /* borrowed: outlive the report */
    size_t column_count;
    struct cell *cells; /* owned; row after row */
    size_t cell_count, cell_cap;
};

struct report {
    char *contest; /* owned; NULL where it is about none */
    char *version; /* owned; the log position that the figures stand on; NULL: not known */
    char *view;    /* owned; "public" or "live"; NULL: not known */
    int64_t as_of_ms;
    struct table **tables; /* owned */
    size_t table_count;
};

struct report *report_new(void);
void report_free(struct report *report);

/* A new table at the end. Fill it cell by cell, row after row. It is the report's. */
struct table *report_table(struct report *report, const char *id, const char *name,
                           const struct column *columns, size_t column_count);

void table_text(struct table *table, const char *text); /* NULL: none */
void table_number(struct table *table, int64_t number);
void table_none(struct table *table);

size_t table_row_count(const struct table *table);
const struct cell *table_cell(const struct table *table, size_t row, size_t column);

/* A cell as people read it: "1,234.56" for fen, "14.564" for points; CSV wants it without the commas. */
void table_cell_text(const struct column *column, const struct cell *cell, bool commas, struct buf *out);

/* --- Printers --- */

#define REPORT_FORMATS(X)                                                                                    \
    X(REPORT_TABLE, "table")                                                                                 \
    X(REPORT_CSV, "csv")                                                                                     \
    X(REPORT_JSON, "json")                                                                                   \
    X(REPORT_XLSX, "xlsx")

enum report_format {
#define X(constant, name) constant,
    REPORT_FORMATS(X)
#undef X
        REPORT_FORMAT_COUNT
};

/* REPORT_FORMAT_COUNT where there is none of that name. */
enum report_format report_format_find(struct span name);

/* What the name of a file ends in; REPORT_TABLE where that is no format, or `path` is NULL. */
enum report_format report_format_by_path(const char *path);

/* Every format but XLSX. `colours` is for REPORT_TABLE. */
void report_write(const struct report *report, enum report_format format, bool colours, struct buf *out);

/*
 * Writes the report to the file `path` (NULL: standard output, not for XLSX). False where that failed;
 * standard error then says why.
 */
bool report_print(const struct report *report, enum report_format format, const char *path);

/* The printers, one file each. */
void table_write_people(const struct report *report, bool colours, struct buf *out);
void table_write_csv(const struct report *report, struct buf *out);
void table_write_json(const struct report *report, struct buf *out);
bool table_write_xlsx(const struct report *report, const char *path); /* false: not written */

#endif
