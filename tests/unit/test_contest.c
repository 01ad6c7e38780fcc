#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/contest_harness.h"

static void
test_reads_all_fields(void **state)
{
    (void)state;
    struct contest *contest = load_good(small_contest);
    assert_string_equal(contest->id, "small");
    assert_int_equal(contest->opens_ms, 1637884800000);
    assert_int_equal(contest->closes_ms, 1638201600000);
    assert_int_equal(contest->freezes_ms, 1638180000000);
    assert_int_equal(contest->refunds_until_ms, 1638806400000);
    assert_int_equal(contest->utc_offset_min, 480);
    assert_true(contest->offline_needs_approval);
    assert_int_equal(contest->county_count, 2);
    assert_int_equal(contest->counties[0].tile_row, 4);
    assert_int_equal(contest->counties[1].tile_column, -1);
    assert_string_equal(contest->counties[1].name_en, "");
    assert_string_equal(contest->cities[1], "郴州市");
    assert_int_equal(contest->city_count, 2);
    assert_int_equal(contest->streamers[0].division, 0);
    assert_int_equal(contest->streamers[1].division, CONTEST_NONE);
    assert_int_equal(contest->streamers[1].county, 1);
    assert_int_equal(contest->sessions[0].ends_ms - contest->sessions[0].starts_ms, 2 * 3600 * 1000);
    assert_int_equal(contest->criteria[1].max_milli, 60500);
    assert_int_equal(contest->awards[0].ranking, 1);
    assert_true(contest->awards[1].manual);
    contest_release(contest);
}

static void
test_reads_rankings(void **state)
{
    (void)state;
    struct contest *contest = load_good(small_contest);
    const struct ranking *points = &contest->rankings[1];
    assert_false(contest->rankings[0].by_points);
    assert_int_equal(contest->rankings[0].tie_count, 3);
    assert_int_equal(contest->rankings[0].ties[2], METRIC_REACHED_AT);
    assert_true(points->by_points);
    assert_int_equal(points->part_count, 4);
    assert_int_equal(points->parts[0].weight_milli, 49500);
    assert_int_equal(points->parts[1].step_milli, 125);
    assert_int_equal(points->parts[2].unit, 1000);
    assert_int_equal(points->parts[2].each_milli, 250);
    assert_int_equal(points->parts[3].norm, NORM_TRIMMED_MEAN);
    assert_int_equal(points->parts[3].drop, 1);
    assert_int_equal(points->tie_count, 2);
    assert_int_equal(points->division, 0);
    contest_release(contest);
}

static void
test_defaults(void **state)
{
    (void)state;
    struct contest *contest =
        load_good("contest: a\ntitle: b\nopens: 2021-01-01 00:00:00Z\ncloses: '2021-01-02T00:00:00Z'\n"
                  "counties: [{id: 1, name: c}]\nproducts: []\nstreamers: []\nsessions: []\n"
                  "freezes: null\nrankings: [{id: r, name: r, of: city, by: orders, ties: []}]\n");
    assert_int_equal(contest->freezes_ms, CONTEST_NEVER);
    assert_int_equal(contest->refunds_until_ms, contest->closes_ms);
    assert_false(contest->offline_needs_approval);
    assert_string_equal(contest->title_en, "");
    assert_int_equal(contest->city_count, 0);
    assert_int_equal(contest->rankings[0].tie_count, 0);
    contest_release(contest);
}

static void
test_finds_by_id(void **state)
{
    (void)state;
    struct contest *contest = load_good(small_contest);
    assert_int_equal(contest_find_county(contest, SPAN("431022")), 1);
    assert_int_equal(contest_find_streamer(contest, SPAN("yz-01")), 1);
    assert_int_equal(contest_find_product(contest, SPAN("tofu")), 0);
    assert_int_equal(contest_find_product(contest, SPAN("tof")), CONTEST_NONE);
    assert_int_equal(contest_find_product(contest, SPAN("yz-01")), CONTEST_NONE);
    assert_int_equal(contest_find_product(contest, (struct span){0}), CONTEST_NONE);
    assert_int_equal(contest_find_session(contest, SPAN("s-1")), 0);
    assert_int_equal(contest_find_division(contest, SPAN("newcomer")), 0);
    assert_int_equal(contest_find_judge(contest, SPAN("j2")), 1);
    assert_int_equal(contest_find_criterion(contest, SPAN("product")), 1);
    assert_int_equal(contest_find_ranking(contest, SPAN("products")), 2);
    assert_int_equal(contest_find_award(contest, SPAN("organiser")), 1);
    contest_release(contest);
}

