#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/token.h"
#include "common/utf8.h"

static char text[TOKEN_LEN + 1];

static const struct token_record *
check(const struct token_book *book, const char *before, const char *token)
{
    char field[200];
    assert_true(strlen(before) + strlen(token) < sizeof field);
    strcpy(field, before);
    strcat(field, token);
    return token_check(book, span_of(field));
}

static void
test_form(void **state)
{
    (void)state;
    struct token_record record;
    token_make(ROLE_STREAMER, "yx-01", "攸县一队", 1234, text, &record);
    assert_int_equal(strlen(text), 46);
    assert_memory_equal(text, "bc_", 3);
    assert_memory_equal(text + 3, record.key, TOKEN_KEY_LEN);
    assert_int_equal(text[13], '_');
    assert_int_equal(strspn(text + 14, "abcdefghijklmnopqrstuvwxyz234567"), TOKEN_SECRET_LEN);
    assert_int_equal(record.role, ROLE_STREAMER);
    assert_string_equal(record.streamer, "yx-01");
    assert_string_equal(record.label, "攸县一队");
    assert_int_equal(record.created_ms, 1234);
    assert_false(record.revoked);
    char other[TOKEN_LEN + 1];
    token_make(ROLE_JUDGE, NULL, NULL, 0, other, &record);
    assert_string_not_equal(text, other);
    assert_string_equal(record.streamer, "");
}

static void
test_long_label_is_cut_between_characters(void **state)
{
    (void)state;
    struct token_record record;
    token_make(ROLE_JUDGE, NULL, "评委评委评委评委评委评委评委评委评委评委评委评委", 0, text, &record);
    assert_int_equal(strlen(record.label), 63);
    assert_true(utf8_is_valid(span_of(record.label)));
}

static void
test_record_reads_back(void **state)
{
    (void)state;
    struct token_record record, again;
    struct buf json = {0};
    token_make(ROLE_STREAMER, "yx-01", "a \"label\"\n", 1637895600123, text, &record);
    record.revoked = true;
    token_encode(&record, &json);
    assert_null(strstr(buf_text(&json), text + 14)); /* the secret is nowhere */
    assert_true(token_decode(buf_span(&json), &again));
    assert_string_equal(again.key, record.key);
    assert_memory_equal(again.hash, record.hash, TOKEN_HASH_LEN);
    assert_int_equal(again.role, record.role);
    assert_string_equal(again.streamer, record.streamer);
    assert_string_equal(again.label, record.label);
    assert_int_equal(again.created_ms, record.created_ms);
    assert_true(again.revoked);
    buf_free(&json);
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A text that is none cannot be written: the buffer says so, as when memory is out. */
static void
test_encode_refuses(void **state)
{
    (void)state;
    struct token_record record;
    struct buf out = {0};
    token_make(ROLE_JUDGE, NULL, "x", 0, text, &record);
    strcpy(record.label, "\xff");
    token_encode(&record, &out);
    assert_true(out.failed);
    buf_free(&out);
}

static void
test_decode_refuses(void **state)
{
    (void)state;
    static const char good[] =
        "{\"key\":\"abcdefghij\",\"hash\":\"" HASH
        "\",\"role\":\"judge\",\"streamer\":\"\",\"label\":\"\",\"created_ms\":1,\"revoked\":false}";
    static const char *const changes[][2] = {
        {"abcdefghij", "abcdefghi"},
        {"abcdefghij", "abcdefghi1"},
        {"abcdefghij", "abcd\\u0000fghi"},
        {HASH, "00"},
        {HASH, HASH "00"},
        {"01234567", "0123456z"},
        {"judge", "none"},
        {"judge", "king"},
        {"judge", "streamer"},
        {"\"streamer\":\"\"", "\"streamer\":\"s\""},
        {":1,", ":-1,"},
        {":1,", ":\"1\","},
        {":false", ":0"},
        {"{\"key\"", "[\"key\""},
        {"\"label\":\"\",", ""},
        {"\"label\":\"\"",
         "\"label\":\"0123456789012345678901234567890123456789012345678901234567890123456789\""},
    };
    struct token_record record;
    assert_true(token_decode(SPAN(good), &record));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *at = strstr(good, changes[i][0]);
        char bad[512];
        snprintf(bad, sizeof bad, "%.*s%s%s", (int)(at - good), good, changes[i][1],
                 at + strlen(changes[i][0]));
        if (token_decode(span_of(bad), &record))
            fail_msg("taken: %s", bad);
    }
    assert_false(token_decode((struct span){0}, &record));
}

