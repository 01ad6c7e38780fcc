#include "aggregator/groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 20000 };

static void
the_same_text_is_one_row_wherever_it_stands(void **state)
{
    (void)state;
    char here[] = "株洲市", there[] = "株洲市", other[] = "郴州市";
    struct groups groups;
    groups_init(&groups);
    assert_int_equal(groups_row(&groups, &(struct group_key){.key = {here}}), 0);
    assert_int_equal(groups_row(&groups, &(struct group_key){.key = {other}}), 1);
    assert_int_equal(groups_row(&groups, &(struct group_key){.key = {there}}), 0);
    assert_int_equal(groups_row(&groups, &(struct group_key){.key = {here, other}}), 2);
    assert_int_equal(groups_row(&groups, &(struct group_key){.key = {there, other}}), 2);
    assert_int_equal(groups_row(&groups, &(struct group_key){.start_ms = 60000, .key = {here}}), 3);
    assert_int_equal(groups.count, 4);
    groups_free(&groups);
}

static void
rows_keep_their_places_as_the_tables_grow(void **state)
{
    (void)state;
    static char texts[2][MANY][8];
    struct groups groups;
    groups_init(&groups);
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(texts[0][i], sizeof texts[0][i], "p-%u", i);
        snprintf(texts[1][i], sizeof texts[1][i], "p-%u", i);
        assert_int_equal(groups_row(&groups, &(struct group_key){.key = {texts[0][i]}}), i);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(groups_row(&groups, &(struct group_key){.key = {texts[1][i]}}), i);
        assert_int_equal(groups_row(&groups, &(struct group_key){.key = {texts[0][i]}}), i);
    }
    assert_int_equal(groups.count, MANY);
    groups_free(&groups);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_text_is_one_row_wherever_it_stands),
        cmocka_unit_test(rows_keep_their_places_as_the_tables_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
