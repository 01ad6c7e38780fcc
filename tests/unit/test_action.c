#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/action.h"
#include "common/limits.h"
#include "tests/unit/contest_harness.h"

static const struct action_actor judge = {ROLE_JUDGE, "judge bc k 评委一"};
static const struct action_actor organiser = {ROLE_ORGANISER, "organiser"};

struct answer {
    enum action_verdict verdict;
    struct buf entry;
    char id[65];
    struct event_error error;
};

static struct answer
post(const struct action_actor *actor, const char *body)
{
    struct contest *contest = load_good(small_contest);
    struct answer answer = {0};
    answer.verdict = action_admit(contest, actor, span_of(body), &answer.entry, answer.id, &answer.error);
    contest_release(contest);
    assert_int_equal(answer.verdict != ACTION_ADMITTED, answer.error.message[0] != '\0');
    assert_int_equal(answer.verdict == ACTION_ADMITTED, answer.entry.len > 0);
    return answer;
}

/* What is admitted, and the bytes that go into the log. */
static const struct admitted {
    bool by_judge;
    const char *body, *entry;
} admitted[] = {
    {true, "{\"id\":\"a1\",\"type\":\"freeze\"}",
     "{\"id\":\"a1\",\"type\":\"freeze\",\"actor\":\"judge bc k 评委一\"}"},
    {false, " { \"type\" : \"close\" , \"id\" : \"a1\" , \"more\" : [1] , \"actor\" : 5 } ",
     "{\"id\":\"a1\",\"type\":\"close\",\"actor\":\"organiser\"}"},
    {false, "{\"id\":\"a1\",\"type\":\"thaw\",\"reason\":\"揭榜\\n\"}",
     "{\"id\":\"a1\",\"type\":\"thaw\",\"actor\":\"organiser\",\"reason\":\"揭榜\\n\"}"},
    {false, "{\"reason\":\"ok\",\"event\":\"o-1\",\"streamer\":\"yx-01\",\"id\":\"a1\",\"type\":\"approve\"}",
     "{\"id\":\"a1\",\"type\":\"approve\",\"actor\":\"organiser\",\"streamer\":\"yx-01\",\"event\":\"o-1\","
     "\"reason\":\"ok\"}"},
    {true,
     "{\"id\":\"a1\",\"type\":\"score\",\"judge\":\"j1\",\"streamer\":\"yx-01\",\"criterion\":\"product\","
     "\"points\":14.564}",
     "{\"id\":\"a1\",\"type\":\"score\",\"actor\":\"judge bc k "
     "评委一\",\"streamer\":\"yx-01\",\"judge\":\"j1\","
     "\"criterion\":\"product\",\"points_milli\":14564}"},
    {true,
     "{\"id\":\"a1\",\"type\":\"score\",\"judge\":\"j\\u0031\",\"streamer\":\"yx-01\",\"criterion\":"
     "\"product\",\"points\":60.500}",
     "{\"id\":\"a1\",\"type\":\"score\",\"actor\":\"judge bc k "
     "评委一\",\"streamer\":\"yx-01\",\"judge\":\"j1\","
     "\"criterion\":\"product\",\"points_milli\":60500}"},
    {true, "{\"id\":\"a1\",\"type\":\"adjust\",\"streamer\":\"yx-01\",\"points\":-0.001,\"reason\":\"r\"}",
     "{\"id\":\"a1\",\"type\":\"adjust\",\"actor\":\"judge bc k "
     "评委一\",\"streamer\":\"yx-01\",\"points_milli\":-1,\"reason\":\"r\"}"},
    {true,
     "{\"id\":\"a1\",\"type\":\"award\",\"award\":\"organiser\",\"winners\":[\"431022\", "
     "\"yx\\u002d01\",\"株洲市\"],\"reason\":\"r\"}",
     "{\"id\":\"a1\",\"type\":\"award\",\"actor\":\"judge bc k 评委一\",\"award\":\"organiser\","
     "\"winners\":[\"431022\",\"yx-01\",\"株洲市\"],\"reason\":\"r\"}"},
    {true, "{\"id\":\"a1\",\"type\":\"publish\",\"override\":true,\"reason\":\"r\"}",
     "{\"id\":\"a1\",\"type\":\"publish\",\"actor\":\"judge bc k "
     "评委一\",\"override\":true,\"reason\":\"r\"}"},
    {false,
     "{\"id\":\"a1\",\"type\":\"register\",\"streamers\":[{\"name\":\"新\",\"id\":\"n-1\", "
     "\"county\":\"431022\"}]}",
     "{\"id\":\"a1\",\"type\":\"register\",\"actor\":\"organiser\","
     "\"streamers\":[{\"county\":\"431022\",\"id\":\"n-1\",\"name\":\"新\"}]}"},
};

