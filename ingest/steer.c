#include "ingest/steer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crash_point.h"
#include "common/http_server.h"
#include "common/json_out.h"
#include "common/limits.h"
#include "common/logline.h"
#include "ingest/hosted.h"

enum { JOBS_MOST = 1024, ACTOR_SIZE = 16 + TOKEN_KEY_LEN + 65 + 3 };

enum steer_kind { STEER_ACTION, STEER_SCHEDULED, STEER_DOCUMENT };

struct steer_job {
    enum steer_kind kind;
    struct hosted *hosted;          /* NULL: the contest gave up this job, its append only has to end */
    struct http_exchange *exchange; /* STEER_ACTION */
    enum role role;
    char actor[ACTOR_SIZE];
    struct buf body;  /* as posted */
    struct buf entry; /* as it goes into the log */
    uint32_t done;    /* shards that have it: the last ones; shard_count: all of them */
    bool appending;   /* an append is under way */
    bool applied;     /* by our own follower, with this outcome: */
    enum registry_outcome outcome;
    struct steer_job *next;
};

static void
job_free(struct steer_job *job)
{
    buf_free(&job->body);
    buf_free(&job->entry);
    free(job);
}

static const char *
kind_name(const struct steer_job *job)
{
    static const char *const names[] = {"an action", "a scheduled action", "the contest file"};
    return names[job->kind];
}

/* --- The queue --- */

static struct steer_job *
queue(struct hosted *hosted, enum steer_kind kind, struct span body)
{
    struct steering *steering = &hosted->steering;
    struct steer_job *job = NULL;
    if (steering->job_count < JOBS_MOST && steering->waiting_bytes < LIMIT_WAITING_BYTES)
        job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->kind = kind;
    job->hosted = hosted;
    buf_add_span(&job->body, body);
    if (job->body.failed) {
        job_free(job);
        return NULL;
    }
    if (steering->last)
        steering->last->next = job;
    else
        steering->first = job;
    steering->last = job;
    steering->job_count++;
    steering->waiting_bytes += body.len;
    steering->own_queued |= kind != STEER_ACTION;
    return job;
}

/* Takes the first job off the queue. It dies now, or with its append. */
static void
drop_first(struct hosted *hosted)
{
    struct steering *steering = &hosted->steering;
    struct steer_job *job = steering->first;
    steering->first = job->next;
    if (!steering->first)
        steering->last = NULL;
    steering->job_count--;
    steering->waiting_bytes -= job->body.len;
    steering->working = false;
    if (job->kind != STEER_ACTION)
        steering->own_queued = false;
    job->hosted = NULL;
    if (!job->appending)
        job_free(job);
}

/* --- Answers --- */

static void
answer_accepted(struct steer_job *job)
{
    if (!job->exchange)
        return;
    job->hosted->ingest->counters.actions_accepted++;
    CRASH_POINT("steer.answer");
    http_answer(job->exchange, &(struct http_answer){.status = 202,
                                                     .content_type = "application/json",
                                                     .body = SPAN("{\"accepted\":1}")});
}

static void
answer_wrong(struct steer_job *job, const char *id, const struct event_error *error)
{
    struct buf body = {0};
    struct json_out json = {.buf = &body};
    const char *code = event_code_name(error->code);
    json_open(&json, '{');
    json_put_int(&json, "accepted", 0);
    json_put_int(&json, "rejected", 1);
    json_key(&json, "errors");
    json_open(&json, '[');
    json_open(&json, '{');
    json_put_int(&json, "index", 0);
    json_put_text(&json, "id", id[0] ? id : NULL);
    json_put_text(&json, "code", code);
    json_put_text(&json, "field", error->field && error->field[0] ? error->field : NULL);
    json_put_text(&json, "message", error->message);
    json_close(&json, '}');
    json_close(&json, ']');
    json_put_text(&json, "code", code);
    json_put_text(&json, "message", error->message);
    json_close(&json, '}');
    if (body.failed)
        answer_unavailable(job->exchange, &job->hosted->ingest->counters, "out of memory");
    else
        http_answer(job->exchange, &(struct http_answer){.status = 422,
                                                         .content_type = "application/json",
                                                         .body = buf_span(&body)});
    buf_free(&body);
}

