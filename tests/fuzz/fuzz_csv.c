/*
 * CSV: any bytes give rows or a trouble with its sentence. The same bytes in pieces give the same; so do
 * they where only some cells are wanted; and rows that are written out with quotes are read back.
 * The first byte says how long the pieces are, and which cells are wanted.
 */
#include "cli/csv_reader.h"

#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

enum { WANTED_COUNT = 8 };

static void
add_cell(struct span cell, struct buf *out)
{
    buf_add_byte(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.at[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, cell.at[i]);
    }
    buf_add_byte(out, '"');
}

static void
add_row(const struct csv_reader *reader, const bool *wanted, struct buf *out)
{
    MUST(reader->cell_count >= 1 && reader->cell_count <= LIMIT_CSV_CELLS);
    MUST(reader->content_count <= reader->cell_count && reader->row_bytes <= LIMIT_CSV_ROW_BYTES);
    for (size_t i = 0; i < reader->cell_count; i++) {
        bool is_wanted = !wanted || (i < WANTED_COUNT && wanted[i]);
        struct span cell = csv_cell(reader, i);
        MUST(is_wanted || reader->wanted == NULL || cell.len == 0);
        add_cell(is_wanted ? cell : (struct span){"", 0}, out);
        buf_add_byte(out, i + 1 < reader->cell_count ? ',' : '\n');
    }
}

/* Reads `text` piece by piece and writes it out again; `pick`: only these cells, read so or only written so.
 */
static enum csv_trouble
rewrite(struct span text, size_t piece, const bool *pick, bool while_reading, struct buf *out)
{
    struct csv_reader *reader = malloc(sizeof *reader);
    MUST(reader);
    csv_init(reader, ',');
    reader->wanted = while_reading ? pick : NULL;
    reader->wanted_count = WANTED_COUNT;
    enum csv_verdict verdict = CSV_MORE;
    for (size_t at = 0; verdict != CSV_BROKEN;) {
        size_t len = text.len - at < piece ? text.len - at : piece;
        char *exact = malloc(len + 1); /* a read behind it is seen */
        MUST(exact);
        memcpy(exact, text.at + at, len);
        struct span rest = {exact, len};
        verdict = len > 0 ? csv_read(reader, &rest) : csv_end(reader);
        at += len - rest.len;
        if (verdict == CSV_ROW)
            add_row(reader, pick, out);
        free(exact);
        if (verdict == CSV_MORE && len == 0)
            break;
    }
    struct buf sentence = {0};
    if (verdict == CSV_BROKEN)
        csv_explain(reader, &sentence);
    enum csv_trouble trouble = reader->trouble;
    MUST((trouble == CSV_SOUND) == (sentence.len == 0));
    buf_free(&sentence);
    csv_free(reader);
    free(reader);
    return trouble;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    if (size == 0)
        return 0;
    struct span text = {(const char *)input + 1, size - 1};
    bool wanted[WANTED_COUNT];
    for (int i = 0; i < WANTED_COUNT; i++)
        wanted[i] = input[0] >> i & 1;
    struct buf whole = {0}, pieces = {0}, picked = {0}, kept = {0}, again = {0};
    enum csv_trouble trouble = rewrite(text, SIZE_MAX, NULL, false, &whole);
    MUST(rewrite(text, 1 + input[0] % 7, NULL, false, &pieces) == trouble);
    MUST(span_eq(buf_span(&whole), buf_span(&pieces)));
    MUST(rewrite(text, SIZE_MAX, wanted, false, &picked) == trouble);
    MUST(rewrite(text, SIZE_MAX, wanted, true, &kept) == trouble);
    MUST(span_eq(buf_span(&picked), buf_span(&kept)));
    MUST(rewrite(span_of(buf_text(&whole)), SIZE_MAX, NULL, false, &again) == CSV_SOUND);
    MUST(span_eq(buf_span(&whole), buf_span(&again)));
    buf_free(&whole);
    buf_free(&pieces);
    buf_free(&picked);
    buf_free(&kept);
    buf_free(&again);
    return 0;
}
