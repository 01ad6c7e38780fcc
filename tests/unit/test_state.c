/* The state of a contest, for every combination of facts, and the names on the wire. */
#include "aggregator/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { OPENS_MS = 1000 };

static enum contest_state
state_at(int64_t now_ms, struct state_facts facts)
{
    facts.opens_ms = OPENS_MS;
    return contest_state_at(&facts, now_ms);
}

static void
before_it_opens_a_contest_is_scheduled(void **state)
{
    (void)state;
    assert_int_equal(state_at(OPENS_MS - 1, (struct state_facts){0}), STATE_SCHEDULED);
    assert_int_equal(state_at(OPENS_MS, (struct state_facts){0}), STATE_RUNNING);
}

static void
events_say_that_it_has_opened(void **state)
{
    (void)state;
    assert_int_equal(state_at(OPENS_MS - 1, (struct state_facts){.has_events = true}), STATE_RUNNING);
}

static void
what_the_log_says_goes_before_the_clock(void **state)
{
    (void)state;
    assert_int_equal(state_at(0, (struct state_facts){.frozen = true}), STATE_FROZEN);
    assert_int_equal(state_at(0, (struct state_facts){.closed = true}), STATE_ENDED);
}

static void
a_frozen_contest_that_is_closed_has_ended(void **state)
{
    (void)state;
    assert_int_equal(state_at(OPENS_MS, (struct state_facts){.frozen = true, .closed = true}), STATE_ENDED);
}

static void
a_contest_past_its_close_that_was_reopened_runs(void **state)
{
    (void)state;
    assert_int_equal(state_at(INT64_MAX, (struct state_facts){.has_events = true}), STATE_RUNNING);
}

static void
results_make_it_provisional_then_final(void **state)
{
    (void)state;
    struct state_facts facts = {.closed = true, .frozen = true, .published = true};
    assert_int_equal(state_at(OPENS_MS, facts), STATE_PROVISIONAL);
    facts.final = true;
    assert_int_equal(state_at(OPENS_MS, facts), STATE_FINAL);
    facts.published = false; /* nothing was published that could be final */
    assert_int_equal(state_at(OPENS_MS, facts), STATE_ENDED);
}

static void
a_contest_that_is_reopened_after_its_results_runs(void **state)
{
    (void)state;
    struct state_facts facts = {.published = true, .final = true};
    assert_int_equal(state_at(OPENS_MS, facts), STATE_RUNNING);
    facts.frozen = true;
    assert_int_equal(state_at(OPENS_MS, facts), STATE_FROZEN);
}

static void
names_are_found_again(void **state)
{
    (void)state;
    for (int i = 0; i < STATE_COUNT; i++)
        assert_int_equal(contest_state_find(span_of(contest_state_name((enum contest_state)i))), i);
    for (int i = 0; i < VIEW_COUNT; i++)
        assert_int_equal(view_find(span_of(view_name((enum view)i))), i);
    assert_string_equal(contest_state_name(STATE_PROVISIONAL), "provisional");
    assert_int_equal(contest_state_find(SPAN("Running")), STATE_COUNT);
    assert_int_equal(view_find(SPAN("")), VIEW_COUNT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_it_opens_a_contest_is_scheduled),
        cmocka_unit_test(events_say_that_it_has_opened),
        cmocka_unit_test(what_the_log_says_goes_before_the_clock),
        cmocka_unit_test(a_frozen_contest_that_is_closed_has_ended),
        cmocka_unit_test(a_contest_past_its_close_that_was_reopened_runs),
        cmocka_unit_test(results_make_it_provisional_then_final),
        cmocka_unit_test(a_contest_that_is_reopened_after_its_results_runs),
        cmocka_unit_test(names_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
