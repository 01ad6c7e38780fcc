/*
 * `bochuang post`: sends events until all are acknowledged; from lines of JSON as they are, or from a
 * platform's export what the log has not.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/platform_options.h"
#include "cli/post_export.h"
#include "cli/posting.h"
#include "common/limits.h"

enum { FILES_MOST = 1024 };

struct post_options {
    const char *ingest, *board, *token, *contest;
    const char *platform, *mapping, *session, *streamer, *product;
    int64_t batch;
    int64_t patience_s;
    bool json;
};

#define PLACE_ROW(name, argument, help)                                                                      \
    {                                                                                                        \
#name, 0, OPTION_TEXT, offsetof(struct post_options, name), 0, 0, argument, NULL, NULL, help         \
    }

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct post_options),
    {"batch", 0, OPTION_INT, offsetof(struct post_options, batch), 1, LIMIT_EVENTS_PER_REQUEST, "N", NULL,
     "500", "events in a request"},
    {"patience", 0, OPTION_INT, offsetof(struct post_options, patience_s), -1, 1 << 20, "S", NULL, "-1",
     "seconds to go on trying while ingest does not answer; -1: for ever"},
    OPTION_ROW_PLATFORM(struct post_options),
    OPTION_ROW_MAPPING(struct post_options),
    PLACE_ROW(session, "S", "the export's orders are of this session"),
    PLACE_ROW(streamer, "Y", "they are of this streamer's sessions: which, by the time of the order"),
    PLACE_ROW(product, "P", "they are of this product"),
    OPTION_ROW_JSON(struct post_options),
    OPTION_ROW_INGEST(struct post_options),
    OPTION_ROW_BOARD(struct post_options),
    OPTION_ROW_TOKEN(struct post_options),
};

static const struct command_usage usage = {
    .name = "post",
    .operands = "[FILE]...",
    .operand_most = FILES_MOST,
    .purpose = "sends events, one JSON object a line, until all are acknowledged",
    .details =
        "Without FILE, or where FILE is -, standard input is read. What is rejected goes to "
        "FILE.rejected (or\n"
        "stdin.rejected) with its line, the reason and the event. Sending a file twice is harmless.\n"
        "\n"
        "With --platform or --mapping FILE is a platform's order export instead, and what the log does "
        "not\n"
        "have yet is sent: sales under their order number, and refunds. Which session and product a row "
        "is of\n"
        "is for the mapping to say, or --session, --streamer, --product. What has no place in the "
        "contest goes\n"
        "to FILE.rejected too. It needs the token of a connector. `bochuang reconcile` shows what is "
        "missing\n"
        "before, and that nothing is after.",
    .examples = "  export BOCHUANG_TOKEN=bc_...\n"
                "  bochuang post --contest youxian-2021 sales.ndjson\n"
                "  tail -F sales.ndjson | bochuang post --contest youxian-2021 --batch 1\n"
                "  bochuang post --contest youxian-2021 --platform douyin --mapping our-codes.yaml 订单.csv",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

/* --- Lines of events --- */

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
    return posting_reject(posting, &reject);
}

static bool
add_line(struct posting *posting, struct span line)
{
    posting->line++;
    posting->bytes += line.len;
    if (is_empty(line))
        return true;
    if (line.len > POSTING_BATCH_BYTES_MOST)
        return reject_line(posting);
    return posting_add(posting, line, posting->line);
}

static bool
post_lines(struct posting *posting, FILE *in)
{
    char *line = NULL;
    size_t cap = 0;
    bool going = true;
    for (ssize_t len; going && (len = getline(&line, &cap, in)) > 0;)
        going = add_line(posting, (struct span){line, (size_t)len});
    free(line);
    if (ferror(in))
        fprintf(stderr, "bochuang post: %s: %s\n", posting->name, strerror(errno));
    return going && !ferror(in);
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
    posting_begin(posting, is_stdin ? "stdin" : path);
    if (fstat(fileno(in), &about) == 0 && S_ISREG(about.st_mode))
        posting->bytes_total = (uint64_t)about.st_size;
    bool posted = posting_end(posting, post_lines(posting, in));
    if (!is_stdin)
        fclose(in);
    return posted;
}

/* --- The command --- */

/* `export`: NULL where the files are lines of events. */
static void
print_counts(const struct posting *posting, const struct export *export, bool all, bool json)
{
    uint64_t here = export ? (uint64_t)export_already_here(export) : 0;
    uint64_t aside = export ? (uint64_t)export_set_aside(export) : 0;
    if (json) {
        printf("{\"accepted\":%" PRIu64 ",\"rejected\":%" PRIu64 ",\"retries\":%" PRIu64 ",\"complete\":%s",
               posting->accepted, posting->rejected, posting->answer.retries, all ? "true" : "false");
        if (export)
            printf(",\"already_here\":%" PRIu64 ",\"set_aside\":%" PRIu64, here, aside);
        puts("}");
        return;
    }
    printf("%" PRIu64 " accepted, %" PRIu64 " rejected", posting->accepted, posting->rejected);
    if (export)
        printf(", %" PRIu64 " already here, %" PRIu64 " set aside", here, aside);
    puts(all ? "" : "; not all of it was sent");
}

static bool
post_files(struct posting *posting, struct export *export, char **paths, size_t count)
{
    char standard_input[] = "-", *only[] = {standard_input};
    bool all = true;
    if (count == 0)
        paths = only;
    for (size_t i = 0; all && i < (count ? count : 1); i++)
        all = export ? export_post(export, posting, paths[i]) : post_file(posting, paths[i]);
    return all;
}

static void
check_options(const struct post_options *options)
{
    if (!options->contest || !options->token)
        options_refuse(&usage, !options->contest ? "--contest: which one?" : "--token: who posts?");
    bool has_place = options->session || options->streamer || options->product;
    if (has_place && !options->platform && !options->mapping)
        options_refuse(&usage,
                       "--session, --streamer and --product are for exports: --platform or --mapping?");
}

int
command_post(int argc, char **argv)
{
    struct post_options options = {0};
    size_t operands = options_take(&usage, &options, argc, argv);
    check_options(&options);
    struct export_options from = {options.board,   options.token,   options.contest,  options.platform,
                                  options.mapping, options.session, options.streamer, options.product};
    struct export export;
    bool is_export = options.platform || options.mapping;
    if (is_export && !export_open(&export, &from, &usage)) {
        export_close(&export);
        return EXIT_DID_NOT_HOLD;
    }
    struct posting posting;
    struct posting_target target = {options.ingest, options.token, options.contest, options.batch,
                                    options.patience_s};
    posting_init(&posting, &target);
    bool all = post_files(&posting, is_export ? &export : NULL, argv + 1, operands);
    progress_clear(&posting.progress);
    print_counts(&posting, is_export ? &export : NULL, all, options.json);
    if (is_export)
        export_close(&export);
    int code = all && posting.rejected == 0 ? EXIT_DONE : EXIT_DID_NOT_HOLD;
    posting_free(&posting);
    return code;
}
