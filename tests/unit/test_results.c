/* Results: what is refused and why, what an override sets aside, who wins, and that a version stays as it is.
 */
#include "aggregator/results.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aggregator/version_report.h"
#include "tests/unit/replay.h"

/* Four streamers of three counties, which lie in different shards of three; a jury of two for newcomers. */
static const char contest_text[] =
    "{contest: c-1, title: 试, opens: 2021-11-26T08:00:00+08:00, closes: 2021-11-30T00:00:00+08:00,"
    " offline_needs_approval: true,"
    " counties: [{id: \"430223\", name: 攸县}, {id: \"431022\", name: 宜章县}, {id: \"360321\", name: "
    "莲花县}],"
    " divisions: [{id: new, name: 新人组}],"
    " products: [{id: tofu, name: 香干, county: \"430223\"}],"
    " streamers: [{id: a, name: 甲, county: \"430223\"}, {id: b, name: 乙, county: \"431022\"},"
    "             {id: c, name: 丙, county: \"431022\"}, {id: d, name: 丁, county: \"430223\", division: "
    "new}],"
    " sessions: [{id: s-a, streamer: a, starts: 2021-11-26T19:00:00+08:00, ends: 2021-11-26T21:00:00+08:00},"
    "            {id: s-b, streamer: b, starts: 2021-11-26T19:00:00+08:00, ends: 2021-11-26T21:00:00+08:00},"
    "            {id: s-c, streamer: c, starts: 2021-11-26T19:00:00+08:00, ends: 2021-11-26T21:00:00+08:00},"
    "            {id: s-d, streamer: d, starts: 2021-11-26T19:00:00+08:00, ends: 2021-11-26T21:00:00+08:00}],"
    " panel: {judges: [j1, j2], criteria: [{id: stage, name: 表现, max: 40}]},"
    " rankings: [{id: sales, name: 销售榜, of: streamer, by: net_fen, ties: [orders]},"
    "            {id: newcomers, name: 新人榜, of: streamer, division: new,"
    "             score: [{judges: trimmed_mean, weight: 100}]}],"
    " awards: [{id: first, name: 一等奖, ranking: sales, from: 1, to: 2},"
    "          {id: second, name: 二等奖, ranking: sales, from: 3, to: 3},"
    "          {id: organiser, name: 最佳组织奖, manual: true}]}";

struct stage {
    struct replay replay;
    struct results results;
    uint64_t ms;
};

static void
open_stage_of(struct stage *stage, const char *text, uint32_t shards, uint64_t seed)
{
    *stage = (struct stage){.ms = 1000};
    replay_init(&stage->replay, shards, seed);
    assert_true(replay_contest(&stage->replay, span_of(text)));
    results_init(&stage->results);
}

static void
open_stage(struct stage *stage, uint32_t shards, uint64_t seed)
{
    open_stage_of(stage, contest_text, shards, seed);
}

static void
close_stage(struct stage *stage)
{
    results_free(&stage->results);
    replay_free(&stage->replay);
}

static void
turn(struct stage *stage, bool follows)
{
    replay_at(&stage->replay, ++stage->ms);
    if (follows)
        results_follow(&stage->results, (const struct fold *const *)stage->replay.folds,
                       stage->replay.shard_count);
}

static void
follow(struct stage *stage)
{
    turn(stage, true);
}

static void
act_as(struct stage *stage, enum role role, const char *name, const char *json)
{
    const struct contest *contest = fold_live(stage->replay.folds[0])->contest;
    struct action_actor actor = {role, name};
    struct event_error error;
    struct buf entry = {0};
    char id[65];
    if (action_admit(contest, &actor, span_of(json), &entry, id, &error) != ACTION_ADMITTED)
        fail_msg("%s: %s", json, error.message);
    replay_at(&stage->replay, ++stage->ms);
    replay_everywhere(&stage->replay, LOG_ACTION, buf_span(&entry));
    buf_free(&entry);
}

