/*
 * A mapping: how to read the order export of one platform. Which columns hold what, in which unit and
 * encoding, which states count, and what the platform's codes are in the contest.
 *
 *   built in for the platform? ──▶ its file (config/mappings/) ─┐
 *                                  FILE of --mapping ───────────┴─▶ what FILE gives replaces ──▶ mapping
 *
 * Read by the binder that reads contest files, so what is wrong is said in the same manner, with the line.
 */
#ifndef BOCHUANG_CLI_MAPPING_H
#define BOCHUANG_CLI_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/errors.h"
#include "common/span.h"

/* X(constant, name in the mapping) */
#define MAPPED_COLUMNS(X)                                                                                    \
    X(MAPPED_ID, "id")                                                                                       \
    X(MAPPED_AMOUNT, "amount")                                                                               \
    X(MAPPED_REFUNDED, "refunded")                                                                           \
    X(MAPPED_QUANTITY, "quantity")                                                                           \
    X(MAPPED_PRODUCT, "product")                                                                             \
    X(MAPPED_TIME, "time")                                                                                   \
    X(MAPPED_STATE, "state")                                                                                 \
    X(MAPPED_REFUND_STATE, "refund_state")                                                                   \
    X(MAPPED_STREAMER, "streamer")                                                                           \
    X(MAPPED_SESSION, "session")

enum mapped {
#define X(constant, name) constant,
    MAPPED_COLUMNS(X)
#undef X
        MAPPED_COUNT
};

enum {
    MAPPED_WORDS_MOST = 64, /* titles of a column, or states of a list */
    MAPPED_PLACES_MOST = 8, /* of the titles of a column, those that a file may have at once */
};

enum mapped_encoding { ENCODING_AUTO, ENCODING_UTF8, ENCODING_GB18030 };

struct words {
    const char *const *at;
    size_t count;
};

/* A code of the platform, and the contest's id for it. */
struct code {
    const char *code, *id;
};

struct codes {
    const struct code *at; /* by code */
    size_t count;
};

struct mapping {
    const char *platform;
    enum mapped_encoding encoding;
    char separator;
    bool in_fen;
    struct words columns[MAPPED_COUNT]; /* titles, the first one first; none: not mapped */
    struct words counting, not_counting, refunded;
    struct codes products, streamers, sessions;
    struct arena *arena; /* owned: all of the above */
};

/*
 * The mapping of `platform` (NULL: as the file says) with what the file's text gives (`text.at` NULL: there
 * is none). NULL where something is wrong; `errors` then lists all of it.
 */
struct mapping *mapping_load(const char *platform, struct span text, struct errors *errors);
void mapping_free(struct mapping *mapping);

const char *mapped_name(enum mapped column);

/* The mapping file that is built in for a platform; NULL bytes where there is none. */
struct span mapping_built_in(struct span platform);

bool words_have(const struct words *words, struct span word);

/* The id that a code stands for, or NULL. */
const char *codes_find(const struct codes *codes, struct span code);

#endif
