#include "cli/options.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "common/sentence.h"
#include "common/span.h"

enum { OPTIONS_MOST = 32, HELP_COLUMN = 22 };

/* What is being read, and what was wrong so far. */
struct reading {
    const struct command_usage *usage;
    char *settings;
    struct buf *message;
    bool wrong, help;
};

static void __attribute__((format(printf, 2, 3))) complain(struct reading *reading, const char *format, ...)
{
    char sentence[512];
    va_list arguments;
    va_start(arguments, format);
    sentence_write(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    buf_printf(reading->message, "%s%s", reading->wrong ? "\n" : "", sentence);
    reading->wrong = true;
}

/* --- Values --- */

static void
put_int(struct reading *reading, const struct option_row *row, const char *text, const char *from)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < row->least || value > row->most)
        complain(reading, "%s: expected a whole number from %" PRId64 " to %" PRId64 ", found \"%.40s\"",
                 from, row->least, row->most, text);
    else
        memcpy(reading->settings + row->offset, &(int64_t){value}, sizeof(int64_t));
}

static void
put_real(struct reading *reading, const struct option_row *row, const char *text, const char *from)
{
    char *end;
    double value = strtod(text, &end);
    bool within = value >= (double)row->least && value <= (double)row->most; /* false for a NaN */
    if (end == text || *end != '\0' || !within)
        complain(reading, "%s: expected a number from %" PRId64 " to %" PRId64 ", found \"%.40s\"", from,
                 row->least, row->most, text);
    else
        memcpy(reading->settings + row->offset, &value, sizeof value);
}

static void
put(struct reading *reading, const struct option_row *row, const char *text, const char *from)
{
    switch (row->kind) {
    case OPTION_TEXT:
        memcpy(reading->settings + row->offset, &text, sizeof text);
        break;
    case OPTION_INT:
        put_int(reading, row, text, from);
        break;
    case OPTION_REAL:
        put_real(reading, row, text, from);
        break;
    case OPTION_FLAG:
        memcpy(reading->settings + row->offset, &(bool){true}, sizeof(bool));
        break;
    }
}

static void
put_defaults(struct reading *reading)
{
    for (size_t i = 0; i < reading->usage->option_count; i++) {
        const struct option_row *row = &reading->usage->options[i];
        const char *set = row->variable ? getenv(row->variable) : NULL;
        if (set && *set)
            put(reading, row, set, row->variable);
        else if (row->fallback)
            put(reading, row, row->fallback, row->name);
    }
}

/* --- The command line --- */

static const struct option_row *
find_name(const struct command_usage *usage, struct span name)
{
    for (size_t i = 0; i < usage->option_count; i++)
        if (span_is(name, usage->options[i].name))
            return &usage->options[i];
    return NULL;
}

static const struct option_row *
find_letter(const struct command_usage *usage, char letter)
{
    for (size_t i = 0; i < usage->option_count; i++)
        if (usage->options[i].letter == letter)
            return &usage->options[i];
    return NULL;
}

static void
unknown_name(struct reading *reading, struct span name)
{
    const char *names[OPTIONS_MOST];
    size_t count = reading->usage->option_count;
    for (size_t i = 0; i < count; i++)
        names[i] = reading->usage->options[i].name;
    const char *near = nearest_name(name, names, count);
    complain(reading, "unknown option --%.*s%s%s%s", SPAN_FMT(name), near ? "; did you mean --" : "",
             near ? near : "", near ? "?" : "");
}

/* Reads the option in argv[at]; returns how many arguments it took. */
static int
read_long(struct reading *reading, int at, int argc, char **argv)
{
    const char *written = argv[at] + 2;
    const char *equals = strchr(written, '=');
    struct span name = {written, equals ? (size_t)(equals - written) : strlen(written)};
    if (span_is(name, "help")) {
        reading->help = true;
        return 1;
    }
    const struct option_row *row = find_name(reading->usage, name);
    if (!row) {
        unknown_name(reading, name);
        return 1;
    }
    bool takes_one = row->kind != OPTION_FLAG;
    if (!takes_one && equals)
        complain(reading, "--%s takes no value", row->name);
    else if (takes_one && !equals && at + 1 >= argc)
        complain(reading, "--%s: expected %s behind it", row->name, row->argument);
    else
        put(reading, row, equals ? equals + 1 : argv[at + 1], argv[at]);
    return takes_one && !equals ? 2 : 1;
}

