/* The ids of a live stream's messages: there and back, and nothing else is one. */
#include "aggregator/resume_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
is_formatted_as_documented(void **state)
{
    (void)state;
    struct resume_id id = {.version = {{1637895600123, 0}},
                           .shard_count = 1,
                           .view = VIEW_PUBLIC,
                           .state = STATE_RUNNING,
                           .mark = 0x0123456789abcdef};
    struct buf text = {0};
    resume_id_format(&id, &text);
    assert_string_equal(buf_text(&text), "1637895600123-0;public;running;0123456789abcdef");
    buf_free(&text);
}

static void
comes_back_as_it_was(void **state)
{
    (void)state;
    for (uint32_t shards = 1; shards <= LIMIT_SHARDS; shards *= 4) {
        struct resume_id id = {.shard_count = shards,
                               .view = VIEW_LIVE,
                               .state = STATE_FROZEN,
                               .mark = shards},
                         back;
        for (uint32_t i = 0; i < shards; i++)
            id.version[i] = (struct log_id){UINT64_MAX - i, i};
        struct buf text = {0};
        resume_id_format(&id, &text);
        assert_true(resume_id_parse(buf_span(&text), &back));
        assert_true(resume_id_equal(&id, &back));
        back.version[shards - 1].seq++;
        assert_false(resume_id_equal(&id, &back));
        buf_free(&text);
    }
}

static void
differs_in_each_of_its_parts(void **state)
{
    (void)state;
    static const char *const texts[] = {"1-0;public;running;0123456789abcdef",
                                        "1-1;public;running;0123456789abcdef",
                                        "2-0;public;running;0123456789abcdef",
                                        "1-0;live;running;0123456789abcdef",
                                        "1-0;public;frozen;0123456789abcdef",
                                        "1-0,1-0;public;running;0123456789abcdef",
                                        "1-0;public;running;fedcba9876543210"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (size_t j = 0; j < COUNT(texts); j++) {
            struct resume_id one, other;
            assert_true(resume_id_parse(span_of(texts[i]), &one));
            assert_true(resume_id_parse(span_of(texts[j]), &other));
            assert_int_equal(resume_id_equal(&one, &other), i == j);
        }
    }
}

static void
nothing_else_is_one(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        ";",
                                        ";;",
                                        "1-0",
                                        "1-0;public",
                                        "1-0;public;",
                                        "1-0;;running;0123456789abcdef",
                                        ";public;running;0123456789abcdef",
                                        "1;public;running;0123456789abcdef",
                                        "1-;public;running;0123456789abcdef",
                                        "-1-0;public;running;0123456789abcdef",
                                        "1-0,;public;running;0123456789abcdef",
                                        ",1-0;public;running;0123456789abcdef",
                                        "1-0;public;running",
                                        "1-0;public;running;",
                                        "1-0;public;running;0123456789abcde",
                                        "1-0;public;running;0123456789abcdef0",
                                        "1-0;public;running;0123456789ABCDEF",
                                        "1-0;public;running;0123456789abcdeg",
                                        "1-0;public;running ;0123456789abcdef",
                                        "1-0;PUBLIC;running;0123456789abcdef",
                                        "1-0;public;paused;0123456789abcdef",
                                        "99999999999999999999-0;public;running;0123456789abcdef"};
    struct resume_id id;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_false(resume_id_parse(span_of(texts[i]), &id));
    assert_false(resume_id_parse((struct span){NULL, 0}, &id));
}

static void
more_positions_than_shards_can_be_are_none(void **state)
{
    (void)state;
    struct buf text = {0};
    struct resume_id id;
    for (int i = 0; i < LIMIT_SHARDS; i++)
        buf_add_text(&text, i ? ",1-0" : "1-0");
    size_t len = text.len;
    buf_add_text(&text, ";public;running;0123456789abcdef");
    assert_true(resume_id_parse(buf_span(&text), &id));
    text.len = len;
    buf_add_text(&text, ",1-0;public;running;0123456789abcdef");
    assert_false(resume_id_parse(buf_span(&text), &id));
    buf_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_formatted_as_documented),
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(differs_in_each_of_its_parts),
        cmocka_unit_test(nothing_else_is_one),
        cmocka_unit_test(more_positions_than_shards_can_be_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
