/* The MessagePack cursor: every format, at its edges and cut off at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "common/msgpack_cursor.h"

/* A copy of exactly these bytes, so that a sanitizer sees a byte too far. */
static char *
copy_of(struct span bytes)
{
    char *copy = malloc(bytes.len ? bytes.len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes.at, bytes.len);
    return copy;
}

struct scalar {
    struct span bytes;
    enum mp_kind kind;
    int64_t integer;
    uint64_t unsigned_integer;
    double real;
    const char *payload;
    int ext_type;
};

static const struct scalar scalars[] = {
    {{"\xc0", 1}, MP_NIL, 0, 0, 0, NULL, 0},
    {{"\xc2", 1}, MP_BOOL, 0, 0, 0, NULL, 0},
    {{"\xc3", 1}, MP_BOOL, 1, 0, 0, NULL, 0},
    {{"\x00", 1}, MP_UINT, 0, 0, 0, NULL, 0},
    {{"\x7f", 1}, MP_UINT, 127, 127, 0, NULL, 0},
    {{"\xe0", 1}, MP_INT, -32, 0, 0, NULL, 0},
    {{"\xff", 1}, MP_INT, -1, 0, 0, NULL, 0},
    {{"\xcc\xff", 2}, MP_UINT, 255, 255, 0, NULL, 0},
    {{"\xcd\xff\xfe", 3}, MP_UINT, 65534, 65534, 0, NULL, 0},
    {{"\xce\xff\xff\xff\xff", 5}, MP_UINT, 4294967295, 4294967295, 0, NULL, 0},
    {{"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff", 9}, MP_UINT, INT64_MAX, INT64_MAX, 0, NULL, 0},
    {{"\xcf\x80\x00\x00\x00\x00\x00\x00\x00", 9}, MP_UINT, INT64_MAX, UINT64_C(1) << 63, 0, NULL, 0},
    {{"\xd0\x80", 2}, MP_INT, -128, 0, 0, NULL, 0},
    {{"\xd0\x05", 2}, MP_INT, 5, 0, 0, NULL, 0},
    {{"\xd1\x80\x00", 3}, MP_INT, -32768, 0, 0, NULL, 0},
    {{"\xd2\x80\x00\x00\x00", 5}, MP_INT, INT32_MIN, 0, 0, NULL, 0},
    {{"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", 9}, MP_INT, INT64_MIN, 0, 0, NULL, 0},
    {{"\xca\x3f\xc0\x00\x00", 5}, MP_FLOAT, 0, 0, 1.5, NULL, 0},
    {{"\xcb\xbf\xf8\x00\x00\x00\x00\x00\x00", 9}, MP_FLOAT, 0, 0, -1.5, NULL, 0},
    {{"\xa0", 1}, MP_STR, 0, 0, 0, "", 0},
    {{"\xa2hi", 3}, MP_STR, 0, 0, 0, "hi", 0},
    {{"\xd9\x02hi", 4}, MP_STR, 0, 0, 0, "hi", 0},
    {{"\xda\x00\x02hi", 5}, MP_STR, 0, 0, 0, "hi", 0},
    {{"\xdb\x00\x00\x00\x02hi", 7}, MP_STR, 0, 0, 0, "hi", 0},
    {{"\xc4\x02hi", 4}, MP_BIN, 0, 0, 0, "hi", 0},
    {{"\xc5\x00\x02hi", 5}, MP_BIN, 0, 0, 0, "hi", 0},
    {{"\xc6\x00\x00\x00\x02hi", 7}, MP_BIN, 0, 0, 0, "hi", 0},
    {{"\xd4\x05h", 3}, MP_EXT, 0, 0, 0, "h", 5},
    {{"\xd5\xffhi", 4}, MP_EXT, 0, 0, 0, "hi", -1},
    {{"\xd6\x80hiho", 6}, MP_EXT, 0, 0, 0, "hiho", -128},
    {{"\xd7\x7fhihohiho", 10}, MP_EXT, 0, 0, 0, "hihohiho", 127},
    {{"\xd8\x01hihohihohihohiho", 18}, MP_EXT, 0, 0, 0, "hihohihohihohiho", 1},
    {{"\xc7\x02\x01hi", 5}, MP_EXT, 0, 0, 0, "hi", 1},
    {{"\xc8\x00\x02\x01hi", 6}, MP_EXT, 0, 0, 0, "hi", 1},
    {{"\xc9\x00\x00\x00\x02\x01hi", 8}, MP_EXT, 0, 0, 0, "hi", 1},
};

