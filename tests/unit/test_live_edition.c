/* The messages of a live stream: an update has what changed, a snapshot all, whatever became of the contest.
 */
#include "aggregator/live_edition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/replay.h"

#define PAID(id, amount)                                                                                     \
    "{\"id\":\"" id "\",\"type\":\"order.paid\",\"time\":\"2021-11-26T19:30:00+08:00\",\"session\":\"s-1\"," \
    "\"product\":\"tofu\",\"quantity\":1,\"amount_fen\":" #amount "}"

static const char contest_text[] =
    "{contest: c-1, title: 试, opens: 2021-11-26T08:00:00+08:00, closes: 2021-11-30T00:00:00+08:00,"
    " counties: [{id: \"430223\", name: 攸县}],"
    " products: [{id: tofu, name: 香干, county: \"430223\"}],"
    " streamers: [{id: yx-01, name: 攸县一队, county: \"430223\"}],"
    " sessions: [{id: s-1, streamer: yx-01, platform: douyin, starts: 2021-11-26T19:00:00+08:00,"
    "             ends: 2021-11-26T21:00:00+08:00}],"
    " rankings: [{id: sales, name: 销售榜, of: county, by: net_fen}, {id: videos, name: 视频榜, of: streamer,"
    "             by: videos}]}";

struct stage {
    struct replay replay;
    struct live_edition edition;
    struct buf message;
    uint64_t ms;
};

static int
set_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    replay_init(&stage->replay, 1, 1);
    assert_true(replay_contest(&stage->replay, span_of(contest_text)));
    stage->ms = 1000;
    *state = stage;
    return 0;
}

static int
tear_down(void **state)
{
    struct stage *stage = *state;
    live_edition_free(&stage->edition);
    replay_free(&stage->replay);
    buf_free(&stage->message);
    free(stage);
    return 0;
}

/* Makes the next edition of what has been replayed so far; gives by how much its number went up. */
static uint64_t
next_edition(struct stage *stage)
{
    replay_at(&stage->replay, ++stage->ms);
    const struct standing *standing = fold_public(stage->replay.folds[0]);
    struct envelope envelope = {"c-1", STATE_RUNNING, VIEW_PUBLIC, standing};
    struct resume_id place = {.version = {standing->version[0]}, .shard_count = 1, .state = STATE_RUNNING};
    uint64_t before = stage->edition.number;
    assert_true(live_edition_next(&stage->edition, &envelope, &place));
    return stage->edition.number - before;
}

static const char *
update(struct stage *stage)
{
    buf_clear(&stage->message);
    live_edition_update(&stage->edition, &stage->message);
    return buf_text(&stage->message);
}

static const char *
snapshot(struct stage *stage)
{
    buf_clear(&stage->message);
    live_edition_snapshot(&stage->edition, &stage->message);
    return buf_text(&stage->message);
}

static void
a_snapshot_has_every_ranking(void **state)
{
    struct stage *stage = *state;
    next_edition(stage);
    const char *text = snapshot(stage);
    static const char head[] =
        "id: 1-1;public;running;0000000000000000\nevent: snapshot\ndata: {\"contest\":\"c-1\",\"state\":";
    assert_memory_equal(text, head, sizeof head - 1);
    assert_non_null(strstr(text, "\"totals\":{\"gross_fen\":0,"));
    assert_non_null(strstr(text, "\"rankings\":{\"sales\":{\"name\":\"销售榜\","));
    assert_non_null(strstr(text, ",\"videos\":{\"name\":\"视频榜\","));
    assert_string_equal(text + strlen(text) - 4, "}}\n\n");
    assert_ptr_equal(strstr(text, "\n\n"), text + strlen(text) - 2);
}

static void
an_update_has_the_rankings_that_changed(void **state)
{
    struct stage *stage = *state;
    next_edition(stage);
    assert_true(replay_event(&stage->replay, SPAN(PAID("o-1", 100))));
    assert_int_equal(next_edition(stage), 1);
    const char *text = update(stage);
    assert_non_null(strstr(text, "\nevent: update\n"));
    assert_non_null(strstr(text, "\"net_fen\":100"));
    assert_non_null(strstr(text, "\"rankings\":{\"sales\":"));
    /* Rows show net_fen whatever they are ranked by, so a sale changes that ranking too. */
    assert_non_null(strstr(text, ",\"videos\":{"));
}

static void
an_update_without_changed_rankings_has_none(void **state)
{
    struct stage *stage = *state;
    assert_true(replay_event(&stage->replay, SPAN(PAID("o-1", 100))));
    next_edition(stage);
    assert_true(replay_event(&stage->replay, SPAN(PAID("o-1", 100)))); /* a copy */
    assert_int_equal(next_edition(stage), 1);
    const char *text = update(stage);
    assert_non_null(strstr(text, "\"duplicates\":1"));
    assert_non_null(strstr(text, ",\"rankings\":{}}\n\n"));
}

static void
a_changed_contest_puts_everybody_two_behind(void **state)
{
    struct stage *stage = *state;
    next_edition(stage);
    assert_true(
        replay_action(&stage->replay, SPAN("{\"id\":\"r-1\",\"type\":\"register\",\"streamers\":[{\"id\":"
                                           "\"yx-02\",\"name\":\"攸县二队\",\"county\":\"430223\"}]}")));
    assert_int_equal(next_edition(stage), 2);
    assert_non_null(strstr(snapshot(stage), "攸县二队"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_snapshot_has_every_ranking, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_update_has_the_rankings_that_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_update_without_changed_rankings_has_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_contest_puts_everybody_two_behind, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
