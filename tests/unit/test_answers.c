/* The answers that are kept: never for another question, never for longer than they are good. */
#include "aggregator/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char one_contest, other_contest;

static struct resume_id
place_at(uint64_t ms)
{
    return (struct resume_id){.version = {{ms, 0}}, .shard_count = 1, .state = STATE_RUNNING};
}

static struct question
ask(const struct resume_id *place, const char *target, int64_t now_us)
{
    return (struct question){&one_contest, span_of(target), place, now_us};
}

static void
keep(struct answers *answers, const struct resume_id *place, const char *target, const char *body)
{
    struct question question = ask(place, target, 0);
    answers_keep(answers, &question, span_of(body), 0);
}

static void
an_answer_is_given_again_to_the_same_question(void **state)
{
    (void)state;
    struct answers *answers = answers_new(1 << 20);
    struct resume_id place = place_at(1);
    struct question question = ask(&place, "/totals", INT64_C(1) << 40);
    assert_null(answers_find(answers, &question).at);
    keep(answers, &place, "/totals", "first");
    assert_true(span_is(answers_find(answers, &question), "first"));
    keep(answers, &place, "/totals", "second");
    assert_true(span_is(answers_find(answers, &question), "second"));
    answers_free(answers);
}

static void
another_question_gets_none(void **state)
{
    (void)state;
    struct answers *answers = answers_new(1 << 20);
    struct resume_id place = place_at(1), live = place;
    live.view = VIEW_LIVE;
    keep(answers, &place, "/totals", "public");
    struct question target = ask(&place, "/totals?", 0), view = ask(&live, "/totals", 0);
    struct question contest = ask(&place, "/totals", 0);
    contest.contest = &other_contest;
    assert_null(answers_find(answers, &target).at);
    assert_null(answers_find(answers, &view).at);
    assert_null(answers_find(answers, &contest).at);
    answers_free(answers);
}

static void
a_cheap_answer_is_good_for_its_version_only(void **state)
{
    (void)state;
    struct answers *answers = answers_new(1 << 20);
    struct resume_id place = place_at(1), next = place_at(2);
    keep(answers, &place, "/totals", "first");
    struct question question = ask(&next, "/totals", 0);
    assert_null(answers_find(answers, &question).at);
    answers_free(answers);
}

static void
a_costly_answer_rests_ten_times_its_cost_and_at_most_200_ms(void **state)
{
    (void)state;
    static const struct {
        int64_t cost_us, rest_us;
    } cases[] = {{1000, 10000}, {5000, 50000}, {19999, 199990}, {20000, 200000}, {900000, 200000}};
    struct resume_id place = place_at(1), next = place_at(2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answers *answers = answers_new(1 << 20);
        struct question first = ask(&place, "/totals", 1000);
        answers_keep(answers, &first, SPAN("body"), cases[i].cost_us);
        struct question early = ask(&next, "/totals", 1000 + cases[i].rest_us - 1);
        struct question late = ask(&next, "/totals", 1000 + cases[i].rest_us);
        assert_non_null(answers_find(answers, &early).at);
        assert_null(answers_find(answers, &late).at);
        answers_free(answers);
    }
}

static void
a_cheap_answer_is_worked_out_again_at_once(void **state)
{
    (void)state;
    struct answers *answers = answers_new(1 << 20);
    struct resume_id place = place_at(1), next = place_at(2);
    struct question first = ask(&place, "/totals", 1000), then = ask(&next, "/totals", 1000);
    answers_keep(answers, &first, SPAN("body"), ANSWERS_CHEAP_US - 1);
    assert_non_null(answers_find(answers, &first).at);
    assert_null(answers_find(answers, &then).at);
    answers_free(answers);
}

static void
a_change_of_state_ends_its_rest(void **state)
{
    (void)state;
    struct answers *answers = answers_new(1 << 20);
    struct resume_id place = place_at(1), frozen = place_at(2);
    frozen.state = STATE_FROZEN;
    struct question first = ask(&place, "/totals", 0), then = ask(&frozen, "/totals", 1);
    answers_keep(answers, &first, SPAN("body"), 20000);
    assert_null(answers_find(answers, &then).at);
    answers_free(answers);
}

static void
the_one_that_nobody_asked_for_longest_goes_first(void **state)
{
    (void)state;
    struct answers *answers = answers_new(1 << 20);
    struct resume_id place = place_at(1);
    char target[32];
    for (int i = 0; i < 64; i++) {
        snprintf(target, sizeof target, "/%d", i);
        keep(answers, &place, target, "body");
    }
    struct question oldest = ask(&place, "/0", 0), second = ask(&place, "/1", 0);
    assert_non_null(answers_find(answers, &oldest).at);
    keep(answers, &place, "/64", "body");
    assert_non_null(answers_find(answers, &oldest).at);
    assert_null(answers_find(answers, &second).at);
    answers_free(answers);
}

static void
bodies_never_take_more_memory_than_allowed(void **state)
{
    (void)state;
    char body[401];
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    struct answers *answers = answers_new(1600);
    struct resume_id place = place_at(1);
    static const char *const targets[] = {"/a", "/b", "/c", "/d", "/e"};
    for (size_t i = 0; i < 5; i++)
        keep(answers, &place, targets[i], body);
    struct question first = ask(&place, "/a", 0), last = ask(&place, "/e", 0), large = ask(&place, "/f", 0);
    assert_null(answers_find(answers, &first).at);
    assert_int_equal(answers_find(answers, &last).len, 400);
    char too_large[402];
    memset(too_large, 'x', sizeof too_large);
    answers_keep(answers, &large, (struct span){too_large, sizeof too_large}, 0);
    assert_null(answers_find(answers, &large).at);
    assert_non_null(answers_find(answers, &last).at);
    answers_free(answers);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_given_again_to_the_same_question),
        cmocka_unit_test(another_question_gets_none),
        cmocka_unit_test(a_cheap_answer_is_good_for_its_version_only),
        cmocka_unit_test(a_costly_answer_rests_ten_times_its_cost_and_at_most_200_ms),
        cmocka_unit_test(a_cheap_answer_is_worked_out_again_at_once),
        cmocka_unit_test(a_change_of_state_ends_its_rest),
        cmocka_unit_test(the_one_that_nobody_asked_for_longest_goes_first),
        cmocka_unit_test(bodies_never_take_more_memory_than_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