static int
read_letter(struct reading *reading, int at, int argc, char **argv)
{
    char letter = argv[at][1];
    const struct option_row *row = find_letter(reading->usage, letter);
    if (letter == 'h' && !row) {
        reading->help = true;
        return 1;
    }
    if (!row || (row->kind == OPTION_FLAG && argv[at][2])) {
        complain(reading, "unknown option %s", argv[at]);
        return 1;
    }
    if (row->kind != OPTION_FLAG && !argv[at][2] && at + 1 >= argc) {
        complain(reading, "-%c: expected %s behind it", letter, row->argument);
        return 1;
    }
    bool apart = row->kind != OPTION_FLAG && !argv[at][2];
    put(reading, row, apart ? argv[at + 1] : argv[at] + 2, argv[at]);
    return apart ? 2 : 1;
}

enum options_verdict
options_parse(const struct command_usage *usage, void *settings, int argc, char **argv, size_t *operand_count,
              struct buf *message)
{
    assert(argc >= 1 && usage->option_count <= OPTIONS_MOST);
    struct reading reading = {.usage = usage, .settings = settings, .message = message};
    put_defaults(&reading);
    size_t operands = 0;
    bool only_operands = false;
    for (int at = 1; at < argc;) {
        if (!only_operands && strcmp(argv[at], "--") == 0) {
            only_operands = true;
            at++;
        } else if (!only_operands && strncmp(argv[at], "--", 2) == 0) {
            at += read_long(&reading, at, argc, argv);
        } else if (!only_operands && argv[at][0] == '-' && argv[at][1]) {
            at += read_letter(&reading, at, argc, argv);
        } else {
            if (operands == usage->operand_most)
                complain(&reading, "\"%.60s\" is one argument too many", argv[at]);
            else
                argv[1 + operands++] = argv[at];
            at++;
        }
    }
    *operand_count = operands;
    if (reading.help)
        return OPTIONS_HELP;
    return reading.wrong ? OPTIONS_WRONG : OPTIONS_READ;
}

/* --- Help --- */

static void
help_row(const struct option_row *row, struct buf *out)
{
    char left[64];
    snprintf(left, sizeof left, "%c%c%s--%s%s%s", row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
             row->letter ? ", " : "  ", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    buf_printf(out, "  %-*s  %s", HELP_COLUMN, left, row->help);
    if (row->fallback)
        buf_printf(out, " [%s]", row->fallback);
    if (row->variable)
        buf_printf(out, " ($%s)", row->variable);
    buf_add_byte(out, '\n');
}

void
options_help(const struct command_usage *usage, struct buf *out)
{
    buf_printf(out, "bochuang %s: %s\n\nusage: bochuang %s [OPTION]...%s%s\n", usage->name, usage->purpose,
               usage->name, *usage->operands ? " " : "", usage->operands);
    if (usage->details)
        buf_printf(out, "\n%s\n", usage->details);
    buf_add_text(out, "\noptions:\n");
    for (size_t i = 0; i < usage->option_count; i++)
        help_row(&usage->options[i], out);
    buf_printf(out, "      %-*s  %s\n", HELP_COLUMN - 4, "--help", "print this");
    buf_printf(out, "\nexamples:\n%s\n", usage->examples);
}

size_t
options_take(const struct command_usage *usage, void *settings, int argc, char **argv)
{
    struct buf message = {0};
    size_t operand_count;
    enum options_verdict verdict = options_parse(usage, settings, argc, argv, &operand_count, &message);
    if (verdict == OPTIONS_HELP) {
        buf_clear(&message);
        options_help(usage, &message);
        fputs(buf_text(&message), stdout);
        exit(0);
    }
    if (verdict == OPTIONS_WRONG)
        options_refuse(usage, "%s", buf_text(&message));
    buf_free(&message);
    return operand_count;
}

void
options_refuse(const struct command_usage *usage, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "bochuang %s: ", usage->name);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n\"bochuang %s --help\" says how it is used\n", usage->name);
    exit(2);
}
