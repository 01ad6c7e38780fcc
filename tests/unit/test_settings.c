/* Settings are loaded in a child process each time, since a wrong one ends the program: that is its job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/settings.h"

struct sample {
    const char *address;
    int64_t port;
    bool strict;
    struct setting_list contest;
};

static const struct setting table[] = {
    {"address", SETTING_TEXT, offsetof(struct sample, address), 0, 0, "127.0.0.1", "Where it listens."},
    {"port_number", SETTING_INT, offsetof(struct sample, port), 0, 65535, "8300", "The port."},
    {"strict", SETTING_BOOL, offsetof(struct sample, strict), 0, 0, "false", "Whether it is strict."},
    {"contest", SETTING_LIST, offsetof(struct sample, contest), 0, 0, NULL, "Contest files."},
};

struct outcome {
    int status;
    char text[2048]; /* what it said, on either stream */
};

extern int __llvm_profile_write_file(void) __attribute__((weak));

static void
print_and_exit(int argc, char **argv)
{
    struct sample sample;
    settings_load(table, sizeof table / sizeof *table, &sample, "sample", "a sample", argc, argv);
    printf("%s %d %d", sample.address, (int)sample.port, sample.strict);
    for (size_t i = 0; i < sample.contest.count; i++)
        printf(" %s", sample.contest.items[i]);
    fflush(stdout);
    if (__llvm_profile_write_file) /* a child that leaves by the back door is covered, too: scripts/coverage
                                    */
        __llvm_profile_write_file();
    _exit(0);
}

/* Loads with the words of `line` as arguments, and with `yaml`, where not NULL, as the file. */
static struct outcome
load(const char *yaml, const char *line)
{
    char words[512], path[] = "/tmp/bochuang-settings-XXXXXX";
    static char program[] = "sample", config[] = "--config";
    char *argv[32] = {program};
    int argc = 1;
    int file = mkstemp(path);
    assert_true(file >= 0);
    if (yaml) {
        assert_int_equal(write(file, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
        argv[argc++] = config;
        argv[argc++] = path;
    }
    close(file);
    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        dup2(pipes[1], STDERR_FILENO);
        print_and_exit(argc, argv);
    }
    close(pipes[1]);
    struct outcome outcome = {0};
    size_t len = 0;
    ssize_t got;
    while ((got = read(pipes[0], outcome.text + len, sizeof outcome.text - 1 - len)) > 0)
        len += (size_t)got;
    close(pipes[0]);
    waitpid(child, &outcome.status, 0);
    outcome.status = WIFEXITED(outcome.status) ? WEXITSTATUS(outcome.status) : -1;
    unlink(path);
    return outcome;
}

static void
expect(const char *yaml, const char *line, const char *text)
{
    struct outcome outcome = load(yaml, line);
    assert_string_equal(outcome.text, text);
    assert_int_equal(outcome.status, 0);
}

static void
test_defaults(void **state)
{
    (void)state;
    expect(NULL, "", "127.0.0.1 8300 0");
    expect("", "", "127.0.0.1 8300 0");
    expect("# nothing\n", "", "127.0.0.1 8300 0");
}

static void
test_later_sources_win(void **state)
{
    (void)state;
    const char *yaml = "address: ::1\nport_number: 1\nstrict: true\ncontest: [a.yaml, b.yaml]\n";
    expect(yaml, "", "::1 1 1 a.yaml b.yaml");
    expect(yaml, "--port-number 2", "::1 2 1 a.yaml b.yaml");
    expect(yaml, "--port-number=3 --strict=false", "::1 3 0 a.yaml b.yaml");
    expect(yaml, "--contest c.yaml --contest d.yaml", "::1 1 1 c.yaml d.yaml");
    expect("strict: yes\n", "", "127.0.0.1 8300 1");
    expect("strict: no\n", "", "127.0.0.1 8300 0");
    expect("contest: one.yaml\n", "--strict", "127.0.0.1 8300 1 one.yaml");
}

static void
expect_complaint(const char *yaml, const char *line, const char *part)
{
    struct outcome outcome = load(yaml, line);
    if (!strstr(outcome.text, part))
        fail_msg("expected \"%s\" in: %s", part, outcome.text);
    assert_int_equal(outcome.status, 2);
}

static void
test_all_complaints_come_at_once(void **state)
{
    (void)state;
    const char *yaml = "addres: x\nport_number: many\n\nstrict: perhaps\n";
    static const char *const parts[] = {
        ":1: addres: there is no such setting; the nearest is address",
        ":2: port_number: expected a whole number from 0 to 65535, found \"many\"",
        ":4: strict: expected true or false, found \"perhaps\"",
        "--prot-number: there is no such option; the nearest is --port-number",
        "extra: expected an option",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        expect_complaint(yaml, "--prot-number 9 extra", parts[i]);
}

static void
test_what_is_wrong(void **state)
{
    (void)state;
    expect_complaint("port_number: 65536\n", "", "found \"65536\"");
    expect_complaint("port_number: 99999999999999999999\n", "", "expected a whole number");
    expect_complaint("port_number: 1x\n", "", "expected a whole number");
    expect_complaint("port_number: [1]\n", "", "expected one value, found a list");
    expect_complaint("address: {a: b}\n", "", "expected one value, found a mapping");
    expect_complaint("- a\n", "", "expected lines of the form");
    expect_complaint("address: a\naddress: b\n", "", ":2: address: is given twice");
    expect_complaint("address: \"a\n", "", "not YAML");
    expect_complaint(NULL, "--config /no/such/file", "cannot open /no/such/file");
    expect_complaint("contest: [a, [b]]\n", "", ":1: contest: expected a list of single values");
    expect_complaint("contest: {a: b}\n", "", "expected one value, found a mapping");
    expect_complaint("[a]: b\n", "", ":1:");
    expect_complaint("? [a]\n: b\naddress: c\naddress: d\n", "", ":4: address: is given twice");
    expect_complaint("zzzzzzzzzzzzz: 1\n", "", "zzzzzzzzzzzzz: there is no such setting\n");
    expect_complaint(NULL, "--config=/no/such/file", "cannot open /no/such/file");
    expect_complaint(NULL, "--", "expected an option");
    expect_complaint(NULL, "-p 1", "expected an option");
    expect_complaint(
        NULL,
        "--xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=1",
        "xxx");
    expect_complaint(NULL, "--strict=perhaps", "expected true or false");
    expect_complaint("port_number: \n", "", "expected a whole number");
    expect_complaint("port_number: -1\n", "", "expected a whole number");
    expect_complaint(NULL, "--port-number", "expected a value behind it");
    expect_complaint(NULL, "--zzzzzzzzzz 1", "--zzzzzzzzzz: there is no such option");
}

static void
test_help_and_version(void **state)
{
    (void)state;
    struct outcome help = load(NULL, "--port-number nonsense --help");
    assert_int_equal(help.status, 0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_non_null(strstr(help.text, table[i].help));
    assert_non_null(strstr(help.text, "--port-number N"));
    assert_non_null(strstr(help.text, "Default: 8300."));
    struct outcome version = load(NULL, "--version");
    assert_string_equal(version.text, "sample " BOCHUANG_VERSION "\n");
    assert_int_equal(version.status, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_later_sources_win),
        cmocka_unit_test(test_all_complaints_come_at_once),
        cmocka_unit_test(test_what_is_wrong),
        cmocka_unit_test(test_help_and_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
