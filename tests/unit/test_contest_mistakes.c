/* Contest files that are wrong: each mistake is named with its line, its field, and what was found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/limits.h"
#include "tests/unit/contest_harness.h"

#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X300 X100 X100 X100

/* One change to the small contest, and the complaint that must come of it, among others or alone. */
static const struct mistake {
    const char *from, *to;
    int line;
    const char *field, *message;
} mistakes[] = {
    {"contest: small", "contest: Small", 1, "contest", "expected a contest's id"},
    {"contest: small\n", "", 1, "contest", "found none"},
    {"title: 小赛", "title: [小赛]", 2, "title", "expected text, found a list"},
    {"title: 小赛", "title: ''", 2, "title", "expected text, found \"\""},
    {"title: 小赛", "title:", 2, "title", "found nothing"},
    {"title: 小赛", "title: \"a\\nb\"", 2, "title", "one line"},
    {"title: 小赛", "titel: 小赛", 2, "titel", "did you mean \"title\""},
    {"title: 小赛", "title: 小赛\ntitle: 大赛", 3, "title", "once"},
    {"opens: 2021-11-26T08:00:00+08:00", "opens: 2021-11-26T08:00:00", 3, "opens", "offset"},
    {"closes: 2021-11-30", "closes: 2021-11-31", 4, "closes", "expected a time"},
    {"closes: 2021-11-30", "closes: 2021-11-20", 4, "closes", "after \"opens\""},
    {"closes: 2021-11-30T00:00:00+08:00", "closes: 2021-11-26T00:00:00Z", 4, "closes", "after \"opens\""},
    {"freezes: 2021-11-29T18:00:00+08:00", "freezes: 2021-11-26T08:00:00+08:00", 5, "freezes",
     "after \"opens\""},
    {"freezes: 2021-11-29", "freezes: 2021-11-30", 5, "freezes", "not after \"closes\""},
    {"refunds_until: 2021-12-07", "refunds_until: 2021-11-29", 6, "refunds_until", "not before \"closes\""},
    {"offline_needs_approval: true", "offline_needs_approval: yes please", 7, "offline_needs_approval",
     "true or false"},
    {"offline_needs_approval: true", "offline_needs_approval: \"true\"", 7, "offline_needs_approval", "tr"},
    {"offline_needs_approval: true", "notice_days: 366", 7, "notice_days", "from 0 to 365"},
    {"id: \"431022\"", "id: yizhang", 10, "counties[1].id", "1 to 12 digits"},
    {"id: \"431022\"", "id: \"1234567890123\"", 10, "counties[1].id", "1 to 12 digits"},
    {"id: \"431022\"", "id: \"430223\"", 10, "counties[1].id", "stands on line 9"},
    {"name: 宜章县, ", "", 10, "counties[1].name", "found none"},
    {"tile: [1, 4]", "tile: [1]", 9, "counties[0].tile", "found 1"},
    {"tile: [1, 4]", "tile: [1, x]", 9, "counties[0].tile[1]", "whole number"},
    {"tile: [1, 4]", "tile: [1, -4]", 9, "counties[0].tile[1]", "whole number"},
    {"tile: [1, 4]", "tile: 1", 9, "counties[0].tile", "a list"},
    {"id: tofu", "id: to fu", 14, "products[0].id", "an id: 1 to 64"},
    {"county: \"430223\", category", "county: \"430224\", category", 14, "products[0].county",
     "found \"430224\""},
    {"county: \"430223\", category", "country: \"430223\", category", 14, "products[0].country",
     "did you mean \"county\""},
    {"county: \"430223\", division: newcomer", "county: \"1\", division: newcomer", 16, "streamers[0].county",
     "\"counties\""},
    {"division: newcomer}", "division: oldcomer}", 16, "streamers[0].division", "\"divisions\""},
    {"{id: yz-01", "{id: yx-01", 17, "streamers[1].id", "stands on line 16"},
    {"{id: yz-01", "- {id: yz-01", 17, "streamers[1]", "a streamer as a map"},
    {"streamer: yx-01", "streamer: yx-99", 19, "sessions[0].streamer",
     "expected the id of a streamer listed under \"streamers\", found \"yx-99\""},
    {"ends: 2021-11-26T21", "ends: 2021-11-26T19", 20, "sessions[0].ends", "after its \"starts\""},
    {"judges: [j1, j2]", "judges: []", 22, "panel.judges", "found 0"},
    {"judges: [j1, j2]", "judges: [j1, j1]", 22, "panel.judges[1]", "each id once"},
    {"  judges: [j1, j2]\n", "", 22, "panel.judges", "found none"},
    {"max: 40", "max: 0", 23, "panel.criteria[0].max", "from 0.001"},
    {"max: 40", "max: 40.0005", 23, "panel.criteria[0].max", "at most 3 decimals"},
    {"max: 40", "max: 4e1", 23, "panel.criteria[0].max", "at most 3 decimals"},
    {"max: 40", "max: \"40\"", 23, "panel.criteria[0].max", "a number"},
    {"{id: product, name", "{id: stage, name", 23, "panel.criteria[1].id", "each id once"},
    {"of: county", "of: country", 25, "rankings[0].of", "did you mean \"county\""},
    {"by: net_fen}", "by: net_fn}", 25, "rankings[0].by", "did you mean \"net_fen\""},
    {"by: net_fen}", "by: reached_at}", 25, "rankings[0].by", "expected a metric"},
    {", by: net_fen}", "}", 25, "rankings[0].by", "neither"},
    {"id: points\n", "id: points\n    by: orders\n", 27, "rankings[1].by", "both"},
    {"id: points\n", "id: counties\n", 26, "rankings[1].id", "each id once"},
    {"of: county,", "of: county, division: newcomer,", 25, "rankings[0].division", "of: streamer"},
    {"    division: newcomer\n", "    division: none\n", 29, "rankings[1].division", "\"divisions\""},
    {"weight: 49.5, ", "", 31, "rankings[1].score[0].weight", "found none"},
    {"weight: 49.5", "weight: -1", 31, "rankings[1].score[0].weight", "from 0 to"},
    {", norm: ratio_to_max", "", 31, "rankings[1].score[0].norm", "ratio_to_max | rank_step"},
    {"norm: ratio_to_max", "norm: ratio_to_max, step: 1", 31, "rankings[1].score[0].step",
     "expected no such field"},
    {"norm: ratio_to_max", "norm: ratio", 31, "rankings[1].score[0].norm", "found \"ratio\""},
    {", step: 0.125", "", 32, "rankings[1].score[1].step", "found none"},
    {"step: 0.125", "step: 0.1255", 32, "rankings[1].score[1].step", "at most 3 decimals"},
    {", unit: 1000", "", 33, "rankings[1].score[2].unit", "found none"},
    {"unit: 1000", "unit: 0", 33, "rankings[1].score[2].unit", "whole number from 1"},
    {", each: 0.25", "", 33, "rankings[1].score[2].each", "found none"},
    {"metric: viewers, ", "", 33, "rankings[1].score[2].metric", "found none"},
    {"trimmed_mean, weight: 20.5", "trimmed_mean, weight: 20.5, metric: orders", 34,
     "rankings[1].score[3].metric", "no such field"},
    {"trimmed_mean, weight: 20.5", "trimmed_mean, weight: 20.5, drop: 2", 34, "rankings[1].score[3].drop",
     "from 0 to 1"},
    {"trimmed_mean, weight", "mean, weight", 34, "rankings[1].score[3].judges", "trimmed_mean"},
    {"    of: streamer\n    division: newcomer\n", "    of: county\n", 33, "rankings[1].score[3].judges",
     "of: streamer"},
    {"ties: [orders, reached_at]", "ties: [orders, reached]", 35, "rankings[1].ties[1]", "did you mean"},
    {"of: product, by: quantity", "of: product, by: viewers", 36, "rankings[2].by", "a product has no"},
    {"of: product, by: quantity", "of: product, by: quantity, ties: [likes]", 36, "rankings[2].ties[0]",
     "a product has no"},
    {"ranking: points, ", "ranking: point, ", 38, "awards[0].ranking", "\"rankings\""},
    {"from: 1, to: 2", "from: 2, to: 1", 38, "awards[0].to", "from \"from\" on"},
    {"from: 1, to: 2", "from: 0, to: 1", 38, "awards[0].from", "whole number from 1"},
    {"from: 1, to: 2", "from: 1", 38, "awards[0].to", "found none"},
    {"manual: true", "manual: false", 39, "awards[1].ranking", "found none"},
    {"manual: true", "manual: true, from: 1", 39, "awards[1].from", "no such field"},
    {"id: organiser", "id: first", 39, "awards[1].id", "each id once"},
    {"contest: small", "contest: [small]", 1, "contest", "found a list"},
    {"title: 小赛", "title: {a: b}", 2, "title", "found a map"},
    {"title: 小赛", "title: \"a\\x7fb\"", 2, "title", "one line"},
    {"title: 小赛", "title: \"a\\x85b\"", 2, "title", "one line"},
    {"title: 小赛", "title: \"a\\u2028b\"", 2, "title", "one line"},
    {"title: 小赛", "title: \"a\\u2029b\"", 2, "title", "one line"},
    {"title: 小赛", "title: \"a\\ufeffb\"", 2, "title", "one line"},
    {"title: 小赛", "title: \"a\\ufffeb\"", 2, "title", "one line"},
    {"title: 小赛", "title: " X300 "x", 2, "title", "at most 300 bytes"},
    {"title: 小赛", "title: 小赛\n[x]: y", 3, "", "found a list"},
    {"title: 小赛", "title: [小赛]\ntitle: 大赛", 3, "title", "once"},
    {"opens: 2021-11-26T08:00:00+08:00", "opens: [1]", 3, "opens", "a time with its offset"},
    {"opens: 2021", "opens: 1970", 3, "opens", "in the years 1971"},
    {"closes: 2021", "closes: 9999", 4, "closes", "in the years 1971"},
    {"offline_needs_approval: true", "offline_needs_approval: [true]", 7, "offline_needs_approval",
     "true or"},
    {"offline_needs_approval: true", "offline_needs_approval: \"false\"", 7, "offline_needs_approval", "tr"},
    {"offline_needs_approval: true", "notice_days: [1]", 7, "notice_days", "from 0 to 365"},
    {"offline_needs_approval: true", "notice_days: \"1\"", 7, "notice_days", "from 0 to 365"},
    {"offline_needs_approval: true", "notice_days: 1.5", 7, "notice_days", "from 0 to 365"},
    {"tile: [1, 4]", "tile: [1, 4, 2]", 9, "counties[0].tile", "found 3"},
    {"id: tofu", "id: [tofu]", 14, "products[0].id", "an id: 1 to 64"},
    {"max: 40", "max: [40]", 23, "panel.criteria[0].max", "at most 3 decimals"},
    {"max: 40", "max: 1000000001", 23, "panel.criteria[0].max", "at most 3 decimals"},
    {"by: net_fen}", "by: [net_fen]}", 25, "rankings[0].by", "found a list"},
    {"by: net_fen}", "by: \"net\\x01\\x7ffen\"}", 25, "rankings[0].by", "found \"net??fen\""},
    {"by: net_fen}", "by: " X300 "}", 25, "rankings[0].by", "xxx…\""},
    {"of: county,", "of: [county],", 25, "rankings[0].of", "found a list"},
    {"title: 小赛", "title: *nothing", 2, "", "anchor"},
    {"title: 小赛", "title: !!str 小赛", 2, "", "a tag"},
    {"title: 小赛", "title: {", 4, "", "begins on line 2"},
    {"title: 小赛", "title: [[[[[[[[[1]]]]]]]]]", 2, "", "less nesting"},
    {"title: 小赛", "title: \"\xff\"", 2, "", "UTF-8"},
    {"awards:\n", "---\nawards:\n", 37, "", "a second one"},
};

