#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/rate_limit.h"

static void
test_a_minutes_worth_then_evenly(void **state)
{
    (void)state;
    struct rate_limit *limit = rate_limit_new(64, 60, 1);
    for (int i = 0; i < 60; i++)
        assert_int_equal(rate_limit_take(limit, 7, 1000), 0);
    assert_int_equal(rate_limit_take(limit, 7, 1000), 1);
    assert_int_equal(rate_limit_take(limit, 7, 1999), 1);
    assert_int_equal(rate_limit_take(limit, 7, 2000), 0);
    assert_int_equal(rate_limit_take(limit, 7, 2000), 1);
    for (int i = 0; i < 60; i++) /* full again after a minute, and not fuller */
        assert_int_equal(rate_limit_take(limit, 7, 200000), 0);
    assert_int_not_equal(rate_limit_take(limit, 7, 200000), 0);
    rate_limit_free(limit);
}

static void
test_keys_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct rate_limit *limit = rate_limit_new(64, 1, 2);
    assert_int_equal(rate_limit_take(limit, 0, 0), 0); /* time 0 and key 0 are a time and a key */
    assert_int_equal(rate_limit_take(limit, 0, 0), 60);
    for (uint64_t key = 1; key < 9; key++)
        assert_int_equal(rate_limit_take(limit, key, 0), 0);
    assert_int_equal(rate_limit_take(limit, 0, 30000), 30);
    rate_limit_free(limit);
}

/* A million addresses in a table of 1,024: nobody new is shut out, and memory stays. */
static void
test_more_keys_than_slots(void **state)
{
    (void)state;
    struct rate_limit *limit = rate_limit_new(1024, 10, 3);
    for (uint64_t key = 0; key < 1000000; key++)
        assert_int_equal(rate_limit_take(limit, key, 5000), 0);
    rate_limit_free(limit);
}

/* Whoever asks most is remembered while others come and go: he has taken the most, so he is full the latest.
 */
static void
test_the_busiest_is_not_forgotten(void **state)
{
    (void)state;
    struct rate_limit *limit = rate_limit_new(64, 100, 4);
    int refused = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        refused += rate_limit_take(limit, 1, 0) > 0;
        rate_limit_take(limit, 1000 + i, 0);
    }
    assert_int_equal(refused, 900);
    rate_limit_free(limit);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_minutes_worth_then_evenly),
        cmocka_unit_test(test_keys_do_not_disturb_each_other),
        cmocka_unit_test(test_more_keys_than_slots),
        cmocka_unit_test(test_the_busiest_is_not_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
