/* Rows as events: which session and product they are of, and the refund's id. */
#include "cli/sale_event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Sessions of yx-01: 19 to 21 h and 21 to 22 h on Douyin, one on Kuaishou; of yx-02 one. */
static const char contest_file[] =
    "contest: a\ntitle: b\nopens: 2021-11-26T08:00:00+08:00\ncloses: 2021-11-30T00:00:00+08:00\n"
    "counties: [{id: 1, name: c}]\nproducts: [{id: tofu, name: t, county: 1}, {id: tea, name: t, county: "
    "1}]\n"
    "streamers: [{id: yx-01, name: 攸县一队, county: 1}, {id: yx-02, name: 攸县二队, county: 1}]\n"
    "sessions:\n"
    "  - {id: s-1, streamer: yx-01, platform: douyin, starts: 2021-11-26T19:00:00+08:00, ends: "
    "2021-11-26T21:00:00+08:00}\n"
    "  - {id: s-2, streamer: yx-01, platform: douyin, starts: 2021-11-26T21:00:00+08:00, ends: "
    "2021-11-26T22:00:00+08:00}\n"
    "  - {id: s-3, streamer: yx-01, platform: kuaishou, starts: 2021-11-27T08:00:00+08:00, ends: "
    "2021-11-27T09:00:00+08:00}\n"
    "  - {id: s-4, streamer: yx-02, platform: douyin, starts: 2021-11-26T19:00:00+08:00, ends: "
    "2021-11-26T21:00:00+08:00}\n";
static const char mapping_file[] =
    "products: [{code: A1, product: tofu}]\nstreamers: [{code: '77', streamer: yx-02}]\n"
    "sessions: [{code: room, session: s-2}, {code: other, session: s-3}]\n";

static const int64_t seven_ms = 1637924400000; /* 2021-11-26T19:00+08:00 */
enum { MINUTE_MS = 60000 };

static struct placing placing;

static int
begin(void **state)
{
    (void)state;
    struct errors errors = {0};
    placing = (struct placing){.mapping = mapping_load("douyin", span_of(mapping_file), &errors),
                               .contest = contest_load(span_of(contest_file), &errors),
                               .session = CONTEST_NONE,
                               .streamer = CONTEST_NONE,
                               .product = CONTEST_NONE};
    return placing.mapping && placing.contest ? 0 : -1;
}

static int
end(void **state)
{
    (void)state;
    mapping_free((struct mapping *)placing.mapping);
    contest_release((struct contest *)placing.contest);
    return 0;
}

static struct platform_row
row_at(int64_t minute, const char *streamer, const char *product)
{
    return (struct platform_row){.id = SPAN("6917"),
                                 .amount_fen = 3980,
                                 .quantity = 2,
                                 .counts = true,
                                 .time_ms = seven_ms + minute * MINUTE_MS,
                                 .streamer = {{span_of(streamer)}, *streamer != '\0'},
                                 .product = {{span_of(product)}, *product != '\0'}};
}

/* The session that the row's sale is in, or the code of what is wrong. */
static const char *
place_of(const struct placing *with, const struct platform_row *row)
{
    static char code[64];
    struct buf event = {0};
    struct misfit misfit;
    uint32_t session;
    bool fits = sale_event_paid(with, row, &session, &event, &misfit);
    assert_int_equal(fits, event.len > 0);
    buf_free(&event);
    if (fits)
        return with->contest->sessions[session].id;
    assert_true(strlen(misfit.message) > 20);
    strcpy(code, misfit.code);
    return code;
}

static void
a_row_becomes_an_event(void **state)
{
    (void)state;
    struct platform_row row = row_at(21, "攸县一队", "A1");
    struct buf event = {0};
    struct misfit misfit;
    uint32_t session;
    assert_true(sale_event_paid(&placing, &row, &session, &event, &misfit));
    assert_string_equal(
        buf_text(&event),
        "{\"id\":\"6917\",\"type\":\"order.paid\",\"time\":\"2021-11-26T19:21:00+08:00\",\"session\":\"s-1\","
        "\"product\":\"tofu\",\"quantity\":2,\"amount_fen\":3980}");
    buf_clear(&event);
    assert_true(sale_event_refund(&placing, &row, session, 1000, 3980, &event, &misfit));
    assert_string_equal(
        buf_text(&event),
        "{\"id\":\"6917:refund:3980\",\"type\":\"order.refunded\",\"time\":\"2021-11-26T19:21:00+08:00\","
        "\"session\":\"s-1\",\"of\":\"6917\",\"amount_fen\":1000}");
    buf_free(&event);
}

