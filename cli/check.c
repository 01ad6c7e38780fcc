#include "cli/check.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/contest.h"
#include "common/json_out.h"
#include "common/limits.h"

enum { EXIT_RIGHT = 0, EXIT_WRONG = 1, EXIT_USAGE = 2 };

static const char help[] =
    "bochuang check: says whether a contest file is right, without starting anything\n"
    "\n"
    "usage: bochuang check [OPTION]... FILE\n"
    "\n"
    "Each mistake is one line: FILE:LINE: field: what was expected, and what was found. FILE may be - for\n"
    "standard input. Exit code: 0 the file is right, 1 it is not or cannot be read, 2 wrong usage.\n"
    "config/contests/example.yaml explains every field.\n"
    "\n"
    "options:\n"
    "  -j, --json              print JSON\n"
    "      --help              print this\n"
    "\n"
    "examples:\n"
    "  bochuang check config/contests/example.yaml\n"
    "  bochuang check my-contest.yaml -j\n";

/* Reads at most one byte more than a contest file may have: enough for contest_load() to refuse it. */
static bool
read_file(const char *path, struct buf *text)
{
    bool from_stdin = strcmp(path, "-") == 0;
    FILE *file = from_stdin ? stdin : fopen(path, "rb");
    if (!file)
        return false;
    while (text->len <= LIMIT_CONTEST_FILE_BYTES && buf_reserve(text, BUFSIZ)) {
        size_t got = fread(text->at + text->len, 1, BUFSIZ, file);
        if (got == 0)
            break;
        text->len += got;
    }
    int problem = ferror(file) ? errno : text->failed ? ENOMEM : 0;
    if (!from_stdin)
        fclose(file);
    errno = problem;
    return problem == 0;
}

/* What a contest has, in the order of the file. */
struct number {
    const char *one, *many;
    size_t count;
};

enum { NUMBER_COUNT = 7 };

static void
count_entities(const struct contest *contest, struct number numbers[NUMBER_COUNT])
{
    const struct number all[NUMBER_COUNT] = {
        {"county", "counties", contest->county_count},      {"product", "products", contest->product_count},
        {"streamer", "streamers", contest->streamer_count}, {"session", "sessions", contest->session_count},
        {"judge", "judges", contest->judge_count},          {"ranking", "rankings", contest->ranking_count},
        {"award", "awards", contest->award_count},
    };
    memcpy(numbers, all, sizeof all);
}

static void
print_text(const char *path, const struct contest *contest, const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++) {
        const struct complaint *complaint = &errors->items[i];
        printf("%s:", path);
        if (complaint->line > 0)
            printf("%d:", complaint->line);
        printf(" %s%s%s\n", complaint->field, complaint->field[0] ? ": " : "", complaint->message);
    }
    if (errors->dropped > 0)
        printf("%s: and %zu more\n", path, errors->dropped);
    if (!contest)
        return;
    struct number numbers[NUMBER_COUNT];
    count_entities(contest, numbers);
    printf("%s: right: contest %s", path, contest->id);
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        printf(", %zu %s", numbers[i].count, numbers[i].count == 1 ? numbers[i].one : numbers[i].many);
    printf("\n");
}

static void
print_json(const char *path, const struct contest *contest, const struct errors *errors)
{
    struct buf text = {0};
    struct json_out json = {.buf = &text};
    json_open(&json, '{');
    json_put_text(&json, "file", path);
    json_put_bool(&json, "right", contest);
    json_key(&json, "errors");
    json_open(&json, '[');
    for (size_t i = 0; i < errors->count; i++) {
        json_open(&json, '{');
        json_put_int(&json, "line", errors->items[i].line);
        json_put_text(&json, "field", errors->items[i].field);
        json_put_text(&json, "message", errors->items[i].message);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_put_int(&json, "more_errors", (int64_t)errors->dropped);
    if (contest) {
        struct number numbers[NUMBER_COUNT];
        count_entities(contest, numbers);
        json_put_text(&json, "contest", contest->id);
        for (size_t i = 0; i < NUMBER_COUNT; i++)
            json_put_int(&json, numbers[i].many, (int64_t)numbers[i].count);
    }
    json_close(&json, '}');
    puts(buf_text(&text));
    buf_free(&text);
}

static int
check(const char *path, bool as_json)
{
    struct buf text = {0};
    struct errors errors = {0};
    struct contest *contest = NULL;
    if (read_file(path, &text))
        contest = contest_load(buf_span(&text), &errors);
    else
        errors_add(&errors, 0, "", "expected a file that can be read, found: %s", strerror(errno));
    (as_json ? print_json : print_text)(path, contest, &errors);
    int code = contest ? EXIT_RIGHT : EXIT_WRONG;
    contest_release(contest);
    errors_free(&errors);
    buf_free(&text);
    return code;
}

static int
wrong_usage(const char *what)
{
    fprintf(stderr, "bochuang check: %s\n\"bochuang check --help\" says how it is used\n", what);
    return EXIT_USAGE;
}

int
command_check(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    bool as_json = false;
    opterr = 0;
    optind = 0; /* glibc: begin anew, whatever was parsed before */
    for (int option; (option = getopt_long(argc, argv, "jh", options, NULL)) != -1;) {
        if (option == 'h') {
            fputs(help, stdout);
            return EXIT_RIGHT;
        }
        if (option != 'j')
            return wrong_usage("unknown option");
        as_json = true;
    }
    if (argc - optind != 1)
        return wrong_usage(argc == optind ? "expected a FILE, found none" : "expected one FILE, found more");
    return check(argv[optind], as_json);
}
