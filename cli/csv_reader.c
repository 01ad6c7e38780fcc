#include "cli/csv_reader.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"

enum { KEPT_AT_FIRST = 4096 };

void
csv_init(struct csv_reader *reader, char separator)
{
    assert(separator != '"' && separator != '\r' && separator != '\n' && separator != '\0');
    *reader = (struct csv_reader){.separator = separator, .row_is_whole = true, .line = 1};
    buf_reserve(&reader->bytes, KEPT_AT_FIRST);
}

static void
wipe(struct csv_reader *reader)
{
    if (reader->bytes.len > 0)
        explicit_bzero(reader->bytes.at, reader->bytes.len);
    reader->bytes.len = 0;
}

void
csv_free(struct csv_reader *reader)
{
    wipe(reader);
    buf_free(&reader->bytes);
}

static void
begin_row(struct csv_reader *reader)
{
    wipe(reader);
    reader->row_is_whole = false;
    reader->state = CSV_CELL_BEGINS;
    reader->row_line = reader->line;
    reader->text_behind = false;
    reader->row_bytes = reader->cell_count = reader->content_count = 0;
}

static bool
is_wanted(const struct csv_reader *reader)
{
    return !reader->wanted ||
           (reader->cell_count < reader->wanted_count && reader->wanted[reader->cell_count]);
}

static void
keep(struct csv_reader *reader, const char *at, size_t len)
{
    if (len == 0)
        return;
    reader->content_count = reader->cell_count + 1;
    if (is_wanted(reader))
        buf_add(&reader->bytes, at, len);
    must_hold(&reader->bytes);
}

static void
break_off(struct csv_reader *reader, enum csv_trouble trouble)
{
    if (reader->trouble == CSV_SOUND)
        reader->trouble = trouble;
}

static void
end_cell(struct csv_reader *reader)
{
    if (reader->cell_count == LIMIT_CSV_CELLS) {
        break_off(reader, CSV_TOO_MANY_CELLS);
        return;
    }
    reader->ends[reader->cell_count++] = reader->bytes.len;
    reader->state = CSV_CELL_BEGINS;
}

/* --- One state at a time: each takes what it can of [at, end), at least one byte --- */

/* A byte that ends a cell, or begins one's content; everything but a quoted cell's inside comes here. */
static const char *
take_mark(struct csv_reader *reader, const char *at)
{
    if (*at == reader->separator) {
        end_cell(reader);
    } else if (*at == '\n' || *at == '\r') {
        end_cell(reader);
        reader->row_is_whole = true;
        reader->after_cr = *at == '\r';
        reader->line++;
    } else if (reader->state == CSV_CELL_BEGINS && *at == '"') {
        reader->state = CSV_QUOTED;
        reader->quote_line = reader->line;
    } else if (reader->state == CSV_QUOTE_IN_QUOTED && *at == '"') {
        reader->state = CSV_QUOTED;
        keep(reader, at, 1);
    } else {
        bool behind = reader->state == CSV_QUOTE_IN_QUOTED || reader->state == CSV_BEHIND_QUOTED;
        reader->text_behind = reader->text_behind || behind;
        reader->state = behind ? CSV_BEHIND_QUOTED : CSV_PLAIN;
        keep(reader, at, 1);
    }
    return at + 1;
}

static const char *
take_plain(struct csv_reader *reader, const char *at, const char *end)
{
    const char *first = at;
    while (at < end && *at != reader->separator && *at != '\n' && *at != '\r' && *at != '\0')
        at++;
    keep(reader, first, (size_t)(at - first));
    return at < end && *at != '\0' ? take_mark(reader, at) : at;
}

static const char *
take_quoted(struct csv_reader *reader, const char *at, const char *end)
{
    const char *first = at;
    for (; at < end && *at != '"' && *at != '\0'; at++)
        reader->line += *at == '\n';
    keep(reader, first, (size_t)(at - first));
    if (at == end || *at == '\0')
        return at;
    reader->state = CSV_QUOTE_IN_QUOTED;
    return at + 1;
}

