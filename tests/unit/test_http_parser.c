/* Heads, chunked bodies and queries: every vector in one go, and byte by byte, with the same verdict. */
#include "common/http_parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/http_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
describe(const struct http_head *head, char *out, size_t size)
{
    char body[40] = "none";
    if (head->chunked)
        snprintf(body, sizeof body, "chunked");
    else if (head->has_length)
        snprintf(body, sizeof body, "length=%llu", (unsigned long long)head->content_length);
    snprintf(out, size, "%.*s %.*s%s%.*s 1.%d %s %s%s fields=%zu", SPAN_FMT(head->method_name),
             SPAN_FMT(head->path), head->target.len > head->path.len ? "?" : "", SPAN_FMT(head->query),
             head->minor_version, head->keep_alive ? "keep" : "close", body,
             head->expects_continue ? " 100" : "", head->field_count);
}

/* The bytes in memory of exactly their size, so that a sanitizer sees a read behind them. */
static char *
exact_copy(const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

static int
parse_at_once(const struct head_vector *vector, char *description, size_t size, size_t *used)
{
    char *bytes = exact_copy(vector->bytes, vector->len);
    struct http_head head;
    size_t scanned = 0;
    const char *why = NULL;
    int verdict = http_parse_head((struct span){bytes, vector->len}, &scanned, &head, used, &why);
    if (verdict == HTTP_OK)
        describe(&head, description, size);
    if (verdict > HTTP_MORE && !why)
        fail_msg("%s: no reason is given", vector->name);
    free(bytes);
    return verdict;
}

/* The verdict at the first byte that gives one. */
static int
parse_trickled(const struct head_vector *vector, char *description, size_t size, size_t *used)
{
    struct http_head head;
    size_t scanned = 0;
    const char *why = NULL;
    int verdict = HTTP_MORE;
    for (size_t len = 1; len <= vector->len && verdict == HTTP_MORE; len++) {
        char *bytes = exact_copy(vector->bytes, len);
        size_t before = scanned;
        verdict = http_parse_head((struct span){bytes, len}, &scanned, &head, used, &why);
        if (verdict == HTTP_OK)
            describe(&head, description, size);
        assert_true(scanned >= before && scanned <= len);
        /* Linear: at most the last byte (a CR) is looked at again. */
        assert_true(verdict != HTTP_MORE || len <= 2 || scanned + 1 >= len);
        free(bytes);
    }
    return verdict;
}

static void
check_heads(const struct head_vector *vectors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct head_vector *vector = &vectors[i];
        char once[20000] = "", trickled[20000] = "";
        size_t used = 0, used_trickled = 0;
        int verdict = parse_at_once(vector, once, sizeof once, &used);
        if (verdict != vector->verdict)
            fail_msg("%s: expected %d, found %d", vector->name, vector->verdict, verdict);
        if (vector->reads_as && strcmp(once, vector->reads_as) != 0)
            fail_msg("%s: expected \"%s\", found \"%s\"", vector->name, vector->reads_as, once);
        int again = parse_trickled(vector, trickled, sizeof trickled, &used_trickled);
        if (again != verdict || strcmp(once, trickled) != 0)
            fail_msg("%s: %d in one go, %d byte by byte", vector->name, verdict, again);
        if (verdict == HTTP_OK)
            assert_int_equal(used, used_trickled);
    }
}

static void
test_compliance(void **state)
{
    (void)state;
    check_heads(compliance, COUNT(compliance));
}

static void
test_smuggling(void **state)
{
    (void)state;
    check_heads(smuggling, COUNT(smuggling));
}

static void
test_malformed(void **state)
{
    (void)state;
    check_heads(malformed, COUNT(malformed));
}

static void
test_normalisation(void **state)
{
    (void)state;
    check_heads(normalisation, COUNT(normalisation));
}

static void
test_there_are_many_vectors(void **state)
{
    (void)state;
    size_t heads = COUNT(compliance) + COUNT(smuggling) + COUNT(malformed) + COUNT(normalisation);
    assert_true(heads >= 200);
    assert_true(COUNT(chunk_vectors) >= 50);
}

