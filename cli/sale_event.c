#include "cli/sale_event.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/json_out.h"
#include "common/limits.h"
#include "common/sentence.h"

enum { PAID_AFTER_MS = 60 * 60 * 1000, QUANTITY_MOST = 1000000, SHOWN_BYTES_MOST = 120 };

static bool __attribute__((format(printf, 4, 5)))
refuse(struct misfit *misfit, const char *code, const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sentence_write(misfit->message, sizeof misfit->message, format, arguments);
    va_end(arguments);
    misfit->code = code;
    misfit->field = field;
    return false;
}

/* --- Codes --- */

typedef uint32_t find_fn(const struct contest *contest, struct span id);

static uint32_t
find_name(const struct contest *contest, struct span name)
{
    for (size_t i = 0; i < contest->streamer_count; i++)
        if (span_is(name, contest->streamers[i].name))
            return (uint32_t)i;
    return CONTEST_NONE;
}

/* A code of the mapping, or an id of the contest itself. */
static uint32_t
find_code(const struct placing *placing, const struct codes *codes, struct span code, find_fn *find)
{
    const char *id = codes_find(codes, code);
    return find(placing->contest, id ? span_of(id) : code);
}

static uint32_t
find_first(const struct placing *placing, const struct codes *codes, const struct cell_texts *texts,
           find_fn *find)
{
    uint32_t found = CONTEST_NONE;
    for (size_t i = 0; i < texts->count && found == CONTEST_NONE; i++)
        found = find_code(placing, codes, texts->at[i], find);
    return found;
}

/* What the row has there, for the sentence: a person has to write it into the mapping. */
static const char *
shown(const struct cell_texts *texts, char out[SHOWN_BYTES_MOST + 8])
{
    size_t len = 0;
    if (texts->count == 0)
        return "nothing";
    for (size_t i = 0; i < texts->count; i++) {
        if (len + texts->at[i].len + 5 > SHOWN_BYTES_MOST)
            break;
        len += (size_t)snprintf(out + len, SHOWN_BYTES_MOST - len, "%s\"%.*s\"", i ? " " : "",
                                SPAN_FMT(texts->at[i]));
    }
    return len > 0 ? out : "a longer text";
}

/* --- Places --- */

static bool
is_on_platform(const struct placing *placing, uint32_t session)
{
    return strcmp(placing->contest->sessions[session].platform, placing->mapping->platform) == 0;
}

static uint32_t
find_streamer(const struct placing *placing, const struct platform_row *row)
{
    if (placing->streamer != CONTEST_NONE)
        return placing->streamer;
    uint32_t streamer =
        find_first(placing, &placing->mapping->streamers, &row->streamer, contest_find_streamer);
    for (size_t i = 0; i < row->streamer.count && streamer == CONTEST_NONE; i++)
        streamer = find_name(placing->contest, row->streamer.at[i]);
    return streamer;
}

/* The session that was on the air; else the last one that had ended, if it had not long ago. */
static uint32_t
session_at(const struct placing *placing, uint32_t streamer, int64_t time_ms)
{
    const struct contest *contest = placing->contest;
    uint32_t best = CONTEST_NONE;
    for (uint32_t i = 0; i < contest->session_count; i++) {
        const struct session *session = &contest->sessions[i];
        if (session->streamer != streamer || !is_on_platform(placing, i) || time_ms < session->starts_ms ||
            time_ms >= session->ends_ms + PAID_AFTER_MS)
            continue;
        if (best == CONTEST_NONE || session->starts_ms > contest->sessions[best].starts_ms)
            best = i;
    }
    return best;
}

static bool
place_by_streamer(const struct placing *placing, const struct platform_row *row, uint32_t *session,
                  struct misfit *misfit)
{
    char text[SHOWN_BYTES_MOST + 8];
    uint32_t streamer = find_streamer(placing, row);
    if (streamer == CONTEST_NONE)
        return refuse(
            misfit, "unknown_streamer", "session",
            "expected a streamer by the mapping's `streamers`, or --streamer or --session, found %s",
            shown(&row->streamer, text));
    *session = session_at(placing, streamer, row->time_ms);
    if (*session != CONTEST_NONE)
        return true;
    return refuse(misfit, "unknown_session", "session",
                  "expected a session of %s on %s at the time of the order, found none; --session says which",
                  placing->contest->streamers[streamer].id, placing->mapping->platform);
}

