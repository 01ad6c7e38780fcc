/*
 * Every sale of a contest, in the order in which they came, a page at a time: for whoever holds the log
 * against something else (`bochuang reconcile`).
 *
 *   ?after=0:0 ─▶ shard 0, from its event 0 on ─▶ rows, "next":"0:8123" ─▶ … ─▶ "next":"1:0" ─▶ … ─▶ null
 *
 * A page goes on where the one before ended, so a whole listing looks at every event once, however many
 * pages it takes; and a page looks at a bounded number of events, so none keeps the board from others. What
 * comes while pages are read stands at the end; what changes behind the reader is seen by the version, which
 * then differs from the first page's.
 */
#include <stdio.h>

#include "aggregator/board.h"
#include "aggregator/board_receipts.h"
#include "aggregator/groups.h"

enum { SALES_DEFAULT = 1000, EXAMINED_MOST = 100 * 1000, PLACE_SIZE = 24 };

struct page {
    const struct board_request *request;
    const struct contest *contest; /* of the shard at hand */
    struct json_out *json;
    int64_t left; /* rows that it still has room for */
};

static bool
add_sale(const struct receipt *receipt, void *arg)
{
    struct page *page = arg;
    struct group_key key;
    struct spot spot = spot_of_session(page->contest, receipt->session);
    spot.product = receipt->product;
    spot.channel = receipt->channel;
    if (receipt->product == CONTEST_NONE ||
        !group_key_of(page->contest, &page->request->query.tally, &spot, &key))
        return true; /* of no product that the contest knows: it has no place, and no figure */
    if (page->left == 0)
        return false;
    page->left--;
    board_receipt_row(page->json, page->contest, receipt);
    return true;
}

/* Where the next page begins; "" after the last. */
static void
put_page(struct page *page, char next[PLACE_SIZE])
{
    const struct board_contest *contest = page->request->contest;
    uint32_t shard = page->request->query.after_shard, position = page->request->query.after_position;
    uint32_t examine = EXAMINED_MOST;
    next[0] = '\0';
    for (; shard < contest->shard_count; shard++, position = 0) {
        const struct fold *fold = contest->shards[shard].fold;
        page->contest = fold_live(fold)->contest;
        uint32_t end = fold_sales_from(fold, position, examine, add_sale, page);
        examine -= end > position ? end - position : 0;
        if (end < fold_position_end(fold)) {
            snprintf(next, PLACE_SIZE, "%u:%u", shard, end);
            return;
        }
    }
}

bool
board_sales_route(struct board_request *request, struct json_out *json)
{
    char next[PLACE_SIZE];
    struct page page = {.request = request,
                        .json = json,
                        .left = request->query.limit ? request->query.limit : SALES_DEFAULT};
    json_key(json, "rows");
    json_open(json, '[');
    put_page(&page, next);
    json_close(json, ']');
    json_put_text(json, "next", next[0] ? next : NULL);
    return true;
}