static const char *
step(struct csv_reader *reader, const char *at, const char *end)
{
    if (*at == '\0') {
        break_off(reader, CSV_NUL_BYTE);
        return at;
    }
    if (reader->state == CSV_QUOTED)
        return take_quoted(reader, at, end);
    if (reader->state == CSV_PLAIN)
        return take_plain(reader, at, end);
    return take_mark(reader, at);
}

/* No farther than a row may be long: what is behind is looked at when there is room for it. */
static const char *
farthest(const struct csv_reader *reader, const char *at, const char *end)
{
    size_t room = LIMIT_CSV_ROW_BYTES - reader->row_bytes;
    return (size_t)(end - at) > room ? at + room : end;
}

enum csv_verdict
csv_read(struct csv_reader *reader, struct span *bytes)
{
    const char *at = bytes->at, *end = at + bytes->len;
    while (at < end && reader->trouble == CSV_SOUND) {
        if (reader->after_cr) {
            reader->after_cr = false;
            at += *at == '\n';
            continue;
        }
        if (reader->row_is_whole)
            begin_row(reader);
        const char *limit = farthest(reader, at, end), *next = at;
        if (limit == at)
            break_off(reader, CSV_ROW_TOO_LONG);
        else
            next = step(reader, at, limit);
        reader->row_bytes += (size_t)(next - at);
        at = next;
        if (reader->row_is_whole && reader->trouble == CSV_SOUND) {
            *bytes = (struct span){at, (size_t)(end - at)};
            return CSV_ROW;
        }
    }
    *bytes = (struct span){at, (size_t)(end - at)};
    return reader->trouble == CSV_SOUND ? CSV_MORE : CSV_BROKEN;
}

enum csv_verdict
csv_end(struct csv_reader *reader)
{
    if (reader->trouble == CSV_SOUND && reader->row_is_whole)
        return CSV_MORE;
    if (reader->state == CSV_QUOTED)
        break_off(reader, CSV_QUOTE_LEFT_OPEN);
    if (reader->trouble == CSV_SOUND)
        end_cell(reader);
    reader->row_is_whole = true;
    return reader->trouble == CSV_SOUND ? CSV_ROW : CSV_BROKEN;
}

struct span
csv_cell(const struct csv_reader *reader, size_t index)
{
    if (index >= reader->cell_count)
        return (struct span){"", 0};
    size_t start = index > 0 ? reader->ends[index - 1] : 0;
    return (struct span){reader->bytes.at + start, reader->ends[index] - start};
}

bool
csv_row_is_blank(const struct csv_reader *reader)
{
    return reader->cell_count == 1 && reader->content_count == 0;
}

void
csv_explain(const struct csv_reader *reader, struct buf *out)
{
    switch (reader->trouble) {
    case CSV_SOUND:
        break;
    case CSV_NUL_BYTE:
        buf_printf(out, "line %" PRIu64 ": expected text, found a NUL byte: this is no CSV file",
                   reader->line);
        break;
    case CSV_ROW_TOO_LONG:
        buf_printf(out, "line %" PRIu64 ": expected a row of at most %d bytes, found a longer one",
                   reader->row_line, LIMIT_CSV_ROW_BYTES);
        if (reader->state == CSV_QUOTED)
            buf_printf(out, ": the quote that opens on line %" PRIu64 " is not closed", reader->quote_line);
        break;
    case CSV_TOO_MANY_CELLS:
        buf_printf(out, "line %" PRIu64 ": expected at most %d cells in a row, found more", reader->row_line,
                   LIMIT_CSV_CELLS);
        break;
    case CSV_QUOTE_LEFT_OPEN:
        buf_printf(out,
                   "line %" PRIu64 ": the quote that opens here is not closed before the end of the file",
                   reader->quote_line);
        break;
    }
}