#define JUDGE(stage, json) act_as(stage, ROLE_JUDGE, "judge aaaaaaaaaa first", json)
#define OTHER_JUDGE(stage, json) act_as(stage, ROLE_JUDGE, "judge bbbbbbbbbb", json)
#define ORGANISER(stage, json) act_as(stage, ROLE_ORGANISER, "organiser cccccccccc", json)

static void
paid_on(struct stage *stage, const char *id, const char *session, int64_t amount_fen, const char *channel)
{
    struct buf json = {0};
    buf_printf(
        &json,
        "{\"id\":\"%s\",\"type\":\"order.paid\",\"time\":\"2021-11-26T19:30:00+08:00\",\"session\":\"%s\","
        "\"product\":\"tofu\",\"quantity\":1,\"amount_fen\":%lld,\"channel\":\"%s\"}",
        id, session, (long long)amount_fen, channel);
    assert_true(replay_event(&stage->replay, buf_span(&json)));
    buf_free(&json);
}

static void
refunded(struct stage *stage, const char *id, const char *session, const char *of)
{
    struct buf json = {0};
    buf_printf(&json,
               "{\"id\":\"%s\",\"type\":\"order.refunded\",\"time\":\"2021-11-26T20:30:00+08:00\","
               "\"session\":\"%s\",\"of\":\"%s\",\"amount_fen\":100}",
               id, session, of);
    assert_true(replay_event(&stage->replay, buf_span(&json)));
    buf_free(&json);
}

/* a sold most; b and c share the second place, which the first prize has one of. */
static void
play(struct stage *stage)
{
    paid_on(stage, "1", "s-a", 9000, "online");
    paid_on(stage, "2", "s-b", 5000, "online");
    paid_on(stage, "3", "s-c", 5000, "online");
    paid_on(stage, "4", "s-d", 700, "offline");
    refunded(stage, "r-1", "s-b", "never-came");
    ORGANISER(stage, "{\"id\":\"close\",\"type\":\"close\"}");
}

static void
settle(struct stage *stage)
{
    JUDGE(stage, "{\"id\":\"ok\",\"type\":\"approve\",\"streamer\":\"d\",\"event\":\"4\"}");
    JUDGE(stage, "{\"id\":\"m1\",\"type\":\"score\",\"judge\":\"j1\",\"streamer\":\"d\",\"criterion\":"
                 "\"stage\",\"points\":31}");
    JUDGE(stage, "{\"id\":\"m2\",\"type\":\"score\",\"judge\":\"j2\",\"streamer\":\"d\",\"criterion\":"
                 "\"stage\",\"points\":32}");
    JUDGE(stage,
          "{\"id\":\"w1\",\"type\":\"award\",\"award\":\"first\",\"winners\":[\"b\"],\"reason\":\"vote\"}");
    JUDGE(stage,
          "{\"id\":\"w2\",\"type\":\"award\",\"award\":\"second\",\"winners\":[\"c\"],\"reason\":\"vote\"}");
}

static void
add_blocker(struct buf *out, const struct blocker *blocker)
{
    const char *const words[] = {blocker->streamer, blocker->event[0] ? blocker->event : NULL,
                                 blocker->judge,    blocker->criterion,
                                 blocker->award,    blocker->ranking};
    buf_add_text(out, blocker_name(blocker->kind));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (words[i])
            buf_printf(out, " %s", words[i]);
    }
    if (blocker->rank)
        buf_printf(out, " %d", blocker->rank);
    buf_add_text(out, "; ");
}

static void
assert_blockers(const struct blocker_list *list, const char *expected)
{
    struct buf text = {0};
    for (size_t i = 0; i < list->count; i++)
        add_blocker(&text, &list->items[i]);
    assert_string_equal(buf_text(&text), expected);
    buf_free(&text);
}

static void
assert_winners(const struct award_result *award, const char *expected)
{
    struct buf text = {0};
    for (size_t i = 0; i < award->winner_count; i++)
        buf_printf(&text, "%s%s", i ? "," : "", award->winners[i].id);
    assert_string_equal(buf_text(&text), expected);
    buf_free(&text);
}