/* The first job has failed: nobody knows which shards hold it. */
static void
fail_first(struct hosted *hosted, const char *why)
{
    struct steer_job *job = hosted->steering.first;
    if (hosted->steering.working && job->entry.len > 0)
        hosted->repaired = hosted->shard_count == 1;
    log_warn("contest %s: %s is not in the log: %s", hosted->id, kind_name(job), why);
    if (job->exchange)
        answer_unavailable(job->exchange, &hosted->ingest->counters, why);
    drop_first(hosted);
}

void
steer_fail_all(struct hosted *hosted)
{
    while (hosted->steering.first)
        fail_first(hosted, "Redis cannot be reached; send it again");
}

/* --- One job --- */

static void
file_done(struct hosted *hosted)
{
    contest_release(hosted->file);
    hosted->file = NULL;
}

/* On all shards, and applied. */
static void
finish_first(struct hosted *hosted)
{
    struct steer_job *job = hosted->steering.first;
    bool refused = job->outcome == REGISTRY_REFUSED;
    if (job->kind == STEER_DOCUMENT) {
        if (refused)
            log_error("contest %s: the file no longer fits the contest; it stays as it was", hosted->id);
        else
            log_info("contest %s: loaded", hosted->id);
        file_done(hosted);
    } else if (refused && job->exchange) {
        /* Another daemon was faster. Sent again, it is held against the contest as it is now. */
        answer_unavailable(job->exchange, &hosted->ingest->counters, "the contest has changed meanwhile");
    } else {
        answer_accepted(job);
    }
    drop_first(hosted);
}

static void append_next(struct hosted *hosted);

static void
appended_cb(enum log_outcome outcome, struct log_id id, void *arg)
{
    (void)id;
    struct steer_job *job = arg;
    struct hosted *hosted = job->hosted;
    job->appending = false;
    if (!hosted) {
        job_free(job); /* it was given up meanwhile */
        return;
    }
    hosted->ingest->counters.commit_failures += outcome != LOG_COMMITTED;
    if (outcome != LOG_COMMITTED) {
        fail_first(hosted, "Redis did not store it; send it again");
    } else {
        job->done++;
        CRASH_POINT("steer.appended");
        append_next(hosted);
    }
    hosted_step(hosted);
}

static void
append_next(struct hosted *hosted)
{
    struct steer_job *job = hosted->steering.first;
    if (job->done == hosted->shard_count) {
        if (job->applied)
            finish_first(hosted);
        return; /* steer_applied() goes on */
    }
    enum log_kind kind = job->kind == STEER_DOCUMENT ? LOG_DOCUMENT : LOG_ACTION;
    uint32_t shard = hosted->shard_count - 1 - job->done;
    CRASH_POINT("steer.append");
    job->appending =
        log_append(hosted->ingest->link, hosted->id, shard, kind, buf_span(&job->entry), appended_cb, job);
    if (!job->appending)
        fail_first(hosted, "Redis cannot be reached; send it again");
}

void
steer_applied(struct hosted *hosted, const struct log_entry *entry, enum registry_outcome outcome)
{
    struct steer_job *job = hosted->steering.first;
    if (!hosted->steering.working || job->applied || !span_eq(entry->payload, buf_span(&job->entry)))
        return;
    job->applied = true;
    job->outcome = outcome;
    if (job->done < hosted->shard_count)
        return; /* the follower was faster than the answer */
    finish_first(hosted);
    hosted_step(hosted);
}

