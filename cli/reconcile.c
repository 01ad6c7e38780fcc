/*
 * `bochuang reconcile`: a platform's order export held against the log. It reads the log's sales from the
 * board, then the files row by row, and prints what became of each; nothing is changed anywhere.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/fetch_contest.h"
#include "cli/options.h"
#include "cli/platform_file.h"
#include "cli/platform_options.h"
#include "cli/reconcile_report.h"
#include "cli/terminal.h"
#include "common/clock.h"

enum { FILES_MOST = 1024, LIST_MOST = 1 << 20 };

struct reconcile_options {
    const char *board, *token, *contest, *platform, *mapping, *session, *format, *output;
    int64_t list;
    bool json;
};

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct reconcile_options),
    OPTION_ROW_PLATFORM(struct reconcile_options),
    OPTION_ROW_MAPPING(struct reconcile_options),
    {"session", 0, OPTION_TEXT, offsetof(struct reconcile_options, session), 0, 0, "S", NULL, NULL,
     "the files are of this session alone"},
    {"format", 0, OPTION_TEXT, offsetof(struct reconcile_options, format), 0, 0, "F", NULL, NULL,
     "table, csv, json or xlsx; else what the name of FILE ends in, else table"},
    {"output", 'o', OPTION_TEXT, offsetof(struct reconcile_options, output), 0, 0, "FILE", NULL, NULL,
     "write to FILE; a spreadsheet needs one"},
    {"list", 0, OPTION_INT, offsetof(struct reconcile_options, list), 0, LIST_MOST, "N", NULL, "1000",
     "list at most N differences; the sums are of all"},
    OPTION_ROW_JSON(struct reconcile_options),
    OPTION_ROW_BOARD(struct reconcile_options),
    OPTION_ROW_TOKEN(struct reconcile_options),
};

static const struct command_usage usage = {
    .name = "reconcile",
    .operands = "EXPORT.csv...",
    .operand_most = FILES_MOST,
    .purpose = "holds a platform's order export against the log",
    .details =
        "Every order number (子订单编号) of the export is looked for among the contest's online sales on "
        "that\n"
        "platform, and every such sale among the export: matched, missing here, missing there, amount "
        "differs,\n"
        "state differs. Amounts are what remains after refunds. Rows before or after the contest, rows that\n"
        "count on neither side (已关闭) and gifts of 0.00 are set aside. UTF-8 and GBK are told apart.\n"
        "\n"
        "Names, telephone numbers and addresses in the export are skipped as they are read, and never "
        "shown.\n"
        "It needs the token of a connector, an organiser or a judge. `bochuang post` brings in what is "
        "missing.\n"
        "\n"
        "Exit code: 0 all is matched, 1 something differs (or the board did not answer), 2 wrong usage, or "
        "a\n"
        "file that is no such export.",
    .examples = "  export BOCHUANG_TOKEN=bc_...\n"
                "  bochuang reconcile --contest youxian-2021 --platform douyin 订单.csv\n"
                "  bochuang reconcile --contest youxian-2021 --mapping kuaishou.yaml day1.csv day2.csv -o "
                "check.xlsx\n"
                "  bochuang reconcile --contest youxian-2021 --platform douyin --session s-001 s-001.csv -j",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

struct reconciling {
    const struct reconcile_options *options;
    struct mapping *mapping;
    struct contest *contest;
    struct sales_book book;
    struct reconciliation sums;
    struct reconcile_report making;
    struct progress progress;
};

/* --- The log --- */

static bool
read_log(struct reconciling *reconciling)
{
    const struct reconcile_options *options = reconciling->options;
    struct http_client *board = http_client_new(options->board, options->token, NULL);
    reconciling->contest = fetch_contest(board, options->contest, usage.name);
    bool read = false;
    if (reconciling->contest) {
        platform_check(&usage, reconciling->mapping, reconciling->contest, options->session);
        struct sales_wanted wanted = {reconciling->contest, reconciling->mapping->platform, options->session};
        read = sales_book_fetch(&reconciling->book, board, &wanted, usage.name);
    }
    http_client_free(board);
    return read;
}

/* --- The files --- */

