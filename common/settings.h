/*
 * A program's settings as one table: the parser of config/<program>.yaml, the command line, the help and the
 * check for undocumented settings all read it. Later wins: default, file (--config FILE), command line
 * (--name VALUE; a flag: --name).
 */
#ifndef BOCHUANG_SETTINGS_H
#define BOCHUANG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum setting_kind {
    SETTING_TEXT, /* const char *, lives until exit */
    SETTING_INT,  /* int64_t within [least, most] */
    SETTING_BOOL, /* bool */
    SETTING_LIST, /* struct setting_list: may be given several times; a YAML sequence */
};

struct setting_list {
    const char **items;
    size_t count;
};

struct setting {
    const char *name; /* "commit_timeout_ms"; on the command line "--commit-timeout-ms" */
    enum setting_kind kind;
    size_t offset; /* of its field in the settings' structure */
    int64_t least, most;
    const char *fallback; /* as it would be written; NULL: empty */
    const char *help;     /* one sentence for --help */
};

/*
 * Fills `settings` from the table, the file and the arguments. --help prints the table and exits 0, --version
 * too. Anything wrong (unknown name, bad value) is said on standard error, all at once, and exits 2.
 */
void settings_load(const struct setting *table, size_t count, void *settings, const char *program,
                   const char *purpose, int argc, char **argv);

#endif
