/* Where two JSON texts part, as a person would say it. */
#include "aggregator/json_difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/span.h"

static const char ours[] =
    "{\"a\":1,\"list\":[{\"id\":\"x\",\"n\":10},{\"id\":\"y, {z}\",\"n\":-5,\"no\":null}],"
    "\"b\":{\"deep\":{\"er\":true}},\"end\":0}";

static struct json_difference
difference_to(const char *theirs)
{
    struct json_difference difference;
    assert_true(json_find_difference(SPAN(ours), span_of(theirs), &difference));
    return difference;
}

static void
must_differ(const char *from, const char *to, const char *path, const char *ours_there,
            const char *theirs_there)
{
    char theirs[sizeof ours + 64];
    const char *at = strstr(ours, from);
    assert_non_null(at);
    snprintf(theirs, sizeof theirs, "%.*s%s%s", (int)(at - ours), ours, to, at + strlen(from));
    struct json_difference difference = difference_to(theirs);
    assert_string_equal(difference.path, path);
    assert_string_equal(difference.ours, ours_there);
    assert_string_equal(difference.theirs, theirs_there);
}

static void
equal_texts_do_not_differ(void **state)
{
    (void)state;
    struct json_difference difference;
    assert_false(json_find_difference(SPAN(ours), SPAN(ours), &difference));
    assert_false(json_find_difference(SPAN(""), SPAN(""), &difference));
}

static void
the_member_and_both_values_are_named(void **state)
{
    (void)state;
    must_differ("\"a\":1", "\"a\":2", "a", "1", "2");
    must_differ("\"a\":1", "\"a\":17", "a", "1", "17");
    must_differ("10", "1", "list[0].n", "10", "1");
    must_differ("\"x\"", "\"w\"", "list[0].id", "\"x\"", "\"w\"");
    must_differ("{z}", "{q}", "list[1].id", "\"y, {z}\"", "\"y, {q}\"");
    must_differ("-5", "5", "list[1].n", "-5", "5");
    must_differ("null", "0", "list[1].no", "null", "0");
    must_differ("true", "false", "b.deep.er", "true", "false");
    must_differ("\"end\":0", "\"end\":1", "end", "0", "1");
}

static void
a_text_that_ends_early_or_late_differs(void **state)
{
    (void)state;
    char theirs[sizeof ours + 1];
    for (size_t len = 0; len < sizeof ours - 1; len++) {
        snprintf(theirs, sizeof theirs, "%.*s", (int)len, ours);
        assert_int_equal(difference_to(theirs).at, len);
    }
    snprintf(theirs, sizeof theirs, "%s}", ours);
    assert_int_equal(difference_to(theirs).at, sizeof ours - 1);
}

/* A terminal obeys what stands in another's file, if one lets it. */
static void
only_what_can_be_printed_is_shown(void **state)
{
    (void)state;
    must_differ("\"x\"",
                "\"\033[2J\xff\xc2\x9b"
                "31m名\"",
                "list[0].id", "\"x\"", "\"?[2J??31m名\"");
    must_differ("\"x\"", "\"\xc2\xa0y\"", "list[0].id", "\"x\"", "\"\xc2\xa0y\"");
}

/* What is held against ours may be anything; so may ours be, for all this module knows. */
static void
what_is_no_json_has_a_difference_too(void **state)
{
    (void)state;
    static const struct {
        const char *ours, *theirs;
        size_t at;
        const char *path;
    } cases[] = {
        {"12", "13", 1, ""}, {"1,2", "1,3", 2, ""}, {"\"abc", "\"abd", 3, ""},
        {"}{", "}[", 1, ""}, {",", ":", 0, ""},
    };
    struct json_difference difference;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(json_find_difference(span_of(cases[i].ours), span_of(cases[i].theirs), &difference));
        assert_int_equal(difference.at, cases[i].at);
        assert_string_equal(difference.path, cases[i].path);
    }
}

/* A path, as a value, is cut where there is no more room for it. */
static void
a_long_way_is_cut(void **state)
{
    (void)state;
    char deep[64 * 16] = "", other[64 * 16];
    struct json_difference difference;
    for (int i = 0; i < 40; i++)
        strcat(deep, "{\"a long name\":");
    strcat(deep, "1");
    memcpy(other, deep, sizeof deep);
    other[strlen(deep) - 1] = '2';
    assert_true(json_find_difference(span_of(deep), span_of(other), &difference));
    assert_int_equal(difference.at, strlen(deep) - 1);
    assert_true(strncmp(difference.path, "a long name.a long name.", 24) == 0);
    assert_true(strlen(difference.path) < JSON_DIFFERENCE_PATH_SIZE);
    assert_string_equal(difference.ours, "1");
    assert_string_equal(difference.theirs, "2");
}

/* What is shown is never the same on both sides: nobody could say then what differs. */
static void
a_difference_behind_the_value_is_shown(void **state)
{
    (void)state;
    must_differ("true}}", "true}|", "b.deep", "}", "|");
    struct json_difference difference;
    char one[600], other[600];
    memset(one, 'a', sizeof one);
    memcpy(one, "{\"long\":\"", 9);
    memcpy(one + sizeof one - 2, "\"}", 2);
    memcpy(other, one, sizeof one);
    other[500] = 'b';
    assert_true(json_find_difference((struct span){one, sizeof one}, (struct span){other, sizeof other},
                                     &difference));
    assert_string_equal(difference.path, "long");
    assert_true(difference.ours[0] == 'a' && difference.theirs[0] == 'b');
}

static void
no_depth_is_too_deep(void **state)
{
    (void)state;
    char deep[400], other[400];
    struct json_difference difference;
    memset(deep, '[', 200);
    deep[200] = '1';
    memset(deep + 201, ']', 199);
    memcpy(other, deep, sizeof deep);
    other[200] = '2';
    assert_true(json_find_difference((struct span){deep, 400}, (struct span){other, 400}, &difference));
    assert_int_equal(difference.at, 200);
    assert_true(strncmp(difference.path, "[0][0]", 6) == 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_texts_do_not_differ),
        cmocka_unit_test(the_member_and_both_values_are_named),
        cmocka_unit_test(a_text_that_ends_early_or_late_differs),
        cmocka_unit_test(only_what_can_be_printed_is_shown),
        cmocka_unit_test(what_is_no_json_has_a_difference_too),
        cmocka_unit_test(a_long_way_is_cut),
        cmocka_unit_test(a_difference_behind_the_value_is_shown),
        cmocka_unit_test(no_depth_is_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
