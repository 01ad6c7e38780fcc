/* The table of positions: what was put is found, however it grows and wherever its homes are full. */
#include "aggregator/slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 400000 }; /* its table is larger than a huge page */

typedef uint32_t tag_fn(uint32_t key);

static uint32_t
scattered(uint32_t key)
{
    return slots_tag(key);
}

/* Every home is one of a few in the middle: nearly all stand far from it. */
static uint32_t
crowded(uint32_t key)
{
    return 0x7fff0000u | (slots_tag(key) & 0xffff);
}

/* At the end, so that those that find it full stand at the start of the table. */
static uint32_t
at_the_end(uint32_t key)
{
    return UINT32_MAX - key % 3;
}

/* Keys are their own positions here. */
static uint32_t
find(const struct slots *slots, tag_fn *tag_of, uint32_t key, size_t *place)
{
    uint32_t tag = tag_of(key);
    uint32_t at = slots_first(slots, tag, place);
    while (at != SLOTS_NONE && at != key)
        at = slots_next(slots, tag, place);
    return at;
}

static void
assert_all_found(const struct slots *slots, tag_fn *tag_of, uint32_t count)
{
    size_t place;
    for (uint32_t key = 0; key < count; key++)
        assert_int_equal(find(slots, tag_of, key, &place), key);
    assert_int_equal(find(slots, tag_of, count, &place), SLOTS_NONE);
    assert_int_equal(slots->used, count);
}

static void
fill(tag_fn *tag_of, uint32_t count)
{
    struct slots slots, copy;
    slots_init(&slots);
    for (uint32_t key = 0; key < count; key++) {
        size_t place;
        unsigned bits = slots.bits;
        slots_reserve(&slots);
        if (slots.bits != bits && key < 5000)
            assert_all_found(&slots, tag_of, key);
        assert_int_equal(find(&slots, tag_of, key, &place), SLOTS_NONE);
        slots_put(&slots, place, tag_of(key), key);
    }
    assert_all_found(&slots, tag_of, count);
    slots_copy(&copy, &slots);
    slots_free(&slots);
    assert_all_found(&copy, tag_of, count);
    slots_free(&copy);
}

static void
scattered_keys_are_found_as_the_table_grows(void **state)
{
    (void)state;
    fill(scattered, MANY);
}

static void
crowded_keys_are_found_as_the_table_grows(void **state)
{
    (void)state;
    fill(crowded, 3000);
    fill(at_the_end, 3000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scattered_keys_are_found_as_the_table_grows),
        cmocka_unit_test(crowded_keys_are_found_as_the_table_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