static void
test_check(void **state)
{
    (void)state;
    struct token_record record;
    struct token_book *book = token_book_new();
    token_make(ROLE_ORGANISER, NULL, "x", 0, text, &record);
    assert_null(check(book, "Bearer ", text));
    assert_true(token_book_put(book, &record));
    assert_int_equal(check(book, "Bearer ", text)->role, ROLE_ORGANISER);
    assert_non_null(check(book, "bEARER   ", text));
    static const char *const before[] = {"", "Bearer", "Basic ", "Bearer x", "Bearer\t", " Bearer "};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        assert_null(check(book, before[i], text));
    static const char *const fields[] = {"", "Bearer", "Bearer ", "Bearer bc_"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_null(check(book, fields[i], ""));
    char longer[TOKEN_LEN + 2];
    snprintf(longer, sizeof longer, "%sa", text);
    assert_null(check(book, "Bearer ", longer));
    for (size_t i = 0; i < TOKEN_LEN; i++) {
        char other[TOKEN_LEN + 1];
        memcpy(other, text, sizeof other);
        other[i] = other[i] == 'b' ? 'c' : 'b';
        assert_null(check(book, "Bearer ", other));
    }
    assert_null(token_check(book, (struct span){0}));
    token_book_free(book);
}

static void
test_revocation(void **state)
{
    (void)state;
    struct token_record record;
    struct token_book *book = token_book_new();
    token_make(ROLE_CONNECTOR, NULL, "x", 0, text, &record);
    token_book_put(book, &record);
    uint64_t generation = token_book_generation(book);
    record.revoked = true;
    token_book_put(book, &record);
    assert_int_not_equal(token_book_generation(book), generation);
    assert_null(check(book, "Bearer ", text));
    assert_int_equal(token_book_count(book), 1);
    token_book_free(book);
    token_book_free(NULL);
}

static void
test_many_in_order(void **state)
{
    (void)state;
    enum { MANY = 500 };
    static char texts[MANY][TOKEN_LEN + 1];
    struct token_book *book = token_book_new();
    for (int i = 0; i < MANY; i++) {
        struct token_record record;
        token_make(ROLE_CONNECTOR, NULL, NULL, i, texts[i], &record);
        assert_true(token_book_put(book, &record));
    }
    assert_int_equal(token_book_count(book), MANY);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(token_book_at(book, (size_t)i)->created_ms, i);
        assert_int_equal(check(book, "Bearer ", texts[i])->created_ms, i);
    }
    token_book_free(book);
}

static void
test_roles(void **state)
{
    (void)state;
    for (int role = ROLE_STREAMER; role < ROLE_COUNT; role++)
        assert_int_equal(role_find(span_of(role_name((enum role)role))), role);
    assert_int_equal(role_find(SPAN("none")), ROLE_NONE);
    assert_int_equal(role_find(SPAN("")), ROLE_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),
        cmocka_unit_test(test_long_label_is_cut_between_characters),
        cmocka_unit_test(test_encode_refuses),
        cmocka_unit_test(test_decode_refuses),
        cmocka_unit_test(test_record_reads_back),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_revocation),
        cmocka_unit_test(test_many_in_order),
        cmocka_unit_test(test_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
