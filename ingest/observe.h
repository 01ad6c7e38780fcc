/* What ingest says about itself: limits, health, readiness, figures. */
#ifndef BOCHUANG_INGEST_OBSERVE_H
#define BOCHUANG_INGEST_OBSERVE_H

#include "ingest/ingest.h"

void observe_limits(struct ingest *ingest, struct http_exchange *exchange);
void observe_health(struct ingest *ingest, struct http_exchange *exchange);
void observe_readiness(struct ingest *ingest, struct http_exchange *exchange);
void observe_metrics(struct ingest *ingest, struct http_exchange *exchange);

#endif
