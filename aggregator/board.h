/*
 * The board: the aggregator's HTTP side. Routes, who may ask what, and the way from a question to an answer:
 *
 *   path ─▶ route ─▶ method ─▶ contest known and shown? ─▶ query ─▶ who asks? ─▶ kept answer, or worked out
 *    404             405        404, 503                    400      401, 403      200
 *
 * The routes' own work is in board_*.c, one file a subject; the live streams are live.c's, the screens
 * screens.c's.
 */
#ifndef BOCHUANG_BOARD_H
#define BOCHUANG_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/answers.h"
#include "aggregator/board_query.h"
#include "aggregator/contests.h"
#include "aggregator/counters.h"
#include "common/http_server.h"
#include "common/json_out.h"

struct gate;
struct live;
struct map;
struct origins;
struct reader;
struct screens;

/* Everything is borrowed. */
struct board {
    struct contests *contests;
    struct answers *answers;
    struct answers *files; /* of published versions, made once */
    struct counters *counters;
    const struct reader *reader;
    struct live *live;
    const struct screens *screens;
    const struct map *map;
    struct gate *gate;
    const struct origins *origins;
    const struct http_server *server; /* set once it is there: for /metrics */
    int64_t connection_limit;
    const char *ingest_url; /* where the screens post to; NULL: where they come from */
};

/* An http_handle_fn; `arg` is the board. */
void board_handle(struct http_exchange *exchange, const struct http_head *head, struct span body, void *arg);

/* --- What a route gets --- */

enum { SEGMENTS_MOST = 2, SEGMENT_SIZE = 128 };

struct board_request {
    struct board *board;
    struct http_exchange *exchange;
    const struct http_head *head;
    struct board_contest *contest;
    struct board_query query;
    char segments[SEGMENTS_MOST][SEGMENT_SIZE]; /* decoded, behind the route's name */
    const struct token_record *token;           /* NULL: none, or not a good one */
    const struct standing *standing;            /* of the view that is answered */
    int64_t now_ms;                             /* wall clock */
};

/*
 * A route adds its members behind the envelope's. False where there is no such thing: it has then called
 * board_refuse(), and what it added is dropped.
 */
typedef bool board_route_fn(struct board_request *request, struct json_out *json);

bool board_refuse(struct board_request *request, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

board_route_fn board_contest_route, board_chains_route;                   /* board_contest.c */
board_route_fn board_totals_route, board_tally_route, board_series_route; /* board_figures.c */
board_route_fn board_rankings_route, board_ranking_route;                 /* board_figures.c */
board_route_fn board_receipt_route, board_receipts_route;                 /* board_receipts.c */
board_route_fn board_sales_route;                                         /* board_sales.c */
board_route_fn board_results_route;                                       /* board_results.c */
board_route_fn board_audit_route;                                         /* board_audit.c */
board_route_fn board_token_route;                                         /* board_observe.c */

/* A route that answers by itself, in other forms than an object behind the envelope. */
void board_version(struct board_request *request); /* board_results.c */

/* Answers 200 with this body, or 503 where it could not be made. */
void board_answer_json(struct board_request *request, struct buf *body);

/* True for the token of an organiser or a judge; false for NULL. */
bool board_is_jury(const struct token_record *token);
int64_t board_steady_us(void);

/* {"contests":[…]}: those that are shown, public view. */
void board_contest_list(const struct contests *contests, int64_t now_ms, struct json_out *json);

/* What the daemon says of itself (board_observe.c); they answer. */
void board_health(struct board_request *request);
void board_readiness(struct board_request *request);
void board_limits(struct board_request *request);
void board_addresses(struct board_request *request);
void board_map(struct board_request *request);
void board_metrics(struct board_request *request);

#endif
