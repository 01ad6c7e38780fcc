/* Reports of the command line: made as common/report.h says, printed in the format that was asked for. */
#ifndef BOCHUANG_CLI_TABLE_H
#define BOCHUANG_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/options.h"
#include "common/buf.h"
#include "common/report.h"
#include "common/span.h"

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

/* What -o, --format and -j of a command ask for: --format first, then -j, then the ending of -o. Where it is
 * no format, or a spreadsheet without a file, options_refuse(). NULL: not given. */
enum report_format report_format_wanted(const struct command_usage *usage, const char *output,
                                        const char *format, bool json);

/* Every format but XLSX. `colours` is for REPORT_TABLE. */
void report_write(const struct report *report, enum report_format format, bool colours, struct buf *out);

/*
 * Writes the report to the file `path` (NULL: standard output, not for XLSX). False where that failed;
 * standard error then says why.
 */
bool report_print(const struct report *report, enum report_format format, const char *path);

/* The printers that are the command line's own. */
void table_write_people(const struct report *report, bool colours, struct buf *out);
void table_write_json(const struct report *report, struct buf *out);

#endif
