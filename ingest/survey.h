/*
 * The survey: what the daemon asks Redis about itself, at each connect and every few seconds after it. Is it
 * durable (appendonly yes, appendfsync always, no-appendfsync-on-rewrite no), so that an acknowledged event
 * survives a power cut? Which contests does it hold, and in how many shards?
 */
#ifndef BOCHUANG_INGEST_SURVEY_H
#define BOCHUANG_INGEST_SURVEY_H

#include <stdbool.h>

#include "common/contest.h"
#include "ingest/ingest.h"

struct survey;

struct survey *survey_new(struct ingest *ingest); /* NULL: no memory */
void survey_free(struct survey *survey);

/* The link came up, or went down. */
void survey_link_changed(struct survey *survey, bool up);

/* A contest that a file describes: it is listed in Redis where it is not yet, and then given to
 * hosted_load(). Takes over the caller's hold. */
void survey_add_file(struct survey *survey, struct contest *contest);

/* True once Redis was found durable (or need not be), and its contests were listed, since the last connect.
 */
bool survey_is_good(const struct survey *survey);

/* What is wrong, for /readyz; NULL where survey_is_good(). */
const char *survey_complaint(const struct survey *survey);

/* True where each contest file has found its contest. */
bool survey_has_no_files(const struct survey *survey);

#endif
