/*
 * Sales as a contest has them: some sessions and some products sell far more than others, three in a hundred
 * are refunded or cancelled (a few of these arrive before their sale), one in twenty is sent twice, a few
 * come again with other content, a few are wrong. About a fifth of the money is claimed offline and approved
 * by the organiser.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/script_parts.h"
#include "common/limits.h"
#include "common/money.h"

enum {
    NET_FEN_PER_LINE = 4063, /* 6.5 million yuan over 160,000 lines */
    OFFLINE_LINES_IN = 250,  /* one line in so many is an offline claim */
    OFFLINE_PERCENT = 20,    /* of the money */
    REFUND_PERCENT_X10 = 21, /* of lines, in thousandths */
    CANCEL_PERCENT_X10 = 10,
    EARLY_REFUNDS_IN = 10,
    DUPLICATES_IN = 20,
    CONFLICTS_IN = 4000,
    MISTAKES_IN = 4000,
    REJECTED_CLAIMS_IN = 100,
    MINUTE_MS = 60 * 1000,
};

struct sale {
    struct event event;
    uint32_t streamer;
    int64_t at_ms;  /* when it is sent */
    int64_t weight; /* its share of the money of its channel */
};

static struct span
order_id(struct script_author *author, int64_t number, const char *prefix)
{
    char id[LIMIT_ID_BYTES + 1];
    int len = snprintf(id, sizeof id, "%s%010" PRId64 "%04d", prefix, 1000000007 + number * 7919,
                       (int)script_below(author, 10000));
    return span_of(arena_text(author->script->arena, (struct span){id, (size_t)len}));
}

/* Mostly of the streamer's own county; of any of these the first ones sell best. */
static uint32_t
choose_product(struct script_author *author, uint32_t county)
{
    const struct contest *contest = author->contest;
    uint32_t own[64];
    int64_t own_count = 0;
    for (uint32_t i = 0; i < contest->product_count && own_count < 64; i++) {
        if (contest->products[i].county == county)
            own[own_count++] = i;
    }
    int64_t among =
        own_count > 0 && script_below(author, 100) < 80 ? own_count : (int64_t)contest->product_count;
    int64_t first = script_below(author, among), second = script_below(author, among);
    int64_t chosen = first < second ? first : second;
    return among == own_count && own_count > 0 ? own[chosen] : (uint32_t)chosen;
}

static void
make_sale(struct script_author *author, const struct session *session, int64_t number, bool offline,
          struct sale *sale)
{
    const struct contest *contest = author->contest;
    uint32_t product = choose_product(author, contest->streamers[session->streamer].county);
    int64_t price = 15 + (int64_t)(product * 2654435761u % 90);
    sale->streamer = session->streamer;
    sale->event =
        (struct event){.type = EVENT_ORDER_PAID,
                       .id = order_id(author, number, offline ? "off-" : "69"),
                       .session = span_of(session->id),
                       .product = span_of(contest->products[product].id),
                       .channel = offline ? CHANNEL_OFFLINE : CHANNEL_ONLINE,
                       .quantity = offline ? 20 + script_below(author, 100) : 1 + script_below(author, 3)};
    sale->event.time_ms = session->starts_ms + script_below(author, session->ends_ms - session->starts_ms);
    sale->at_ms = offline ? session->ends_ms + script_below(author, 30 * MINUTE_MS)
                          : sale->event.time_ms + script_below(author, MINUTE_MS);
    sale->weight = price * sale->event.quantity;
}

/* --- Money --- */

/* Gives each sale of a channel its part of `total_fen`, and adds it up. */
static void
share_money(struct sale *sales, int64_t count, enum channel channel, int64_t total_fen)
{
    int64_t weights = 0;
    for (int64_t i = 0; i < count; i++)
        weights += sales[i].event.channel == channel ? sales[i].weight : 0;
    for (int64_t i = 0; i < count; i++) {
        if (sales[i].event.channel != channel)
            continue;
        int64_t fen = (int64_t)((__int128)total_fen * sales[i].weight / weights);
        sales[i].event.amount_fen = fen / 10 * 10 + 1;
    }
}

static void
count_sale(struct script_figures *figures, const struct event *event, int64_t refunded_fen)
{
    int64_t net_fen = event->amount_fen - refunded_fen;
    figures->gross_fen = fen_add(figures->gross_fen, event->amount_fen);
    figures->refunded_fen = fen_add(figures->refunded_fen, refunded_fen);
    if (event->channel == CHANNEL_ONLINE)
        figures->online_net_fen = fen_add(figures->online_net_fen, net_fen);
    else
        figures->offline_net_fen = fen_add(figures->offline_net_fen, net_fen);
    figures->orders++;
    figures->quantity += event->quantity;
}

/* --- What becomes of a sale --- */

/* A refund or a cancellation; what it takes. Some overtake their sale on the way. */
static int64_t
write_refund(struct script_author *author, const struct sale *sale, int64_t number, bool cancel)
{
    struct event event = sale->event;
    bool early = script_below(author, EARLY_REFUNDS_IN) == 0;
    event.type = cancel ? EVENT_ORDER_CANCELLED : EVENT_ORDER_REFUNDED;
    event.of = sale->event.id;
    event.id = order_id(author, number, "70");
    event.time_ms = sale->event.time_ms + MINUTE_MS;
    if (!cancel && script_below(author, 2) == 0 && event.amount_fen > 1)
        event.amount_fen = event.amount_fen / 2;
    int64_t at_ms =
        early ? sale->at_ms - 1 : sale->at_ms + 5 * MINUTE_MS + script_below(author, 180 * MINUTE_MS);
    script_add_step(author, at_ms, sale->streamer, &event);
    return cancel ? sale->event.amount_fen : event.amount_fen;
}

