/*
 * The routes of ingest (contract, sections 4 and 5). What is asked of a request, in this order: is there such
 * a contest, does it take this method, who sends it, can it be stored now, is the contest open, is the body
 * of a kind that can be read.
 */
#ifndef BOCHUANG_INGEST_RECEIVE_H
#define BOCHUANG_INGEST_RECEIVE_H

#include "common/http_server.h"

/* An http_handle_fn; `ingest` is the struct ingest. */
void receive(struct http_exchange *exchange, const struct http_head *head, struct span body, void *ingest);

#endif
