/*
 * Any bytes as a contest file: a contest that writes itself as JSON which reads back equal and that merges
 * into itself, or complaints that can be shown. The same bytes as a `register` on a good contest.
 */
#include <stdint.h>

#include "common/utf8.h"
#include "tests/unit/contest_harness.h"

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Complaints there are exactly where there is no contest; each can be printed on one line. */
static void
check_errors(struct errors *errors, bool good)
{
    MUST(good == (errors->count == 0));
    for (size_t i = 0; i < errors->count; i++) {
        const struct complaint *complaint = &errors->items[i];
        MUST(complaint->line >= 0 && utf8_is_valid(span_of(complaint->field)));
        MUST(complaint->message[0] && utf8_is_valid(span_of(complaint->message)));
        MUST(!strpbrk(complaint->message, "\n\r\t\x1b") && !strpbrk(complaint->field, "\n\r\t\x1b"));
    }
    errors_free(errors);
}

static void
check_same(const struct contest *a, const struct contest *b)
{
    MUST(a && b);
    char *json_a = json_of(a), *json_b = json_of(b);
    MUST(strcmp(json_a, json_b) == 0);
    free(json_a);
    free(json_b);
}

static void
check_contest(struct contest *contest)
{
    struct errors errors = {0};
    char *json = json_of(contest);
    struct contest *again = contest_load(span_of(json), &errors);
    check_same(contest, again);
    struct contest *merged = contest_merge(contest, again, &errors);
    check_same(contest, merged);
    contest_release(again);
    contest_release(merged);
    free(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct contest *small;
    if (!small)
        small = load_good(small_contest);
    struct span text = {(const char *)bytes, len};
    struct errors errors = {0};
    struct contest *contest = contest_load(text, &errors);
    check_errors(&errors, contest);
    if (contest)
        check_contest(contest);
    contest_release(contest);
    struct contest *grown = contest_register(small, text, &errors);
    check_errors(&errors, grown);
    if (grown) {
        MUST(grown->streamer_count >= small->streamer_count);
        check_contest(grown);
    }
    contest_release(grown);
    return 0;
}
