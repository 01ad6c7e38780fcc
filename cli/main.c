/* The `bochuang` command: a table of commands; each explains itself with --help. */
#include <curl/curl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check.h"
#include "cli/commands.h"
#include "common/nearest.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *does;
};

static const struct command commands[] = {
    {"check", command_check, "say whether a contest file is right"},
    {"token", command_token, "create, list and revoke tokens, on the server's machine"},
    {"post", command_post, "send events until all are acknowledged"},
    {"watch", command_watch, "follow the totals and rankings live"},
    {"rank", command_rank, "print a ranking, as a table, CSV, JSON or a spreadsheet"},
    {"act", command_act, "approve, freeze, score, close: what organisers and judges do"},
    {"reconcile", command_reconcile, "hold a platform's order export against the log"},
    {"export", command_export, "write the evidence of a contest: its log, its results, a signature"},
    {"verify", command_verify, "check an evidence file: every entry, every figure, the signature"},
    {"key", command_key, "print the public key that this machine signs evidence with"},
    {"simulate", command_simulate,
     "play a whole contest through the public interface, and check every total"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void
print_help(FILE *out)
{
    fputs("bochuang: live sales figures of livestream contests, from the command line\n"
          "\n"
          "usage: bochuang COMMAND [OPTION]...\n"
          "\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].does);
    fputs("\n"
          "\"bochuang COMMAND --help\" explains a command and shows examples.\n"
          "\n"
          "A first look:\n"
          "  bochuang check config/contests/example.yaml\n"
          "  bochuang rank --contest youxian-2021 counties\n"
          "  bochuang watch --contest youxian-2021\n"
          "  bochuang token create --contest youxian-2021 --role judge --label \"the chair\"\n"
          "  BOCHUANG_TOKEN=bc_... bochuang post --contest youxian-2021 sales.ndjson\n"
          "\n"
          "Servers: --board URL, --ingest URL, --token TOKEN, or $BOCHUANG_BOARD, $BOCHUANG_INGEST, "
          "$BOCHUANG_TOKEN.\n"
          "Exit code: 0 done, 1 it did not hold, 2 wrong usage.\n",
          out);
}

static const struct command *
find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int
unknown_command(const char *name)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    const char *near = nearest_name(span_of(name), names, COMMAND_COUNT);
    fprintf(stderr, "bochuang: no command \"%.60s\"%s%s%s\n", name, near ? "; did you mean " : "",
            near ? near : "", near ? "?" : "");
    fputs("\"bochuang --help\" lists the commands\n", stderr);
    return EXIT_WRONG_USAGE;
}

static int
run(const struct command *command, int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a connection that goes away is an error to retry, not an end */
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        fputs("bochuang: libsodium or libcurl did not start\n", stderr);
        return EXIT_DID_NOT_HOLD;
    }
    int code = command->run(argc, argv);
    curl_global_cleanup();
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        code = EXIT_DID_NOT_HOLD;
    return code;
}

/* "bochuang help rank" is "bochuang rank --help". */
static int
help_with(char *name)
{
    const struct command *command = find_command(name);
    char help[] = "--help";
    char *arguments[] = {name, help, NULL};
    return command ? run(command, 2, arguments) : unknown_command(name);
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_WRONG_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("bochuang " BOCHUANG_VERSION);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "help") == 0 && argc > 2)
        return help_with(argv[2]);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    const struct command *command = find_command(argv[1]);
    return command ? run(command, argc - 1, argv + 1) : unknown_command(argv[1]);
}
