/* The operator's map: taken with its review number only, and only where each feature is a county with a
 * shape. */
#include "aggregator/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/limits.h"

#define NUMBER "GS(2021)1234"
#define SHAPE "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[113,27],[114,27],[114,28],[113,27]]]}"
#define COUNTY "{\"type\":\"Feature\",\"properties\":{\"adcode\":430223}," SHAPE "}"
#define MAP(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

/* Whether a file of that text is taken as a map. */
static bool
is_taken(struct span text)
{
    char path[] = "/tmp/bochuang-map-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text.at, text.len), text.len);
    close(fd);
    struct map *map = map_load(path, NUMBER);
    unlink(path);
    map_free(map);
    return map != NULL;
}

static void
a_map_and_its_number_go_together(void **state)
{
    (void)state;
    struct map *none = map_load(NULL, NULL);
    assert_non_null(none);
    map_free(none);
    assert_null(map_load(NULL, NUMBER));
    assert_null(map_load("/no/such/file", NULL));
    assert_null(map_load("/no/such/file", NUMBER));
}

static void
each_feature_is_a_county_with_a_shape(void **state)
{
    (void)state;
    static const char *const good[] = {
        MAP(COUNTY),
        MAP(COUNTY "," COUNTY),
        MAP("{\"properties\":{\"adcode\":\"430223\"}," SHAPE "}"),
        MAP("{\"properties\":{\"id\":\"430223\"}," SHAPE "}"),
        MAP("{\"properties\":{\"id\":1},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[]}}"),
    };
    static const char *const wrong[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"type\":1}",
        "{\"type\":\"Feature\",\"features\":[" COUNTY "]}",
        "{\"type\":\"FeatureCollection\"}",
        "{\"type\":\"FeatureCollection\",\"features\":{}}",
        "{\"type\":\"FeatureCollection\",\"type\":\"FeatureCollection\",\"features\":[" COUNTY "]}",
        MAP(""),
        MAP("1"),
        MAP(COUNTY ",{\"properties\":{\"adcode\":430223}}"),
        MAP("{\"properties\":{\"adcode\":\"\"}," SHAPE "}"),
        MAP("{\"properties\":{\"adcode\":true}," SHAPE "}"),
        MAP("{" SHAPE "}"),
        MAP("{\"properties\":{\"id\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}"),
        MAP("{\"properties\":{\"id\":1},\"geometry\":{\"type\":\"Polygon\"}}"),
        MAP("{\"properties\":{\"id\":1},\"geometry\":{\"coordinates\":[]}}"),
        MAP("{\"properties\":{\"id\":1},\"geometry\":null}"),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!is_taken(span_of(good[i])))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (is_taken(span_of(wrong[i])))
            fail_msg("%s", wrong[i]);
}

static void
it_has_a_size(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_add_text(&text, "{\"type\":\"FeatureCollection\",\"note\":\"");
    assert_true(buf_reserve(&text, LIMIT_MAP_BYTES));
    memset(text.at + text.len, 'x', LIMIT_MAP_BYTES);
    text.len += LIMIT_MAP_BYTES;
    buf_add_text(&text, "\",\"features\":[" COUNTY "]}");
    assert_false(is_taken(buf_span(&text)));
    buf_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_and_its_number_go_together),
        cmocka_unit_test(each_feature_is_a_county_with_a_shape),
        cmocka_unit_test(it_has_a_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