/* What looks like very much is refused or read in no more than its text is worth. */
static void
test_aliases_stay_cheap(void **state)
{
    (void)state;
    static const char bomb[] = "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\n"
                               "counties: [*c, *c, *c, *c, *c, *c, *c, *c]\n";
    struct errors errors = {0};
    assert_null(contest_load(SPAN(bomb), &errors));
    assert_true(errors.count > 0);
    errors_free(&errors);
    char *text = changed(small_contest, "ties: [orders, reached_at]", "ties: &ties [orders, reached_at]");
    char *twice = changed(text, "by: quantity", "by: quantity, ties: *ties");
    struct contest *contest = load_good(twice);
    assert_int_equal(contest->rankings[2].tie_count, 2);
    assert_int_equal(contest->rankings[2].ties[0], METRIC_ORDERS);
    contest_release(contest);
    free(twice);
    free(text);
}

static void
test_json_reads_back_equal(void **state)
{
    (void)state;
    struct contest *contest = load_good(small_contest);
    char *json = json_of(contest);
    struct contest *again = load_good(json);
    char *json_again = json_of(again);
    assert_string_equal(json, json_again);
    assert_non_null(strstr(json, "\"starts\":\"2021-11-26T19:00:00+08:00\""));
    assert_non_null(strstr(json, "\"step\":0.125"));
    assert_non_null(strstr(json, "\"max\":60.5"));
    free(json_again);
    free(json);
    contest_release(again);
    contest_release(contest);
}

static void
test_reads_json_escapes(void **state)
{
    (void)state;
    char *text = changed(small_contest, "title: 小赛", "title: \"\\u64ad\\u521b \\\\ud83c \\/ \\U0001F34A\"");
    struct contest *yaml = load_good(text);
    assert_string_equal(yaml->title, "播创 \\ud83c / 🍊");
    contest_release(yaml);
    free(text);
    struct contest *contest = load_good(small_contest);
    char *json = json_of(contest);
    char *escaped = changed(json, "小赛", "\\\"\\\\\\ud83C\\udf4a\\u0033");
    struct contest *again = load_good(escaped);
    assert_string_equal(again->title, "\"\\🍊3");
    contest_release(again);
    free(escaped);
    char *lone = changed(json, "小赛", "\\ud83c");
    struct errors errors = {0};
    assert_null(contest_load(span_of(lone), &errors));
    errors_free(&errors);
    free(lone);
    free(json);
    contest_release(contest);
}

static void
test_byte_order_mark_and_crlf(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_add_text(&text, "\xef\xbb\xbf");
    for (const char *at = small_contest; *at; at++) {
        if (*at == '\n')
            buf_add_byte(&text, '\r');
        buf_add_byte(&text, *at);
    }
    contest_release(load_good(buf_text(&text)));
    buf_free(&text);
}

/* --- Growing --- */

static struct contest *
registered(const struct contest *old, const char *json, struct errors *errors)
{
    return contest_register(old, span_of(json), errors);
}

static void
test_register_adds_and_corrects(void **state)
{
    (void)state;
    struct contest *old = load_good(small_contest);
    struct errors errors = {0};
    struct contest *new =
        registered(old,
                   "{\"id\":\"a1\",\"type\":\"register\",\"counties\":[{\"id\":\"360881\",\"name\":"
                   "\"井冈山市\",\"city\":\"吉安市\"}],"
                   "\"products\":[{\"id\":\"rice\",\"name\":\"红米\",\"county\":\"360881\"}],"
                   "\"streamers\":[{\"id\":\"jgs-01\",\"name\":\"井冈山一队\",\"county\":\"360881\"},"
                   "{\"id\":\"yx-01\",\"name\":\"攸县红队\",\"county\":\"430223\"}],"
                   "\"sessions\":[{\"id\":\"s-2\",\"streamer\":\"jgs-01\",\"starts\":\"2021-11-27T19:00:00+"
                   "08:00\",\"ends\":\"2021-11-27T20:00:00+08:00\"}]}",
                   &errors);
    assert_non_null(new);
    assert_int_equal(contest_find_streamer(new, SPAN("jgs-01")), 2);
    assert_int_equal(contest_find_streamer(new, SPAN("yz-01")), 1);
    assert_string_equal(new->streamers[0].name, "攸县红队");
    assert_int_equal(new->streamers[0].division, 0); /* not given: as it was */
    assert_int_equal(new->sessions[1].streamer, 2);
    assert_int_equal(new->products[1].county, 2);
    assert_int_equal(new->city_count, 3);
    assert_int_equal(new->ranking_count, 3);
    assert_int_equal(contest_find_award(new, SPAN("organiser")), 1);
    assert_string_equal(old->streamers[0].name, "攸县一队");
    contest_release(old); /* the new one lives on its own */
    char *json = json_of(new);
    struct contest *again = load_good(json);
    char *json_again = json_of(again);
    assert_string_equal(json, json_again);
    contest_release(again);
    contest_release(new);
    free(json);
    free(json_again);
}