static void
the_session_by_time_and_streamer(void **state)
{
    (void)state;
    static const struct {
        int64_t minute;
        const char *streamer, *place;
    } cases[] = {
        {0, "yx-01", "s-1"},
        {-1, "yx-01", "unknown_session"},
        {119, "yx-01", "s-1"},
        {120, "yx-01", "s-2"}, /* on the air, rather than just over */
        {179, "yx-01", "s-2"},
        {239, "攸县一队", "s-2"},
        {240, "yx-01", "unknown_session"},
        {0, "77", "s-4"},
        {179, "yx-02", "s-4"},
        {180, "yx-02", "unknown_session"},
        {13 * 60 + 5, "yx-01", "unknown_session"}, /* that one is on another platform */
        {0, "nobody", "unknown_streamer"},
        {0, "", "unknown_streamer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct platform_row row = row_at(cases[i].minute, cases[i].streamer, "tofu");
        const char *found = place_of(&placing, &row);
        if (strcmp(found, cases[i].place) != 0)
            fail_msg("case %zu: %s", i, found);
    }
}

static void
what_is_given_holds_for_every_row(void **state)
{
    (void)state;
    struct placing with = placing;
    struct platform_row row = row_at(5000, "", "?");
    assert_string_equal(place_of(&with, &row), "unknown_streamer");
    with.session = 1;
    assert_string_equal(place_of(&with, &row), "unknown_product");
    with.product = 0;
    assert_string_equal(place_of(&with, &row), "s-2");
    with.session = CONTEST_NONE;
    row.session = SPAN("room");
    assert_string_equal(place_of(&with, &row), "s-2");
    row.session = SPAN("s-4");
    assert_string_equal(place_of(&with, &row), "s-4");
    row.session = SPAN("other");
    assert_string_equal(place_of(&with, &row), "unknown_session");
    row = row_at(0, "", "tofu");
    with.streamer = 1;
    assert_string_equal(place_of(&with, &row), "s-4");
}

static void
the_first_code_that_is_known_is_taken(void **state)
{
    (void)state;
    struct platform_row row = row_at(0, "yx-01", "");
    row.product = (struct cell_texts){{SPAN("9999"), SPAN("tea"), SPAN("A1")}, 3};
    assert_string_equal(place_of(&placing, &row), "s-1");
}

/* What the row has there is repeated in the sentence, as far as there is room for it. */
static void
what_is_not_known_is_shown(void **state)
{
    (void)state;
    static const char longest[] =
        "a code that is longer than a sentence should be, by far: nobody would read to "
        "its end, and nobody could copy it into a mapping without a mistake";
    struct platform_row row = row_at(0, "yx-01", "?");
    struct buf event = {0};
    struct misfit misfit;
    uint32_t session;
    row.product = (struct cell_texts){{SPAN("9999"), SPAN("8888")}, 2};
    assert_false(sale_event_paid(&placing, &row, &session, &event, &misfit));
    assert_non_null(strstr(misfit.message, "found \"9999\" \"8888\""));
    row.product = (struct cell_texts){{SPAN("9999"), SPAN(longest)}, 2};
    assert_false(sale_event_paid(&placing, &row, &session, &event, &misfit));
    assert_non_null(strstr(misfit.message, "found \"9999\""));
    row.product = (struct cell_texts){{SPAN(longest)}, 1};
    assert_false(sale_event_paid(&placing, &row, &session, &event, &misfit));
    assert_non_null(strstr(misfit.message, "found a longer text"));
}

static void
rows_that_say_too_little(void **state)
{
    (void)state;
    struct platform_row row = row_at(0, "yx-01", "tofu");
    struct misfit misfit;
    struct buf event = {0};
    row.quantity = 0;
    assert_string_equal(place_of(&placing, &row), "out_of_range");
    row.quantity = 1000001;
    assert_string_equal(place_of(&placing, &row), "out_of_range");
    row = row_at(0, "yx-01", "tofu");
    row.time_ms = -1;
    assert_string_equal(place_of(&placing, &row), "bad_time");
    assert_false(sale_event_refund(&placing, &row, 0, 1, 1, &event, &misfit));
    row = row_at(0, "yx-01", "tofu");
    row.id = SPAN("6917000000000000000000000000000000000000000000000000000000");
    assert_false(sale_event_refund(&placing, &row, 0, 1, 1, &event, &misfit));
    assert_string_equal(misfit.code, "bad_id");
    assert_int_equal(event.len, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_becomes_an_event),
        cmocka_unit_test(the_session_by_time_and_streamer),
        cmocka_unit_test(what_is_given_holds_for_every_row),
        cmocka_unit_test(the_first_code_that_is_known_is_taken),
        cmocka_unit_test(what_is_not_known_is_shown),
        cmocka_unit_test(rows_that_say_too_little),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
