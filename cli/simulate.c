/* `bochuang simulate`: plays a whole contest through the public interface, and checks every total at its end.
 */
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/fetch_contest.h"
#include "cli/options.h"
#include "cli/players.h"
#include "cli/ranking_report.h"
#include "cli/script.h"
#include "cli/simulate_check.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "common/clock.h"
#include "common/money.h"

enum { USUAL_LINES = 160000, USUAL_LENGTH_S = 110, LINES_MOST = 20 * 1000 * 1000, SHOWN_PLACES = 20 };

struct simulate_options {
    const char *board, *ingest, *contest, *tokens;
    int64_t seed, events;
    double speed;
    bool has_speed;
};

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct simulate_options),
    {"seed", 0, OPTION_INT, offsetof(struct simulate_options, seed), 0, INT32_MAX, "K", NULL, "1",
     "the same seed, the same events"},
    {"speed", 0, OPTION_REAL, offsetof(struct simulate_options, speed), -1, 1000000, "X", NULL, "-1",
     "contest time to real time; 0: as fast as it goes; else so that it takes two minutes"},
    {"events", 0, OPTION_INT, offsetof(struct simulate_options, events), 1, LINES_MOST, "N", NULL, "160000",
     "order lines"},
    {"tokens", 0, OPTION_TEXT, offsetof(struct simulate_options, tokens), 0, 0, "FILE", NULL,
     "./var/tokens.json", "the tokens that deploy/up made"},
    OPTION_ROW_BOARD(struct simulate_options),
    OPTION_ROW_INGEST(struct simulate_options),
};

