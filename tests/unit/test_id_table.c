/* The set of ids: each has one number, in the order in which they came, however many there are. */
#include "cli/id_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
ids_are_numbered_as_they_come(void **state)
{
    (void)state;
    struct id_table table;
    char id[32];
    id_table_init(&table, 7);
    assert_int_equal(id_table_find(&table, SPAN("a")), ID_NONE);
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 20000; i++) {
            snprintf(id, sizeof id, "69%u", i);
            assert_int_equal(id_table_add(&table, span_of(id)), i);
        }
    }
    assert_int_equal(table.count, 20000);
    assert_int_equal(id_table_find(&table, SPAN("69777")), 777);
    assert_true(span_is(id_table_id(&table, 777), "69777"));
    assert_int_equal(id_table_find(&table, SPAN("6")), ID_NONE);
    assert_int_equal(id_table_add(&table, SPAN("")), 20000);
    assert_int_equal(id_table_find(&table, SPAN("")), 20000);
    id_table_free(&table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ids_are_numbered_as_they_come)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
