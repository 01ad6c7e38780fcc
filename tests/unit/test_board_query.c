/* Queries of the board: what is right is read, and what is wrong is named. */
#include "aggregator/board_query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    OF_TALLY = TAKES_VIEW | TAKES_BY | NEEDS_BY | TAKES_FILTERS,
    OF_SERIES = TAKES_VIEW | TAKES_BY | TAKES_FILTERS | TAKES_BUCKET | TAKES_RANGE,
    OF_RECEIPTS = TAKES_VIEW | TAKES_STATUS | TAKES_LIMIT,
    OF_SALES = TAKES_VIEW | TAKES_FILTERS | TAKES_AFTER | TAKES_LIMIT,
};

static struct board_query query;
static char why[QUERY_WHY_SIZE];

static bool
parse(const char *text, unsigned takes)
{
    why[0] = '\0';
    return board_query_parse(span_of(text), takes, &query, why);
}

static void
an_empty_query_has_defaults(void **state)
{
    (void)state;
    assert_true(parse("", OF_SERIES));
    assert_int_equal(query.view, VIEW_PUBLIC);
    assert_int_equal(query.tally.by_count, 0);
    assert_int_equal(query.tally.filter_count, 0);
    assert_int_equal(query.bucket_s, 60);
    assert_int_equal(query.from_ms, -1);
    assert_int_equal(query.until_ms, -1);
    assert_int_equal(query.limit, 0);
    assert_int_equal(query.fate, -1);
}

static void
each_parameter_is_read(void **state)
{
    (void)state;
    assert_true(
        parse("view=live&by=county,product&bucket_s=3600&from_ms=5&until_ms=1637895600000", OF_SERIES));
    assert_int_equal(query.view, VIEW_LIVE);
    assert_int_equal(query.tally.by_count, 2);
    assert_int_equal(query.tally.by[0], DIMENSION_COUNTY);
    assert_int_equal(query.tally.by[1], DIMENSION_PRODUCT);
    assert_int_equal(query.bucket_s, 3600);
    assert_int_equal(query.from_ms, 5);
    assert_int_equal(query.until_ms, 1637895600000);
    assert_true(parse("status=parked&limit=10000", OF_RECEIPTS));
    assert_int_equal(query.fate, FATE_PARKED);
    assert_int_equal(query.limit, 10000);
    assert_true(parse("after=63:4294967295&platform=douyin", OF_SALES));
    assert_int_equal(query.after_shard, 63);
    assert_int_equal(query.after_position, UINT32_MAX);
    assert_int_equal(query.tally.filter_count, 1);
}

static void
filters_are_decoded(void **state)
{
    (void)state;
    assert_true(parse("by=product&county=431022&city=%E6%A0%AA%E6%B4%B2%E5%B8%82", OF_TALLY));
    assert_int_equal(query.tally.filter_count, 2);
    assert_int_equal(query.tally.filters[0].dimension, DIMENSION_COUNTY);
    assert_true(span_is(query.tally.filters[0].value, "431022"));
    assert_int_equal(query.tally.filters[1].dimension, DIMENSION_CITY);
    assert_true(span_is(query.tally.filters[1].value, "株洲市"));
}

static void
every_dimension_may_be_a_filter_at_once(void **state)
{
    (void)state;
    char text[4096] = "by=county";
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "&%s=%0150d", dimension_name((enum dimension)i), i);
    }
    assert_true(parse(text, OF_TALLY));
    assert_int_equal(query.tally.filter_count, DIMENSION_COUNT);
    assert_int_equal(query.tally.filters[DIMENSION_CHANNEL].value.len, 150);
}

/* A query that is refused, and what its sentence must say. */
struct wrong {
    const char *text;
    unsigned takes;
    const char *said;
};

