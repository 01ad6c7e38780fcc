/* `bochuang export`: the evidence of a contest, from the Redis of this machine into one file. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/evidence.h"
#include "cli/commands.h"
#include "cli/evidence_key.h"
#include "cli/options.h"
#include "cli/shard_logs.h"
#include "cli/terminal.h"
#include "cli/whole_file.h"
#include "common/clock.h"
#include "common/json_out.h"

struct export_options {
    const char *directory, *file;
    bool json;
};

static const struct option_row rows[] = {
    {"output", 'o', OPTION_TEXT, offsetof(struct export_options, file), 0, 0, "FILE", NULL, NULL,
     "where to; CONTEST.evidence if it is not said"},
    OPTION_ROW_DATA(struct export_options,
                    "the directory of deploy/up, where redis.sock and evidence.key are"),
    OPTION_ROW_JSON(struct export_options),
};

static const struct command_usage usage = {
    .name = "export",
    .operands = "CONTEST",
    .operand_most = 1,
    .purpose = "writes the evidence of a contest: its whole log, its results, and a signature",
    .details =
        "To be run on the machine where the contest runs, by its user: it reads the log from Redis and "
        "signs\n"
        "with the key of that machine. Whoever has no access there asks for the file: \"bochuang verify\" "
        "needs\n"
        "nothing else. The contest may go on meanwhile; the file ends where its log ended at the start.\n"
        "No token and no personal data is in it. FILE is replaced at the end, when all of it is on disk.",
    .examples = "  bochuang export youxian-2021 --data ./var -o youxian-2021.evidence\n"
                "  bochuang verify youxian-2021.evidence --key $(cat ./var/evidence.pub)",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

/* What is under way. */
struct exporting {
    struct shard_logs logs;
    struct whole_file file;
    struct evidence_writer writer;
    struct progress progress;
    uint64_t done, total; /* entries */
    struct buf *trouble;
};

static bool
write_cb(struct span bytes, void *arg)
{
    struct exporting *exporting = arg;
    return whole_file_write(&exporting->file, bytes);
}

static bool
entry_cb(const struct log_entry *entry, void *arg)
{
    struct exporting *exporting = arg;
    char note[40];
    exporting->done++;
    snprintf(note, sizeof note, "%" PRIu64 " entries", exporting->done);
    progress_show(&exporting->progress, clock_steady_ms(), exporting->done, exporting->total, note);
    return evidence_write_entry(&exporting->writer, entry, exporting->trouble);
}

static bool
write_all(struct exporting *exporting, const struct evidence_key *key)
{
    struct shard_logs *logs = &exporting->logs;
    for (uint32_t i = 0; i < logs->shard_count; i++) {
        if (!shard_logs_read(logs, i, entry_cb, exporting, exporting->trouble) ||
            !evidence_write_head(&exporting->writer, exporting->trouble))
            return false;
    }
    return evidence_write_end(&exporting->writer, key->secret, exporting->trouble);
}

/* --- What was done --- */

static void
print_json(const struct recount *recount, const char *path, const char *key)
{
    struct buf line = {0};
    struct json_out json = {.buf = &line};
    json_open(&json, '{');
    json_put_text(&json, "file", path);
    json_put_text(&json, "contest", recount->contest);
    json_put_int(&json, "entries", (int64_t)recount_entry_count(recount));
    json_put_int(&json, "events", (int64_t)recount_event_count(recount));
    json_put_int(&json, "versions", (int64_t)recount->results.version_count);
    recount_put_chains(recount, &json);
    json_put_text(&json, "key", key);
    json_close(&json, '}');
    puts(buf_text(&line));
    buf_free(&line);
}

static void
print_people(const struct recount *recount, const char *path, const char *key)
{
    printf("%s: %s, %" PRIu64 " entries with %" PRIu64 " events, %zu published version(s)\n", path,
           recount->contest, recount_entry_count(recount), recount_event_count(recount),
           recount->results.version_count);
    for (uint32_t i = 0; i < recount->shard_count; i++) {
        char head[CHAIN_HEX_SIZE];
        chain_hex(fold_chain(recount->folds[i]), head);
        printf("  chain of shard %" PRIu32 "  %s\n", i, head);
    }
    printf("  signed by         %s\n", key);
}

/* Reads all logs into the file, and gives it its name. */
static bool
write_file(struct exporting *exporting, const char *contest, const struct evidence_key *key)
{
    uint64_t seed;
    randombytes_buf(&seed, sizeof seed);
    exporting->total = shard_logs_entry_count(&exporting->logs);
    evidence_writer_init(&exporting->writer, span_of(contest), exporting->logs.shard_count, seed, write_cb,
                         exporting);
    bool written = write_all(exporting, key) && whole_file_keep(&exporting->file, true, exporting->trouble);
    progress_clear(&exporting->progress);
    if (exporting->file.problem && exporting->trouble->len == 0)
        buf_printf(exporting->trouble, "%s cannot be written: %s", exporting->file.path,
                   strerror(exporting->file.problem));
    return written;
}

static bool
export_to(const struct export_options *options, const char *contest, const char *path,
          const struct evidence_key *key, struct buf *trouble)
{
    struct exporting exporting = {.trouble = trouble,
                                  .progress = progress_start("export", clock_steady_ms())};
    bool done = shard_logs_open(&exporting.logs, options->directory, contest, trouble) &&
                whole_file_open(&exporting.file, path, 0644, trouble) && write_file(&exporting, contest, key);
    if (done) {
        char hex[EVIDENCE_KEY_HEX_SIZE];
        evidence_key_hex(key->pub, hex);
        (options->json ? print_json : print_people)(&exporting.writer.recount, path, hex);
    }
    evidence_writer_free(&exporting.writer);
    whole_file_close(&exporting.file);
    shard_logs_close(&exporting.logs);
    return done;
}

int
command_export(int argc, char **argv)
{
    struct export_options options = {0};
    if (options_take(&usage, &options, argc, argv) == 0)
        options_refuse(&usage, "which CONTEST?");
    const char *contest = argv[1];
    struct buf trouble = {0}, path = {0};
    struct evidence_key key;
    buf_printf(&path, options.file ? "%s" : "%s.evidence", options.file ? options.file : contest);
    bool done = evidence_key_open(&key, options.directory, &trouble) &&
                export_to(&options, contest, buf_text(&path), &key, &trouble);
    if (!done)
        fprintf(stderr, "bochuang export: %s\n", buf_text(&trouble));
    evidence_key_forget(&key);
    buf_free(&path);
    buf_free(&trouble);
    return done ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
