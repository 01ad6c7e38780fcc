/*
 * One report, several printers: everything that a published version says, worked out once. JSON
 * (version_json.c), the tables for spreadsheets, CSV and paper (version_tables.c), and `bochuang verify` all
 * read it, so that no two can differ.
 *
 * Pure: the same log gives the same report, and its JSON the same bytes. What may change after the publish
 * (whether the version is final) is not in it.
 */
#ifndef BOCHUANG_VERSION_REPORT_H
#define BOCHUANG_VERSION_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/rank.h"
#include "aggregator/results.h"
#include "aggregator/tally.h"
#include "common/buf.h"
#include "common/json_out.h"

/* The figures of one county, product or streamer. */
struct report_row {
    uint32_t entity; /* its index in the version's contest */
    const char *id, *name;
    struct figures figures;
    int64_t entrants, active; /* of a county: its streamers, and those with a counted sale */
};

struct report_rows {
    struct report_row *rows; /* owned; largest net_fen first, then by id */
    size_t count;
};

struct version_report {
    const struct results_version *version; /* borrowed */
    const struct contest *contest;         /* borrowed: the version's */
    struct totals totals;
    struct rank_table *rankings;  /* owned; all of the contest */
    struct report_rows counties;  /* all of them */
    struct report_rows products;  /* those with a counted sale */
    struct report_rows streamers; /* all of them */
};

/* The version, and so the folds under it, must outlive the report. */
void version_report_make(const struct results_version *version, struct version_report *report);
void version_report_free(struct version_report *report);

/* All counties of a standing as it is now. The caller frees. */
void report_counties_make(const struct standing *standing, struct report_rows *counties);
void report_rows_free(struct report_rows *rows);

/* Hundredths of a percent of the gross that was refunded, half up; -1 where there was no sale. */
int64_t refund_rate_bp(const struct figures *figures);

/* When the public notice of a version ends; 0 where the contest has none. */
int64_t version_notice_until_ms(const struct results_version *version);

/* Why a publish or finalise up to this version had no effect; NULL of any other action. */
const struct results_refusal *version_refusal_of(const struct results_version *version,
                                                 const struct action *action);

/*
 * The actions that were applied up to the publish, with it, oldest first; the newest LIMIT_LISTED of them.
 * `each` gets an action that is its own for the call.
 */
void version_each_action(const struct results_version *version,
                         void (*each)(const struct action *action, struct log_id at, void *arg), void *arg);
/* How many there are in all. */
int64_t version_action_total(const struct results_version *version);

/* Which of the version's events a list has. A claim is an offline sale, whatever became of it. */
bool event_is_voided(const struct moment_event *event);
bool event_is_claim(const struct moment_event *event);
bool event_is_parked(const struct moment_event *event);

/* The version as one JSON object (docs/board-json.md, "A version"). */
void version_report_json(const struct version_report *report, struct buf *out);

/* The same, report and all. */
void version_json(const struct results_version *version, struct buf *out);

/* Into an open object: what every list of versions says of one, and whether it is final, which may change. */
void version_head_json(const struct results_version *version, struct json_out *json);
void version_finality_json(const struct results_version *version, struct json_out *json);

/* What a judge decides a manual award by: [{county, entrants, active, figures, refund rate}, …]. */
void county_rows_json(const struct report_rows *counties, const struct contest *contest,
                      struct json_out *json);

/* [{"kind":…, …}, …] and {"contest_open":n, …}, for versions, refusals and what stands in the way now. */
void blockers_json(const struct blocker_list *blockers, struct json_out *json);
void blocker_totals_json(const struct blocker_list *blockers, struct json_out *json);

#endif
