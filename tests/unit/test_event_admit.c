/* Admission: who may post what, when; and the sentences that say why not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/clock.h"
#include "tests/unit/event_harness.h"

static const char contest_file[] =
    "contest: youxian-2021\n"
    "title: 湘赣边首届直播带货创新创业大赛\n"
    "opens: 2021-11-26T08:00:00+08:00\n"
    "closes: 2021-11-30T00:00:00+08:00\n"
    "refunds_until: 2021-12-07T00:00:00+08:00\n"
    "counties:\n"
    "  - {id: \"430223\", name: 攸县}\n"
    "products:\n"
    "  - {id: tofu, name: 攸县香干, county: \"430223\", category: 加工制品}\n"
    "streamers:\n"
    "  - {id: yx-01, name: 攸县一队, county: \"430223\"}\n"
    "  - {id: yx-02, name: 攸县二队, county: \"430223\"}\n"
    "sessions:\n"
    "  - {id: s-001, streamer: yx-01, platform: douyin, starts: 2021-11-26T19:00:00+08:00, "
    "ends: 2021-11-26T21:00:00+08:00}\n"
    "  - {id: s-002, streamer: yx-02, platform: douyin, starts: 2021-11-26T19:00:00+08:00, "
    "ends: 2021-11-26T21:00:00+08:00}\n"
    "rankings:\n"
    "  - {id: streamers, name: 直播带货达人榜, of: streamer, by: net_fen}\n";

static struct contest *contest;

/* Long after the contest: nothing of it lies in the future. */
static int64_t later_ms;

static int64_t
ms(const char *text)
{
    int64_t value;
    assert_true(clock_parse_rfc3339(span_of(text), &value, NULL));
    return value;
}

static int
load(void **state)
{
    (void)state;
    struct errors errors = {0};
    contest = contest_load(span_of(contest_file), &errors);
    for (size_t i = 0; i < errors.count; i++)
        print_error("%d: %s: %s\n", errors.items[i].line, errors.items[i].field, errors.items[i].message);
    errors_free(&errors);
    later_ms = ms("2022-01-01T00:00:00+08:00");
    return contest ? 0 : -1;
}

static int
unload(void **state)
{
    (void)state;
    contest_release(contest);
    return 0;
}

static struct event_poster
streamer_named(const char *id)
{
    return (struct event_poster){.streamer = contest_find_streamer(contest, span_of(id))};
}

static const struct event_poster connector = {.any_streamer = true, .streamer = CONTEST_NONE};

/* A good event of a type, in session s-001 or by streamer yx-01. */
static struct event
event_of(enum event_type type, const char *time)
{
    struct event event = {.type = type, .id = SPAN("e-1"), .time_ms = ms(time)};
    if (type == EVENT_VIDEO_PUBLISHED)
        event.streamer = SPAN("yx-01");
    else
        event.session = SPAN("s-001");
    if (type == EVENT_ORDER_PAID)
        event.product = SPAN("tofu");
    return event;
}

#define INSIDE "2021-11-26T20:00:00+08:00"

/* Admits with and without a sentence: both must say the same. */
static enum event_code
admit(const struct event *event, struct event_poster poster, int64_t now_ms, struct event_error *error)
{
    uint32_t streamer, again;
    *error = (struct event_error){.field = ""};
    enum event_code code = event_admit(event, contest, &poster, now_ms, &streamer, error);
    assert_int_equal(event_admit(event, contest, &poster, now_ms, &again, NULL), code);
    if (code == CODE_OK) {
        assert_string_equal(contest->streamers[streamer].id, "yx-01");
        assert_int_equal(streamer, again);
        return code;
    }
    assert_int_equal(error->code, code);
    assert_true(harness_is_sentence(error->message));
    return code;
}

static void
expect(const struct event *event, struct event_poster poster, int64_t now_ms, enum event_code code)
{
    struct event_error error;
    enum event_code got = admit(event, poster, now_ms, &error);
    if (got != code)
        print_error("%s: %s\n", event_code_name(got), error.message);
    assert_string_equal(event_code_name(got), event_code_name(code));
}

static void
expect_sentence(const struct event *event, struct event_poster poster, int64_t now_ms, const char *field,
                const char *message)
{
    struct event_error error;
    assert_int_not_equal(admit(event, poster, now_ms, &error), CODE_OK);
    assert_string_equal(error.field, field);
    assert_string_equal(error.message, message);
}

static void
test_who(void **state)
{
    (void)state;
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        struct event event = event_of((enum event_type)type, INSIDE);
        expect(&event, connector, later_ms, CODE_OK);
        expect(&event, streamer_named("yx-01"), later_ms, CODE_OK);
        expect(&event, streamer_named("yx-02"), later_ms, CODE_NOT_YOUR_SESSION);
        expect(&event, streamer_named("yx-99"), later_ms, CODE_NOT_YOUR_SESSION);
    }
}