static const char all_blockers[] = "parked_refund b r-1; pending_claim d 4; missing_mark d j1 stage; "
                                   "missing_mark d j2 stage; undecided_tie first sales 2; "
                                   "undecided_tie second sales 2; ";

static void
an_open_contest_is_not_published(void **state)
{
    struct stage stage;
    (void)state;
    open_stage(&stage, 3, 1);
    JUDGE(&stage, "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"now\"}");
    follow(&stage);
    assert_int_equal(stage.results.version_count, 0);
    assert_int_equal(stage.results.refusal_count, 1);
    assert_string_equal(stage.results.refusals[0].why, "the contest is not closed");
    assert_blockers(&stage.results.refusals[0].blockers, "contest_open; ");
    close_stage(&stage);
}

static void
what_stands_in_the_way_is_listed(void **state)
{
    (void)state;
    for (uint32_t shards = 1; shards <= 3; shards += 2) {
        struct stage stage;
        struct standing live;
        struct blocker_list now;
        open_stage(&stage, shards, shards);
        play(&stage);
        JUDGE(&stage, "{\"id\":\"p\",\"type\":\"publish\",\"reason\":\"try\"}");
        follow(&stage);
        assert_int_equal(stage.results.version_count, 0);
        assert_int_equal(stage.results.refusal_count, 1);
        assert_string_equal(stage.results.refusals[0].action_id, "p");
        replay_standing(&stage.replay, true, &live);
        results_blockers(&stage.results, (const struct fold *const *)stage.replay.folds, shards, &live, &now);
        assert_blockers(&now, all_blockers);
        blocker_list_free(&now);
        standing_free(&live);
        /* The contest of then is gone; what was refused is still told. */
        ORGANISER(&stage,
                  "{\"id\":\"new\",\"type\":\"register\",\"streamers\":[{\"id\":\"e\",\"name\":\"戊\","
                  "\"county\":\"430223\"}]}");
        follow(&stage);
        assert_blockers(&stage.results.refusals[0].blockers, all_blockers);
        close_stage(&stage);
    }
}

