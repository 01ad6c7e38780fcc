/* `bochuang verify`: an evidence file, and nothing else, checked and folded again. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aggregator/evidence_check.h"
#include "cli/commands.h"
#include "cli/evidence_key.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "common/clock.h"
#include "common/json_out.h"

enum { PIECE_BYTES = 1 << 20 };

struct verify_options {
    const char *key;
    bool json;
};

static const struct option_row rows[] = {
    {"key", 0, OPTION_TEXT, offsetof(struct verify_options, key), 0, 0, "HEX", NULL, NULL,
     "the public key that must have signed it, 64 hexadecimal digits"},
    OPTION_ROW_JSON(struct verify_options),
};

static const struct command_usage usage = {
    .name = "verify",
    .operands = "FILE",
    .operand_most = 1,
    .purpose = "checks the evidence of a contest: every entry, every figure, the signature",
    .details =
        "Needs the file alone, and no network. The hash chain says that the log is whole and in order; the\n"
        "log is folded again, as on the board, and every figure of every published version and of the "
        "totals\n"
        "is compared. The signature says that nothing was changed since; whose it is only --key can say, "
        "with\n"
        "a key that you have from elsewhere. Exit code: 0 all of it holds, 1 something does not, and where.",
    .examples = "  bochuang verify youxian-2021.evidence\n"
                "  bochuang verify youxian-2021.evidence --key $(cat evidence.pub)",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

/* --- Reading --- */