static void
test_admits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof admitted / sizeof *admitted; i++) {
        struct answer answer = post(admitted[i].by_judge ? &judge : &organiser, admitted[i].body);
        if (answer.verdict != ACTION_ADMITTED)
            print_error("%s\n", answer.error.message);
        assert_string_equal(buf_text(&answer.entry), admitted[i].entry);
        assert_string_equal(answer.id, "a1");
        struct action action;
        assert_true(action_decode(buf_span(&answer.entry), &action));
        assert_true(span_is(action.id, "a1"));
        action_free(&action);
        buf_free(&answer.entry);
    }
}

#define SCORE                                                                                                \
    "{\"id\":\"a1\",\"type\":\"score\",\"judge\":\"j1\",\"streamer\":\"yx-01\",\"criterion\":\"stage\","     \
    "\"points\":"
#define ADJUST "{\"id\":\"a1\",\"type\":\"adjust\",\"streamer\":\"yx-01\",\"reason\":\"r\",\"points\":"
#define AWARD "{\"id\":\"a1\",\"type\":\"award\",\"award\":\"first\",\"reason\":\"r\",\"winners\":"
#define MANUAL "{\"id\":\"a1\",\"type\":\"award\",\"award\":\"organiser\",\"reason\":\"r\",\"winners\":"

