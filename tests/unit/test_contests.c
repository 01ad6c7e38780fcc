/* The contests of an aggregator: found by id, and shown only when all of them is known. */
#include "aggregator/contests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char contest_text[] =
    "{contest: c-1, title: 试, opens: 2021-11-26T08:00:00+08:00, closes: 2021-11-30T00:00:00+08:00,"
    " counties: [{id: \"430223\", name: 攸县}], products: [], streamers: [], sessions: [], rankings: []}";

static const int64_t opens_ms = 1637884800000;

static void
are_kept_by_id_and_found_again(void **state)
{
    (void)state;
    static const char *const ids[] = {"m", "b", "z", "ba", "b-1", "a"};
    static const char *const sorted[] = {"a", "b", "b-1", "ba", "m", "z"};
    struct contests contests = {0};
    for (size_t i = 0; i < 6; i++)
        assert_non_null(contests_add(&contests, span_of(ids[i]), 1));
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(contests.items[i]->id, sorted[i]);
        assert_ptr_equal(contests_find(&contests, span_of(sorted[i])), contests.items[i]);
    }
    assert_null(contests_find(&contests, SPAN("")));
    assert_null(contests_find(&contests, SPAN("b-")));
    assert_null(contests_find(&contests, SPAN("zz")));
    contests_free(&contests);
}

static void
are_no_more_than_allowed(void **state)
{
    (void)state;
    struct contests contests = {0};
    char id[16];
    for (int i = 0; i < LIMIT_CONTESTS; i++) {
        snprintf(id, sizeof id, "c-%d", i);
        assert_non_null(contests_add(&contests, span_of(id), 1));
    }
    assert_null(contests_add(&contests, SPAN("one-more"), 1));
    assert_int_equal(contests.count, LIMIT_CONTESTS);
    contests_free(&contests);
}

/* A contest of two shards. */
static struct board_contest *
add_contest(struct contests *contests)
{
    struct board_contest *contest = contests_add(contests, SPAN("c-1"), 2);
    assert_non_null(contest);
    return contest;
}

static void
fold_document(struct board_contest *contest, uint32_t shard, uint64_t ms)
{
    struct errors errors = {0};
    struct buf json = {0};
    struct contest *document = contest_load(span_of(contest_text), &errors);
    assert_non_null(document);
    contest_to_json(document, &json);
    struct log_entry entry = {.id = {ms, shard}, .kind = LOG_DOCUMENT, .payload = buf_span(&json)};
    assert_true(fold_entry(contest->shards[shard].fold, &entry));
    contest_release(document);
    buf_free(&json);
}

static void
fold_action(struct board_contest *contest, uint32_t shard, uint64_t ms, const char *action)
{
    struct log_entry entry = {.id = {ms, 0}, .kind = LOG_ACTION, .payload = span_of(action)};
    assert_true(fold_entry(contest->shards[shard].fold, &entry));
}

static void
a_contest_is_shown_when_all_of_it_is_known(void **state)
{
    (void)state;
    struct contests contests = {0};
    struct board_contest *contest = add_contest(&contests);
    assert_non_null(strstr(contest_obstacle(contest), "c-1 is still being read"));
    contest->shards[0].caught_up = contest->shards[1].caught_up = true;
    fold_document(contest, 0, 1);
    assert_non_null(contest_obstacle(contest)); /* its tokens, and the other shard's document */
    contest->tokens_caught_up = true;
    assert_non_null(contest_obstacle(contest));
    fold_document(contest, 1, 2);
    assert_null(contest_obstacle(contest));
    contest->shards[1].caught_up = false;
    assert_non_null(contest_obstacle(contest));
    contests_free(&contests);
}

static void
a_contest_with_an_unreadable_entry_names_it(void **state)
{
    (void)state;
    struct contests contests = {0};
    struct board_contest *contest = add_contest(&contests);
    contest->unreadable = true;
    strcpy(contest->unreadable_at, "17-0 (shard 1)");
    assert_non_null(strstr(contest_obstacle(contest), "entry 17-0 (shard 1) of its log could not be read"));
    contests_free(&contests);
}

static void
its_place_moves_with_its_shards(void **state)
{
    (void)state;
    struct contests contests = {0};
    struct board_contest *contest = add_contest(&contests);
    struct resume_id place;
    fold_document(contest, 0, 5);
    fold_document(contest, 1, 6);
    contest_place(contest, VIEW_PUBLIC, opens_ms - 1, &place);
    assert_int_equal(place.shard_count, 2);
    assert_int_equal(place.version[0].ms, 5);
    assert_int_equal(place.version[1].ms, 6);
    assert_int_equal(place.state, STATE_SCHEDULED);
    const struct standing *merged = contest_standing(contest, VIEW_PUBLIC);
    assert_int_equal(merged->version[1].ms, 6);
    assert_ptr_equal(contest_standing(contest, VIEW_PUBLIC), merged);
    fold_action(contest, 0, 7, "{\"id\":\"f\",\"type\":\"freeze\",\"actor\":\"judge\"}");
    fold_action(contest, 1, 8, "{\"id\":\"f\",\"type\":\"freeze\",\"actor\":\"judge\"}");
    contest_place(contest, VIEW_PUBLIC, opens_ms, &place);
    assert_int_equal(place.state, STATE_FROZEN);
    fold_action(contest, 0, 9, "{\"id\":\"c\",\"type\":\"close\",\"actor\":\"organiser\"}");
    assert_int_equal(contest_state(contest, opens_ms), STATE_ENDED);
    contest_place(contest, VIEW_LIVE, opens_ms, &place);
    assert_int_equal(place.version[0].ms, 9);
    contest_place(contest, VIEW_PUBLIC, opens_ms, &place);
    assert_true(place.version[0].ms <= 7); /* what came behind the freeze is hidden, its position too */
    contests_free(&contests);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(are_kept_by_id_and_found_again),
        cmocka_unit_test(are_no_more_than_allowed),
        cmocka_unit_test(a_contest_is_shown_when_all_of_it_is_known),
        cmocka_unit_test(a_contest_with_an_unreadable_entry_names_it),
        cmocka_unit_test(its_place_moves_with_its_shards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