/* Opens a file and finds its length. -1, and `trouble`, where that cannot be done. */
static int
open_file(const char *path, uint64_t *bytes, struct buf *trouble)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0)
        buf_printf(trouble, "%s cannot be read: %s", path, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        buf_printf(trouble, "%s: expected a file on disk", path);
    if (trouble->len == 0) {
        *bytes = (uint64_t)status.st_size;
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool
read_through(struct evidence_check *check, int fd, uint64_t bytes, struct buf *trouble)
{
    struct progress progress = progress_start("verify", clock_steady_ms());
    char *piece = malloc(PIECE_BYTES), note[40];
    uint64_t done = 0;
    ssize_t got = 1;
    if (!piece)
        abort();
    while (got > 0 && done <= bytes) {
        got = read(fd, piece, PIECE_BYTES);
        if (got > 0)
            evidence_check_add(check, (struct span){piece, (size_t)got});
        done += got > 0 ? (uint64_t)got : 0;
        snprintf(note, sizeof note, "%" PRIu64 " MB", done / 1000000);
        progress_show(&progress, clock_steady_ms(), done, bytes, note);
    }
    if (got < 0)
        buf_printf(trouble, "it cannot be read at byte %" PRIu64 ": %s", done, strerror(errno));
    progress_clear(&progress);
    free(piece);
    return got >= 0;
}

/* --- For people --- */

static void
print_chains(const struct recount *recount)
{
    for (uint32_t i = 0; i < recount->shard_count; i++) {
        char head[CHAIN_HEX_SIZE];
        chain_hex(fold_chain(recount->folds[i]), head);
        if (recount->shard_count == 1)
            printf("  chain      %s\n", head);
        else
            printf("  %-9s  %s  (shard %" PRIu32 ")\n", i == 0 ? "chains" : "", head, i);
    }
}

static void
print_versions(const struct recount *recount)
{
    const struct results *results = &recount->results;
    int utc_offset_min = fold_live(recount->folds[0])->contest->utc_offset_min;
    for (size_t i = 0; i < results->version_count; i++) {
        const struct results_version *version = results->versions[i];
        char published[40];
        clock_format_rfc3339(published, sizeof published, version->published_ms / 1000 * 1000,
                             utc_offset_min);
        printf("  version %d  published %s%s: every figure is as folded again\n", version->number, published,
               version->final ? ", final" : "");
    }
    printf("  totals     every figure is as folded again%s\n",
           results->version_count == 0 ? "; nothing was published" : "");
}

static void
print_signature(const struct evidence_verdict *verdict, bool pinned)
{
    char key[EVIDENCE_KEY_HEX_SIZE];
    evidence_key_hex(verdict->key, key);
    if (!verdict->has_key)
        puts("  signature  there is none");
    else if (!verdict->is_signed)
        puts("  signature  does not hold: the file was changed after it was signed");
    else if (pinned && !verdict->is_by_wanted)
        printf("  signature  of another key than the wanted one: %s\n", key);
    else if (pinned)
        printf("  signature  holds, by the wanted key %s\n", key);
    else
        printf("  signature  holds, by the key %s\n"
               "             Whose key that is, this file cannot say. Hold it against the one that the "
               "organiser\n"
               "             has published, or give that one with --key.\n",
               key);
}

static void
print_people(const char *path, const struct evidence_verdict *verdict, const struct recount *recount,
             bool pinned)
{
    if (!verdict->holds) {
        printf("%s does not hold: %s\n", path, verdict->problem.what);
        print_signature(verdict, pinned);
        return;
    }
    printf("%s holds: the evidence of contest %s\n", path, recount->contest);
    printf("  log        %" PRIu64 " entries with %" PRIu64 " events, whole and in order\n", verdict->entries,
           verdict->events);
    print_chains(recount);
    print_versions(recount);
    print_signature(verdict, pinned);
}

/* --- As JSON --- */

static void
put_place(struct json_out *json, const char *key, int64_t place)
{
    json_key(json, key);
    if (place < 0)
        json_nil(json);
    else
        json_int(json, place);
}

static void
put_problem(struct json_out *json, const struct evidence_problem *problem)
{
    char id[LOG_ID_SIZE];
    log_id_format(id, problem->id);
    json_key(json, "problem");
    if (!problem->what[0]) {
        json_nil(json);
        return;
    }
    json_open(json, '{');
    json_put_text(json, "what", problem->what);
    json_put_int(json, "offset", (int64_t)problem->offset);
    put_place(json, "shard", problem->shard);
    put_place(json, "entry", problem->entry);
    json_put_text(json, "log_id", problem->entry < 0 ? NULL : id);
    put_place(json, "version", problem->version > 0 ? problem->version : -1);
    json_close(json, '}');
}

static void
print_json(const char *path, const struct evidence_verdict *verdict, const struct recount *recount,
           bool pinned)
{
    struct buf line = {0};
    struct json_out json = {.buf = &line};
    char key[EVIDENCE_KEY_HEX_SIZE];
    evidence_key_hex(verdict->key, key);
    json_open(&json, '{');
    json_put_text(&json, "file", path);
    json_put_bool(&json, "holds", verdict->holds);
    json_put_text(&json, "contest", recount ? recount->contest : NULL);
    json_put_int(&json, "entries", (int64_t)verdict->entries);
    json_put_int(&json, "events", (int64_t)verdict->events);
    json_put_int(&json, "versions", (int64_t)verdict->versions);
    if (verdict->holds)
        recount_put_chains(recount, &json);
    json_put_text(&json, "key", verdict->has_key ? key : NULL);
    json_put_bool(&json, "signed", verdict->is_signed);
    json_put_bool(&json, "pinned", pinned);
    put_problem(&json, &verdict->problem);
    json_close(&json, '}');
    puts(buf_text(&line));
    buf_free(&line);
}

static bool
verify(const char *path, const uint8_t *wanted_key, bool as_json)
{
    struct buf trouble = {0};
    uint64_t bytes = 0, seed;
    bool holds = false;
    int fd = open_file(path, &bytes, &trouble);
    randombytes_buf(&seed, sizeof seed);
    if (fd >= 0) {
        struct evidence_check *check = evidence_check_new(bytes, wanted_key, seed);
        if (read_through(check, fd, bytes, &trouble)) {
            const struct evidence_verdict *verdict = evidence_check_end(check);
            (as_json ? print_json : print_people)(path, verdict, evidence_check_recount(check), wanted_key);
            holds = verdict->holds;
        }
        evidence_check_free(check);
        close(fd);
    }
    if (trouble.len > 0)
        fprintf(stderr, "bochuang verify: %s\n", buf_text(&trouble));
    buf_free(&trouble);
    return holds;
}

/* The fold ends the process where a sum leaves 64 bits or memory is out: on the board a wrong figure would be
 * worse. A file that makes it do so does not hold. */
static void
abort_cb(int number)
{
    static const char sentence[] =
        "bochuang verify: it does not hold: its figures leave 64 bits, or they leave "
        "no memory\n";
    (void)number;
    if (write(STDERR_FILENO, sentence, sizeof sentence - 1) < 0)
        _exit(EXIT_DID_NOT_HOLD); /* there is nobody to tell */
    _exit(EXIT_DID_NOT_HOLD);
}

int
command_verify(int argc, char **argv)
{
    struct verify_options options = {0};
    uint8_t key[EVIDENCE_KEY_BYTES];
    signal(SIGABRT, abort_cb);
    if (options_take(&usage, &options, argc, argv) == 0)
        options_refuse(&usage, "which FILE?");
    if (options.key && !evidence_key_parse(span_of(options.key), key))
        options_refuse(&usage, "--key: expected 64 hexadecimal digits, found \"%.80s\"", options.key);
    return verify(argv[1], options.key ? key : NULL, options.json) ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
