/* JSON as it is written: whatever the text, a reader of another make reads it back. */
#include "common/json_out.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LONGEST = 40 };

/* What jansson reads of one string, with `text` written into it. */
static json_t *
read_back(struct span text)
{
    struct buf out = {0};
    struct json_out json = {&out, false};
    json_open(&json, '[');
    json_str(&json, text);
    json_close(&json, ']');
    assert_false(out.failed);
    json_error_t error;
    json_t *list = json_loadb(out.at, out.len, JSON_ALLOW_NUL, &error);
    assert_non_null(list);
    json_t *read = json_incref(json_array_get(list, 0));
    json_decref(list);
    buf_free(&out);
    return read;
}

static void
assert_read_back(struct span text, struct span expected)
{
    json_t *read = read_back(text);
    assert_int_equal(json_string_length(read), expected.len);
    assert_memory_equal(json_string_value(read), expected.at, expected.len);
    json_decref(read);
}

/* Each byte at each place of texts of each length: words of eight and what is left of them. */
static void
every_byte_is_read_back_wherever_it_stands(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 0x80; byte++) {
        for (size_t len = 1; len <= LONGEST; len += len < 20 ? 1 : 7) {
            for (size_t at = 0; at < len; at++) {
                char text[LONGEST];
                memset(text, 'a', sizeof text);
                text[at] = (char)byte;
                assert_read_back((struct span){text, len}, (struct span){text, len});
            }
        }
    }
}

static void
what_is_no_utf8_becomes_a_sign_for_it(void **state)
{
    (void)state;
    assert_read_back(SPAN("株洲市 \"攸县\" \\ 香干\n"), SPAN("株洲市 \"攸县\" \\ 香干\n"));
    assert_read_back(SPAN("12345678\xff"), SPAN("12345678\xef\xbf\xbd"));
    assert_read_back(SPAN("\xe6\xa0"), SPAN("\xef\xbf\xbd\xef\xbf\xbd"));
    assert_read_back(SPAN(""), SPAN(""));
}

static void
commas_stand_between_values_and_nowhere_else(void **state)
{
    (void)state;
    struct buf out = {0};
    struct json_out json = {&out, false};
    json_open(&json, '{');
    json_put_int(&json, "a", INT64_MIN);
    json_put_bool(&json, "b", false);
    json_key(&json, "c");
    json_open(&json, '[');
    json_milli(&json, -1050);
    json_nil(&json);
    json_raw(&json, SPAN("[]"));
    json_close(&json, ']');
    json_put_text(&json, "d", NULL);
    json_put_str(&json, "e", SPAN("x"));
    json_close(&json, '}');
    assert_string_equal(
        buf_text(&out),
        "{\"a\":-9223372036854775808,\"b\":false,\"c\":[-1.05,null,[]],\"d\":null,\"e\":\"x\"}");
    buf_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_is_read_back_wherever_it_stands),
        cmocka_unit_test(what_is_no_utf8_becomes_a_sign_for_it),
        cmocka_unit_test(commas_stand_between_values_and_nowhere_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
