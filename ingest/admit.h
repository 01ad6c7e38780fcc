/*
 * From the body of a POST …/events to events in batches, and to the answer that says what became of each.
 *
 * The whole body is decoded and every event held against the contest before the first one is put anywhere.
 */
#ifndef BOCHUANG_INGEST_ADMIT_H
#define BOCHUANG_INGEST_ADMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/event.h"
#include "common/http_server.h"
#include "ingest/hosted.h"

struct admission; /* memory for one body at a time */

/* NULL: no memory. */
struct admission *admission_new(void);
void admission_free(struct admission *admission);

struct admit_request {
    struct hosted *hosted; /* serving */
    enum body_format format;
    bool atomic;
    struct event_poster poster;
    struct span body;
    int64_t now_ms;
};

/* Answers the exchange, at once or when its events are on disk. */
void admit_events(struct admission *admission, struct http_exchange *exchange,
                  const struct admit_request *request);

#endif
