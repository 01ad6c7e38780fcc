#include "aggregator/version_report.h"

#include <stdlib.h>
#include <string.h>

#include "common/must.h"

/* --- Rows --- */

static int
compare_rows(const void *a, const void *b)
{
    const struct report_row *one = a, *other = b;
    int64_t net = one->figures.value[METRIC_NET], other_net = other->figures.value[METRIC_NET];
    if (net != other_net)
        return net > other_net ? -1 : 1;
    return strcmp(one->id, other->id);
}

static void
rows_make(const struct standing *standing, enum entity_kind kind, struct report_rows *rows)
{
    struct figures *figures = tally_entities(standing, kind, &rows->count);
    rows->rows = must(calloc(rows->count + 1, sizeof *rows->rows));
    for (uint32_t i = 0; i < rows->count; i++)
        rows->rows[i] = (struct report_row){.entity = i,
                                            .id = rank_entity_id(standing->contest, kind, i),
                                            .name = rank_entity_name(standing->contest, kind, i),
                                            .figures = figures[i]};
    free(figures);
}

static void
rows_sort(struct report_rows *rows)
{
    qsort(rows->rows, rows->count, sizeof *rows->rows, compare_rows);
}

/* Before either is sorted: rows stand by index. */
static void
count_entrants(const struct contest *contest, const struct report_rows *streamers,
               struct report_rows *counties)
{
    for (size_t i = 0; i < streamers->count; i++) {
        struct report_row *county = &counties->rows[contest->streamers[i].county];
        county->entrants++;
        county->active += streamers->rows[i].figures.value[METRIC_ORDERS] > 0;
    }
}

static void
leave_out_unsold(struct report_rows *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->rows[i].figures.value[METRIC_ORDERS] > 0)
            rows->rows[kept++] = rows->rows[i];
    }
    rows->count = kept;
}

void
report_rows_free(struct report_rows *rows)
{
    free(rows->rows);
    *rows = (struct report_rows){0};
}

void
report_counties_make(const struct standing *standing, struct report_rows *counties)
{
    struct report_rows streamers;
    rows_make(standing, ENTITY_COUNTY, counties);
    rows_make(standing, ENTITY_STREAMER, &streamers);
    count_entrants(standing->contest, &streamers, counties);
    rows_sort(counties);
    report_rows_free(&streamers);
}

void
version_report_make(const struct results_version *version, struct version_report *report)
{
    const struct standing *standing = &version->standing;
    const struct contest *contest = standing->contest;
    *report = (struct version_report){.version = version, .contest = contest};
    totals_make(standing, &report->totals);
    report->rankings = must(calloc(contest->ranking_count + 1, sizeof *report->rankings));
    for (uint32_t i = 0; i < contest->ranking_count; i++)
        rank_make(standing, i, &report->rankings[i]);
    report_counties_make(standing, &report->counties);
    rows_make(standing, ENTITY_PRODUCT, &report->products);
    rows_make(standing, ENTITY_STREAMER, &report->streamers);
    leave_out_unsold(&report->products);
    rows_sort(&report->products);
    rows_sort(&report->streamers);
}

void
version_report_free(struct version_report *report)
{
    for (size_t i = 0; report->rankings && i < report->contest->ranking_count; i++)
        rank_free(&report->rankings[i]);
    free(report->rankings);
    report_rows_free(&report->counties);
    report_rows_free(&report->products);
    report_rows_free(&report->streamers);
    *report = (struct version_report){0};
}

int64_t
refund_rate_bp(const struct figures *figures)
{
    int64_t gross_fen = figures->value[METRIC_GROSS];
    if (gross_fen <= 0)
        return -1;
    __int128 refunded = figures->value[METRIC_REFUNDED];
    return (int64_t)((refunded * 10000 + gross_fen / 2) / gross_fen);
}

int64_t
version_notice_until_ms(const struct results_version *version)
{
    int notice_days = version->standing.contest->notice_days;
    return notice_days > 0 ? version->published_ms + notice_days * INT64_C(24) * 3600 * 1000 : 0;
}

/* --- Events --- */

bool
event_is_voided(const struct moment_event *event)
{
    return event->fate == FATE_VOIDED;
}

bool
event_is_claim(const struct moment_event *event)
{
    return event->offline;
}

bool
event_is_parked(const struct moment_event *event)
{
    return event->fate == FATE_PARKED;
}

/* --- Actions --- */

const struct results_refusal *
version_refusal_of(const struct results_version *version, const struct action *action)
{
    bool may_fail = action->type == ACTION_PUBLISH || action->type == ACTION_FINALISE;
    return may_fail ? results_refusal_of(version->among, action->id) : NULL;
}

static bool
was_applied(const struct results_version *version, size_t index)
{
    return strcmp(fold_audit(version->actions_of, index)->outcome, "applied") == 0;
}

int64_t
version_action_total(const struct results_version *version)
{
    int64_t total = 0;
    for (size_t i = 0; i < version->action_count; i++)
        total += was_applied(version, i);
    return total;
}

void
version_each_action(const struct results_version *version,
                    void (*each)(const struct action *action, struct log_id at, void *arg), void *arg)
{
    int64_t total = version_action_total(version);
    int64_t beyond = total > LIMIT_LISTED ? total - LIMIT_LISTED : 0;
    for (size_t i = 0; i < version->action_count; i++) {
        struct action action;
        const struct audit_entry *entry = fold_audit(version->actions_of, i);
        if (!was_applied(version, i) || beyond-- > 0 || !action_decode(span_of(entry->text), &action))
            continue;
        each(&action, entry->at, arg);
        action_free(&action);
    }
}
