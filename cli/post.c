/*
 * `bochuang post`: sends lines of events in batches, one at a time, until each batch is acknowledged. A batch
 * whose answer was lost is sent again: the events' ids make that safe. Lines that ingest will never take are
 * kept beside the file, with the reason, so that they can be put right and posted again.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/post_rejects.h"
#include "cli/terminal.h"
#include "common/clock.h"
#include "common/limits.h"

enum { FILES_MOST = 1024, BATCH_BYTES_MOST = 1 << 20, WORTH_A_WORD_MS = 800 };

struct post_options {
    const char *ingest, *token, *contest;
    int64_t batch;
    int64_t patience_s;
    bool json;
};

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct post_options),
    {"batch", 0, OPTION_INT, offsetof(struct post_options, batch), 1, LIMIT_EVENTS_PER_REQUEST, "N", NULL,
     "500", "events in a request"},
    {"patience", 0, OPTION_INT, offsetof(struct post_options, patience_s), -1, 1 << 20, "S", NULL, "-1",
     "seconds to go on trying while ingest does not answer; -1: for ever"},
    OPTION_ROW_JSON(struct post_options),
    OPTION_ROW_INGEST(struct post_options),
    OPTION_ROW_TOKEN(struct post_options),
};

static const struct command_usage usage = {
    .name = "post",
    .operands = "[FILE]...",
    .operand_most = FILES_MOST,
    .purpose = "sends events, one JSON object a line, until all are acknowledged",
    .details = "Without FILE, or where FILE is -, standard input is read. What is rejected goes to "
               "FILE.rejected (or\n"
               "stdin.rejected) with its line, the reason and the event. Sending a file twice is harmless.",
    .examples = "  export BOCHUANG_TOKEN=bc_...\n"
                "  bochuang post --contest youxian-2021 sales.ndjson\n"
                "  tail -F sales.ndjson | bochuang post --contest youxian-2021 --batch 1",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

/* A batch being collected: its bytes, and where each of its lines starts and stood in the file. */
struct batch {
    struct buf body;
    size_t *starts;  /* owned; of each event, in `body` */
    uint64_t *lines; /* owned; of each event, in the file, from 1 */
    size_t count, most;
};

struct posting {
    const struct post_options *options;
    struct http_client *client;
    struct buf path;
    struct batch batch;
    struct progress progress;
    struct http_answer answer;
    /* Of the file at hand: */
    const char *name;
    struct rejects rejects;
    uint64_t line, bytes, bytes_total; /* total 0: not known */
    /* Of all files: */
    uint64_t accepted, rejected;
    bool gave_up;
};

/* --- What is rejected --- */

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
    posting->rejected++;
    return rejects_add(&posting->rejects, &reject);
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
    int64_t patience_s = posting->options->patience_s;
    struct http_call call = {.path = buf_text(&posting->path),
                             .content_type = "application/x-ndjson",
                             .body = buf_span(&posting->batch.body),
                             .patience_ms = patience_s < 0 ? -1 : patience_s * 1000,
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

static bool
is_empty(struct span line)
{
    for (size_t i = 0; i < line.len; i++)
        if (!strchr(" \t\r\n", line.at[i]))
            return false;
    return true;
}

/* A line so long that it is not even sent: it is not repeated in the list either. */
static bool
reject_line(struct posting *posting)
{
    struct reject reject = {.line = posting->line,
                            .code = "too_large",
                            .field = "",
                            .message = "expected an event of at most 4096 bytes",
                            .event = SPAN("")};
    posting->rejected++;
    return rejects_add(&posting->rejects, &reject);
}

static bool
add_line(struct posting *posting, struct span line)
{
    struct batch *batch = &posting->batch;
    posting->line++;
    posting->bytes += line.len;
    if (is_empty(line))
        return true;
    if (line.len > BATCH_BYTES_MOST)
        return reject_line(posting);
    if (batch->body.len + line.len + 1 > BATCH_BYTES_MOST && !flush_batch(posting))
        return false;
    batch->starts[batch->count] = batch->body.len;
    batch->lines[batch->count++] = posting->line;
    buf_add_span(&batch->body, line);
    if (line.at[line.len - 1] != '\n')
        buf_add_byte(&batch->body, '\n');
    if (batch->body.failed)
        abort();
    return batch->count < batch->most || flush_batch(posting);
}

/* --- Files --- */

static bool
post_stream(struct posting *posting, FILE *in)
{
    char *line = NULL;
    size_t cap = 0;
    bool going = true;
    for (ssize_t len; going && (len = getline(&line, &cap, in)) > 0;)
        going = add_line(posting, (struct span){line, (size_t)len});
    free(line);
    if (ferror(in)) {
        fprintf(stderr, "bochuang post: %s: %s\n", posting->name, strerror(errno));
        posting->gave_up = true;
    }
    return going && flush_batch(posting) && !posting->gave_up;
}

static bool
post_file(struct posting *posting, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(path, "rb");
    struct stat about;
    if (!in) {
        fprintf(stderr, "bochuang post: %s: %s\n", path, strerror(errno));
        return false;
    }
    posting->name = is_stdin ? "stdin" : path;
    posting->line = posting->bytes = posting->bytes_total = 0;
    if (fstat(fileno(in), &about) == 0 && S_ISREG(about.st_mode))
        posting->bytes_total = (uint64_t)about.st_size;
    rejects_open(&posting->rejects, posting->name);
    bool posted = post_stream(posting, in);
    posted = rejects_close(&posting->rejects, posted) && posted;
    if (!is_stdin)
        fclose(in);
    return posted;
}

static void
start(struct posting *posting, const struct post_options *options)
{
    *posting = (struct posting){.options = options, .batch.most = (size_t)options->batch};
    posting->client = http_client_new(options->ingest, options->token, NULL);
    posting->progress = progress_start("post", clock_steady_ms());
    posting->batch.starts = calloc(posting->batch.most, sizeof *posting->batch.starts);
    posting->batch.lines = calloc(posting->batch.most, sizeof *posting->batch.lines);
    if (!posting->batch.starts || !posting->batch.lines)
        abort();
    buf_add_text(&posting->path, "/v1/contests");
    http_path_add(&posting->path, options->contest);
    buf_add_text(&posting->path, "/events");
}

static void
finish(struct posting *posting)
{
    progress_clear(&posting->progress);
    if (posting->options->json)
        printf("{\"accepted\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"retries\":%" PRIu64
               ",\"complete\":%s}\n",
               posting->accepted, posting->rejected, posting->answer.retries,
               posting->gave_up ? "false" : "true");
    else
        printf("%" PRIu64 " accepted, %" PRIu64 " rejected%s\n", posting->accepted, posting->rejected,
               posting->gave_up ? "; not all of it was sent" : "");
    http_answer_free(&posting->answer);
    http_client_free(posting->client);
    free(posting->batch.starts);
    free(posting->batch.lines);
    buf_free(&posting->batch.body);
    buf_free(&posting->path);
}

int
command_post(int argc, char **argv)
{
    struct post_options options = {0};
    size_t operands = options_take(&usage, &options, argc, argv);
    if (!options.contest || !options.token)
        options_refuse(&usage, !options.contest ? "--contest: which one?" : "--token: who posts?");
    struct posting posting;
    char standard_input[] = "-";
    bool all = true;
    start(&posting, &options);
    for (size_t i = 0; all && i < (operands ? operands : 1); i++)
        all = post_file(&posting, operands ? argv[1 + i] : standard_input);
    posting.gave_up = posting.gave_up || !all;
    finish(&posting);
    return all && posting.rejected == 0 ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