/* Every byte in a method, a name, a value and a target, against the grammar written down another way. */
static void
test_every_byte(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        bool alphanumeric =
            (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        bool token = alphanumeric || (byte && strchr("!#$%&'*+-.^_`|~", byte));
        bool value = byte == '\t' || (byte >= ' ' && byte != 0x7f);
        bool target = byte > ' ' && byte < 0x7f && byte != '#';
        const struct {
            const char *text; /* the byte goes where the @ is */
            bool good;
        } places[] = {
            {"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", token},
            {"GET /a@b HTTP/1.1\r\nHost: a\r\n\r\n", target},
            {"GET / HTTP/1.1\r\nHost: a\r\nX@Y: b\r\n\r\n", token || byte == ':'},
            {"GET / HTTP/1.1\r\nHost: a\r\nX: a@b\r\n\r\n", value},
        };
        for (size_t i = 0; i < COUNT(places); i++) {
            char bytes[100];
            size_t len = strlen(places[i].text);
            memcpy(bytes, places[i].text, len);
            *(char *)memchr(bytes, '@', len) = (char)byte;
            const struct head_vector vector = {places[i].text, bytes, len, 0, NULL};
            char description[200];
            size_t used;
            int verdict = parse_at_once(&vector, description, sizeof description, &used);
            if (verdict != (places[i].good ? HTTP_OK : 400))
                fail_msg("byte %d in \"%s\": found %d", byte, places[i].text, verdict);
        }
    }
}

static void
test_fields_and_spans(void **state)
{
    (void)state;
    const char text[] =
        "POST /v1/x?a=1 HTTP/1.1\r\nHost: a\r\nauthorization:  Bearer t \r\n"
        "CONTENT-TYPE: application/json\r\nContent-Length: 2\r\nX-One: 1\r\nx-one: 2\r\n\r\n{}";
    struct http_head head;
    size_t scanned = 0, used = 0;
    const char *why = NULL;
    assert_int_equal(http_parse_head(SPAN(text), &scanned, &head, &used, &why), HTTP_OK);
    assert_int_equal(used, sizeof text - 1 - 2);
    assert_int_equal(head.method, HTTP_POST);
    assert_true(span_is(head.target, "/v1/x?a=1"));
    assert_true(span_is(head.path, "/v1/x"));
    assert_true(span_is(head.query, "a=1"));
    assert_true(span_is(head.authorization, "Bearer t"));
    assert_true(span_is(head.content_type, "application/json"));
    assert_true(span_is(http_field(&head, "x-one"), "1"));
    assert_null(http_field(&head, "x-two").at);
}

/* --- Chunked bodies --- */

/* Decodes in pieces of `step` raw bytes; `decoded` and `*rest` are filled for a body that ends. */
static int
decode_in_steps(const struct chunk_vector *vector, size_t step, char *decoded, size_t *rest)
{
    struct http_chunks chunks = {0};
    const char *why = NULL;
    int verdict = HTTP_MORE;
    size_t at = 0, decoded_len = 0;
    while (at < vector->len && verdict == HTTP_MORE) {
        size_t len = vector->len - at < step ? vector->len - at : step;
        char *piece = exact_copy(vector->bytes + at, len);
        size_t raw = len, used = 0;
        verdict = http_parse_chunks(&chunks, piece, &len, &used, &why);
        assert_true(used <= raw && len <= used);
        assert_true(verdict != HTTP_MORE || used == raw);
        memcpy(decoded + decoded_len, piece, len);
        decoded_len += len;
        at += used;
        free(piece);
    }
    decoded[decoded_len] = '\0';
    assert_true(verdict > HTTP_MORE || chunks.total_bytes == decoded_len);
    *rest = vector->len - at;
    return verdict;
}

static void
test_chunks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chunk_vectors); i++) {
        const struct chunk_vector *vector = &chunk_vectors[i];
        static const size_t steps[] = {SIZE_MAX, 1, 2, 3, 7};
        for (size_t j = 0; j < COUNT(steps); j++) {
            char decoded[8192];
            size_t rest = 0;
            int verdict = decode_in_steps(vector, steps[j], decoded, &rest);
            if (verdict != vector->verdict)
                fail_msg("%s, %zu at a time: expected %d, found %d", vector->name, steps[j], vector->verdict,
                         verdict);
            if (vector->decoded)
                assert_string_equal(decoded, vector->decoded);
            if (verdict == HTTP_OK && rest != vector->rest)
                fail_msg("%s: expected %zu bytes behind the body, found %zu", vector->name, vector->rest,
                         rest);
        }
    }
}

