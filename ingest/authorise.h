/* Who sends a request: the token in its Authorization field, held against the contest's. */
#ifndef BOCHUANG_INGEST_AUTHORISE_H
#define BOCHUANG_INGEST_AUTHORISE_H

#include "common/http_server.h"
#include "ingest/hosted.h"

/*
 * The record of the request's token, which has one of the two roles; otherwise the exchange is answered (401;
 * 403 for another role, or for a token of another contest) and NULL comes back. A connection sends the same
 * field again and again, so what was checked is kept in its memo until the contest's tokens change.
 */
const struct token_record *authorise(struct hosted *hosted, struct http_exchange *exchange,
                                     const struct http_head *head, enum role role, enum role or_role);

#endif