/* What is wrong, all by a judge unless it registers. */
static const struct refused {
    const char *body;
    enum event_code code;
    const char *field;
} refused[] = {
    {"{}", CODE_MISSING_FIELD, "id"},
    {"{\"id\":5,\"type\":\"freeze\"}", CODE_WRONG_TYPE, "id"},
    {"{\"id\":\"a b\",\"type\":\"freeze\"}", CODE_BAD_ID, "id"},
    {"{\"id\":\"\",\"type\":\"freeze\"}", CODE_BAD_ID, "id"},
    {"{\"id\":\"a1\"}", CODE_MISSING_FIELD, "type"},
    {"{\"id\":\"a1\",\"type\":1}", CODE_WRONG_TYPE, "type"},
    {"{\"id\":\"a1\",\"type\":\"freez\"}", CODE_UNKNOWN_TYPE, "type"},
    {"{\"id\":\"a1\",\"type\":\"zzzzzzzzzz\"}", CODE_UNKNOWN_TYPE, "type"},
    {"{\"id\":\"a1\",\"type\":\"freeze\",\"type\":\"thaw\"}", CODE_DUPLICATE_FIELD, "type"},
    {"{\"id\":\"a1\",\"type\":\"freeze\",\"i\\u0064\":\"a2\"}", CODE_DUPLICATE_FIELD, "id"},
    {"{\"id\":\"a1\",\"type\":\"freeze\",\"reason\":\"\"}", CODE_OUT_OF_RANGE, "reason"},
    {"{\"id\":\"a1\",\"type\":\"freeze\",\"reason\":7}", CODE_WRONG_TYPE, "reason"},
    {"{\"id\":\"a1\",\"type\":\"approve\",\"event\":\"o-1\"}", CODE_MISSING_FIELD, "streamer"},
    {"{\"id\":\"a1\",\"type\":\"approve\",\"streamer\":\"yx-01\"}", CODE_MISSING_FIELD, "event"},
    {"{\"id\":\"a1\",\"type\":\"approve\",\"streamer\":\"yx-99\",\"event\":\"o-1\"}", CODE_UNKNOWN_STREAMER,
     "streamer"},
    {"{\"id\":\"a1\",\"type\":\"approve\",\"streamer\":\"yx-01\",\"event\":\"o 1\"}", CODE_BAD_ID, "event"},
    {"{\"id\":\"a1\",\"type\":\"void\",\"streamer\":\"yx-01\",\"event\":\"o-1\"}", CODE_MISSING_FIELD,
     "reason"},
    {"{\"id\":\"a1\",\"type\":\"restore\",\"streamer\":\"yx-01\",\"event\":\"o-1\"}", CODE_MISSING_FIELD,
     "reason"},
    {"{\"id\":\"a1\",\"type\":\"disqualify\",\"streamer\":\"yx-01\"}", CODE_MISSING_FIELD, "reason"},
    {"{\"id\":\"a1\",\"type\":\"reinstate\",\"streamer\":\"no\",\"reason\":\"r\"}", CODE_UNKNOWN_STREAMER,
     "streamer"},
    {"{\"id\":\"a1\",\"type\":\"finalise\"}", CODE_MISSING_FIELD, "reason"},
    {"{\"id\":\"a1\",\"type\":\"publish\",\"override\":true}", CODE_MISSING_FIELD, "reason"},
    {"{\"id\":\"a1\",\"type\":\"publish\",\"reason\":\"r\",\"override\":1}", CODE_WRONG_TYPE, "override"},
    {SCORE "40.001}", CODE_OUT_OF_RANGE, "points"},
    {SCORE "-0.001}", CODE_OUT_OF_RANGE, "points"},
    {SCORE "1.0005}", CODE_OUT_OF_RANGE, "points"},
    {SCORE "1.56400000000000000001}", CODE_OUT_OF_RANGE, "points"},
    {SCORE "1e1}", CODE_OUT_OF_RANGE, "points"},
    {SCORE "99999999999999999999}", CODE_OUT_OF_RANGE, "points"},
    {SCORE "\"1\"}", CODE_WRONG_TYPE, "points"},
    {SCORE "null}", CODE_WRONG_TYPE, "points"},
    {"{\"id\":\"a1\",\"type\":\"score\",\"judge\":\"j9\",\"streamer\":\"yx-01\",\"criterion\":\"stage\","
     "\"points\":1}",
     CODE_OUT_OF_RANGE, "judge"},
    {"{\"id\":\"a1\",\"type\":\"score\",\"judge\":\"j1\",\"streamer\":\"yx-01\",\"criterion\":\"x\","
     "\"points\":1}",
     CODE_OUT_OF_RANGE, "criterion"},
    {"{\"id\":\"a1\",\"type\":\"score\",\"judge\":\"j1\",\"streamer\":\"yx-01\",\"criterion\":\"stage\"}",
     CODE_MISSING_FIELD, "points"},
    {ADJUST "1000.001}", CODE_OUT_OF_RANGE, "points"},
    {ADJUST "-1001}", CODE_OUT_OF_RANGE, "points"},
    {"{\"id\":\"a1\",\"type\":\"approve\",\"streamer\":5,\"event\":\"o-1\"}", CODE_WRONG_TYPE, "streamer"},
    {"{\"id\":\"a1\",\"type\":\"score\",\"judge\":5,\"streamer\":\"yx-01\",\"criterion\":\"stage\","
     "\"points\":1}",
     CODE_WRONG_TYPE, "judge"},
    {"{\"id\":\"a1\",\"type\":\"score\",\"judge\":\"j1\",\"streamer\":\"yx-01\",\"criterion\":5,\"points\":"
     "1}",
     CODE_WRONG_TYPE, "criterion"},
    {"{\"id\":\"a1\",\"type\":\"award\",\"award\":5,\"reason\":\"r\",\"winners\":[\"yx-01\"]}",
     CODE_WRONG_TYPE, "award"},
    {"{\"id\":\"a1\",\"type\":\"freeze\",\"reason\":\"a\\u0000b\"}", CODE_OUT_OF_RANGE, "reason"},
    {MANUAL "[\"nobody\"]}", CODE_OUT_OF_RANGE, "winners"},
    {MANUAL "[\"yx-01\",\"tofu\",\"yx-01\"]}", CODE_OUT_OF_RANGE, "winners"},
    {AWARD "[]}", CODE_OUT_OF_RANGE, "winners"},
    {AWARD "[\"431022\"]}", CODE_OUT_OF_RANGE, "winners"},
    {AWARD "[\"yx-01\",\"yx-01\"]}", CODE_OUT_OF_RANGE, "winners"},
    {AWARD "[1]}", CODE_WRONG_TYPE, "winners"},
    {AWARD "\"yx-01\"}", CODE_WRONG_TYPE, "winners"},
    {"{\"id\":\"a1\",\"type\":\"award\",\"award\":\"x\",\"reason\":\"r\",\"winners\":[\"yx-01\"]}",
     CODE_OUT_OF_RANGE, "award"},
    {"{\"id\":\"a1\",\"type\":\"register\"}", CODE_MISSING_FIELD, "streamers"},
    {"{\"id\":\"a1\",\"type\":\"register\",\"sessions\":{}}", CODE_WRONG_TYPE, "sessions"},
    {"{\"id\":\"a1\",\"type\":\"register\",\"sessions\":[{\"id\":\"s-9\",\"streamer\":\"nobody\","
     "\"platform\":\"douyin\","
     "\"starts\":\"2021-11-26T19:00:00+08:00\",\"ends\":\"2021-11-26T21:00:00+08:00\"}]}",
     CODE_OUT_OF_RANGE, "sessions"},
    {"{\"id\":\"a1\",\"type\":\"register\",\"products\":[{\"id\":\"p\",\"name\":\"p\",\"county\":\"9\"}]}",
     CODE_OUT_OF_RANGE, "products"},
    {"{\"id\":\"a1\",\"type\":\"register\",\"products\":[{\"id\":\"p\",\"id\":\"q\"}]}", CODE_DUPLICATE_FIELD,
     "products"},
};