static bool
has_complaint(const struct errors *errors, const struct mistake *mistake)
{
    for (size_t i = 0; i < errors->count; i++) {
        const struct complaint *complaint = &errors->items[i];
        if (complaint->line == mistake->line && strcmp(complaint->field, mistake->field) == 0 &&
            strstr(complaint->message, mistake->message))
            return true;
    }
    return false;
}

static void
test_names_each_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        char *text = changed(small_contest, mistakes[i].from, mistakes[i].to);
        struct errors errors = {0};
        assert_null(contest_load(span_of(text), &errors));
        if (!has_complaint(&errors, &mistakes[i])) {
            for (size_t j = 0; j < errors.count; j++)
                print_error("%d: %s: %s\n", errors.items[j].line, errors.items[j].field,
                            errors.items[j].message);
            fail_msg("\"%s\" did not give %d: %s: %s", mistakes[i].to, mistakes[i].line, mistakes[i].field,
                     mistakes[i].message);
        }
        errors_free(&errors);
        free(text);
    }
}

/* No panel: the complaint is at the part that needs one. */
static void
test_jury_needs_a_panel(void **state)
{
    (void)state;
    char *text = changed(small_contest, "panel:\n  judges: [j1, j2]\n", "");
    char *bare =
        changed(text,
                "  criteria: [{id: stage, name: 现场, max: 40}, {id: product, name: 讲解, max: 60.5}]\n", "");
    struct errors errors = {0};
    assert_null(contest_load(span_of(bare), &errors));
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.items[0].field, "rankings[1].score[3].judges");
    assert_int_equal(errors.items[0].line, 31);
    errors_free(&errors);
    free(bare);
    free(text);
}