static const struct refusal {
    const char *json, *field, *message;
} refusals[] = {
    {"{\"streamers\":[{\"id\":\"n\",\"name\":\"n\",\"county\":\"9\"}]}", "streamers[0].county",
     "\"counties\""},
    {"{\"streamers\":[{\"id\":\"yx-01\",\"name\":\"n\",\"county\":\"431022\"}]}", "streamers[0].county",
     "never changes"},
    {"{\"products\":[{\"id\":\"tofu\",\"name\":\"n\",\"county\":\"431022\"}]}", "products[0].county",
     "never changes"},
    {"{\"sessions\":[{\"id\":\"s-1\",\"streamer\":\"yz-01\",\"starts\":\"2021-11-27T19:00:00Z\",\"ends\":"
     "\"2021-11-27T20:00:00Z\"}]}",
     "sessions[0].streamer", "never changes"},
    {"{\"sessions\":[{\"id\":\"s-9\",\"streamer\":\"no\",\"starts\":\"2021-11-27T19:00:00Z\",\"ends\":\"2021-"
     "11-27T20:00:00Z\"}]}",
     "sessions[0].streamer", "\"streamers\""},
    {"{\"streamers\":[{\"id\":\"n\",\"name\":\"n\",\"county\":\"431022\"},{\"id\":\"n\",\"name\":\"m\","
     "\"county\":\"431022\"}]}",
     "streamers[1].id", "twice"},
    {"{\"streamers\":[{\"id\":\"n\",\"nmae\":\"n\",\"county\":\"431022\"}]}", "streamers[0].nmae",
     "did you mean \"name\""},
    {"{\"streamers\":[{\"id\":\"n\",\"county\":\"431022\"}]}", "streamers[0].name", "found none"},
    {"{\"streamers\":{}}", "streamers", "a list"},
    {"[]", "", "a map"},
};

static void
test_register_refuses(void **state)
{
    (void)state;
    struct contest *old = load_good(small_contest);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct errors errors = {0};
        assert_null(registered(old, refusals[i].json, &errors));
        assert_true(errors.count > 0);
        assert_int_equal(errors.items[0].line, 0);
        assert_string_equal(errors.items[0].field, refusals[i].field);
        assert_non_null(strstr(errors.items[0].message, refusals[i].message));
        errors_free(&errors);
    }
    contest_release(old);
}

static void
test_merge_keeps_indices(void **state)
{
    (void)state;
    struct contest *old = load_good(small_contest);
    char *one =
        changed(small_contest, "  - {id: yx-01, name: 攸县一队, county: \"430223\", division: newcomer}\n",
                "  - {id: cl-01, name: 茶陵一队, county: \"430223\"}\n  - {id: yx-01, name: 攸县蓝队, "
                "county: \"430223\"}\n");
    char *two = changed(one, "judges: [j1, j2]", "judges: [j3, j2]");
    char *three = changed(two, "title: 小赛", "title: 大赛");
    struct contest *next = load_good(three);
    struct errors errors = {0};
    struct contest *merged = contest_merge(old, next, &errors);
    assert_non_null(merged);
    assert_string_equal(merged->title, "大赛");
    assert_string_equal(merged->streamers[0].name, "攸县蓝队");
    assert_int_equal(merged->streamers[0].division, CONTEST_NONE); /* the file says all: none now */
    assert_int_equal(contest_find_streamer(merged, SPAN("cl-01")), 2);
    assert_int_equal(contest_find_judge(merged, SPAN("j1")), 0);
    assert_int_equal(contest_find_judge(merged, SPAN("j3")), 2);
    assert_int_equal(merged->rankings[1].division, 0);
    struct contest *first = contest_merge(NULL, next, &errors);
    char *json = json_of(next), *json_first = json_of(first);
    assert_string_equal(json, json_first);
    free(json);
    free(json_first);
    contest_release(first);
    contest_release(merged);
    contest_release(next);
    contest_release(old);
    free(three);
    free(two);
    free(one);
}