static void
test_refuses_with_code_and_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        bool registers = strstr(refused[i].body, "register") != NULL;
        struct answer answer = post(registers ? &organiser : &judge, refused[i].body);
        if (answer.verdict != ACTION_WRONG || answer.error.code != refused[i].code ||
            strcmp(answer.error.field, refused[i].field) != 0)
            fail_msg("%s\n gave %d %s %s: %s", refused[i].body, answer.verdict,
                     event_code_name(answer.error.code), answer.error.field, answer.error.message);
        assert_string_equal(answer.id, strstr(refused[i].body, "\"a1\"") ? "a1" : "");
        buf_free(&answer.entry);
    }
}

static void
test_a_mistyped_type_is_recognised(void **state)
{
    (void)state;
    struct answer answer = post(&judge, "{\"id\":\"a1\",\"type\":\"freez\"}");
    assert_string_equal(answer.error.message,
                        "type: expected the type of an action, such as freeze, score or void, found \"freez\""
                        " (did you mean \"freeze\"?)");
}

/* A manual award goes to anything that takes part. */
static void
test_who_can_win_by_hand(void **state)
{
    (void)state;
    static const char *const winners[] = {"yx-01", "430223", "tofu", "s-1", "郴州市", "newcomer"};
    for (size_t i = 0; i < sizeof winners / sizeof *winners; i++) {
        char body[300];
        snprintf(body, sizeof body, MANUAL "[\"%s\"]}", winners[i]);
        struct answer answer = post(&judge, body);
        assert_int_equal(answer.verdict, ACTION_ADMITTED);
        buf_free(&answer.entry);
    }
}

