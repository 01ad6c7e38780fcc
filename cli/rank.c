/* `bochuang rank`: rankings as the board has them, on any printer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/ranking_report.h"
#include "cli/table.h"

struct rank_options {
    const char *board, *token, *contest, *format, *output, *view;
    int64_t top;
    bool json;
};

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct rank_options),
    {"format", 0, OPTION_TEXT, offsetof(struct rank_options, format), 0, 0, "F", NULL, NULL,
     "table, csv, json or xlsx; else what the name of FILE ends in, else table"},
    {"output", 'o', OPTION_TEXT, offsetof(struct rank_options, output), 0, 0, "FILE", NULL, NULL,
     "write to FILE; a spreadsheet needs one"},
    {"view", 0, OPTION_TEXT, offsetof(struct rank_options, view), 0, 0, "VIEW", NULL, "public",
     "public, or live: unfrozen, with an organiser's or judge's token"},
    {"top", 0, OPTION_INT, offsetof(struct rank_options, top), 1, 1 << 20, "N", NULL, NULL,
     "only the first N places; else all"},
    OPTION_ROW_JSON(struct rank_options),
    OPTION_ROW_BOARD(struct rank_options),
    OPTION_ROW_TOKEN(struct rank_options),
};

static const struct command_usage usage = {
    .name = "rank",
    .operands = "[RANKING]",
    .operand_most = 1,
    .purpose = "prints a ranking; without a name, all of the contest's",
    .details =
        "Figures are net of refunds unless a column says gross. The last line says as of when they are.",
    .examples = "  bochuang rank --contest youxian-2021 counties\n"
                "  bochuang rank --contest youxian-2021 streamers --top 10 --format csv -o top10.csv\n"
                "  bochuang rank --contest youxian-2021 -o rankings.xlsx\n"
                "  BOCHUANG_TOKEN=bc_... bochuang rank --contest youxian-2021 --view live -j",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

static json_t *
fetch(const struct rank_options *options, const char *ranking)
{
    struct buf path = {0};
    buf_add_text(&path, "/v1/contests");
    http_path_add(&path, options->contest);
    buf_add_text(&path, "/rankings");
    if (ranking)
        http_path_add(&path, ranking);
    if (strcmp(options->view, "live") == 0)
        buf_add_text(&path, "?view=live");
    struct http_client *client = http_client_new(options->board, options->token, NULL);
    json_t *answer = ask_board(client, buf_text(&path), ASK_PATIENCE_MS, usage.name);
    http_client_free(client);
    buf_free(&path);
    return answer;
}

int
command_rank(int argc, char **argv)
{
    struct rank_options options = {0};
    size_t operands = options_take(&usage, &options, argc, argv);
    if (!options.contest)
        options_refuse(&usage, "--contest: which one?");
    if (strcmp(options.view, "live") != 0 && strcmp(options.view, "public") != 0)
        options_refuse(&usage, "--view: expected public or live, found \"%.40s\"", options.view);
    enum report_format format = report_format_wanted(&usage, options.output, options.format, options.json);
    json_t *answer = fetch(&options, operands ? argv[1] : NULL);
    if (!answer)
        return EXIT_DID_NOT_HOLD;
    size_t most = options.top ? (size_t)options.top : SIZE_MAX;
    struct report *report = report_new();
    report_take_envelope(report, answer);
    const json_t *all = json_object_get(answer, "rankings");
    for (size_t i = 0; i < json_array_size(all); i++)
        report_add_ranking(report, json_array_get(all, i), most);
    if (!all)
        report_add_ranking(report, answer, most);
    bool printed = report_print(report, format, options.output);
    report_free(report);
    json_decref(answer);
    return printed ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
