#include "cli/platform_row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cell_text.h"
#include "common/contest.h"
#include "common/sentence.h"

void
platform_row_refuse(struct platform_row *row, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sentence_write(row->why, sizeof row->why, format, arguments);
    va_end(arguments);
    row->kind = ROW_UNREADABLE;
}

/* "COLUMN: …", by the title that people know it by, shortened. */
static void __attribute__((format(printf, 4, 5)))
refuse(struct platform_row *row, const struct mapping *mapping, enum mapped column, const char *format, ...)
{
    struct sentence why = sentence_start(row->why, sizeof row->why);
    sentence_show(&why, span_of(mapping->columns[column].at[0]));
    sentence_add(&why, ": ");
    va_list arguments;
    va_start(arguments, format);
    sentence_add_list(&why, format, arguments);
    va_end(arguments);
    row->kind = ROW_UNREADABLE;
}

/* --- What is no order --- */

static bool
is_heading(const struct mapping *mapping, const struct cell_texts cells[MAPPED_COUNT])
{
    static const char *const totals[] = {"合计", "总计", "小计", "汇总", "total", "Total"};
    struct span id = cells[MAPPED_ID].at[0];
    while (id.len >= 3 && memcmp(id.at + id.len - 3, "：", 3) == 0)
        id.len -= 3;
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
        if (span_is(id, totals[i]))
            return true;
    return words_have(&mapping->columns[MAPPED_ID], cells[MAPPED_ID].at[0]);
}

/* Sums under the columns, whatever stands at the row's beginning: nothing that an order would have. */
static bool
is_sums(const struct mapping *mapping, const struct cell_texts cells[MAPPED_COUNT])
{
    bool is_told_apart = false; /* by a column that every order fills */
    for (int column = 0; column < MAPPED_COUNT; column++) {
        if (column == MAPPED_AMOUNT || column == MAPPED_REFUNDED || column == MAPPED_QUANTITY)
            continue;
        if (cells[column].at[0].len > 0)
            return false;
        is_told_apart = is_told_apart || (column == MAPPED_STATE && mapping->columns[MAPPED_STATE].count > 0);
    }
    return is_told_apart;
}

static bool
has_digit(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            return true;
    return false;
}

bool
platform_row_is_titles(const struct cell_texts cells[MAPPED_COUNT])
{
    return !has_digit(cells[MAPPED_ID].at[0]) && !has_digit(cells[MAPPED_AMOUNT].at[0]);
}

/* --- Column by column; each is false where the row cannot be read --- */

static bool
are_all_ids(struct span ids)
{
    struct span id;
    while (cell_next_of_several(&ids, &id))
        if (!id_is_valid(id))
            return false;
    return true;
}

static bool
read_id(const struct mapping *mapping, struct span id, struct platform_row *row)
{
    row->id = id;
    row->kind = cell_is_several(id) ? ROW_COMBINED : ROW_ORDER;
    if (id.len == 0)
        refuse(row, mapping, MAPPED_ID, "expected an order number, found nothing");
    else if (cell_is_rounded_id(id))
        refuse(row, mapping, MAPPED_ID,
               "expected an order number, found one that a spreadsheet has rounded: "
               "export it again, and do not save it there");
    else if (!are_all_ids(id))
        refuse(row, mapping, MAPPED_ID,
               "expected an order number of 1 to 64 letters, digits and . _ : -, found other text");
    return row->kind != ROW_UNREADABLE;
}

static bool
read_amounts(const struct mapping *mapping, const struct cell_texts cells[MAPPED_COUNT],
             struct platform_row *row)
{
    const char *example = mapping->in_fen ? "fen, such as 123450" : "yuan, such as 1,234.50";
    if (!cell_money(cells[MAPPED_AMOUNT].at[0], mapping->in_fen, &row->amount_fen) || row->amount_fen < 0) {
        refuse(row, mapping, MAPPED_AMOUNT, "expected an amount in %s, found %s", example,
               cells[MAPPED_AMOUNT].at[0].len > 0 ? "other text" : "nothing");
        return false;
    }
    if (cells[MAPPED_REFUNDED].at[0].len == 0)
        return true;
    if (!cell_money(cells[MAPPED_REFUNDED].at[0], mapping->in_fen, &row->refunded_fen)) {
        refuse(row, mapping, MAPPED_REFUNDED, "expected an amount in %s, found other text", example);
        return false;
    }
    if (row->refunded_fen < 0) /* some exports write what was paid back as a loss */
        row->refunded_fen = -row->refunded_fen;
    if (row->refunded_fen > row->amount_fen)
        refuse(row, mapping, MAPPED_REFUNDED, "expected at most what was paid, found more");
    return row->kind != ROW_UNREADABLE;
}

static bool
read_states(const struct mapping *mapping, const struct cell_texts cells[MAPPED_COUNT],
            struct platform_row *row)
{
    struct span state = cells[MAPPED_STATE].at[0];
    row->counts = mapping->columns[MAPPED_STATE].count == 0 || words_have(&mapping->counting, state);
    if (!row->counts && !words_have(&mapping->not_counting, state)) {
        refuse(row, mapping, MAPPED_STATE, "expected a state that the mapping names, found %s",
               state.len > 0 ? "another" : "nothing");
        return false;
    }
    row->state = state;
    bool is_refunded = cells[MAPPED_REFUND_STATE].at[0].len > 0 &&
                       words_have(&mapping->refunded, cells[MAPPED_REFUND_STATE].at[0]);
    if (is_refunded && cells[MAPPED_REFUNDED].at[0].len == 0)
        row->refunded_fen = -1;
    else if (!is_refunded && mapping->columns[MAPPED_REFUND_STATE].count > 0)
        row->refunded_fen = 0; /* asked for, not paid back */
    return true;
}

void
platform_row_read(const struct mapping *mapping, const struct cell_texts cells[MAPPED_COUNT], int offset_min,
                  struct platform_row *row)
{
    *row = (struct platform_row){.line = row->line, .quantity = 1, .time_ms = -1};
    if (is_heading(mapping, cells) || is_sums(mapping, cells)) {
        row->kind = ROW_HEADING;
        return;
    }
    if (!read_id(mapping, cells[MAPPED_ID].at[0], row) || !read_amounts(mapping, cells, row) ||
        !read_states(mapping, cells, row))
        return;
    row->product = cells[MAPPED_PRODUCT];
    row->streamer = cells[MAPPED_STREAMER];
    row->session = cells[MAPPED_SESSION].at[0];
    if (cell_is_several(row->product.at[0]))
        row->kind = ROW_COMBINED;
    if (cells[MAPPED_QUANTITY].at[0].len > 0 && !cell_count(cells[MAPPED_QUANTITY].at[0], &row->quantity))
        row->quantity = -1;
    if (!cell_time(cells[MAPPED_TIME].at[0], offset_min, &row->time_ms))
        row->time_ms = -1;
}

int64_t
platform_row_net_fen(const struct platform_row *row)
{
    if (!row->counts || row->refunded_fen < 0)
        return 0;
    return row->amount_fen - row->refunded_fen;
}