static void
an_override_names_what_it_sets_aside(void **state)
{
    struct stage stage;
    (void)state;
    open_stage(&stage, 1, 1);
    play(&stage);
    JUDGE(&stage,
          "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"the panel's decision 7\"}");
    follow(&stage);
    const struct results_version *version = results_latest(&stage.results);
    assert_non_null(version);
    assert_true(version->override);
    assert_string_equal(version->reason, "the panel's decision 7");
    assert_blockers(&version->blockers, all_blockers);
    assert_winners(&version->awards[0], "a");
    assert_true(version->awards[0].undecided);
    close_stage(&stage);
}

static void
a_tie_at_an_edge_is_the_panels(void **state)
{
    struct stage stage;
    (void)state;
    open_stage(&stage, 3, 1);
    play(&stage);
    settle(&stage);
    JUDGE(&stage, "{\"id\":\"w3\",\"type\":\"award\",\"award\":\"organiser\",\"winners\":[\"431022\",\"a\"],"
                  "\"reason\":\"most videos\"}");
    JUDGE(&stage, "{\"id\":\"w4\",\"type\":\"award\",\"award\":\"second\",\"winners\":[\"c\",\"d\"],"
                  "\"reason\":\"2nd vote\"}");
    JUDGE(&stage, "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"one refund parked\"}");
    follow(&stage);
    const struct results_version *version = results_latest(&stage.results);
    assert_non_null(version);
    assert_blockers(&version->blockers, "parked_refund b r-1; ");
    assert_winners(&version->awards[0], "a,b");
    assert_true(version->awards[0].decided && !version->awards[0].undecided);
    assert_string_equal(version->awards[0].reason, "vote");
    assert_winners(&version->awards[1], "c");
    assert_int_equal(version->awards[1].unheeded_count, 1); /* d is no part of that tie */
    assert_string_equal(version->awards[1].unheeded[0], "d");
    assert_winners(&version->awards[2], "431022,a");
    assert_string_equal(version->awards[2].winners[0].name, "宜章县");
    assert_string_equal(version->awards[2].winners[1].name, "甲");
    close_stage(&stage);
}

/* Ranks 1, 1, 3, 3, and an award of the places 2 and 3: a tie over each of its ends. */
static void
a_tie_may_lie_over_both_ends_of_an_award(void **state)
{
    struct stage stage;
    char text[sizeof contest_text + 16];
    (void)state;
    const char *at = strstr(contest_text, "from: 1, to: 2");
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*sfrom: 2, to: 3%s", (int)(at - contest_text), contest_text,
             at + strlen("from: 1, to: 2"));
    open_stage_of(&stage, text, 3, 1);
    static const char *const sessions[] = {"s-a", "s-b", "s-c", "s-d"};
    for (int i = 0; i < 4; i++)
        paid_on(&stage, "1", sessions[i], i < 2 ? 900 : 500, "online");
    ORGANISER(&stage, "{\"id\":\"close\",\"type\":\"close\"}");
    JUDGE(&stage,
          "{\"id\":\"w1\",\"type\":\"award\",\"award\":\"first\",\"winners\":[\"b\"],\"reason\":\"vote\"}");
    JUDGE(&stage, "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"all\"}");
    follow(&stage);
    const struct results_version *version = results_latest(&stage.results);
    const struct award_result *award = &version->awards[0];
    assert_int_equal(award->edge_count, 2);
    assert_true(award->edges[0].rank == 1 && award->edges[0].tied == 2 && award->edges[0].decided);
    assert_true(award->edges[1].rank == 3 && award->edges[1].tied == 2 && !award->edges[1].decided);
    assert_true(award->decided && award->undecided);
    assert_winners(award, "b");
    assert_int_equal(version->blockers.total[BLOCKER_TIE], 2); /* this one, and the second prize's */
    close_stage(&stage);
}

static void
lists_end_and_totals_do_not(void **state)
{
    struct stage stage;
    struct standing live;
    struct blocker_list now;
    char id[16];
    (void)state;
    open_stage(&stage, 1, 1);
    for (int i = 0; i <= LIMIT_LISTED; i++) {
        snprintf(id, sizeof id, "c-%d", i);
        paid_on(&stage, id, "s-d", 100, "offline");
    }
    refunded(&stage, "r-1", "s-b", "never-came");
    ORGANISER(&stage, "{\"id\":\"close\",\"type\":\"close\"}");
    JUDGE(&stage, "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"all\"}");
    follow(&stage);
    const struct results_version *version = results_latest(&stage.results);
    assert_int_equal(version->blockers.total[BLOCKER_PENDING], LIMIT_LISTED + 1);
    assert_int_equal(version->blockers.total[BLOCKER_PARKED], 1);
    assert_int_equal(version->event_count, LIMIT_LISTED + 1); /* the claims that are listed, and the refund */
    replay_standing(&stage.replay, true, &live);
    results_blockers(&stage.results, (const struct fold *const *)stage.replay.folds, 1, &live, &now);
    assert_int_equal(now.total[BLOCKER_PENDING], LIMIT_LISTED + 1);
    assert_int_equal(now.count, LIMIT_LISTED + 1 + 2 + (size_t)now.total[BLOCKER_TIE]);
    blocker_list_free(&now);
    standing_free(&live);
    close_stage(&stage);
}

