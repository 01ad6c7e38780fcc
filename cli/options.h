/*
 * A command's options as one table: the parser, the defaults, the environment and --help all read it.
 *
 * Later wins: default, environment, command line. What is no option is an operand; "--" ends the options.
 */
#ifndef BOCHUANG_CLI_OPTIONS_H
#define BOCHUANG_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

enum option_kind {
    OPTION_TEXT, /* const char *, borrowed from the arguments, the environment or the table */
    OPTION_INT,  /* int64_t within [least, most] */
    OPTION_REAL, /* double within [least, most] */
    OPTION_FLAG, /* bool */
};

struct option_row {
    const char *name; /* "contest" for --contest */
    char letter;      /* 'j' for -j; 0 for none */
    enum option_kind kind;
    size_t offset; /* of its field in the command's structure */
    int64_t least, most;
    const char *argument; /* "URL", as the help shows it */
    const char *variable; /* of the environment; NULL for none */
    const char *fallback; /* as it would be written; NULL: zero */
    const char *help;
};

struct command_usage {
    const char *name;     /* "rank" */
    const char *operands; /* "[RANKING]"; "" for none */
    size_t operand_most;  /* more of them are a mistake */
    const char *purpose;  /* one sentence */
    const char *details;  /* paragraphs; NULL for none */
    const char *examples; /* one a line */
    const struct option_row *options;
    size_t option_count;
};

enum options_verdict { OPTIONS_READ, OPTIONS_HELP, OPTIONS_WRONG };

/*
 * Fills `settings`, and moves the operands to argv[1] and on; `*operand_count` says how many they are.
 * OPTIONS_WRONG: `message` holds one sentence a line, every mistake of them.
 */
enum options_verdict options_parse(const struct command_usage *usage, void *settings, int argc, char **argv,
                                   size_t *operand_count, struct buf *message);

void options_help(const struct command_usage *usage, struct buf *out);

/* options_parse() for a command: --help prints and exits 0, a mistake is said and exits 2. */
size_t options_take(const struct command_usage *usage, void *settings, int argc, char **argv);

/* Says a sentence about how the command was used, points to --help, and exits 2. */
_Noreturn void options_refuse(const struct command_usage *usage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Rows that many commands share. */
#define OPTION_ROW_BOARD(type)                                                                               \
    {                                                                                                        \
        "board", 0, OPTION_TEXT, offsetof(type, board), 0, 0, "URL", "BOCHUANG_BOARD",                       \
            "http://127.0.0.1:8301", "where the board is"                                                    \
    }
#define OPTION_ROW_INGEST(type)                                                                              \
    {                                                                                                        \
        "ingest", 0, OPTION_TEXT, offsetof(type, ingest), 0, 0, "URL", "BOCHUANG_INGEST",                    \
            "http://127.0.0.1:8300", "where events and actions go"                                           \
    }
#define OPTION_ROW_TOKEN(type)                                                                               \
    {                                                                                                        \
        "token", 0, OPTION_TEXT, offsetof(type, token), 0, 0, "TOKEN", "BOCHUANG_TOKEN", NULL,               \
            "who you are; better in the environment, where ps does not show it"                              \
    }
#define OPTION_ROW_CONTEST(type)                                                                             \
    {                                                                                                        \
        "contest", 0, OPTION_TEXT, offsetof(type, contest), 0, 0, "C", NULL, NULL, "the contest's id"        \
    }
#define OPTION_ROW_DATA(type, help)                                                                          \
    {                                                                                                        \
        "data", 0, OPTION_TEXT, offsetof(type, directory), 0, 0, "DIR", NULL, "./var", help                  \
    }
#define OPTION_ROW_JSON(type)                                                                                \
    {                                                                                                        \
        "json", 'j', OPTION_FLAG, offsetof(type, json), 0, 0, NULL, NULL, NULL, "print JSON"                 \
    }

#endif