static void
test_says_all_mistakes_at_once_by_line(void **state)
{
    (void)state;
    char *one = changed(small_contest, "streamer: yx-01", "streamer: yx-99");
    char *two = changed(one, "max: 40", "max: none");
    char *three = changed(two, "title: 小赛", "titel: 小赛");
    struct errors errors = {0};
    assert_null(contest_load(span_of(three), &errors));
    static const int lines[] = {1, 2, 19, 23};
    assert_int_equal(errors.count, 4);
    for (size_t i = 0; i < errors.count; i++)
        assert_int_equal(errors.items[i].line, lines[i]);
    errors_free(&errors);
    free(three);
    free(two);
    free(one);
}

static void
test_refuses_what_is_no_contest(void **state)
{
    (void)state;
    static const char *const texts[] = {"",   "   \n# nothing\n", "[]",         "null",   "12",
                                        "{}", "\xef\xbb\xbf",     "a: &a [*a]", "{\"a\":"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct errors errors = {0};
        assert_null(contest_load(span_of(texts[i]), &errors));
        assert_true(errors.count > 0);
        errors_free(&errors);
    }
}

static void
test_refuses_what_is_too_much(void **state)
{
    (void)state;
    struct buf text = {0};
    struct errors errors = {0};
    assert_true(buf_reserve(&text, LIMIT_CONTEST_FILE_BYTES + 1));
    memset(text.at, '#', LIMIT_CONTEST_FILE_BYTES + 1);
    text.len = LIMIT_CONTEST_FILE_BYTES + 1;
    assert_null(contest_load(buf_span(&text), &errors));
    assert_int_equal(errors.count, 1);
    errors_free(&errors);
    buf_clear(&text);
    for (int i = 0; i <= LIMIT_YAML_ANCHORS; i++)
        buf_printf(&text, "a%d: &a%d x\n", i, i);
    assert_null(contest_load(buf_span(&text), &errors));
    assert_true(errors.count > 0);
    errors_free(&errors);
    static const char *const items[] = {"1,", "{},"};
    for (size_t item = 0; item < 2; item++) {
        buf_clear(&text);
        buf_add_byte(&text, '[');
        for (int i = 0; i <= LIMIT_YAML_NODES; i++)
            buf_add_text(&text, items[item]);
        assert_null(contest_load(buf_span(&text), &errors));
        assert_non_null(strstr(errors.items[0].message, "a smaller file"));
        errors_free(&errors);
    }
    buf_free(&text);
}

