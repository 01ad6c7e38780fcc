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
#include "cli/verify_report.h"
#include "common/clock.h"

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
        "Needs the file alone, and no network. The hash chain says that the log is whole and in order; all\n"
        "figures are worked out from it again, as on the board, and every one of every published version\n"
        "and of the totals is compared. The signature says that nothing was changed since; whose it is\n"
        "only --key can say, with a key that you have from elsewhere. Exit code: 0 all of it holds, 1\n"
        "something does not, and where.",
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
            (as_json ? verify_print_json : verify_print_people)(path, verdict, evidence_check_recount(check),
                                                                wanted_key);
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
