/* Receipts: what became of the events of one streamer. They are the streamer's own, so no freeze hides them.
 */
#include "aggregator/board_receipts.h"

#include <stdlib.h>

#include "aggregator/board.h"

enum { RECEIPTS_DEFAULT = 100 };

static bool
has_amount(enum event_type type)
{
    return type == EVENT_ORDER_PAID || type == EVENT_ORDER_REFUNDED || type == EVENT_ORDER_CANCELLED;
}

static void
put_receipt(struct json_out *json, const struct contest *contest, const struct receipt *receipt)
{
    json_put_text(json, "streamer", contest->streamers[receipt->streamer].id);
    json_put_str(json, "id", receipt->id);
    json_put_text(json, "type", event_type_name(receipt->type));
    json_put_text(json, "status", fate_name(receipt->fate));
    json_put_text(json, "reason", refusal_name(receipt->refusal));
    json_put_int(json, "copies", receipt->copies);
    json_put_int(json, "conflicts", receipt->conflicts);
    json_put_int(json, "time_ms", receipt->time_s * 1000);
    if (has_amount(receipt->type))
        json_put_int(json, "amount_fen", receipt->amount_fen);
    if (receipt->type == EVENT_ORDER_PAID) {
        json_put_int(json, "remaining_fen", receipt->remaining_fen);
        json_put_text(json, "channel", channel_name(receipt->channel));
    }
    if (receipt->session != CONTEST_NONE)
        json_put_text(json, "session", contest->sessions[receipt->session].id);
    if (receipt->product != CONTEST_NONE)
        json_put_text(json, "product", contest->products[receipt->product].id);
}

void
board_receipt_row(struct json_out *json, const struct contest *contest, const struct receipt *receipt)
{
    json_open(json, '{');
    put_receipt(json, contest, receipt);
    json_close(json, '}');
}

static bool
refuse_unknown(struct board_request *request)
{
    return board_refuse(request, 404, "not_found", "no event \"%s\" of a streamer \"%s\" has come",
                        request->segments[1], request->segments[0]);
}

bool
board_receipt_route(struct board_request *request, struct json_out *json)
{
    const char *id = request->segments[0];
    const struct fold *fold = contest_shard(request->contest, id)->fold;
    const struct contest *contest = fold_live(fold)->contest;
    uint32_t streamer = contest_find_streamer(contest, span_of(id));
    struct receipt receipt;
    if (streamer == CONTEST_NONE || !fold_receipt(fold, streamer, span_of(request->segments[1]), &receipt))
        return refuse_unknown(request);
    put_receipt(json, contest, &receipt);
    return true;
}

/* --- The newest so many of a fold's events --- */

bool
board_newest_init(struct newest *newest, size_t most)
{
    *newest = (struct newest){.rows = malloc(most * sizeof *newest->rows), .most = most};
    return newest->rows;
}

bool
board_newest_each(const struct receipt *receipt, void *arg)
{
    struct newest *newest = arg;
    newest->rows[newest->count++ % newest->most] = *receipt;
    return true;
}

const struct receipt *
board_newest_at(const struct newest *newest, size_t back)
{
    if (back >= newest->most || back >= newest->count)
        return NULL;
    return &newest->rows[(newest->count - 1 - back) % newest->most];
}

void
board_newest_free(struct newest *newest)
{
    free(newest->rows);
}

bool
board_receipts_route(struct board_request *request, struct json_out *json)
{
    const char *id = request->segments[0];
    const struct fold *fold = contest_shard(request->contest, id)->fold;
    const struct contest *contest = fold_live(fold)->contest;
    uint32_t streamer = contest_find_streamer(contest, span_of(id));
    if (streamer == CONTEST_NONE)
        return board_refuse(request, 404, "not_found",
                            "expected the id of a streamer of this contest, found \"%s\"", id);
    struct newest newest;
    if (!board_newest_init(&newest, request->query.limit ? (size_t)request->query.limit : RECEIPTS_DEFAULT)) {
        json->buf->failed = true;
        return true;
    }
    fold_each(fold, request->query.fate, streamer, board_newest_each, &newest);
    json_key(json, "rows");
    json_open(json, '[');
    const struct receipt *receipt;
    for (size_t back = 0; (receipt = board_newest_at(&newest, back)); back++)
        board_receipt_row(json, contest, receipt);
    json_close(json, ']');
    board_newest_free(&newest);
    return true;
}
