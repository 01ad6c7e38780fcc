/*
 * Answers that were worked out before: a small cache of bodies by (contest, view, path and query).
 *
 * A body is good as long as its contest stands where it stood. Beyond that, while entries keep coming, an
 * answer that was costly (ANSWERS_CHEAP_US and more) may be given again for a little longer: for ANSWERS_REST
 * times what it cost, at most ANSWERS_REST_MOST_MS. So one question, however often it is asked, takes a tenth
 * of the loop's time while it costs under 20 ms, and no answer is older than those of a live stream. A cheap
 * one is worked out again each time: who has seen a figure in one answer does not find it missing in the
 * next.
 */
#ifndef BOCHUANG_ANSWERS_H
#define BOCHUANG_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/resume_id.h"
#include "common/buf.h"

enum { ANSWERS_REST = 10, ANSWERS_REST_MOST_MS = 200, ANSWERS_CHEAP_US = 1000 };

struct answers;

struct answers *answers_new(size_t bytes_most); /* ends the process when memory is out */
void answers_free(struct answers *answers);

/* A question: who is asked, what, and where its view now stands. Spans are borrowed for the call. */
struct question {
    const void *contest;
    struct span target; /* path and query */
    const struct resume_id *place;
    int64_t now_us;
};

/* The body kept for it, or one with at == NULL. Good until the next answers_keep(). */
struct span answers_find(struct answers *answers, const struct question *question);

/* Keeps a copy of the body, which took `cost_us` to make; where memory is short, nothing. */
void answers_keep(struct answers *answers, const struct question *question, struct span body,
                  int64_t cost_us);

#endif