static bool
place(const struct placing *placing, const struct platform_row *row, uint32_t *session, struct misfit *misfit)
{
    *session = placing->session;
    if (*session == CONTEST_NONE && row->session.len > 0)
        *session = find_code(placing, &placing->mapping->sessions, row->session, contest_find_session);
    if (*session == CONTEST_NONE)
        return place_by_streamer(placing, row, session, misfit);
    if (is_on_platform(placing, *session))
        return true;
    return refuse(misfit, "unknown_session", "session", "expected a session on %s, found %s, which is not",
                  placing->mapping->platform, placing->contest->sessions[*session].id);
}

static bool
find_product(const struct placing *placing, const struct platform_row *row, uint32_t *product,
             struct misfit *misfit)
{
    char text[SHOWN_BYTES_MOST + 8];
    *product = placing->product;
    if (*product == CONTEST_NONE)
        *product = find_first(placing, &placing->mapping->products, &row->product, contest_find_product);
    if (*product != CONTEST_NONE)
        return true;
    return refuse(misfit, "unknown_product", "product",
                  "expected a product by the mapping's `products`, or --product, found %s",
                  shown(&row->product, text));
}

static bool
check_row(const struct platform_row *row, struct misfit *misfit)
{
    if (row->time_ms < 0)
        return refuse(misfit, "bad_time", "time", "expected a time such as 2021-11-26 19:21:07, found none");
    if (row->quantity < 1 || row->quantity > QUANTITY_MOST)
        return refuse(misfit, "out_of_range", "quantity", "expected a whole number of 1 to %d, found another",
                      QUANTITY_MOST);
    return true;
}

/* --- Events --- */

static void
put_head(const struct placing *placing, struct json_out *json, struct span id, const char *type,
         const struct platform_row *row, uint32_t session)
{
    char time[40];
    clock_format_rfc3339(time, sizeof time, row->time_ms, placing->contest->utc_offset_min);
    json_open(json, '{');
    json_put_str(json, "id", id);
    json_put_text(json, "type", type);
    json_put_text(json, "time", time);
    json_put_text(json, "session", placing->contest->sessions[session].id);
}

bool
sale_event_paid(const struct placing *placing, const struct platform_row *row, uint32_t *session,
                struct buf *out, struct misfit *misfit)
{
    uint32_t product;
    assert(row->kind == ROW_ORDER);
    if (!check_row(row, misfit) || !place(placing, row, session, misfit) ||
        !find_product(placing, row, &product, misfit))
        return false;
    struct json_out json = {.buf = out};
    put_head(placing, &json, row->id, "order.paid", row, *session);
    json_put_text(&json, "product", placing->contest->products[product].id);
    json_put_int(&json, "quantity", row->quantity);
    json_put_int(&json, "amount_fen", row->amount_fen);
    json_close(&json, '}');
    return true;
}

bool
sale_event_refund(const struct placing *placing, const struct platform_row *row, uint32_t session,
                  int64_t refund_fen, int64_t refunded_fen, struct buf *out, struct misfit *misfit)
{
    char id[LIMIT_ID_BYTES + 32];
    assert(session != CONTEST_NONE && refund_fen > 0 && refunded_fen >= refund_fen);
    if (row->time_ms < 0)
        return refuse(misfit, "bad_time", "time", "expected a time such as 2021-11-26 19:21:07, found none");
    int len = snprintf(id, sizeof id, "%.*s:refund:%" PRId64, SPAN_FMT(row->id), refunded_fen);
    if (len > LIMIT_ID_BYTES)
        return refuse(misfit, "bad_id", "id",
                      "expected an order number short enough to name its refund by it");
    struct json_out json = {.buf = out};
    put_head(placing, &json, span_of(id), "order.refunded", row, session);
    json_put_str(&json, "of", row->id);
    json_put_int(&json, "amount_fen", refund_fen);
    json_close(&json, '}');
    return true;
}
