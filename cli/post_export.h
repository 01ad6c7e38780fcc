/*
 * Posting from a platform's export: what it has and the log has not.
 *
 *   row ─▶ held against the log (reconciliation.h) ─▶ matched, set aside ─▶ nothing is sent
 *                                                  ─▶ missing here       ─▶ order.paid (and its refund)
 *                                                  ─▶ refunded there only ─▶ order.refunded
 *                                                  ─▶ anything else, or a row that has no place in the
 *                                                     contest ─▶ FILE.rejected, with the reason
 */
#ifndef BOCHUANG_CLI_POST_EXPORT_H
#define BOCHUANG_CLI_POST_EXPORT_H

#include "cli/options.h"
#include "cli/posting.h"
#include "cli/reconciliation.h"
#include "cli/sale_event.h"

struct export_options {
    const char *board, *token, *contest;
    const char *platform, *mapping;           /* either may be NULL */
    const char *session, *streamer, *product; /* NULL: the rows say */
};

struct export
{
    struct mapping *mapping;
    struct contest *contest;
    struct sales_book book;
    struct reconciliation sums;
    struct placing placing;
};

/*
 * Reads the mapping, the contest and the log's sales. False where the board does not answer, and it has been
 * said; wrong usage exits 2. export_close() either way.
 */
bool export_open(struct export *export, const struct export_options *options,
                 const struct command_usage *usage);
void export_close(struct export *export);

/* Posts one file ("-": standard input). False where posting has to end. */
bool export_post(struct export *export, struct posting *posting, const char *path);

/* Rows whose sale was in the log already, and those that count nowhere in the contest. */
int64_t export_already_here(const struct export *export);
int64_t export_set_aside(const struct export *export);

#endif
