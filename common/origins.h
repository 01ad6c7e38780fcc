/*
 * Whose pages may ask a daemon from a browser (CORS, the Fetch standard): the origins that are set, and
 * nobody else's. Without any, no answer speaks of it, and a browser keeps other sites out.
 */
#ifndef BOCHUANG_ORIGINS_H
#define BOCHUANG_ORIGINS_H

#include <stdbool.h>

#include "common/http_server.h"
#include "common/settings.h"

struct origins;

/* scheme://host[:port], without a path: what a browser sends. */
bool origin_is_good(const char *text);

/* What such a page may do, as a preflight's answer lists it; the texts live as long as the program. */
struct origins_rights {
    const char *methods; /* "GET, HEAD" */
    const char *fields;  /* "Authorization, Content-Type" */
};

/* `list` borrowed for the call. Exits 2, saying why, where one is no origin ("https://example.org"). */
struct origins *origins_new(const struct setting_list *list, const struct origins_rights *rights);
void origins_free(struct origins *origins);

/* Sees to it that the answer says what this origin may; true where the request was a preflight, which is
 * answered. */
bool origins_answer(const struct origins *origins, struct http_exchange *exchange,
                    const struct http_head *head);

#endif