static void
check_scalar(const struct scalar *scalar)
{
    struct mp_cursor cursor = mp_over(scalar->bytes);
    struct mp_value value = mp_next(&cursor);
    assert_false(cursor.failed);
    assert_int_equal(value.kind, scalar->kind);
    assert_int_equal(value.integer, scalar->integer);
    assert_true(value.unsigned_integer == scalar->unsigned_integer);
    assert_true(value.real == scalar->real);
    assert_int_equal(value.ext_type, scalar->ext_type);
    assert_true(span_eq(value.bytes, span_of(scalar->payload)));
    assert_int_equal(mp_next(&cursor).kind, MP_END);
    assert_false(cursor.failed);
}

static void
test_scalars(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
        check_scalar(&scalars[i]);
}

/* Cut off anywhere, a value fails, and the cursor stays failed. */
static void
test_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
        for (size_t len = 1; len < scalars[i].bytes.len; len++) {
            char *copy = copy_of((struct span){scalars[i].bytes.at, len});
            struct mp_cursor cursor = mp_over((struct span){copy, len});
            assert_int_equal(mp_next(&cursor).kind, MP_END);
            assert_true(cursor.failed);
            assert_int_equal(mp_next(&cursor).kind, MP_END);
            assert_true(cursor.failed);
            free(copy);
        }
    }
}

static void
check_fails(struct span bytes)
{
    char *copy = copy_of(bytes);
    struct mp_cursor cursor = mp_over((struct span){copy, bytes.len});
    assert_false(mp_skip(&cursor, MP_DEPTH_MAX));
    assert_true(cursor.failed);
    free(copy);
}

/* Lengths and counts that cannot be true; the byte that means nothing; no bytes at all. */
static void
test_lies(void **state)
{
    (void)state;
    check_fails(SPAN(""));
    check_fails(SPAN("\xc1"));
    check_fails(SPAN("\xdd\xff\xff\xff\xff"));
    check_fails(SPAN("\xdf\xff\xff\xff\xff\xc0"));
    check_fails(SPAN("\xdb\xff\xff\xff\xff\xc0"));
    check_fails(SPAN("\xc6\xff\xff\xff\xff\xc0"));
    check_fails(SPAN("\xc9\xff\xff\xff\xff\x01\xc0"));
    check_fails(SPAN("\x92\xc0"));
    check_fails(SPAN("\x91\xc1"));
    check_fails(SPAN("\x82\xc0\xc0\xc0"));
    check_fails(SPAN("\xdc\x00"));
}

