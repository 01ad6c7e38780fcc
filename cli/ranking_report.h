/* Rankings, as the board's JSON gives them, as a report. */
#ifndef BOCHUANG_CLI_RANKING_REPORT_H
#define BOCHUANG_CLI_RANKING_REPORT_H

#include <jansson.h>

#include "cli/table.h"

/* What the envelope of a board's answer says of where its figures stand. */
void report_take_envelope(struct report *report, const json_t *envelope);

/* Adds one ranking (with "id", "name", "of", "rows"), at most `most` of its rows. */
void report_add_ranking(struct report *report, const json_t *ranking, size_t most);

#endif