/* --- Queries --- */

static void
test_query(void **state)
{
    (void)state;
    static const struct {
        const char *query, *name;
        int found;
        const char *value;
    } cases[] = {
        {"a=1&b=2", "a", 1, "1"},
        {"a=1&b=2", "b", 1, "2"},
        {"a=1&b=2", "c", 0, ""},
        {"", "a", 0, ""},
        {"a", "a", 1, ""},
        {"a=", "a", 1, ""},
        {"aa=1", "a", 0, ""},
        {"a=1", "aa", 0, ""},
        {"a=b=c", "a", 1, "b=c"},
        {"&&a=1&&", "a", 1, "1"},
        {"=1&a=2", "a", 1, "2"},
        {"by=county,product", "by", 1, "county,product"},
        {"a=%E6%94%B8", "a", 1, "\xe6\x94\xb8"},
        {"a=%e6%94%b8", "a", 1, "\xe6\x94\xb8"},
        {"bucket%5Fs=60", "bucket_s", 1, "60"},
        {"t=19:00+08:00", "t", 1, "19:00+08:00"},
        {"a=1&a=1", "a", -1, NULL},
        {"a=1&%61=2", "a", -1, NULL},
        {"a=%", "a", -1, NULL},
        {"a=%4", "a", -1, NULL},
        {"a=%zz", "a", -1, NULL},
        {"a=%00", "a", -1, NULL},
        {"a=%ff", "a", -1, NULL},
        {"a=%C0%80", "a", -1, NULL},
        {"a=123456789", "a", -1, NULL},
        {"a=12345678", "a", -1, NULL},
        {"a=1234567", "a", 1, "1234567"},
        {"%zz=1&a=2", "a", 1, "2"},
        {"%00=1&a=2", "a", 1, "2"},
        {"b=%zz&a=2", "a", 1, "2"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char small[8], roomy[100];
        bool tight = strncmp(cases[i].query, "a=1234", 6) == 0;
        char *out = tight ? small : roomy;
        char *query = exact_copy(cases[i].query, strlen(cases[i].query));
        int found = http_query((struct span){query, strlen(cases[i].query)}, cases[i].name, out,
                               tight ? sizeof small : sizeof roomy);
        if (found != cases[i].found)
            fail_msg("%s in \"%s\": expected %d, found %d", cases[i].name, cases[i].query, cases[i].found,
                     found);
        if (cases[i].value)
            assert_string_equal(out, cases[i].value);
        free(query);
    }
}

static void
test_segment(void **state)
{
    (void)state;
    char out[8];
    assert_true(http_decode_segment(SPAN("yx-01"), out, sizeof out));
    assert_string_equal(out, "yx-01");
    assert_true(http_decode_segment(SPAN("%e6%94%b8"), out, sizeof out));
    assert_string_equal(out, "\xe6\x94\xb8");
    assert_true(http_decode_segment(SPAN(""), out, sizeof out));
    assert_true(http_decode_segment(SPAN("a%2Bb+"), out, sizeof out));
    assert_string_equal(out, "a+b+");
    assert_true(http_decode_segment(SPAN("1234567"), out, sizeof out));
    assert_false(http_decode_segment(SPAN("12345678"), out, sizeof out));
    assert_false(http_decode_segment(SPAN("a%2fb"), out, sizeof out));
    assert_false(http_decode_segment(SPAN("a/b"), out, sizeof out));
    assert_false(http_decode_segment(SPAN("a%00"), out, sizeof out));
    assert_false(http_decode_segment(SPAN("%"), out, sizeof out));
    assert_false(http_decode_segment(SPAN("%1"), out, sizeof out));
    assert_false(http_decode_segment(SPAN("%1g"), out, sizeof out));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compliance),
        cmocka_unit_test(test_smuggling),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_normalisation),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_there_are_many_vectors),
        cmocka_unit_test(test_fields_and_spans),
        cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