static void
test_too_many_winners(void **state)
{
    (void)state;
    struct buf streamers = {0}, body = {0};
    buf_add_text(&body, MANUAL "[");
    for (int i = 0; i <= LIMIT_WINNERS; i++) {
        buf_printf(&streamers, "  - {id: w-%03d, name: w, county: \"430223\"}\n", i);
        buf_printf(&body, "%s\"w-%03d\"", i ? "," : "", i);
    }
    buf_add_text(&body, "]}");
    buf_add_text(&streamers, "  - {id: yz-01");
    char *yaml = changed(small_contest, "  - {id: yz-01", buf_text(&streamers));
    struct contest *contest = load_good(yaml);
    struct answer answer = {0};
    answer.verdict = action_admit(contest, &judge, buf_span(&body), &answer.entry, answer.id, &answer.error);
    assert_int_equal(answer.verdict, ACTION_WRONG);
    assert_non_null(strstr(answer.error.message, "expected 1 to 256 ids, found more"));
    contest_release(contest);
    buf_free(&answer.entry);
    buf_free(&streamers);
    buf_free(&body);
    free(yaml);
}

static void
test_reason_of_500_bytes(void **state)
{
    (void)state;
    char body[800];
    for (int len = 499; len <= 501; len++) {
        snprintf(body, sizeof body, "{\"id\":\"a1\",\"type\":\"freeze\",\"reason\":\"%0*d\"}", len, 7);
        struct answer answer = post(&judge, body);
        assert_int_equal(answer.verdict, len <= 500 ? ACTION_ADMITTED : ACTION_WRONG);
        buf_free(&answer.entry);
    }
}

static void
test_what_is_no_json_object(void **state)
{
    (void)state;
    static const char *const bodies[] = {"",
                                         "[]",
                                         "5",
                                         "{",
                                         "{\"id\":\"a1\",}",
                                         "{\"id\":\"a1\"} x",
                                         "{'id':1}",
                                         "{\"id\":\"\xff\"}",
                                         "{\"id\":\"\\ud83c\"}",
                                         "{\"id\" \"a1\"}",
                                         "{\"id\":01}",
                                         "{\"id\":\"a1\" \"type\":\"freeze\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct answer answer = post(&judge, bodies[i]);
        assert_int_equal(answer.verdict, ACTION_UNREADABLE);
        assert_string_equal(answer.id, "");
        buf_free(&answer.entry);
    }
}

static void
test_roles(void **state)
{
    (void)state;
    /* o: organiser, j: judge may. */
    static const char *const may[ACTION_TYPE_COUNT] = {
        [ACTION_FREEZE] = "oj",    [ACTION_THAW] = "oj",     [ACTION_CLOSE] = "o",   [ACTION_REOPEN] = "o",
        [ACTION_APPROVE] = "oj",   [ACTION_REJECT] = "oj",   [ACTION_VOID] = "j",    [ACTION_RESTORE] = "j",
        [ACTION_DISQUALIFY] = "j", [ACTION_REINSTATE] = "j", [ACTION_SCORE] = "j",   [ACTION_ADJUST] = "j",
        [ACTION_REGISTER] = "o",   [ACTION_AWARD] = "j",     [ACTION_PUBLISH] = "j", [ACTION_FINALISE] = "oj",
    };
    for (int type = 0; type < ACTION_TYPE_COUNT; type++) {
        char body[100];
        snprintf(body, sizeof body, "{\"id\":\"a1\",\"type\":\"%s\"}",
                 action_type_name((enum action_type)type));
        for (int role = ROLE_NONE; role < ROLE_COUNT; role++) {
            struct action_actor actor = {(enum role)role, "x"};
            struct answer answer = post(&actor, body);
            bool allowed = (role == ROLE_ORGANISER && strchr(may[type], 'o')) ||
                           (role == ROLE_JUDGE && strchr(may[type], 'j'));
            assert_int_equal(answer.verdict != ACTION_FORBIDDEN, allowed);
            buf_free(&answer.entry);
        }
    }
}

static void
test_too_large(void **state)
{
    (void)state;
    struct buf body = {0};
    buf_add_text(&body, "{\"id\":\"a1\",\"type\":\"freeze\"");
    while (body.len <= LIMIT_ACTION_BYTES)
        buf_add_byte(&body, ' ');
    buf_add_text(&body, "}");
    struct answer answer = post(&judge, buf_text(&body));
    assert_int_equal(answer.verdict, ACTION_WRONG);
    assert_int_equal(answer.error.code, CODE_TOO_LARGE);
    buf_free(&answer.entry);
    buf_free(&body);
}

