#include "cli/platform_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cell_text.h"
#include "cli/decode.h"
#include "cli/platform_header.h"
#include "common/must.h"

enum { HEADER_ROWS_MOST = 10 };

struct platform_file {
    const struct mapping *mapping; /* borrowed */
    int offset_min;
    struct csv_file csv;
    struct decoder decoder;
    struct platform_header header;
    bool is_first_row; /* the next one stands right below the header */
    struct buf text;   /* of the row at hand, as UTF-8 */
};

/* A mark of UTF-8 decides what cells are written in. */
static enum file_verdict
next_row(struct platform_file *file, struct buf *why)
{
    enum file_verdict verdict = csv_file_next(&file->csv, why);
    if (file->csv.has_mark && file->decoder.encoding == ENCODING_AUTO)
        file->decoder.encoding = ENCODING_UTF8;
    return verdict;
}

/* --- The header --- */

/* The titles of a row and of the one above it; spans into `text`, until it is cleared. */
struct titles {
    struct buf text[2]; /* in turn */
    struct span own[2][LIMIT_CSV_CELLS];
    size_t count[2];
    struct span both[LIMIT_CSV_CELLS];
};

static void
take_titles(struct platform_file *file, struct titles *titles, int turn)
{
    struct buf *text = &titles->text[turn];
    struct span *own = titles->own[turn];
    size_t count = file->csv.reader.cell_count;
    buf_clear(text);
    buf_reserve(text, file->csv.reader.bytes.len * 2 + 1);
    must_hold(text);
    for (size_t i = 0; i < count; i++) {
        size_t start = text->len;
        bool good = decode(&file->decoder, csv_cell(&file->csv.reader, i), text);
        own[i] = good ? cell_trim((struct span){text->at + start, text->len - start}) : SPAN("");
    }
    titles->count[turn] = count;
}

/* Titles in two rows: a cell that is empty has its group's, above. */
static size_t
join_titles(struct titles *titles, int turn)
{
    int above = 1 - turn;
    size_t count = titles->count[turn];
    for (size_t i = 0; i < count; i++) {
        bool is_empty = titles->own[turn][i].len == 0;
        titles->both[i] = is_empty && i < titles->count[above] ? titles->own[above][i] : titles->own[turn][i];
    }
    return count;
}

/* The widest row so far is the likeliest header: what it has is said where none is right. */
struct widest {
    struct buf explained;
    uint64_t line;
    size_t count;
};

static void
take_widest(struct platform_file *file, const struct titles *titles, int turn, struct widest *widest)
{
    if (titles->count[turn] <= widest->count)
        return;
    widest->count = titles->count[turn];
    widest->line = file->csv.reader.row_line;
    buf_clear(&widest->explained);
    platform_header_explain(file->mapping, titles->own[turn], titles->count[turn], &widest->explained);
}

static bool
is_header(struct platform_file *file, struct titles *titles, int turn)
{
    return platform_header_read(&file->header, file->mapping, titles->own[turn], titles->count[turn]) ||
           platform_header_read(&file->header, file->mapping, titles->both, join_titles(titles, turn));
}

static bool
look_for_header(struct platform_file *file, struct titles *titles, struct buf *why)
{
    struct widest widest = {.line = 1};
    enum file_verdict verdict = FILE_ROW;
    bool found = false;
    for (int row = 0; !found && row < HEADER_ROWS_MOST; row++) {
        verdict = next_row(file, why);
        if (verdict != FILE_ROW)
            break;
        take_titles(file, titles, row % 2);
        take_widest(file, titles, row % 2, &widest);
        found = is_header(file, titles, row % 2);
    }
    if (widest.count == 0)
        platform_header_explain(file->mapping, NULL, 0, &widest.explained);
    if (!found && verdict != FILE_BROKEN)
        buf_printf(why, "line %" PRIu64 ": %s", widest.line, buf_text(&widest.explained));
    buf_free(&widest.explained);
    return found;
}

/* Where there was no header, these were rows of data. */
static void
forget(struct buf *text)
{
    if (text->at)
        explicit_bzero(text->at, text->cap);
    buf_free(text);
}

