/*
 * Any bytes as a platform's export: rows, or a sentence with the line. Behind a first byte that is odd, the
 * titles that a Douyin export has stand before the bytes, so that rows are reached. Every row is held against
 * a log, and its event made; what is said of it can be shown on one line.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static const char titles[] =
    "子订单编号,商品ID,选购商品,商品数量,订单应付金额,订单状态,售后状态,订单提交时间,达人ID,达人昵称\n";
static const char contest_file[] =
    "contest: a\ntitle: b\nopens: 2021-01-01T00:00:00+08:00\ncloses: 2021-02-01T00:00:00+08:00\n"
    "counties: [{id: 1, name: c}]\nproducts: [{id: p, name: p, county: 1}]\n"
    "streamers: [{id: s, name: s, county: 1}]\nsessions: [{id: x, streamer: s, platform: douyin, "
    "starts: 2021-01-01T00:00:00+08:00, ends: 2021-01-02T00:00:00+08:00}]\n";

static struct mapping *mapping;
static struct contest *contest;

static void
check_sentence(struct span sentence)
{
    MUST(sentence.len > 0 && utf8_is_valid(sentence));
    for (size_t i = 0; i < sentence.len; i++)
        MUST((unsigned char)sentence.at[i] >= 0x20 && sentence.at[i] != 0x7f);
}

static void
check_row(struct reconciliation *sums, const struct platform_row *row)
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

static void
read_all(const char *path)
{
    struct buf why = {0};
    struct platform_row row;
    struct sales_book book = {0};
    struct reconciliation sums;
    id_table_init(&book.ids, 1);
    reconciliation_init(&sums, contest, &book);
    struct platform_file *file = platform_file_open(path, mapping, 480, &why);
    enum file_verdict verdict = file ? FILE_ROW : FILE_BROKEN;
    while (verdict == FILE_ROW && (verdict = platform_file_next(file, &row, &why)) == FILE_ROW)
        check_row(&sums, &row);
    MUST((verdict == FILE_BROKEN) == (why.len > 0));
    if (why.len > 0)
        check_sentence(buf_span(&why));
    platform_file_free(file);
    reconciliation_free(&sums);
    sales_book_free(&book);
    buf_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct errors errors = {0};
    char path[64];
    if (len == 0)
        return 0;
    if (!mapping)
        mapping = mapping_load("douyin", (struct span){0}, &errors);
    if (!contest)
        contest = contest_load(span_of(contest_file), &errors);
    MUST(mapping && contest);
    int fd = memfd_create("export", MFD_CLOEXEC);
    MUST(fd >= 0);
    if (bytes[0] & 1)
        MUST(write(fd, titles, strlen(titles)) == (ssize_t)strlen(titles));
    MUST(write(fd, bytes + 1, len - 1) == (ssize_t)(len - 1));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_all(path);
    close(fd);
    return 0;
}
