#include "cli/posting.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "cli/ask.h"
#include "common/clock.h"

enum { WORTH_A_WORD_MS = 800 };

void
posting_init(struct posting *posting, const struct posting_target *target)
{
    *posting = (struct posting){.batch.most = (size_t)target->batch};
    posting->patience_ms = target->patience_s < 0 ? -1 : target->patience_s * 1000;
    posting->client = http_client_new(target->ingest, target->token, NULL);
    posting->progress = progress_start("post", clock_steady_ms());
    posting->batch.starts = calloc(posting->batch.most, sizeof *posting->batch.starts);
    posting->batch.lines = calloc(posting->batch.most, sizeof *posting->batch.lines);
    if (!posting->batch.starts || !posting->batch.lines)
        abort();
    buf_add_text(&posting->path, "/v1/contests");
    http_path_add(&posting->path, target->contest);
    buf_add_text(&posting->path, "/events");
}

void
posting_free(struct posting *posting)
{
    http_answer_free(&posting->answer);
    http_client_free(posting->client);
    free(posting->batch.starts);
    free(posting->batch.lines);
    buf_free(&posting->batch.body);
    buf_free(&posting->path);
}

/* --- What is rejected --- */

bool
posting_reject(struct posting *posting, const struct reject *reject)
{
    posting->rejected++;
    bool kept = rejects_add(&posting->rejects, reject);
    posting->gave_up = posting->gave_up || !kept;
    return kept;
}

static struct span
batch_event(const struct batch *batch, size_t index)
{
    size_t end = index + 1 < batch->count ? batch->starts[index + 1] : batch->body.len;
    size_t start = batch->starts[index];
    while (end > start && (batch->body.at[end - 1] == '\n' || batch->body.at[end - 1] == '\r'))
        end--;
    return (struct span){batch->body.at + start, end - start};
}

/* Keeps one of the batch that ingest rejected; false where that is not possible. */
static bool
reject_event(struct posting *posting, const json_t *error)
{
    json_int_t index = json_integer_value(json_object_get(error, "index"));
    if (index < 0 || (uint64_t)index >= posting->batch.count)
        return false;
    struct reject reject = {.line = posting->batch.lines[index],
                            .code = ask_text(error, "code"),
                            .field = ask_text(error, "field"),
                            .message = ask_text(error, "message"),
                            .event = batch_event(&posting->batch, (size_t)index)};
    return posting_reject(posting, &reject);
}

/* Takes the answer to the batch apart; false where it is none that ingest gives. */
static bool
take_answer(struct posting *posting)
{
    const struct buf *body = &posting->answer.body;
    json_t *answer = json_loadb(body->at ? body->at : "", body->len, 0, NULL);
    const json_t *accepted = json_object_get(answer, "accepted");
    const json_t *errors = json_object_get(answer, "errors");
    bool good = json_is_integer(accepted) && json_is_array(errors);
    for (size_t i = 0; good && i < json_array_size(errors); i++)
        good = reject_event(posting, json_array_get(errors, i));
    if (good)
        posting->accepted += (uint64_t)json_integer_value(accepted);
    json_decref(answer);
    return good;
}

/* --- Sending --- */

static void
show_progress(struct posting *posting)
{
    char note[128];
    snprintf(note, sizeof note, "%s, line %" PRIu64 ": %" PRIu64 " accepted, %" PRIu64 " rejected",
             posting->name, posting->line, posting->accepted, posting->rejected);
    progress_show(&posting->progress, clock_steady_ms(), posting->bytes, posting->bytes_total, note);
}

static void
wait_cb(const struct http_answer *answer, int64_t wait_ms, void *arg)
{
    struct posting *posting = arg;
    if (wait_ms < WORTH_A_WORD_MS)
        return;
    progress_clear(&posting->progress);
    fprintf(stderr, "bochuang post: %s; trying again in %" PRId64 " ms\n", answer->trouble, wait_ms);
}

static void
clear_batch(struct batch *batch)
{
    buf_clear(&batch->body);
    batch->count = 0;
}

/* Sends the batch; false where posting has to end. */
static bool
flush_batch(struct posting *posting)
{
    if (posting->batch.count == 0)
        return true;
    struct http_call call = {.path = buf_text(&posting->path),
                             .content_type = "application/x-ndjson",
                             .body = buf_span(&posting->batch.body),
                             .patience_ms = posting->patience_ms,
                             .on_wait = wait_cb,
                             .arg = posting};
    bool answered = http_client_call(posting->client, &call, &posting->answer);
    bool decided = posting->answer.status == 202 || posting->answer.status == 422;
    posting->gave_up = !answered || !decided || !take_answer(posting);
    if (posting->gave_up) {
        progress_clear(&posting->progress);
        http_complain("post", &posting->answer);
        fprintf(stderr,
                "bochuang post: %s: stopped before line %" PRIu64 "; what came before it is acknowledged\n",
                posting->name, posting->batch.lines[0]);
    }
    clear_batch(&posting->batch);
    show_progress(posting);
    return !posting->gave_up;
}

bool
posting_add(struct posting *posting, struct span event, uint64_t line)
{
    struct batch *batch = &posting->batch;
    assert(event.len > 0 && event.len <= POSTING_BATCH_BYTES_MOST);
    if (batch->body.len + event.len + 1 > POSTING_BATCH_BYTES_MOST && !flush_batch(posting))
        return false;
    batch->starts[batch->count] = batch->body.len;
    batch->lines[batch->count++] = line;
    buf_add_span(&batch->body, event);
    if (event.at[event.len - 1] != '\n')
        buf_add_byte(&batch->body, '\n');
    if (batch->body.failed)
        abort();
    return batch->count < batch->most || flush_batch(posting);
}

/* --- Files --- */

void
posting_begin(struct posting *posting, const char *name)
{
    posting->name = name;
    posting->line = posting->bytes = posting->bytes_total = 0;
    rejects_open(&posting->rejects, name);
}

bool
posting_end(struct posting *posting, bool whole)
{
    bool posted = !posting->gave_up && flush_batch(posting) && whole;
    return rejects_close(&posting->rejects, posted) && posted;
}
