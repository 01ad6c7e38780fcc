/* The options of a command: where each comes from, and every mistake in one go. */
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sample {
    const char *board, *token;
    int64_t count;
    double speed;
    bool json;
};

static const struct option_row rows[] = {
    {"board", 0, OPTION_TEXT, offsetof(struct sample, board), 0, 0, "URL", "SAMPLE_BOARD", "http://a",
     "where it is"},
    {"token", 't', OPTION_TEXT, offsetof(struct sample, token), 0, 0, "TOKEN", NULL, NULL, "who you are"},
    {"count", 'n', OPTION_INT, offsetof(struct sample, count), -5, 100, "N", "SAMPLE_COUNT", "7", "how many"},
    {"speed", 0, OPTION_REAL, offsetof(struct sample, speed), 0, 10, "X", NULL, "1", "how fast"},
    {"json", 'j', OPTION_FLAG, offsetof(struct sample, json), 0, 0, NULL, NULL, NULL, "print JSON"},
};

static const struct command_usage usage = {.name = "sample",
                                           .operands = "[FILE]...",
                                           .operand_most = 2,
                                           .purpose = "is one",
                                           .details = "It has details.",
                                           .examples = "  bochuang sample",
                                           .options = rows,
                                           .option_count = sizeof rows / sizeof *rows};

/* What the words of `line` come to, in one line. */
static const char *
read_line(const char *line)
{
    static struct buf out;
    char words[512], program[] = "sample";
    char *argv[32] = {program};
    int argc = 1;
    struct buf message = {0};
    struct sample sample = {0};
    size_t operand_count;
    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    enum options_verdict verdict = options_parse(&usage, &sample, argc, argv, &operand_count, &message);
    buf_free(&out);
    if (verdict == OPTIONS_READ) {
        buf_printf(&out, "%s %s %d %.2f %d", sample.board, sample.token ? sample.token : "-",
                   (int)sample.count, sample.speed, sample.json);
        for (size_t i = 1; i <= operand_count; i++)
            buf_printf(&out, " %s", argv[i]);
    } else if (verdict == OPTIONS_HELP) {
        buf_add_text(&out, "help");
    } else {
        buf_add_span(&out, buf_span(&message));
    }
    assert_true(verdict == OPTIONS_HELP || (verdict == OPTIONS_WRONG) == (message.len > 0));
    buf_free(&message);
    return buf_text(&out);
}

static void
later_sources_win(void **state)
{
    (void)state;
    assert_string_equal(read_line(""), "http://a - 7 1.00 0");
    setenv("SAMPLE_BOARD", "http://b", 1);
    setenv("SAMPLE_COUNT", "", 1); /* as if it were not there */
    assert_string_equal(read_line(""), "http://b - 7 1.00 0");
    assert_string_equal(read_line("--board http://c"), "http://c - 7 1.00 0");
    setenv("SAMPLE_COUNT", "many", 1);
    assert_string_equal(read_line(""),
                        "SAMPLE_COUNT: expected a whole number from -5 to 100, found \"many\"");
    unsetenv("SAMPLE_BOARD");
    unsetenv("SAMPLE_COUNT");
}

static void
every_way_to_write_one(void **state)
{
    (void)state;
    assert_string_equal(read_line("--board=http://c --count -5 --speed=2.5 --json"), "http://c - -5 2.50 1");
    assert_string_equal(read_line("-t a -n3 -j"), "http://a a 3 1.00 1");
    assert_string_equal(read_line("-ta -n 3"), "http://a a 3 1.00 0");
    assert_string_equal(read_line("one -j two"), "http://a - 7 1.00 1 one two");
    assert_string_equal(read_line("-- -j --json"), "http://a - 7 1.00 0 -j --json");
    assert_string_equal(read_line("- -j"), "http://a - 7 1.00 1 -");
    assert_string_equal(read_line("--board="), " - 7 1.00 0");
    assert_string_equal(read_line("--help"), "help");
    assert_string_equal(read_line("-h --nonsense"), "help");
}

static void
mistakes_are_said(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"--bord x", "unknown option --bord; did you mean --board?"},
        {"--xyzzyxyzzy", "unknown option --xyzzyxyzzy"},
        {"-x", "unknown option -x"},
        {"-jx", "unknown option -jx"},
        {"--json=1", "--json takes no value"},
        {"--board", "--board: expected URL behind it"},
        {"-t", "-t: expected TOKEN behind it"},
        {"--count 101", "--count: expected a whole number from -5 to 100, found \"101\""},
        {"--count 9x", "--count: expected a whole number from -5 to 100, found \"9x\""},
        {"--count=", "--count=: expected a whole number from -5 to 100, found \"\""},
        {"--count -6", "--count: expected a whole number from -5 to 100, found \"-6\""},
        {"--count 99999999999999999999",
         "--count: expected a whole number from -5 to 100, found \"99999999999999999999\""},
        {"--speed nan", "--speed: expected a number from 0 to 10, found \"nan\""},
        {"--speed 11", "--speed: expected a number from 0 to 10, found \"11\""},
        {"--speed 1x", "--speed: expected a number from 0 to 10, found \"1x\""},
        {"--speed=", "--speed=: expected a number from 0 to 10, found \"\""},
        {"a b c", "\"c\" is one argument too many"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!strstr(read_line(cases[i][0]), cases[i][1]))
            fail_msg("%s: %s", cases[i][0], read_line(cases[i][0]));
    assert_string_equal(read_line("-x --json=1"), "unknown option -x\n--json takes no value");
}

static void
the_help_shows_each(void **state)
{
    (void)state;
    struct buf help = {0};
    struct command_usage bare = usage;
    options_help(&usage, &help);
    for (size_t i = 0; i < usage.option_count; i++) {
        assert_non_null(strstr(buf_text(&help), rows[i].help));
        assert_non_null(strstr(buf_text(&help), rows[i].name));
    }
    assert_non_null(
        strstr(buf_text(&help), "usage: bochuang sample [OPTION]... [FILE]...\n\nIt has details.\n"));
    assert_non_null(strstr(buf_text(&help), "-n, --count N"));
    assert_non_null(strstr(buf_text(&help), "how many [7] ($SAMPLE_COUNT)"));
    buf_clear(&help);
    bare.operands = "";
    bare.details = NULL;
    options_help(&bare, &help);
    assert_non_null(strstr(buf_text(&help), "usage: bochuang sample [OPTION]...\n\noptions:\n"));
    buf_free(&help);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_sources_win),
        cmocka_unit_test(every_way_to_write_one),
        cmocka_unit_test(mistakes_are_said),
        cmocka_unit_test(the_help_shows_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
