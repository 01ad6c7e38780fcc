#include "cli/platform_header.h"

#include <assert.h>

#include "common/utf8.h"

enum { SHOWN_MOST = 24, SHOWN_BYTES_MOST = 60, DIGITS_OF_DATA = 5 };

/* Columns without which an export cannot be compared, where the mapping has them. */
static const enum mapped needed[] = {MAPPED_ID, MAPPED_AMOUNT, MAPPED_STATE, MAPPED_REFUND_STATE};
enum { NEEDED_COUNT = sizeof needed / sizeof *needed };

static size_t
find_title(const struct span *titles, size_t count, const char *title)
{
    for (size_t i = 0; i < count; i++)
        if (span_is(titles[i], title))
            return i;
    return count;
}

static void
place(struct platform_header *header, enum mapped column, const struct words *wanted,
      const struct span *titles, size_t count)
{
    struct places *places = &header->places[column];
    for (size_t i = 0; i < wanted->count && places->count < MAPPED_PLACES_MOST; i++) {
        size_t at = find_title(titles, count, wanted->at[i]);
        if (at == count)
            continue;
        places->at[places->count++] = (uint16_t)at;
        header->wanted[at] = true;
    }
}

bool
platform_header_read(struct platform_header *header, const struct mapping *mapping, const struct span *titles,
                     size_t count)
{
    assert(count <= LIMIT_CSV_CELLS);
    *header = (struct platform_header){.cell_count = count};
    for (int column = 0; column < MAPPED_COUNT; column++)
        place(header, (enum mapped)column, &mapping->columns[column], titles, count);
    for (int i = 0; i < NEEDED_COUNT; i++)
        if (mapping->columns[needed[i]].count > 0 && header->places[needed[i]].count == 0)
            return false;
    return true;
}

/* A row of data has an order number or a telephone number in it; titles have neither. */
static bool
holds_data(const struct span *titles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t digits = 0;
        for (size_t at = 0; at < titles[i].len && digits < DIGITS_OF_DATA; at++)
            digits = titles[i].at[at] >= '0' && titles[i].at[at] <= '9' ? digits + 1 : 0;
        if (digits == DIGITS_OF_DATA)
            return true;
    }
    return false;
}

/* Short, and nothing that would do something to a terminal. */
static bool
can_be_shown(struct span title)
{
    for (size_t i = 0; i < title.len; i++)
        if ((unsigned char)title.at[i] < 0x20 || title.at[i] == 0x7f)
            return false;
    return title.len > 0 && title.len <= SHOWN_BYTES_MOST && utf8_is_valid(title);
}

static void
add_found(const struct span *titles, size_t count, struct buf *out)
{
    size_t shown = 0;
    if (count == 0 || holds_data(titles, count)) {
        buf_add_text(out, count == 0 ? "nothing" : "a row without titles: is the header row missing?");
        return;
    }
    for (size_t i = 0; i < count && shown < SHOWN_MOST; i++) {
        if (!can_be_shown(titles[i]))
            continue;
        buf_printf(out, "%s%.*s", shown++ ? ", " : "", SPAN_FMT(titles[i]));
    }
    buf_add_text(out, shown == SHOWN_MOST ? ", …" : shown == 0 ? "none" : "");
}

void
platform_header_explain(const struct mapping *mapping, const struct span *titles, size_t count,
                        struct buf *out)
{
    buf_add_text(out, "expected the columns ");
    for (int i = 0, listed = 0; i < NEEDED_COUNT; i++) {
        const struct words *words = &mapping->columns[needed[i]];
        for (size_t j = 0; j < words->count; j++)
            buf_printf(out, "%s%s", j ? " or " : listed ? ", " : "", words->at[j]);
        listed += words->count > 0;
    }
    buf_printf(out, " of an export of %s, found ", mapping->platform);
    add_found(titles, count, out);
}
