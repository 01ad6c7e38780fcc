/*
 * From a row of a platform's export to events of the contest: which session and product it is of, and the
 * event's JSON. Pure.
 */
#ifndef BOCHUANG_CLI_SALE_EVENT_H
#define BOCHUANG_CLI_SALE_EVENT_H

#include "cli/platform_row.h"
#include "common/buf.h"
#include "common/contest.h"

/* How rows find their place. What is given here (else NULL, or CONTEST_NONE) holds for every row. */
struct placing {
    const struct mapping *mapping;
    const struct contest *contest;
    uint32_t session, streamer, product;
};

/* Why a row cannot become an event. */
struct misfit {
    const char *code, *field;
    char message[300];
};

/*
 * Adds the row's `order.paid` to `out`, and says in which session it was sold. False where the row does not
 * say enough: `misfit` is filled.
 *
 * The session is the one given; else the row's own; else the one of its streamer, on that platform, that was
 * on the air when it was paid, or had ended within the hour: many pay after the show.
 */
bool sale_event_paid(const struct placing *placing, const struct platform_row *row, uint32_t *session,
                     struct buf *out, struct misfit *misfit);

/*
 * Adds an `order.refunded` of `refund_fen` for the row's sale in `session`. Its id says what is refunded with
 * it in all (`refunded_fen`): the same refund has the same id however often the file is posted.
 */
bool sale_event_refund(const struct placing *placing, const struct platform_row *row, uint32_t session,
                       int64_t refund_fen, int64_t refunded_fen, struct buf *out, struct misfit *misfit);

#endif
