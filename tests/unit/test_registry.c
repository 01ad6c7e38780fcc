#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/registry.h"
#include "tests/unit/contest_harness.h"

static enum registry_outcome
act(struct registry *registry, const char *json)
{
    struct action action;
    assert_true(action_decode(span_of(json), &action));
    enum registry_outcome outcome = registry_apply_action(registry, &action);
    action_free(&action);
    return outcome;
}

static enum registry_outcome
load(struct registry *registry, const char *text, int64_t log_ms)
{
    return registry_apply_document(registry, span_of(text), log_ms);
}

#define REGISTER(id, streamer, county)                                                                       \
    "{\"id\":\"" id "\",\"type\":\"register\",\"actor\":\"o\",\"streamers\":[{\"id\":\"" streamer            \
    "\",\"name\":\"新\",\"county\":\"" county "\"}]}"

static void
test_empty(void **state)
{
    (void)state;
    struct registry *registry = registry_new();
    assert_null(registry_contest(registry));
    assert_false(registry_closed(registry));
    assert_false(registry_has_action(registry, SPAN("a1")));
    assert_int_equal(act(registry, REGISTER("a1", "n-1", "431022")), REGISTRY_REFUSED);
    assert_false(registry_has_action(registry, SPAN("a1")));
    assert_int_equal(load(registry, "[]", 5), REGISTRY_REFUSED);
    assert_null(registry_contest(registry));
    registry_free(registry);
    registry_free(NULL);
}

static void
test_documents(void **state)
{
    (void)state;
    struct registry *registry = registry_new();
    char *renamed = changed(small_contest, "小赛", "大赛");
    char *moved = changed(small_contest, "county: \"430223\", division", "county: \"431022\", division");
    assert_int_equal(load(registry, small_contest, 100), REGISTRY_APPLIED);
    assert_int_equal(load(registry, small_contest, 200), REGISTRY_DUPLICATE);
    assert_int_equal(registry_loaded_ms(registry), 100);
    assert_int_equal(load(registry, moved, 300), REGISTRY_REFUSED);
    assert_int_equal(registry_loaded_ms(registry), 100);
    assert_string_equal(registry_contest(registry)->title, "小赛");
    assert_int_equal(load(registry, renamed, 400), REGISTRY_APPLIED);
    assert_string_equal(registry_contest(registry)->title, "大赛");
    assert_int_equal(load(registry, small_contest, 500), REGISTRY_APPLIED); /* back again is a change */
    assert_string_equal(registry_contest(registry)->title, "小赛");
    assert_int_equal(registry_loaded_ms(registry), 500);
    registry_free(registry);
    free(renamed);
    free(moved);
}

/* A daemon that starts again brings its file again: what was registered since stays. */
static void
test_same_document_undoes_nothing(void **state)
{
    (void)state;
    struct registry *registry = registry_new();
    load(registry, small_contest, 1);
    assert_int_equal(act(registry, REGISTER("a1", "yx-01", "430223")), REGISTRY_APPLIED);
    assert_int_equal(load(registry, small_contest, 2), REGISTRY_DUPLICATE);
    assert_string_equal(registry_contest(registry)->streamers[0].name, "新");
    registry_free(registry);
}

static void
test_register(void **state)
{
    (void)state;
    struct registry *registry = registry_new();
    load(registry, small_contest, 1);
    struct contest *before = contest_hold(registry_contest(registry));
    assert_int_equal(act(registry, REGISTER("a1", "n-1", "431022")), REGISTRY_APPLIED);
    assert_int_equal(contest_find_streamer(registry_contest(registry), SPAN("n-1")), 2);
    assert_int_equal(contest_find_streamer(before, SPAN("n-1")), CONTEST_NONE);
    contest_release(before);
    assert_int_equal(act(registry, REGISTER("a1", "n-1", "431022")), REGISTRY_DUPLICATE);
    assert_int_equal(act(registry, REGISTER("a1", "n-2", "431022")), REGISTRY_CONFLICT);
    assert_int_equal(contest_find_streamer(registry_contest(registry), SPAN("n-2")), CONTEST_NONE);
    assert_int_equal(act(registry, REGISTER("a2", "n-1", "430223")), REGISTRY_REFUSED);
    assert_int_equal(act(registry, REGISTER("a2", "n-2", "430223")),
                     REGISTRY_APPLIED); /* the id is free still */
    assert_int_equal(registry_contest(registry)->streamer_count, 4);
    registry_free(registry);
}

static void
test_close_and_reopen(void **state)
{
    (void)state;
    struct registry *registry = registry_new();
    load(registry, small_contest, 1);
    assert_int_equal(act(registry, "{\"id\":\"c1\",\"type\":\"close\",\"actor\":\"a\"}"), REGISTRY_APPLIED);
    assert_true(registry_closed(registry));
    assert_int_equal(act(registry, "{\"id\":\"c2\",\"type\":\"reopen\",\"actor\":\"a\"}"), REGISTRY_APPLIED);
    assert_false(registry_closed(registry));
    assert_int_equal(act(registry, "{\"id\":\"c1\",\"type\":\"close\",\"actor\":\"another\"}"),
                     REGISTRY_DUPLICATE);
    assert_false(registry_closed(registry));
    assert_int_equal(act(registry, "{\"id\":\"c2\",\"type\":\"close\",\"actor\":\"a\"}"), REGISTRY_CONFLICT);
    assert_false(registry_closed(registry));
    registry_free(registry);
}

static void
test_keeps_many_ids(void **state)
{
    (void)state;
    struct registry *registry = registry_new();
    char json[100], id[20];
    for (int i = 0; i < 3000; i++) {
        snprintf(json, sizeof json, "{\"id\":\"a-%d\",\"type\":\"freeze\",\"actor\":\"\"}", i);
        assert_int_equal(act(registry, json), REGISTRY_APPLIED);
    }
    for (int i = 0; i < 3000; i++) {
        snprintf(id, sizeof id, "a-%d", i);
        assert_true(registry_has_action(registry, span_of(id)));
    }
    assert_int_equal(act(registry, json), REGISTRY_DUPLICATE);
    assert_false(registry_has_action(registry, SPAN("a-3000")));
    assert_false(registry_has_action(registry, (struct span){0}));
    registry_free(registry);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_register),
        cmocka_unit_test(test_same_document_undoes_nothing),
        cmocka_unit_test(test_close_and_reopen),
        cmocka_unit_test(test_keeps_many_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
