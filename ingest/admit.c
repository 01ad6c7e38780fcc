#include "ingest/admit.h"

#include <assert.h>
#include <stdlib.h>

#include "common/json_out.h"
#include "common/limits.h"

struct admission {
    struct event_item items[LIMIT_EVENTS_PER_REQUEST];
    uint32_t streamers[LIMIT_EVENTS_PER_REQUEST]; /* whose event an item is, where it is admitted */
    uint8_t codes[LIMIT_EVENTS_PER_REQUEST];      /* enum event_code: of the decoder, else of the contest */
    struct event_body body;
    size_t accepted;
    char scratch[LIMIT_BODY_BYTES];
};

struct admission *
admission_new(void)
{
    return malloc(sizeof(struct admission)); /* pages come as they are used */
}

void
admission_free(struct admission *admission)
{
    free(admission);
}

/* --- Judging --- */

static void
judge(struct admission *admission, const struct admit_request *request)
{
    const struct contest *contest = hosted_contest(request->hosted);
    uint64_t *rejected = request->hosted->ingest->counters.rejected;
    admission->accepted = 0;
    for (size_t i = 0; i < admission->body.count; i++) {
        const struct event_item *item = &admission->items[i];
        enum event_code code = item->code;
        if (code == CODE_OK)
            code = event_admit(&item->event, contest, &request->poster, request->now_ms,
                               &admission->streamers[i], NULL);
        admission->codes[i] = (uint8_t)code;
        if (code == CODE_OK)
            admission->accepted++;
        else
            rejected[code]++;
    }
}

/* --- The answer --- */

static void
add_error(struct json_out *json, const struct admission *admission, const struct admit_request *request,
          size_t index)
{
    const struct event_item *item = &admission->items[index];
    struct event_error error = {.code = admission->codes[index], .field = ""};
    uint32_t streamer;
    if (item->code != CODE_OK)
        event_explain(request->format, item, &error);
    else
        event_admit(&item->event, hosted_contest(request->hosted), &request->poster, request->now_ms,
                    &streamer, &error);
    json_open(json, '{');
    json_put_int(json, "index", (int64_t)index);
    json_key(json, "id");
    if (item->event.id.len > 0)
        json_str(json, item->event.id);
    else
        json_nil(json);
    json_put_text(json, "code", event_code_name(admission->codes[index]));
    json_put_text(json, "field", error.field && error.field[0] ? error.field : NULL);
    json_put_text(json, "message", error.message);
    json_close(json, '}');
}

static void
write_answer(struct buf *out, const struct admission *admission, const struct admit_request *request,
             size_t accepted)
{
    struct json_out json = {.buf = out};
    json_open(&json, '{');
    json_put_int(&json, "accepted", (int64_t)accepted);
    json_put_int(&json, "rejected", (int64_t)(admission->body.count - admission->accepted));
    json_key(&json, "errors");
    json_open(&json, '[');
    for (size_t i = 0; i < admission->body.count; i++)
        if (admission->codes[i] != CODE_OK)
            add_error(&json, admission, request, i);
    json_close(&json, ']');
    json_close(&json, '}');
}

static void
answer_nothing_accepted(const struct admission *admission, struct http_exchange *exchange,
                        const struct admit_request *request)
{
    struct buf body = {0};
    write_answer(&body, admission, request, 0);
    if (body.failed)
        answer_unavailable(exchange, &request->hosted->ingest->counters, "out of memory");
    else
        http_answer(exchange, &(struct http_answer){.status = 422,
                                                    .content_type = "application/json",
                                                    .body = buf_span(&body)});
    buf_free(&body);
}

/* --- Into the batches --- */

static bool
has_room(const struct hosted *hosted)
{
    for (uint32_t i = 0; i < hosted->shard_count; i++)
        if (batch_waiting_bytes(&hosted->batches[i]) > LIMIT_WAITING_BYTES)
            return false;
    return true;
}

static void
put_events(const struct admission *admission, const struct hosted *hosted, struct posting *posting)
{
    const struct streamer *streamers = hosted_contest(hosted)->streamers;
    uint32_t shards = hosted->shard_count;
    for (size_t i = 0; i < admission->body.count; i++) {
        if (admission->codes[i] != CODE_OK)
            continue;
        uint32_t shard = shards == 1 ? 0 : contest_shard_of(streamers[admission->streamers[i]].id, shards);
        if (!batch_put(&hosted->batches[shard], &admission->items[i].event, posting))
            break;
    }
    for (uint32_t shard = 0; shard < shards; shard++)
        batch_seal(&hosted->batches[shard], posting);
}

static void
store(struct admission *admission, struct http_exchange *exchange, const struct admit_request *request)
{
    struct counters *counters = &request->hosted->ingest->counters;
    struct posting *posting = NULL;
    if (has_room(request->hosted))
        posting = posting_take(&request->hosted->ingest->postings, exchange);
    if (!posting) {
        answer_unavailable(exchange, counters, "too many events wait to be stored; send them again");
        return;
    }
    posting->accepted = (uint32_t)admission->accepted;
    if (admission->body.count != 1)
        write_answer(&posting->answer, admission, request, admission->accepted);
    put_events(admission, request->hosted, posting);
    posting_settle_part(posting, true); /* our own: from here on only appends are waited for */
}

static void
answer_unreadable(struct http_exchange *exchange, enum body_verdict verdict, const char *message)
{
    if (verdict == BODY_TOO_MANY)
        http_answer_error(exchange, 413, "too_large", 0, "%s",
                          message[0] ? message : "expected at most 10000 events in a request");
    else
        http_answer_error(exchange, 400, "bad_request", 0, "%s", message);
}

void
admit_events(struct admission *admission, struct http_exchange *exchange, const struct admit_request *request)
{
    assert(hosted_is_serving(request->hosted));
    admission->body = (struct event_body){.items = admission->items,
                                          .capacity = LIMIT_EVENTS_PER_REQUEST,
                                          .scratch = {admission->scratch, sizeof admission->scratch}};
    enum body_verdict verdict = event_decode_body(request->format, request->body, &admission->body);
    if (verdict != BODY_READ) {
        answer_unreadable(exchange, verdict, admission->body.message);
        return;
    }
    request->hosted->ingest->counters.posts++;
    judge(admission, request);
    bool all_good = admission->accepted == admission->body.count;
    if (admission->accepted == 0 || (request->atomic && !all_good))
        answer_nothing_accepted(admission, exchange, request);
    else
        store(admission, exchange, request);
}