/* A count is refused with its head, before anyone makes room for the elements. */
static void
test_counts(void **state)
{
    (void)state;
    static const struct {
        struct span bytes;
        bool possible;
    } cases[] = {
        {SPAN("\x92\xc0\xc0"), true},           {SPAN("\x93\xc0\xc0"), false},
        {SPAN("\x81\xc0\xc0"), true},           {SPAN("\x82\xc0\xc0\xc0"), false},
        {SPAN("\xdc\x00\x01\xc0"), true},       {SPAN("\xdc\x00\x02\xc0"), false},
        {SPAN("\xde\x00\x01\xc0\xc0"), true},   {SPAN("\xde\x00\x01\xc0"), false},
        {SPAN("\xdd\0\0\0\x01\xc0"), true},     {SPAN("\xdd\xff\xff\xff\xff\xc0"), false},
        {SPAN("\xdf\0\0\0\x01\xc0\xc0"), true}, {SPAN("\xdf\x80\0\0\x01\xc0\xc0"), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mp_cursor cursor = mp_over(cases[i].bytes);
        struct mp_value value = mp_next(&cursor);
        assert_int_equal(value.kind != MP_END, cases[i].possible);
        assert_int_equal(cursor.failed, !cases[i].possible);
    }
}

static void
check_skip(struct span bytes, int depth, bool utf8)
{
    struct mp_cursor cursor = mp_over(bytes);
    struct mp_survey survey;
    assert_true(mp_survey(&cursor, depth, &survey));
    assert_ptr_equal(cursor.at, cursor.end);
    assert_int_equal(survey.depth, depth);
    assert_int_equal(survey.utf8, utf8);
    cursor = mp_over(bytes);
    assert_true(mp_skip(&cursor, depth));
    if (depth == 0)
        return;
    cursor = mp_over(bytes);
    assert_false(mp_skip(&cursor, depth - 1));
    assert_true(cursor.failed);
}

static void
test_skip(void **state)
{
    (void)state;
    check_skip(SPAN("\x05"), 0, true);
    check_skip(SPAN("\x90"), 1, true);
    check_skip(SPAN("\x80"), 1, true);
    check_skip(SPAN("\x82\xa1"
                    "a\x01\xa1"
                    "b\x93\x01\x02\x03"),
               2, true);
    check_skip(SPAN("\xdc\x00\x02\xde\x00\x01\xc0\x90\x05"), 3, true);
    check_skip(SPAN("\xdd\x00\x00\x00\x01\xdf\x00\x00\x00\x01\xc0\xa1\xff"), 2, false);
    check_skip(SPAN("\x81\xa1\xff\x01"), 1, false);
    check_skip(SPAN("\x92\xc4\x01\xff\xa3攸"), 1, true);
}

/* It stops behind the value, whatever follows. */
static void
test_skip_one(void **state)
{
    (void)state;
    struct span bytes = SPAN("\x92\x01\x02\xc1");
    struct mp_cursor cursor = mp_over(bytes);
    assert_true(mp_skip(&cursor, 1));
    assert_ptr_equal(cursor.at, bytes.at + 3);
    assert_int_equal(mp_next(&cursor).kind, MP_END);
    assert_true(cursor.failed);
}

static void
test_deepest(void **state)
{
    (void)state;
    char nested[MP_DEPTH_MAX + 1];
    memset(nested, '\x91', sizeof nested);
    nested[MP_DEPTH_MAX - 1] = '\x90';
    check_skip((struct span){nested, MP_DEPTH_MAX}, MP_DEPTH_MAX, true);
    nested[MP_DEPTH_MAX - 1] = '\x91';
    nested[MP_DEPTH_MAX] = '\x90';
    check_fails((struct span){nested, sizeof nested});
}

static void
test_typed(void **state)
{
    (void)state;
    struct mp_cursor cursor = mp_over(SPAN("\x93\x05\xe0\xa2hi"));
    assert_int_equal(mp_array(&cursor), 3);
    assert_int_equal(mp_int(&cursor), 5);
    assert_int_equal(mp_int(&cursor), -32);
    assert_true(span_is(mp_str(&cursor), "hi"));
    assert_false(cursor.failed);
    assert_int_equal(mp_int(&cursor), 0);
    assert_true(cursor.failed);

    static const struct span wrong[] = {{"\xc0", 1},
                                        {"\xca\x00\x00\x00\x00", 5},
                                        {"\x81\x01\x01", 3},
                                        {"\xcf\x80\x00\x00\x00\x00\x00\x00\x00", 9},
                                        {"\xc4\x01x", 3}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mp_cursor as_int = mp_over(wrong[i]), as_str = as_int, as_array = as_int;
        assert_int_equal(mp_int(&as_int), 0);
        assert_int_equal(mp_str(&as_str).len, 0);
        assert_int_equal(mp_array(&as_array), 0);
        assert_true(as_int.failed && as_str.failed && as_array.failed);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars), cmocka_unit_test(test_cut_off), cmocka_unit_test(test_lies),
        cmocka_unit_test(test_counts),  cmocka_unit_test(test_skip),    cmocka_unit_test(test_skip_one),
        cmocka_unit_test(test_deepest), cmocka_unit_test(test_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
