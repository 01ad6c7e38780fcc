/*
 * The screens: the files of build/web (aggregator/web/build.mjs), read into memory at start and served from
 * there. What is not among them is not there, so no path can lead out of the folder.
 *
 * "NAME.gz" beside "NAME" is the same, compressed ahead, for clients that take gzip. What lies in assets/ has
 * the hash of its bytes in its name and may be kept for ever; anything else is asked for again each time.
 */
#ifndef BOCHUANG_SCREENS_H
#define BOCHUANG_SCREENS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/http_server.h"

struct screens;

/*
 * Reads the folder, and those in it. `folder` NULL: where the programs are installed, or else build/web
 * beside them. NULL, with the reason logged, where a given folder cannot be read or is too large; without one
 * found there are just no screens. `ingest_url`: the one other origin that the pages may speak to, or NULL.
 */
struct screens *screens_load(const char *folder, const char *ingest_url);
void screens_free(struct screens *screens);

/* Answers a GET or HEAD for one of the files; false where the path is none of them. "/" is index.html. */
bool screens_answer(const struct screens *screens, struct http_exchange *exchange,
                    const struct http_head *head);

#endif