static void
a_decision_about_a_tie_that_is_no_more_holds_nothing(void **state)
{
    struct stage stage;
    (void)state;
    open_stage(&stage, 1, 1);
    play(&stage);
    settle(&stage);
    /* b leaves the rankings: c is second by rank alone, and nobody asks for the panel's b. */
    JUDGE(&stage, "{\"id\":\"dq\",\"type\":\"disqualify\",\"streamer\":\"b\",\"reason\":\"bought its own\"}");
    JUDGE(&stage, "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"one refund parked\"}");
    follow(&stage);
    const struct award_result *first = &results_latest(&stage.results)->awards[0];
    assert_winners(first, "a,c");
    assert_false(first->decided);
    assert_null(first->reason);
    assert_int_equal(first->unheeded_count, 1);
    assert_string_equal(first->unheeded[0], "b");
    close_stage(&stage);
}

static void
finalise_needs_another_token(void **state)
{
    struct stage stage;
    (void)state;
    open_stage(&stage, 3, 1);
    play(&stage);
    JUDGE(&stage, "{\"id\":\"f0\",\"type\":\"finalise\",\"reason\":\"done\"}");
    JUDGE(&stage, "{\"id\":\"p1\",\"type\":\"publish\",\"override\":true,\"reason\":\"all\"}");
    JUDGE(&stage, "{\"id\":\"f1\",\"type\":\"finalise\",\"reason\":\"I say so\"}");
    follow(&stage);
    assert_int_equal(stage.results.refusal_count, 2);
    assert_string_equal(stage.results.refusals[0].why, "nothing has been published yet");
    assert_string_equal(stage.results.refusals[1].why,
                        "finalise needs a second person: another token than the publish");
    assert_false(results_latest(&stage.results)->final);
    ORGANISER(&stage,
              "{\"id\":\"f4\",\"type\":\"finalise\",\"version\":2,\"reason\":\"of what is not there\"}");
    follow(&stage);
    assert_false(results_latest(&stage.results)->final);
    assert_string_equal(stage.results.refusals[2].why,
                        "the newest version is another one than this finalise names");
    ORGANISER(&stage, "{\"id\":\"f2\",\"type\":\"finalise\",\"version\":1,\"reason\":\"7 days are over\"}");
    OTHER_JUDGE(&stage, "{\"id\":\"f3\",\"type\":\"finalise\",\"reason\":\"done\"}");
    follow(&stage);
    assert_true(results_latest(&stage.results)->final);
    assert_string_equal(results_latest(&stage.results)->finalised_by, "organiser cccccccccc");
    assert_string_equal(stage.results.refusals[3].why, "the newest version is final already");
    /* An appeal is upheld: a new version, which is not final until it is made so. */
    OTHER_JUDGE(&stage, "{\"id\":\"p2\",\"type\":\"publish\",\"override\":true,\"reason\":\"appeal\"}");
    follow(&stage);
    assert_int_equal(stage.results.version_count, 2);
    assert_false(results_latest(&stage.results)->final);
    assert_true(results_find(&stage.results, 1)->final);
    assert_null(results_find(&stage.results, 3));
    close_stage(&stage);
}

static void
a_version_says_what_had_no_effect(void **state)
{
    struct stage stage;
    struct buf json = {0};
    (void)state;
    open_stage(&stage, 1, 1);
    JUDGE(&stage, "{\"id\":\"early\",\"type\":\"publish\",\"override\":true,\"reason\":\"now\"}");
    play(&stage);
    settle(&stage);
    JUDGE(&stage, "{\"id\":\"p1\",\"type\":\"publish\",\"override\":true,\"reason\":\"all\"}");
    follow(&stage);
    version_json(results_latest(&stage.results), &json);
    const char *early = strstr(buf_text(&json), "\"id\":\"early\",\"type\":\"publish\"");
    assert_non_null(early);
    const char *refused = strstr(early, "\"refused\":\"not_closed\",\"reason\":\"now\"");
    assert_non_null(refused);
    assert_null(strstr(refused + 1, "\"refused\":")); /* of p1, which comes behind it */
    buf_free(&json);
    close_stage(&stage);
}