static bool
read_header(struct platform_file *file, struct buf *why)
{
    struct titles *titles = must(calloc(1, sizeof *titles));
    bool found = look_for_header(file, titles, why);
    forget(&titles->text[0]);
    forget(&titles->text[1]);
    free(titles);
    file->csv.reader.wanted = file->header.wanted;
    file->csv.reader.wanted_count = LIMIT_CSV_CELLS;
    file->is_first_row = true;
    return found;
}

struct platform_file *
platform_file_open(const char *path, const struct mapping *mapping, int offset_min, struct buf *why)
{
    struct platform_file *file = must(calloc(1, sizeof *file));
    file->mapping = mapping;
    file->offset_min = offset_min;
    decoder_init(&file->decoder, mapping->encoding);
    if (csv_file_open(&file->csv, path, mapping->separator, why) && read_header(file, why))
        return file;
    platform_file_free(file);
    return NULL;
}

void
platform_file_free(struct platform_file *file)
{
    if (!file)
        return;
    csv_file_close(&file->csv);
    decoder_free(&file->decoder);
    buf_free(&file->text);
    free(file);
}

uint64_t
platform_file_bytes(const struct platform_file *file, uint64_t *total)
{
    *total = file->csv.bytes_total;
    return file->csv.bytes - file->csv.rest.len;
}

/* --- Rows --- */

/* Those of its places that are not empty; false where a text is not of the file's encoding. */
static bool
take_cells(struct platform_file *file, enum mapped column, struct cell_texts *cells)
{
    const struct places *places = &file->header.places[column];
    *cells = (struct cell_texts){.at[0] = SPAN("")};
    for (size_t i = 0; i < places->count; i++) {
        size_t start = file->text.len;
        if (!decode(&file->decoder, csv_cell(&file->csv.reader, places->at[i]), &file->text))
            return false;
        struct span text = cell_trim((struct span){file->text.at + start, file->text.len - start});
        if (text.len > 0)
            cells->at[cells->count++] = text;
    }
    return true;
}

static void
refuse_shape(const struct platform_file *file, struct platform_row *row)
{
    size_t found = file->csv.reader.cell_count;
    if (file->csv.reader.text_behind)
        platform_row_refuse(row, "expected a comma behind a closing quote, found other text");
    else
        platform_row_refuse(row,
                            "expected %zu cells, as in the header row, found %zu: is there a comma or a line "
                            "break that is not in quotes?",
                            file->header.cell_count, found);
}

/* Where cells have slipped, none is what its column says. Empty ones behind the last do no harm. */
static bool
has_slipped(const struct platform_file *file)
{
    const struct csv_reader *reader = &file->csv.reader;
    return reader->text_behind || reader->content_count > file->header.cell_count ||
           reader->cell_count < file->header.cell_count;
}

/* Room for every cell that may be looked at: their spans must not move while the row is read. */
static void
make_room(struct platform_file *file)
{
    size_t len = 1;
    for (int column = 0; column < MAPPED_COUNT; column++)
        for (size_t i = 0; i < file->header.places[column].count; i++)
            len += 2 * csv_cell(&file->csv.reader, file->header.places[column].at[i]).len;
    buf_clear(&file->text);
    buf_reserve(&file->text, len);
    must_hold(&file->text);
}

static void
read_row(struct platform_file *file, struct platform_row *row)
{
    struct cell_texts cells[MAPPED_COUNT];
    make_room(file);
    *row = (struct platform_row){.line = file->csv.reader.row_line};
    for (int column = 0; column < MAPPED_COUNT; column++) {
        if (!take_cells(file, (enum mapped)column, &cells[column])) {
            platform_row_refuse(row, "expected text in %s, as the rows before it, found other bytes",
                                file->decoder.encoding == ENCODING_UTF8 ? "UTF-8" : "GB18030");
            return;
        }
    }
    platform_row_read(file->mapping, cells, file->offset_min, row);
    if (file->is_first_row && platform_row_is_titles(cells))
        row->kind = ROW_HEADING; /* the second half of a header of two rows */
    else if (row->kind != ROW_HEADING && has_slipped(file))
        refuse_shape(file, row);
}

enum file_verdict
platform_file_next(struct platform_file *file, struct platform_row *row, struct buf *why)
{
    for (;;) {
        enum file_verdict verdict = next_row(file, why);
        if (verdict != FILE_ROW)
            return verdict;
        read_row(file, row);
        file->is_first_row = false;
        if (row->kind != ROW_HEADING)
            return FILE_ROW;
    }
}