/* A panel may grow from file to file, up to a point. */
static void
test_merge_bounds_the_panel(void **state)
{
    (void)state;
    struct buf judges = {0}, criteria = {0};
    buf_add_text(&judges, "judges: [j2, j1");
    buf_add_text(&criteria, "max: 60.5}");
    for (int i = 3; i <= LIMIT_JUDGES; i++)
        buf_printf(&judges, ", j%d", i);
    for (int i = 3; i <= LIMIT_CRITERIA; i++)
        buf_printf(&criteria, ", {id: c%d, name: c, max: 1}", i);
    buf_add_byte(&judges, ']');
    const char *const grown[][4] = {
        {"judges: [j1, j2]", buf_text(&judges), "judges: [j1, j2]", "judges: [k1]"},
        {"max: 60.5}", buf_text(&criteria), "{id: product,", "{id: other,"},
    };
    for (size_t i = 0; i < 2; i++) {
        char *full = changed(small_contest, grown[i][0], grown[i][1]);
        char *more = changed(small_contest, grown[i][2], grown[i][3]);
        struct contest *old = load_good(full), *next = load_good(more);
        struct errors errors = {0};
        assert_null(contest_merge(old, next, &errors));
        assert_string_equal(errors.items[0].field, "panel");
        errors_free(&errors);
        contest_release(old);
        contest_release(next);
        free(full);
        free(more);
    }
    buf_free(&judges);
    buf_free(&criteria);
}