static const struct wrong wrongs[] = {
    {"view=private", OF_TALLY, "view: expected public or live, found \"private\""},
    {"view=public&view=live", OF_TALLY, "view: expected once"},
    {"", OF_TALLY, "by: expected one to 3 dimensions like county,product, found none"},
    {"by=", OF_TALLY, "by: expected dimensions"},
    {"by=county,", OF_TALLY, "found \"\""},
    {"by=village", OF_TALLY, "found \"village\""},
    {"by=county,county", OF_TALLY, "county twice"},
    {"by=county,city,product,channel", OF_TALLY, "at most 3 dimensions"},
    {"by=county&by=city", OF_TALLY, "by: expected once"},
    {"by=county&village=1", OF_TALLY, "found \"village\""},
    {"by=county&county=1&county=2", OF_TALLY, "county: expected once"},
    {"by=county&city=%ff", OF_TALLY, "city: expected once, percent-encoded UTF-8"},
    {"by=county&city=%e", OF_TALLY, "city: expected once, percent-encoded UTF-8"},
    {"by=county&bucket_s=60", OF_TALLY, "found \"bucket_s\""},
    {"bucket_s=0", OF_SERIES, "bucket_s: expected a whole number of 60 to"},
    {"bucket_s=59", OF_SERIES, "found \"59\""},
    {"bucket_s=61", OF_SERIES, "bucket_s: expected a multiple of 60, found \"61\""},
    {"bucket_s=-60", OF_SERIES, "found \"-60\""},
    {"bucket_s=60.0", OF_SERIES, "found \"60.0\""},
    {"bucket_s=+60", OF_SERIES, "found \"+60\""},
    {"bucket_s=9999999999999999999999", OF_SERIES, "bucket_s: expected"},
    {"bucket_s=2678460", OF_SERIES, "bucket_s: expected"},
    {"from_ms=", OF_SERIES, "from_ms: expected a whole number"},
    {"from_ms=2021-11-26", OF_SERIES, "found \"2021-11-26\""},
    {"until_ms=253402300800001", OF_SERIES, "until_ms: expected"},
    {"limit=0", OF_RECEIPTS, "limit: expected a whole number of 1 to 10000, found \"0\""},
    {"limit=10001", OF_RECEIPTS, "found \"10001\""},
    {"status=lost", OF_RECEIPTS, "status: expected counted, pending, parked, refused, rejected or voided"},
    {"after=", OF_SALES, "after: expected what \"next\" was in the page before, found \"\""},
    {"after=1", OF_SALES, "found \"1\""},
    {"after=:1", OF_SALES, "found \":1\""},
    {"after=1:", OF_SALES, "found \"1:\""},
    {"after=1:2:3", OF_SALES, "found \"1:2:3\""},
    {"after=0:4294967296", OF_SALES, "after: expected"},
    {"after=0:99999999999999999999999", OF_SALES, "after: expected"},
    {"after=0:-1", OF_SALES, "found \"0:-1\""},
    {"after=0:0", OF_RECEIPTS, "found \"after\""},
    {"county=431022", OF_RECEIPTS, "found \"county\""},
    {"from_ms=1234567890123456", OF_SERIES, "from_ms: expected"},
    {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=1", OF_TALLY,
     "found \"xxx"},
    {"x", TAKES_VIEW, "query: expected view, found \"x\""},
    {"\xff=1", TAKES_VIEW, "bytes that are no UTF-8"},
    {"view=public&", 0, "query: expected no parameter, found \"view\""},
};

static void
what_is_wrong_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        assert_false(parse(wrongs[i].text, wrongs[i].takes));
        if (!strstr(why, wrongs[i].said))
            fail_msg("\"%s\" is refused with \"%s\"", wrongs[i].text, why);
    }
}

static void
filters_may_be_too_long_together(void **state)
{
    (void)state;
    char text[4096] = "by=county";
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "&%s=%0255d", dimension_name((enum dimension)i), i);
    }
    assert_false(parse(text, OF_TALLY));
    assert_non_null(strstr(why, "the filters are too long"));
}

static void
a_value_is_as_long_as_it_may_be(void **state)
{
    (void)state;
    char text[400];
    snprintf(text, sizeof text, "by=county&city=%0255d", 7);
    assert_true(parse(text, OF_TALLY));
    assert_int_equal(query.tally.filters[0].value.len, 255);
    snprintf(text, sizeof text, "by=county&city=%0256d", 7);
    assert_false(parse(text, OF_TALLY));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_query_has_defaults),
        cmocka_unit_test(each_parameter_is_read),
        cmocka_unit_test(filters_are_decoded),
        cmocka_unit_test(every_dimension_may_be_a_filter_at_once),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(filters_may_be_too_long_together),
        cmocka_unit_test(a_value_is_as_long_as_it_may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