static const struct command_usage usage = {
    .name = "simulate",
    .operands = "",
    .purpose = "plays a whole contest as real streamers, connectors, organisers and judges would",
    .details =
        "With duplicates, retries, refunds that overtake their sale, claims to approve, jury marks and a "
        "few\n"
        "mistakes. It knows to the fen what must come out, and says so if the board shows anything else.\n"
        "A server may die meanwhile: it goes on until all is acknowledged.",
    .examples = "  bochuang simulate --contest youxian-2021\n"
                "  bochuang simulate --contest youxian-2021 --seed 7 --speed 0 --events 20000",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

static atomic_bool stop;

static void
stop_cb(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

/* --- What is needed to begin --- */

/* The tokens of one contest in tokens.json, or NULL, and said. A new reference. */
static json_t *
read_tokens(const char *path, const char *contest)
{
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    if (!file) {
        fprintf(stderr, "bochuang simulate: %s: %s\n", path, error.text);
        return NULL;
    }
    json_t *own = json_object_get(json_object_get(file, "contests"), contest);
    if (!own)
        fprintf(stderr, "bochuang simulate: %s has no tokens of %s\n", path, contest);
    json_incref(own);
    json_decref(file);
    return own;
}

/* Tokens by streamer; the array is the caller's, the texts are the JSON's. */
static const char **
cast_streamers(const struct contest *contest, const json_t *tokens)
{
    const char **streamers = calloc(contest->streamer_count + 1, sizeof *streamers);
    if (!streamers)
        abort();
    for (size_t i = 0; i < contest->streamer_count; i++)
        streamers[i] = json_string_value(
            json_object_get(json_object_get(tokens, "streamers"), contest->streamers[i].id));
    return streamers;
}

/* --- While it plays --- */

struct ticker {
    struct progress progress;
    const struct script *script;
};

static void
tick_cb(const struct play *play, void *arg)
{
    struct ticker *ticker = arg;
    char note[64] = "";
    unsigned long long retries = atomic_load(&play->retries);
    if (retries > 0)
        snprintf(note, sizeof note, "%llu sent again", retries);
    progress_show(&ticker->progress, clock_steady_ms(), atomic_load(&play->sent), ticker->script->step_count,
                  note);
}

static bool
play(const struct simulate_options *options, const struct contest *contest, const struct script *script,
     const json_t *tokens, struct play *result)
{
    const char **streamers = cast_streamers(contest, tokens);
    *result = (struct play){
        .script = script,
        .contest = contest,
        .ingest = options->ingest,
        .cast = {.organiser = ask_text(tokens, "organiser"),
                 .judge = ask_text(tokens, "judge"),
                 .connector = ask_text(tokens, "connector"),
                 .streamers = streamers},
        .speed = options->speed >= 0 ? options->speed : (double)script->length_ms / (USUAL_LENGTH_S * 1000),
        .stop = &stop,
    };
    struct ticker ticker = {progress_start(usage.name, clock_steady_ms()), script};
    bool played = play_script(result, tick_cb, &ticker);
    progress_clear(&ticker.progress);
    free(streamers);
    return played;
}

/* --- At its end --- */

static void
print_communique(const json_t *totals)
{
    struct buf text = {0};
    int64_t videos = ask_int(totals, "videos"), sessions = ask_int(totals, "sessions");
    buf_printf(&text, "\n%" PRId64 " 个短视频，%" PRId64 " 场直播，累计线上线下销售 ", videos, sessions);
    money_add_wan(&text, ask_int(totals, "net_fen"));
    buf_add_text(&text, "（线上 ");
    money_add_wan(&text, ask_int(totals, "online_net_fen"));
    buf_add_text(&text, "，线下 ");
    money_add_wan(&text, ask_int(totals, "offline_net_fen"));
    buf_printf(&text, "）\n%" PRId64 " short videos, %" PRId64 " sessions, net sales online and offline ",
               videos, sessions);
    money_add_yuan(&text, ask_int(totals, "net_fen"));
    buf_add_text(&text, " yuan (online ");
    money_add_yuan(&text, ask_int(totals, "online_net_fen"));
    buf_add_text(&text, ", offline ");
    money_add_yuan(&text, ask_int(totals, "offline_net_fen"));
    buf_add_text(&text, ")\n\n");
    fputs(buf_text(&text), stdout);
    buf_free(&text);
}

static void
print_rankings(struct http_client *board, const char *contest)
{
    struct buf path = {0};
    buf_printf(&path, "/v1/contests/%s/rankings?view=live", contest);
    json_t *answer = ask_board(board, buf_text(&path), ASK_PATIENCE_MS, usage.name);
    struct report *report = report_new();
    const json_t *rankings = json_object_get(answer, "rankings");
    report_take_envelope(report, answer);
    for (size_t i = 0; i < json_array_size(rankings); i++) {
        const json_t *ranking = json_array_get(rankings, i);
        const char *of = ask_text(ranking, "of");
        if (strcmp(of, "county") == 0 || strcmp(of, "streamer") == 0)
            report_add_ranking(report, ranking, SHOWN_PLACES);
    }
    report_print(report, REPORT_TABLE, NULL);
    report_free(report);
    json_decref(answer);
    buf_free(&path);
}

static int
finish(struct http_client *board, const char *contest, const struct script *script, const struct play *result,
       const struct simulate_baseline *before)
{
    json_t *totals = simulate_wait(board, contest, script, before, &stop);
    if (!totals)
        return EXIT_DID_NOT_HOLD;
    print_communique(totals);
    print_rankings(board, contest);
    bool right = simulate_compare(totals, script, before, (int64_t)atomic_load(&result->rejected));
    printf("\n%zu events sent, %" PRIu64 " requests sent again, %" PRId64 " duplicates, %" PRId64
           " rejected: %s\n",
           script->step_count, (uint64_t)atomic_load(&result->retries), ask_int(totals, "duplicates"),
           (int64_t)atomic_load(&result->rejected),
           right ? "every total is as it must be" : "the board shows something else than was sent");
    json_decref(totals);
    return right ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}

static int
simulate(const struct simulate_options *options, const json_t *tokens, struct http_client *board)
{
    int code = EXIT_DID_NOT_HOLD;
    struct simulate_baseline before;
    struct contest *contest = fetch_contest(board, options->contest, usage.name);
    if (!contest || !simulate_baseline(board, options->contest, &before))
        return code;
    if (contest->session_count == 0 || contest->product_count == 0) {
        fprintf(stderr, "bochuang simulate: %s has no sessions or no products: nothing can be sold\n",
                contest->id);
        contest_release(contest);
        return code;
    }
    struct script *script = script_make(contest, (uint64_t)options->seed, options->events);
    struct play result;
    if (play(options, contest, script, tokens, &result))
        code = finish(board, options->contest, script, &result, &before);
    else if (atomic_load(&stop))
        fputs("bochuang simulate: stopped before its end\n", stderr);
    script_free(script);
    contest_release(contest);
    return code;
}

int
command_simulate(int argc, char **argv)
{
    struct simulate_options options = {0};
    options_take(&usage, &options, argc, argv);
    if (!options.contest)
        options_refuse(&usage, "--contest: which one?");
    json_t *tokens = read_tokens(options.tokens, options.contest);
    if (!tokens)
        return EXIT_DID_NOT_HOLD;
    signal(SIGINT, stop_cb);
    signal(SIGTERM, stop_cb);
    struct http_client *board = http_client_new(options.board, ask_text(tokens, "judge"), &stop);
    int code = simulate(&options, tokens, board);
    http_client_free(board);
    json_decref(tokens);
    return code;
}