static void
test_merge_refuses(void **state)
{
    (void)state;
    static const char *const changes[][3] = {
        {"contest: small", "contest: other", "contest"},
        {"county: \"430223\", division", "county: \"431022\", division", "streamers[0].county"},
        {"county: \"430223\", category", "county: \"431022\", category", "products[0].county"},
        {"streamer: yx-01", "streamer: yz-01", "sessions[0].streamer"},
    };
    struct contest *old = load_good(small_contest);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *text = changed(small_contest, changes[i][0], changes[i][1]);
        struct contest *next = load_good(text);
        struct errors errors = {0};
        assert_null(contest_merge(old, next, &errors));
        assert_int_equal(errors.count, 1);
        assert_string_equal(errors.items[0].field, changes[i][2]);
        errors_free(&errors);
        contest_release(next);
        free(text);
    }
    contest_release(old);
}

static void
test_ids_and_shards(void **state)
{
    (void)state;
    assert_true(id_is_valid(SPAN("A.b_c:d-9")));
    assert_false(id_is_valid(SPAN("")));
    assert_false(id_is_valid(SPAN("a b")));
    assert_false(id_is_valid(SPAN("攸")));
    char long_id[65];
    memset(long_id, 'a', sizeof long_id);
    assert_true(id_is_valid((struct span){long_id, 64}));
    assert_false(id_is_valid((struct span){long_id, 65}));
    assert_true(id_is_contest((struct span){long_id, 40}));
    assert_false(id_is_contest((struct span){long_id, 41}));
    assert_false(id_is_contest(SPAN("a_b")));
    assert_true(id_is_county(SPAN("430223000000")));
    assert_false(id_is_county(SPAN("43022x")));
    /* FNV-1a 64 of "a" is 0xaf63dc4c8601ec8c. */
    assert_int_equal(contest_shard_of("a", 64), 0xaf63dc4c8601ec8c % 64);
    assert_int_equal(contest_shard_of("a", 7), 0xaf63dc4c8601ec8c % 7);
    assert_int_equal(contest_shard_of("yx-01", 1), 0);
}

static void
test_hold_and_release(void **state)
{
    (void)state;
    struct contest *contest = load_good(small_contest);
    assert_ptr_equal(contest_hold(contest), contest);
    contest_release(contest);
    assert_string_equal(contest->id, "small");
    contest_release(contest);
    contest_release(NULL);
}

static struct contest *
load_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct buf text = {0};
    buf_reserve(&text, 1 << 20);
    text.len = fread(text.at, 1, text.cap - 1, file);
    fclose(file);
    struct contest *contest = load_good(buf_text(&text));
    buf_free(&text);
    return contest;
}

static void
test_files_we_ship(void **state)
{
    (void)state;
    struct contest *youxian = load_file("config/contests/youxian-2021.yaml");
    assert_int_equal(youxian->county_count, 18);
    assert_int_equal(youxian->city_count, 5);
    assert_int_equal(youxian->session_count, 64);
    for (size_t i = 0; i < youxian->session_count; i++) {
        assert_true(youxian->sessions[i].starts_ms >= youxian->opens_ms);
        assert_true(youxian->sessions[i].ends_ms <= youxian->closes_ms);
    }
    contest_release(youxian);
    contest_release(load_file("config/contests/example.yaml"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_all_fields),
        cmocka_unit_test(test_reads_rankings),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_finds_by_id),
        cmocka_unit_test(test_aliases_stay_cheap),
        cmocka_unit_test(test_json_reads_back_equal),
        cmocka_unit_test(test_reads_json_escapes),
        cmocka_unit_test(test_byte_order_mark_and_crlf),
        cmocka_unit_test(test_register_adds_and_corrects),
        cmocka_unit_test(test_register_refuses),
        cmocka_unit_test(test_merge_keeps_indices),
        cmocka_unit_test(test_merge_refuses),
        cmocka_unit_test(test_ids_and_shards),
        cmocka_unit_test(test_hold_and_release),
        cmocka_unit_test(test_files_we_ship),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
