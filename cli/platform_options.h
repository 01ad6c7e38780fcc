/* What `reconcile` and `post` share of options: which platform's files, and how they are to be read. */
#ifndef BOCHUANG_CLI_PLATFORM_OPTIONS_H
#define BOCHUANG_CLI_PLATFORM_OPTIONS_H

#include "cli/mapping.h"
#include "cli/options.h"
#include "common/contest.h"

#define OPTION_ROW_PLATFORM(type)                                                                            \
    {                                                                                                        \
        "platform", 0, OPTION_TEXT, offsetof(type, platform), 0, 0, "P", NULL, NULL,                         \
            "whose export it is: douyin (抖店) is built in; others need --mapping"                         \
    }
#define OPTION_ROW_MAPPING(type)                                                                             \
    {                                                                                                        \
        "mapping", 0, OPTION_TEXT, offsetof(type, mapping), 0, 0, "FILE", NULL, NULL,                        \
            "how to read it: config/mappings/example.yaml explains"                                          \
    }

/* The mapping; what is wrong with the options or the file is said, and exits 2. */
struct mapping *platform_mapping(const struct command_usage *usage, const char *platform, const char *path);

/*
 * The mapping's platform becomes what the contest's sessions call it: 抖店 is douyin there. Says what of the
 * options does not fit the contest, and exits 2: a session (NULL: none was given) that it has not, or that is
 * on another platform; a platform that none of its sessions is on.
 */
void platform_check(const struct command_usage *usage, struct mapping *mapping, const struct contest *contest,
                    const char *session);

#endif
