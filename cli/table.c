#include "cli/table.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "cli/terminal.h"

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

/* What the name of a file ends in; REPORT_TABLE where that is no format, or `path` is NULL. */
static enum report_format
format_by_path(const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    enum report_format format = dot ? report_format_find(span_of(dot + 1)) : REPORT_TABLE;
    return format == REPORT_FORMAT_COUNT ? REPORT_TABLE : format;
}

enum report_format
report_format_wanted(const struct command_usage *usage, const char *output, const char *format, bool json)
{
    enum report_format wanted = format_by_path(output);
    if (json)
        wanted = REPORT_JSON;
    if (format)
        wanted = report_format_find(span_of(format));
    if (wanted == REPORT_FORMAT_COUNT)
        options_refuse(usage, "--format: expected table, csv, json or xlsx, found \"%.40s\"", format);
    if (wanted == REPORT_XLSX && !output)
        options_refuse(usage, "a spreadsheet needs a file: -o FILE.xlsx");
    return wanted;
}

void
report_write(const struct report *report, enum report_format format, bool colours, struct buf *out)
{
    switch (format) {
    case REPORT_TABLE:
        table_write_people(report, colours, out);
        break;
    case REPORT_CSV:
        report_csv(report, out);
        break;
    case REPORT_JSON:
        table_write_json(report, out);
        break;
    case REPORT_XLSX:
    case REPORT_FORMAT_COUNT:
        assert(!"a format that is written to a buffer");
    }
}

static bool
write_all(const struct report *report, enum report_format format, bool colours, struct buf *out)
{
    const char *why;
    if (format != REPORT_XLSX) {
        report_write(report, format, colours, out);
        return true;
    }
    if (report_xlsx(report, out, &why))
        return true;
    fprintf(stderr, "bochuang: the spreadsheet could not be made: %s\n", why);
    return false;
}

bool
report_print(const struct report *report, enum report_format format, const char *path)
{
    assert(path || format != REPORT_XLSX);
    struct buf text = {0};
    if (!write_all(report, format, !path && terminal_colours(stdout), &text)) {
        buf_free(&text);
        return false;
    }
    FILE *out = path ? fopen(path, "wb") : stdout;
    bool written = !text.failed && out && fwrite(text.at ? text.at : "", 1, text.len, out) == text.len;
    if (out)
        written = (path ? fclose(out) : fflush(out)) == 0 && written;
    if (!written)
        fprintf(stderr, "bochuang: %s: %s\n", path ? path : "standard output", strerror(errno));
    buf_free(&text);
    return written;
}
