/*
 * An export with any bytes in it, read by a mapping: rows, or a sentence with the line. Every row is held
 * against a log, and its event made; what is said of it can be shown on one line.
 */
#ifndef BOCHUANG_TESTS_READ_EXPORT_H
#define BOCHUANG_TESTS_READ_EXPORT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/platform_file.h"
#include "cli/reconciliation.h"
#include "cli/sale_event.h"
#include "common/utf8.h"

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

static const char read_export_contest[] =
    "contest: a\ntitle: b\nopens: 2021-01-01T00:00:00+08:00\ncloses: 2021-02-01T00:00:00+08:00\n"
    "counties: [{id: 1, name: c}]\nproducts: [{id: p, name: p, county: 1}]\n"
    "streamers: [{id: s, name: s, county: 1}]\nsessions: [{id: x, streamer: s, platform: douyin, "
    "starts: 2021-01-01T00:00:00+08:00, ends: 2021-01-02T00:00:00+08:00}]\n";

static inline void
check_sentence(struct span sentence)
{
    MUST(sentence.len > 0 && utf8_is_valid(sentence));
    for (size_t i = 0; i < sentence.len; i++)
        MUST((unsigned char)sentence.at[i] >= 0x20 && sentence.at[i] != 0x7f);
}

static inline void
check_row(const struct mapping *mapping, const struct contest *contest, struct reconciliation *sums,
          const struct platform_row *row)
{
    struct finding finding;
    MUST(row->kind != ROW_HEADING && row->line > 0);
    MUST(row->kind == ROW_UNREADABLE || (row->id.len > 0 && utf8_is_valid(row->id) && row->amount_fen >= 0 &&
                                         row->refunded_fen >= -1 && row->refunded_fen <= row->amount_fen));
    if (row->kind == ROW_UNREADABLE)
        check_sentence(span_of(row->why));
    reconcile_row(sums, row, &finding);
    if (finding.outcome != OUTCOME_MISSING_HERE)
        return;
    struct placing placing = {mapping, contest, CONTEST_NONE, CONTEST_NONE, CONTEST_NONE};
    struct buf event = {0};
    struct misfit misfit = {0};
    uint32_t session;
    bool fits = sale_event_paid(&placing, row, &session, &event, &misfit);
    MUST(fits == (event.len > 0) && fits == (misfit.code == NULL));
    buf_free(&event);
}

/* Reads all of a file that is open as `fd`. */
static inline void
read_export(int fd, const struct mapping *mapping, const struct contest *contest)
{
    char path[64];
    struct buf why = {0};
    struct platform_row row;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct sales_book book = {0};
    struct reconciliation sums;
    id_table_init(&book.ids, 1);
    reconciliation_init(&sums, contest, &book);
    struct platform_file *file = platform_file_open(path, mapping, 480, &why);
    enum file_verdict verdict = file ? FILE_ROW : FILE_BROKEN;
    while (verdict == FILE_ROW && (verdict = platform_file_next(file, &row, &why)) == FILE_ROW)
        check_row(mapping, contest, &sums, &row);
    MUST((verdict == FILE_BROKEN) == (why.len > 0));
    if (why.len > 0)
        check_sentence(buf_span(&why));
    platform_file_free(file);
    reconciliation_free(&sums);
    sales_book_free(&book);
    buf_free(&why);
}

#endif
