/* The words of a version's document, in its language, and the making of its tables. Internal to version_*.c.
 */
#ifndef BOCHUANG_VERSION_WORDS_H
#define BOCHUANG_VERSION_WORDS_H

#include "aggregator/version_tables.h"

/* What every writer of the document needs. Texts it gives are kept by the report. */
struct writer {
    struct report *report;
    const struct version_report *version;
    enum report_language language;
};

/* --- Words --- */

/* One of the two, or both with a line break between; the Chinese one where `en` is "" or NULL. They are
 * literals, or outlive the report. */
const char *words(const struct writer *writer, const char *zh, const char *en);
/* The same inside a table: in two languages only headings are in both, so that rows stay rows. */
const char *cell_words(const struct writer *writer, const char *zh, const char *en);
const char *kept_text(const struct writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "2021-11-30 09:00:00", in the contest's local time. */
const char *time_text(const struct writer *writer, int64_t ms);
/* What that local time is: "UTC+08:00" */
const char *zone_text(const struct writer *writer);
/* "50", "12.5" */
const char *milli_text(const struct writer *writer, int64_t milli);

const char *metric_words(const struct writer *writer, enum metric metric);
enum column_kind metric_kind(enum metric metric);
const char *entity_words(const struct writer *writer, enum entity_kind kind);
const char *event_words(const struct writer *writer, enum event_type type);
const char *fate_words(const struct writer *writer, enum fate fate);
const char *channel_words(const struct writer *writer, bool offline);
const char *blocker_words(const struct writer *writer, enum blocker_kind kind);
const char *action_words(const struct writer *writer, enum action_type type);
/* Who acted: the role in the reader's language, the token's id and label. */
const char *who_words(const struct writer *writer, struct span actor);
/* What an action is about beside its streamer: an event, a judge and criterion, an award and winners. */
const char *action_subject(const struct writer *writer, const struct action *action);

/* --- version_names.c --- */

const char *entity_name(const struct writer *writer, enum entity_kind kind, uint32_t entity);
/* Of a streamer, or its id where the contest has none of it. */
const char *streamer_name(const struct writer *writer, struct span id);
const char *county_name(const struct writer *writer, uint32_t streamer);
const char *winner_name(const struct writer *writer, const struct award_winner *winner);

/* --- Tables --- */

struct heading {
    const char *key, *zh, *en;
    enum column_kind kind;
};

#define HEADINGS(array) (array), sizeof(array) / sizeof *(array)

struct table *add_table(const struct writer *writer, const char *id, const char *name,
                        const struct heading *headings, size_t count);

enum { COLUMNS_MOST = 4 + 3 * LIMIT_SCORE_PARTS + METRIC_COUNT + 8 };

/* Columns that the contest decides. */
struct columns {
    struct column list[COLUMNS_MOST];
    size_t count;
};

void column_add(struct columns *columns, const char *key, const char *title, enum column_kind kind);
void columns_add_metrics(const struct writer *writer, struct columns *columns, const enum metric *metrics,
                         size_t count);
struct table *add_columns(const struct writer *writer, const char *id, const char *name,
                          const struct columns *columns);
/* A cell of each of these metrics. */
void table_metrics(struct table *table, const struct figures *figures, const enum metric *metrics,
                   size_t count);

/* What groups show on paper, and what only spreadsheets do. */
enum {
    COUNTY_METRIC_COUNT = 8,
    SALES_METRIC_COUNT = 7,
    WHOLE_DETAIL_COUNT = 6,
    SALES_DETAIL_COUNT = 1,
    RANKING_PAPER_METRICS = 8
};
extern const enum metric county_metrics[COUNTY_METRIC_COUNT];
extern const enum metric sales_metrics[SALES_METRIC_COUNT];
extern const enum metric detail_metrics[WHOLE_DETAIL_COUNT];

/* --- version_rankings.c --- */

void version_ranking(const struct writer *writer, const struct rank_table *ranks);

/* --- version_lists.c: tables of what is listed one by one --- */

struct table *version_events(const struct writer *writer, const char *id, const char *name,
                             bool (*belongs)(const struct moment_event *event));
void version_set_aside(const struct writer *writer);
/* Routine: marks and decisions about claims, which are many; else what changes the rules or the results. */
void version_actions(const struct writer *writer, const char *id, const char *name, bool routine);

#endif