static void
a_version_stays_as_it_is(void **state)
{
    struct stage stage;
    struct buf before = {0}, after = {0};
    (void)state;
    open_stage(&stage, 1, 1);
    play(&stage);
    settle(&stage);
    JUDGE(&stage, "{\"id\":\"p1\",\"type\":\"publish\",\"override\":true,\"reason\":\"all\"}");
    follow(&stage);
    version_json(results_latest(&stage.results), &before);
    ORGANISER(&stage, "{\"id\":\"f\",\"type\":\"finalise\",\"reason\":\"done\"}");
    JUDGE(&stage,
          "{\"id\":\"v\",\"type\":\"void\",\"streamer\":\"a\",\"event\":\"1\",\"reason\":\"own order\"}");
    ORGANISER(&stage, "{\"id\":\"name\",\"type\":\"register\",\"streamers\":[{\"id\":\"a\",\"name\":\"甲队\","
                      "\"county\":\"430223\"}]}");
    JUDGE(&stage, "{\"id\":\"p2\",\"type\":\"publish\",\"override\":true,\"reason\":\"appeal\"}");
    follow(&stage);
    version_json(results_find(&stage.results, 1), &after);
    assert_true(span_eq(buf_span(&before), buf_span(&after)));
    assert_winners(&results_latest(&stage.results)->awards[0], "b,c");
    buf_free(&before);
    buf_free(&after);
    close_stage(&stage);
}

/* The same log in one shard or three, under other hash seeds, walked at once or step by step: one result. */
static void
the_same_log_gives_the_same_bytes(void **state)
{
    struct stage stages[4];
    struct buf bodies[4] = {{0}};
    (void)state;
    for (int i = 0; i < 4; i++) {
        open_stage(&stages[i], i < 2 ? 1 : 3, (uint64_t)i * 77 + 1);
        play(&stages[i]);
        turn(&stages[i], i % 2 == 1);
        settle(&stages[i]);
        turn(&stages[i], i % 2 == 1);
        JUDGE(&stages[i], "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"all\"}");
        follow(&stages[i]);
        assert_int_equal(stages[i].results.version_count, 1);
        version_json(results_latest(&stages[i].results), &bodies[i]);
        assert_false(bodies[i].failed);
    }
    assert_string_equal(buf_text(&bodies[2]), buf_text(&bodies[3]));
    /* The position and the heads of the logs differ with the shards; every figure behind them must not. */
    const char *one = strstr(buf_text(&bodies[0]), "\"communique\"");
    const char *three = strstr(buf_text(&bodies[2]), "\"communique\"");
    assert_non_null(one);
    assert_non_null(three);
    const char *end_one = strstr(one, "\"actions_total\""), *end_three = strstr(three, "\"actions_total\"");
    assert_true(span_eq((struct span){one, (size_t)(end_one - one)},
                        (struct span){three, (size_t)(end_three - three)}));
    for (int i = 0; i < 4; i++) {
        buf_free(&bodies[i]);
        close_stage(&stages[i]);
    }
}

static void
a_publish_waits_for_all_shards(void **state)
{
    struct stage stage;
    (void)state;
    open_stage(&stage, 3, 1);
    play(&stage);
    follow(&stage);
    static const char entry[] = "{\"id\":\"p\",\"type\":\"publish\",\"actor\":\"judge x\",\"override\":true,"
                                "\"reason\":\"all\"}";
    for (uint32_t shard = 0; shard < 3; shard++) {
        assert_int_equal(stage.results.version_count, 0);
        replay_entry(&stage.replay, shard, LOG_ACTION, span_of(entry));
        follow(&stage);
    }
    assert_int_equal(stage.results.version_count, 1);
    close_stage(&stage);
}