/* The window of each type: a millisecond before, its first, its last, a millisecond behind. */
static void
test_windows(void **state)
{
    (void)state;
    static const char *const until[EVENT_TYPE_COUNT] = {
        [EVENT_ORDER_PAID] = "2021-11-30T00:00:00+08:00",
        [EVENT_ORDER_REFUNDED] = "2021-12-07T00:00:00+08:00",
        [EVENT_ORDER_CANCELLED] = "2021-12-07T00:00:00+08:00",
        [EVENT_SESSION_STARTED] = "2021-11-30T00:00:00+08:00",
        [EVENT_SESSION_ENDED] = NULL,
        [EVENT_VIDEO_PUBLISHED] = "2021-11-30T00:00:00+08:00",
        [EVENT_METRIC_SAMPLED] = "2021-11-30T00:00:00+08:00",
    };
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        struct event event = event_of((enum event_type)type, "2021-11-26T07:59:59.999+08:00");
        int64_t from_ms, until_ms;
        event_window(contest, event.type, &from_ms, &until_ms);
        assert_int_equal(from_ms, event.time_ms + 1);
        assert_int_equal(until_ms, until[type] ? ms(until[type]) : CONTEST_NEVER);
        expect(&event, connector, later_ms, CODE_OUTSIDE_WINDOW);
        event.time_ms = from_ms;
        expect(&event, connector, later_ms, CODE_OK);
        event.time_ms = (until[type] ? until_ms : later_ms) - 1;
        expect(&event, connector, later_ms, CODE_OK);
        event.time_ms++;
        expect(&event, connector, later_ms, until[type] ? CODE_OUTSIDE_WINDOW : CODE_OK);
    }
}

static void
test_future(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_ORDER_PAID, INSIDE);
    expect(&event, connector, event.time_ms - 600000, CODE_OK);
    expect(&event, connector, event.time_ms - 600001, CODE_IN_THE_FUTURE);
    event.time_ms = INT64_C(253402300799999); /* outside the window too: the future is told first */
    expect(&event, connector, later_ms, CODE_IN_THE_FUTURE);
}

static void
test_unknown(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_ORDER_PAID, INSIDE);
    event.product = SPAN("tea");
    expect(&event, connector, later_ms, CODE_UNKNOWN_PRODUCT);
    event.session = SPAN("s-003");
    expect(&event, connector, later_ms, CODE_UNKNOWN_SESSION);
    static const struct span odd[] = {SPAN(""), SPAN("s-001\0"), SPAN("S-001"), SPAN("\xff\xfe"),
                                      SPAN("s-00")};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        event.session = odd[i];
        expect(&event, connector, later_ms, CODE_UNKNOWN_SESSION);
    }
    event = event_of(EVENT_VIDEO_PUBLISHED, INSIDE);
    event.streamer = SPAN("s-001");
    expect(&event, connector, later_ms, CODE_UNKNOWN_STREAMER);
}

/* An unknown session comes before an unknown product, that before the poster, the poster before the time. */
static void
test_order(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_ORDER_PAID, "2030-01-01T00:00:00Z");
    struct event_poster other = streamer_named("yx-02");
    expect(&event, connector, later_ms, CODE_IN_THE_FUTURE);
    expect(&event, other, later_ms, CODE_NOT_YOUR_SESSION);
    event.product = SPAN("tea");
    expect(&event, other, later_ms, CODE_UNKNOWN_PRODUCT);
    event.session = SPAN("s-003");
    expect(&event, other, later_ms, CODE_UNKNOWN_SESSION);
}

static void
test_sentences(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_ORDER_PAID, "2021-11-30T00:00:00+08:00");
    expect_sentence(&event, connector, later_ms, "time",
                    "time: expected 2021-11-26T08:00:00+08:00 or later, before 2021-11-30T00:00:00+08:00, "
                    "for order.paid, found 2021-11-30T00:00:00+08:00");
    expect_sentence(&event, connector, ms(INSIDE), "time",
                    "time: expected at most 10 minutes after the server's clock, 2021-11-26T20:00:00+08:00, "
                    "found 2021-11-30T00:00:00+08:00");
    expect_sentence(&event, streamer_named("yx-02"), later_ms, "session",
                    "session: expected a session of \"yx-02\", found \"s-001\" of \"yx-01\"");
    event.product = SPAN("te\na\xff");
    expect_sentence(&event, connector, later_ms, "product",
                    "product: expected the id of a product of this contest, found \"te\\u000aa\\xff\"");
    event.session = SPAN("0123456789012345678901234567890123456789xxxx");
    expect_sentence(&event, connector, later_ms, "session",
                    "session: expected the id of a session of this contest, found "
                    "\"0123456789012345678901234567890123456789…\"");
    event = event_of(EVENT_SESSION_ENDED, "2021-11-26T00:00:00.5Z");
    event.time_ms -= 1000;
    expect_sentence(&event, connector, later_ms, "time",
                    "time: expected 2021-11-26T08:00:00+08:00 or later, for session.ended, "
                    "found 2021-11-26T07:59:59.500+08:00");
    event = event_of(EVENT_VIDEO_PUBLISHED, INSIDE);
    expect_sentence(&event, streamer_named("yx-02"), later_ms, "streamer",
                    "streamer: expected yourself, \"yx-02\", found \"yx-01\"");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who),     cmocka_unit_test(test_windows), cmocka_unit_test(test_future),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_order),   cmocka_unit_test(test_sentences),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
