/*
 * Where two JSON texts part: for a person who holds a figure against another one. Pure.
 *
 * One text is ours, and well formed; the other may be any bytes. Two texts of the same printer are equal to
 * the byte or they say different things, so the first byte that differs is inside the first member that does.
 */
#ifndef BOCHUANG_JSON_DIFFERENCE_H
#define BOCHUANG_JSON_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/span.h"

enum { JSON_DIFFERENCE_PATH_SIZE = 160, JSON_DIFFERENCE_VALUE_SIZE = 64 };

struct json_difference {
    size_t at;                            /* the first byte that differs */
    char path[JSON_DIFFERENCE_PATH_SIZE]; /* "rankings[2].rows[0].metrics.net_fen"; "" for the whole text */
    /* What stands there in each, cut short; only what can be printed. */
    char ours[JSON_DIFFERENCE_VALUE_SIZE], theirs[JSON_DIFFERENCE_VALUE_SIZE];
};

/* False where the texts are equal. */
bool json_find_difference(struct span ours, struct span theirs, struct json_difference *difference);

#endif