/* Two actions of one id, posted at the same moment, in another order in another shard. */
static void
an_id_that_is_something_else_elsewhere_does_not_stop_the_walk(void **state)
{
    struct stage stage;
    (void)state;
    open_stage(&stage, 3, 1);
    play(&stage);
    static const char publish[] =
        "{\"id\":\"p\",\"type\":\"publish\",\"actor\":\"judge x\",\"override\":true,"
        "\"reason\":\"all\"}";
    static const char freeze[] = "{\"id\":\"p\",\"type\":\"freeze\",\"actor\":\"judge y\"}";
    for (uint32_t shard = 0; shard < 3; shard++) {
        replay_entry(&stage.replay, shard, LOG_ACTION, span_of(shard == 2 ? freeze : publish));
        replay_entry(&stage.replay, shard, LOG_ACTION, span_of(shard == 2 ? publish : freeze));
    }
    JUDGE(&stage, "{\"id\":\"p2\",\"type\":\"publish\",\"override\":true,\"reason\":\"again\"}");
    follow(&stage);
    assert_int_equal(stage.results.refusal_count, 1);
    assert_string_equal(stage.results.refusals[0].why,
                        "its id stands for another action in another shard's log");
    assert_int_equal(stage.results.version_count, 1);
    assert_string_equal(results_latest(&stage.results)->action_id, "p2");
    close_stage(&stage);
}

static void
a_version_says_what_it_stands_on(void **state)
{
    struct stage stage;
    struct buf body = {0};
    char head[CHAIN_HEX_SIZE];
    (void)state;
    open_stage(&stage, 1, 1);
    play(&stage);
    JUDGE(&stage,
          "{\"id\":\"v\",\"type\":\"void\",\"streamer\":\"c\",\"event\":\"3\",\"reason\":\"own order\"}");
    JUDGE(&stage, "{\"id\":\"p\",\"type\":\"publish\",\"override\":true,\"reason\":\"all\"}");
    chain_hex(fold_chain(stage.replay.folds[0]), head);
    follow(&stage);
    version_json(results_latest(&stage.results), &body);
    const char *json = buf_text(&body);
    assert_non_null(strstr(json, head));
    assert_non_null(strstr(json, "\"who\":\"judge aaaaaaaaaa first\",\"reason\":\"all\",\"override\":true"));
    assert_non_null(strstr(json, "{\"kind\":\"parked_refund\",\"streamer\":\"b\",\"event\":\"r-1\"}"));
    assert_non_null(strstr(json, "\"communique\":{\"videos\":0,\"sessions\":0,\"net_fen\":14000,"
                                 "\"online_net_fen\":14000,\"offline_net_fen\":0,\"counties_active\":2,"
                                 "\"streamers_active\":2}"));
    assert_non_null(strstr(json, "\"voided\":[{\"streamer\":\"c\",\"id\":\"3\",\"type\":\"order.paid\","));
    assert_non_null(strstr(json, "\"claims\":[{\"streamer\":\"d\",\"id\":\"4\",\"type\":\"order.paid\","
                                 "\"status\":\"pending\""));
    assert_non_null(strstr(json, "\"entrants\":2,\"active\":1,\"gross_fen\":9000"));
    assert_non_null(strstr(json, "\"actions_total\":3,\"actions\":[{\"at_ms\""));
    assert_null(strstr(json, "\"final\""));
    buf_free(&body);
    close_stage(&stage);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_contest_is_not_published),
        cmocka_unit_test(what_stands_in_the_way_is_listed),
        cmocka_unit_test(an_override_names_what_it_sets_aside),
        cmocka_unit_test(a_tie_at_an_edge_is_the_panels),
        cmocka_unit_test(a_tie_may_lie_over_both_ends_of_an_award),
        cmocka_unit_test(lists_end_and_totals_do_not),
        cmocka_unit_test(a_decision_about_a_tie_that_is_no_more_holds_nothing),
        cmocka_unit_test(finalise_needs_another_token),
        cmocka_unit_test(a_version_says_what_had_no_effect),
        cmocka_unit_test(a_version_stays_as_it_is),
        cmocka_unit_test(the_same_log_gives_the_same_bytes),
        cmocka_unit_test(a_publish_waits_for_all_shards),
        cmocka_unit_test(an_id_that_is_something_else_elsewhere_does_not_stop_the_walk),
        cmocka_unit_test(a_version_says_what_it_stands_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