/* False where the job was answered right away. */
static bool
admit_action(struct steer_job *job)
{
    struct hosted *hosted = job->hosted;
    struct action_actor actor = {job->role, job->actor};
    struct event_error error = {.field = ""};
    char id[65] = "";
    switch (action_admit(hosted_contest(hosted), &actor, buf_span(&job->body), &job->entry, id, &error)) {
    case ACTION_ADMITTED:
        return true;
    case ACTION_UNREADABLE:
        http_answer_error(job->exchange, 400, "bad_request", 0, "%s",
                          error.message[0] ? error.message : "expected one JSON object");
        return false;
    case ACTION_NO_MEMORY:
        answer_unavailable(job->exchange, &hosted->ingest->counters, "out of memory");
        return false;
    case ACTION_FORBIDDEN:
        http_answer_error(job->exchange, 403, "forbidden", 0, "%s",
                          error.message[0] ? error.message : "this role may not do that");
        return false;
    case ACTION_WRONG:
        answer_wrong(job, id, &error);
        return false;
    }
    return false;
}

static void
log_errors(const struct hosted *hosted, const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        log_error("contest %s: line %d: %s: %s", hosted->id, errors->items[i].line, errors->items[i].field,
                  errors->items[i].message);
}

/* False where there is nothing to append: the file changes nothing, or does not fit. */
static bool
make_document(struct steer_job *job)
{
    struct hosted *hosted = job->hosted;
    const struct contest *current = hosted_contest(hosted);
    struct errors errors = {0};
    struct buf before = {0};
    struct contest *merged = contest_merge(current, hosted->file, &errors);
    log_errors(hosted, &errors);
    if (merged)
        contest_to_json(merged, &job->entry);
    else
        log_error("contest %s: the file does not fit the contest, which stays as it was", hosted->id);
    if (current)
        contest_to_json(current, &before);
    bool changed = merged && !span_eq(buf_span(&before), buf_span(&job->entry));
    contest_release(merged);
    buf_free(&before);
    errors_free(&errors);
    if (!changed)
        file_done(hosted);
    return changed;
}

static bool
prepare(struct steer_job *job)
{
    switch (job->kind) {
    case STEER_ACTION:
        return admit_action(job);
    case STEER_DOCUMENT:
        return job->hosted->file && make_document(job);
    case STEER_SCHEDULED:
        buf_add_span(&job->entry, buf_span(&job->body));
        return true;
    }
    return false;
}

void
steer_step(struct hosted *hosted)
{
    struct steering *steering = &hosted->steering;
    while (steering->first && !steering->working && hosted->repaired) {
        struct steer_job *job = steering->first;
        if (job->kind == STEER_ACTION && !hosted_contest(hosted)) {
            fail_first(hosted, "the contest is not loaded yet");
        } else if (!prepare(job)) {
            drop_first(hosted);
        } else if (job->entry.failed) {
            fail_first(hosted, "out of memory");
        } else {
            steering->working = true;
            append_next(hosted);
        }
    }
}

/* --- Queueing --- */

void
steer_action(struct hosted *hosted, struct http_exchange *exchange, const struct token_record *record,
             struct span body)
{
    struct steer_job *job = queue(hosted, STEER_ACTION, body);
    if (!job) {
        answer_unavailable(exchange, &hosted->ingest->counters, "too many actions wait");
        return;
    }
    job->exchange = exchange;
    job->role = record->role;
    snprintf(job->actor, sizeof job->actor, "%s %s%s%s", role_name(record->role), record->key,
             record->label[0] ? " " : "", record->label);
    hosted_step(hosted);
}

void
steer_scheduled(struct hosted *hosted, struct span entry)
{
    assert(!hosted->steering.own_queued);
    queue(hosted, STEER_SCHEDULED, entry);
}

void
steer_document(struct hosted *hosted)
{
    assert(!hosted->steering.own_queued && hosted->file);
    queue(hosted, STEER_DOCUMENT, (struct span){NULL, 0});
}
