/* `bochuang check`, as a person sees it: what it prints and how it exits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/check.h"

static const char wrong_file[] =
    "contest: a\ntitel: b\nopens: 2021-01-02T00:00:00Z\ncloses: 2021-01-01T00:00:00Z\n"
    "counties: [{id: 1, name: c}]\nproducts: []\nstreamers: []\nsessions: []\n";
static const char right_file[] =
    "contest: a\ntitle: b\nopens: 2021-01-01T00:00:00Z\ncloses: 2021-01-02T00:00:00Z\n"
    "counties: [{id: 1, name: c}]\nproducts: []\nstreamers: []\nsessions: []\n";

struct run {
    int code;
    char out[4096];
};

/* Runs the command with standard output and standard error in a file. */
static struct run
run(int argc, const char *const *argv)
{
    struct run result = {0};
    FILE *capture = tmpfile();
    assert_non_null(capture);
    fflush(stdout);
    fflush(stderr);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    dup2(fileno(capture), STDOUT_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
    result.code = command_check(argc, (char **)argv);
    fflush(stdout);
    fflush(stderr);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    rewind(capture);
    size_t len = fread(result.out, 1, sizeof result.out - 1, capture);
    result.out[len] = '\0';
    fclose(capture);
    return result;
}

/* Checks a file of that content; `option` may be NULL. Its path in what was printed becomes FILE. */
static struct run
run_on(const char *content, const char *option)
{
    char path[] = "/tmp/bochuang-check-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
    close(file);
    const char *argv[] = {"check", option ? option : path, option ? path : NULL, NULL};
    struct run result = run(option ? 3 : 2, argv);
    unlink(path);
    for (char *at = strstr(result.out, path); at; at = strstr(result.out, path)) {
        memcpy(at, "FILE", 4);
        memmove(at + 4, at + strlen(path), strlen(at + strlen(path)) + 1);
    }
    return result;
}

static void
test_right(void **state)
{
    (void)state;
    struct run result = run_on(right_file, NULL);
    assert_int_equal(result.code, 0);
    assert_string_equal(result.out,
                        "FILE: right: contest a, 1 county, 0 products, 0 streamers, 0 sessions, 0 judges, "
                        "0 rankings, 0 awards\n");
}

static void
test_wrong_says_file_line_field(void **state)
{
    (void)state;
    struct run result = run_on(wrong_file, NULL);
    assert_int_equal(result.code, 1);
    assert_string_equal(
        result.out,
        "FILE:1: title: expected this field of a contest, found none\n"
        "FILE:2: titel: expected a field of a contest (did you mean \"title\"?), found \"titel\"\n"
        "FILE:4: closes: expected a time after \"opens\", found an earlier or the same one\n");
}

static void
test_json(void **state)
{
    (void)state;
    struct run result = run_on(right_file, "-j");
    assert_int_equal(result.code, 0);
    assert_string_equal(result.out,
                        "{\"file\":\"FILE\",\"right\":true,\"errors\":[],\"more_errors\":0,\"contest\":\"a\","
                        "\"counties\":1,\"products\":0,\"streamers\":0,\"sessions\":0,\"judges\":0,"
                        "\"rankings\":0,\"awards\":0}\n");
    result = run_on(wrong_file, "--json");
    assert_int_equal(result.code, 1);
    assert_non_null(
        strstr(result.out, "\"right\":false,\"errors\":[{\"line\":1,\"field\":\"title\",\"message\":\""));
}

static void
test_usage(void **state)
{
    (void)state;
    const char *none[] = {"check", NULL};
    const char *two[] = {"check", "a", "b", NULL};
    const char *unknown[] = {"check", "-x", "a", NULL};
    const char *help[] = {"check", "--help", NULL};
    const char *nowhere[] = {"check", "/nowhere/at-all.yaml", NULL};
    assert_int_equal(run(1, none).code, 2);
    assert_int_equal(run(3, two).code, 2);
    assert_int_equal(run(3, unknown).code, 2);
    assert_int_equal(run(2, help).code, 0);
    struct run result = run(2, nowhere);
    assert_int_equal(result.code, 1);
    assert_non_null(strstr(result.out, "No such file"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_wrong_says_file_line_field),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
