/* A reconciliation as a report: what became of the rows, both sides' totals, and each difference. */
#ifndef BOCHUANG_CLI_RECONCILE_REPORT_H
#define BOCHUANG_CLI_RECONCILE_REPORT_H

#include "cli/reconciliation.h"
#include "cli/table.h"

struct reconcile_report {
    struct report *report; /* owned until it is taken */
    struct table *differences;
    const struct contest *contest; /* borrowed */
    const char *file;              /* borrowed: the one that is being read */
    size_t list_most;
};

/* At most `list_most` differences are listed; the sums are of all. */
void reconcile_report_start(struct reconcile_report *making, const struct reconciliation *reconciliation,
                            size_t list_most);

/* Lists the finding, if it is a difference. */
void reconcile_report_add(struct reconcile_report *making, const struct finding *finding);

/* Fills the sums in. The report is the caller's. */
struct report *reconcile_report_end(struct reconcile_report *making,
                                    const struct reconciliation *reconciliation);

#endif