/* Nothing, in all the ways YAML writes it, is a field that was not given. */
static void
test_nothing_is_not_given(void **state)
{
    (void)state;
    static const char *const nothings[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof nothings / sizeof *nothings; i++) {
        char line[40];
        snprintf(line, sizeof line, "freezes: %s", nothings[i]);
        char *text = changed(small_contest, "freezes: 2021-11-29T18:00:00+08:00", line);
        struct contest *contest = load_good(text);
        assert_int_equal(contest->freezes_ms, CONTEST_NEVER);
        contest_release(contest);
        free(text);
    }
}

/* A pair of escapes is one character, half of one stays as it is, and what is no escape too. */
static void
test_json_escapes_that_are_none(void **state)
{
    (void)state;
    static const char *const kept[] = {"\\uD83C",        "\\uD83Cx",       "\\uD83C\\n",   "\\uD83C\\u0041",
                                       "\\uD83C\\uFFFF", "\\uD83C\\uZZZZ", "\\uD83C\\u12", "\\u00g0",
                                       "\\uG000",        "\\uDC00",        "\\uE000",      "\\u",
                                       "\\uD83C\\u/:@`"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        char *json = NULL;
        assert_true(asprintf(&json, "{\"title\":\"%s\"}", kept[i]) > 0);
        struct errors errors = {0};
        assert_null(contest_load(span_of(json), &errors));
        assert_true(errors.count > 0);
        errors_free(&errors);
        free(json);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_each_mistake),
        cmocka_unit_test(test_jury_needs_a_panel),
        cmocka_unit_test(test_says_all_mistakes_at_once_by_line),
        cmocka_unit_test(test_refuses_what_is_no_contest),
        cmocka_unit_test(test_refuses_what_is_too_much),
        cmocka_unit_test(test_merge_bounds_the_panel),
        cmocka_unit_test(test_nothing_is_not_given),
        cmocka_unit_test(test_json_escapes_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
