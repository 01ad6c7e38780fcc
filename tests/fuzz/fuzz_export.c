/*
 * Any bytes as a platform's export (read_export.h). Behind a first byte that is odd, the titles that a Douyin
 * export has stand before the bytes, so that rows are reached.
 */
#include <string.h>

#include "tests/fuzz/read_export.h"

static const char titles[] =
    "子订单编号,商品ID,选购商品,商品数量,订单应付金额,订单状态,售后状态,订单提交时间,达人ID,达人昵称\n";
static struct mapping *mapping;
static struct contest *contest;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct errors errors = {0};
    if (len == 0)
        return 0;
    if (!mapping)
        mapping = mapping_load("douyin", (struct span){0}, &errors);
    if (!contest)
        contest = contest_load(span_of(read_export_contest), &errors);
    MUST(mapping && contest);
    int fd = memfd_create("export", MFD_CLOEXEC);
    MUST(fd >= 0);
    if (bytes[0] & 1)
        MUST(write(fd, titles, strlen(titles)) == (ssize_t)strlen(titles));
    MUST(write(fd, bytes + 1, len - 1) == (ssize_t)(len - 1));
    read_export(fd, mapping, contest);
    close(fd);
    return 0;
}