static void
show_progress(struct reconciling *reconciling, const struct platform_file *file, uint64_t line)
{
    char note[96];
    uint64_t total, bytes = platform_file_bytes(file, &total);
    snprintf(note, sizeof note, "line %" PRIu64, line);
    progress_show(&reconciling->progress, clock_steady_ms(), bytes, total, note);
}

static bool
read_file(struct reconciling *reconciling, const char *path)
{
    struct buf why = {0};
    struct platform_row row;
    struct finding finding;
    struct platform_file *file =
        platform_file_open(path, reconciling->mapping, reconciling->contest->utc_offset_min, &why);
    enum file_verdict verdict = file ? FILE_ROW : FILE_BROKEN;
    reconciling->making.file = basename(path);
    while (verdict == FILE_ROW && (verdict = platform_file_next(file, &row, &why)) == FILE_ROW) {
        reconcile_row(&reconciling->sums, &row, &finding);
        reconcile_report_add(&reconciling->making, &finding);
        show_progress(reconciling, file, row.line);
    }
    progress_clear(&reconciling->progress);
    if (verdict == FILE_BROKEN)
        fprintf(stderr, "bochuang reconcile: %s: %s\n", path, buf_text(&why));
    platform_file_free(file);
    buf_free(&why);
    return verdict == FILE_END;
}

static void
add_rest_cb(const struct finding *finding, void *arg)
{
    reconcile_report_add(arg, finding);
}

/* --- What is said --- */

static bool
print(struct reconciling *reconciling, enum report_format format)
{
    struct report *report = reconcile_report_end(&reconciling->making, &reconciling->sums);
    int64_t differences = reconciliation_differences(&reconciling->sums);
    bool printed = report_print(report, format, reconciling->options->output);
    report_free(report);
    if (printed && reconciling->options->output)
        fprintf(stderr, "bochuang reconcile: %" PRId64 " matched, %" PRId64 " differences: %s\n",
                reconciling->sums.sums[OUTCOME_MATCHED].count, differences, reconciling->options->output);
    if (differences > reconciling->options->list)
        fprintf(stderr,
                "bochuang reconcile: %" PRId64 " differences, of which the first %" PRId64
                " are listed; --list N lists more\n",
                differences, reconciling->options->list);
    if (reconciling->book.has_moved)
        fputs("bochuang reconcile: the log grew while it was read: what came meanwhile may show as missing\n",
              stderr);
    return printed;
}

static int
reconcile(struct reconciling *reconciling, char **paths, size_t count, enum report_format format)
{
    if (!read_log(reconciling))
        return EXIT_DID_NOT_HOLD;
    reconciliation_init(&reconciling->sums, reconciling->contest, &reconciling->book);
    reconcile_report_start(&reconciling->making, &reconciling->sums, (size_t)reconciling->options->list);
    reconciling->progress = progress_start(usage.name, clock_steady_ms());
    bool read = true;
    for (size_t i = 0; read && i < count; i++)
        read = read_file(reconciling, paths[i]);
    int code = EXIT_WRONG_USAGE;
    if (read) {
        reconcile_rest(&reconciling->sums, add_rest_cb, &reconciling->making);
        bool holds = print(reconciling, format) && reconciliation_differences(&reconciling->sums) == 0;
        code = holds ? EXIT_DONE : EXIT_DID_NOT_HOLD;
    } else {
        report_free(reconciling->making.report);
    }
    reconciliation_free(&reconciling->sums);
    return code;
}

int
command_reconcile(int argc, char **argv)
{
    struct reconcile_options options = {0};
    size_t operands = options_take(&usage, &options, argc, argv);
    if (!options.contest || !options.token)
        options_refuse(&usage, !options.contest ? "--contest: which one?" : "--token: who asks?");
    if (operands == 0)
        options_refuse(&usage, "expected the file of an export, found none");
    enum report_format format = report_format_wanted(&usage, options.output, options.format, options.json);
    struct reconciling reconciling = {.options = &options,
                                      .mapping = platform_mapping(&usage, options.platform, options.mapping)};
    int code = reconcile(&reconciling, argv + 1, operands, format);
    sales_book_free(&reconciling.book);
    contest_release(reconciling.contest);
    mapping_free(reconciling.mapping);
    return code;
}