static void
test_decodes_all_fields(void **state)
{
    (void)state;
    static const char text[] = "{\"id\":\"a1\",\"type\":\"award\",\"actor\":\"x\",\"award\":\"first\","
                               "\"winners\":[\"b\\u0031\",\"b2\"],"
                               "\"override\":true,\"points_milli\":-5,\"reason\":\"\\u597d\"}";
    struct action action;
    assert_true(action_decode(SPAN(text), &action));
    assert_int_equal(action.type, ACTION_AWARD);
    assert_true(span_is(action.actor, "x"));
    assert_true(span_is(action.award, "first"));
    assert_int_equal(action.winner_count, 2);
    assert_true(span_is(action.winners[0], "b1"));
    assert_true(span_is(action.winners[1], "b2"));
    assert_true(action.override);
    assert_int_equal(action.points_milli, -5);
    assert_true(span_is(action.reason, "好"));
    assert_int_equal(action.streamer.len, 0);
    action_free(&action);
}

static void
test_decode_refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"id\":\"a1\"}",
        "{\"type\":\"freeze\"}",
        "{\"id\":\"a 1\",\"type\":\"freeze\"}",
        "{\"id\":\"a1\",\"type\":\"melt\"}",
        "{\"id\":\"a1\",\"type\":5}",
        "{\"id\":\"a1\",\"type\":\"freeze\",\"id\":\"a1\"}",
        "{\"id\":\"a1\",\"type\":\"freeze\",\"reason\":1}",
        "{\"id\":\"a1\",\"type\":\"adjust\",\"streamer\":\"s\",\"reason\":\"r\"}",
        "{\"id\":\"a1\",\"type\":\"adjust\",\"streamer\":\"s\",\"reason\":\"r\",\"points_milli\":1.5}",
        "{\"id\":\"a1\",\"type\":\"award\",\"award\":\"a\",\"reason\":\"r\",\"winners\":[1]}",
        "{\"id\":\"a1\",\"type\":\"award\",\"award\":\"a\",\"reason\":\"r\",\"winners\":{}}",
        "{\"id\":\"a1\",\"type\":\"publish\",\"reason\":\"r\",\"override\":1}",
        "{\"id\":\"a1\",\"type\":\"void\",\"streamer\":\"s\",\"reason\":\"r\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct action action;
        assert_false(action_decode(span_of(texts[i]), &action));
        assert_null(action.document);
        assert_null(action.winners);
    }
}

static bool
same_content(const char *a, const char *b)
{
    struct action one, two;
    assert_true(action_decode(span_of(a), &one));
    assert_true(action_decode(span_of(b), &two));
    bool same = memcmp(one.content, two.content, ACTION_CONTENT_LEN) == 0;
    action_free(&one);
    action_free(&two);
    return same;
}

static void
test_content_is_all_but_the_actor(void **state)
{
    (void)state;
    static const char first[] = "{\"id\":\"a1\",\"type\":\"freeze\",\"actor\":\"judge 1\",\"reason\":\"r\"}";
    assert_true(same_content(first, "{\"id\":\"a1\",\"type\":\"freeze\",\"actor\":\"\",\"reason\":\"r\"}"));
    assert_false(
        same_content(first, "{\"id\":\"a1\",\"type\":\"freeze\",\"actor\":\"judge 1\",\"reason\":\"s\"}"));
    assert_false(
        same_content(first, "{\"id\":\"a1\",\"type\":\"thaw\",\"actor\":\"judge 1\",\"reason\":\"r\"}"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_admits),
        cmocka_unit_test(test_refuses_with_code_and_field),
        cmocka_unit_test(test_who_can_win_by_hand),
        cmocka_unit_test(test_a_mistyped_type_is_recognised),
        cmocka_unit_test(test_too_many_winners),
        cmocka_unit_test(test_reason_of_500_bytes),
        cmocka_unit_test(test_what_is_no_json_object),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_decodes_all_fields),
        cmocka_unit_test(test_decode_refuses),
        cmocka_unit_test(test_content_is_all_but_the_actor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