static void
write_again(struct script_author *author, const struct sale *sale)
{
    struct script_figures *figures = &author->script->figures;
    struct event event = sale->event;
    int64_t at_ms = sale->at_ms + 1 + script_below(author, 10 * MINUTE_MS);
    if (script_below(author, CONFLICTS_IN) == 0) {
        event.amount_fen++;
        figures->conflicts++;
        script_add_step(author, at_ms, sale->streamer, &event);
    } else if (script_below(author, DUPLICATES_IN) == 0) {
        figures->duplicates++;
        script_add_step(author, at_ms, sale->streamer, &event);
    }
}

static void
write_mistake(struct script_author *author, const struct sale *sale, int64_t number)
{
    struct event event = sale->event;
    event.id = order_id(author, number, "bad-");
    switch (script_below(author, 4)) {
    case 0:
        event.product = SPAN("no-such-product");
        break;
    case 1:
        event.quantity = 0;
        break;
    case 2:
        event.time_ms = author->contest->opens_ms - 3600 * 1000;
        break;
    default:
        event.amount_fen = -1;
        break;
    }
    author->script->figures.rejected++;
    script_add_step(author, sale->at_ms, sale->streamer, &event);
}

/* The organiser's word on a claim, sometimes before it has arrived; true where it counts. */
static bool
write_decision(struct script_author *author, const struct sale *sale, int64_t number)
{
    bool approve = script_below(author, REJECTED_CLAIMS_IN) > 0;
    struct buf json = {0};
    if (!author->contest->offline_needs_approval)
        return true;
    buf_printf(&json, "{\"id\":\"claim-%" PRId64 "\",\"type\":\"%s\",\"streamer\":\"%s\",\"event\":\"%.*s\"}",
               number, approve ? "approve" : "reject", author->contest->streamers[sale->streamer].id,
               SPAN_FMT(sale->event.id));
    script_add_action(author, sale->at_ms + script_below(author, 120 * MINUTE_MS), false, &json);
    buf_free(&json);
    return approve;
}

static void
write_void(struct script_author *author, const struct sale *sale)
{
    struct buf json = {0};
    buf_printf(&json,
               "{\"id\":\"void-1\",\"type\":\"void\",\"streamer\":\"%s\",\"event\":\"%.*s\",\"reason\":"
               "\"核查：刷单\"}",
               author->contest->streamers[sale->streamer].id, SPAN_FMT(sale->event.id));
    script_add_action(author, sale->at_ms + 60 * MINUTE_MS, true, &json);
    buf_free(&json);
    author->script->figures.voided++;
}

static void
write_sale(struct script_author *author, const struct sale *sale, int64_t number)
{
    bool offline = sale->event.channel == CHANNEL_OFFLINE;
    int64_t fate = script_below(author, 1000), refunded_fen = 0;
    script_add_step(author, sale->at_ms, sale->streamer, &sale->event);
    if (!offline && fate < REFUND_PERCENT_X10 + CANCEL_PERCENT_X10)
        refunded_fen = write_refund(author, sale, number, fate >= REFUND_PERCENT_X10);
    write_again(author, sale);
    if (script_below(author, MISTAKES_IN) == 0)
        write_mistake(author, sale, number);
    if (number == 0 && !offline)
        write_void(author, sale);
    else if (!offline || write_decision(author, sale, number))
        count_sale(&author->script->figures, &sale->event, refunded_fen);
}

/* How much of the contest's business a session does: a few do most of it. */
static void
share_lines(struct script_author *author, double *shares)
{
    double sum = 0;
    for (size_t i = 0; i < author->contest->session_count; i++) {
        double chance = (double)script_below(author, 1000) / 1000;
        sum += shares[i] = 0.15 + chance * chance * chance * 2;
    }
    for (size_t i = 0; i < author->contest->session_count; i++)
        shares[i] /= sum;
}

/* The first line is an online one: it is the one that is voided. */
static bool
is_offline(int64_t number)
{
    return number % OFFLINE_LINES_IN == OFFLINE_LINES_IN / 2;
}

void
script_write_sales(struct script_author *author)
{
    const struct contest *contest = author->contest;
    int64_t lines = author->order_lines, number = 0;
    struct sale *sales = calloc((size_t)lines, sizeof *sales);
    double *shares = calloc(contest->session_count, sizeof *shares);
    if (!sales || !shares)
        abort();
    share_lines(author, shares);
    for (size_t i = 0; i < contest->session_count; i++) {
        int64_t until =
            i + 1 == contest->session_count ? lines : number + (int64_t)(shares[i] * (double)lines);
        for (; number < until; number++)
            make_sale(author, &contest->sessions[i], number, is_offline(number), &sales[number]);
    }
    int64_t gross_fen = lines * NET_FEN_PER_LINE * 102 / 100;
    share_money(sales, lines, CHANNEL_OFFLINE, gross_fen * OFFLINE_PERCENT / 100);
    share_money(sales, lines, CHANNEL_ONLINE, gross_fen * (100 - OFFLINE_PERCENT) / 100);
    for (int64_t i = 0; i < lines; i++)
        write_sale(author, &sales[i], i);
    free(sales);
    free(shares);
}
