/*
 * `bochuang watch`: the live stream of the board in a terminal. A connection that breaks is dialled again,
 * and says which message it had last, so that nothing is shown twice and nothing is missed.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/event_stream.h"
#include "cli/http_client.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "cli/watch_screen.h"
#include "common/clock.h"

enum { SILENCE_S = 40, PLAIN_EVERY_MS = 2000, ANSWER_BYTES_MOST = 4096, ONCE_PATIENCE_MS = 10 * 1000 };

struct watch_options {
    const char *board, *token, *contest, *view;
    bool json, once;
};

static const struct option_row rows[] = {
    OPTION_ROW_CONTEST(struct watch_options),
    {"view", 0, OPTION_TEXT, offsetof(struct watch_options, view), 0, 0, "VIEW", NULL, "public",
     "public, or live: unfrozen, with an organiser's or judge's token"},
    {"once", 0, OPTION_FLAG, offsetof(struct watch_options, once), 0, 0, NULL, NULL, NULL,
     "show the figures as they are, and end"},
    OPTION_ROW_JSON(struct watch_options),
    OPTION_ROW_BOARD(struct watch_options),
    OPTION_ROW_TOKEN(struct watch_options),
};

static const struct command_usage usage = {
    .name = "watch",
    .operands = "[RANKING]",
    .operand_most = 1,
    .purpose = "follows the totals and rankings live, until Ctrl-C",
    .details =
        "With -j each message of the board is one line. Into a pipe, one line of totals every two seconds.\n"
        "Where the connection breaks it is dialled again, for ever; meanwhile the screen says NOT LIVE.\n"
        "With --once it gives up after ten seconds.",
    .examples = "  bochuang watch --contest youxian-2021\n"
                "  bochuang watch --contest youxian-2021 streamers\n"
                "  bochuang watch --contest youxian-2021 -j | jq .totals.net_fen",
    .options = rows,
    .option_count = sizeof rows / sizeof *rows,
};

struct watch {
    const struct watch_options *options;
    struct event_stream stream;
    struct watch_screen screen;
    struct buf refusal; /* the body of an answer that is no stream */
    CURL *curl;
    bool on_terminal, shown;
    int64_t shown_ms;
};

/* Set by Ctrl-C; the only thing a signal can reach. */
static volatile sig_atomic_t interrupted;

static void
interrupt_cb(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* --- What comes in --- */

static void
draw(struct watch *watch)
{
    struct buf text = {0};
    int columns, lines;
    terminal_size(stdout, &columns, &lines);
    buf_add_text(&text, "\033[H");
    watch_screen_draw(&watch->screen, (size_t)columns - 1, (size_t)lines - 1, terminal_colours(stdout),
                      &text);
    buf_add_text(&text, "\033[J");
    fputs(buf_text(&text), stdout);
    buf_free(&text);
}

/* What is on the screen is live from here on, or no longer. */
static void
mark_trouble(struct watch *watch, const char *trouble)
{
    bool changes = watch->screen.trouble != trouble;
    watch->screen.trouble = trouble;
    if (!changes || !watch->on_terminal || !watch->shown)
        return;
    draw(watch);
    fflush(stdout);
}

static void
print_line(struct watch *watch)
{
    int64_t now_ms = clock_steady_ms();
    if (watch->shown && now_ms - watch->shown_ms < PLAIN_EVERY_MS)
        return;
    watch->shown_ms = now_ms;
    struct buf text = {0};
    watch_screen_line(&watch->screen, &text);
    fputs(buf_text(&text), stdout);
    buf_free(&text);
}

static void
message_cb(const struct stream_message *message, void *arg)
{
    struct watch *watch = arg;
    json_t *json = json_loadb(message->content.at, message->content.len, 0, NULL);
    if (!json)
        return;
    watch_screen_take(&watch->screen, json);
    json_decref(json);
    if (watch->options->json)
        printf("%.*s\n", SPAN_FMT(message->content));
    else if (watch->on_terminal)
        draw(watch);
    else
        print_line(watch);
    fflush(stdout);
    watch->shown = true;
}

static size_t
body_cb(char *bytes, size_t size, size_t count, void *arg)
{
    struct watch *watch = arg;
    size_t len = size * count;
    long status = 0;
    curl_easy_getinfo(watch->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200)
        return event_stream_take(&watch->stream, (struct span){bytes, len}) ? len : 0;
    if (watch->refusal.len + len <= ANSWER_BYTES_MOST)
        buf_add(&watch->refusal, bytes, len);
    return len;
}

/* The first line of a good answer: the stream stands, though nothing may have changed meanwhile. */
static size_t
head_cb(char *bytes, size_t size, size_t count, void *arg)
{
    struct watch *watch = arg;
    long status = 0;
    (void)bytes;
    curl_easy_getinfo(watch->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200)
        mark_trouble(watch, NULL);
    return size * count;
}

static int
progress_cb(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    const struct watch *watch = arg;
    return interrupted || (watch->options->once && watch->shown) ? 1 : 0;
}

/* --- The connection --- */

static struct curl_slist *
add_field(struct curl_slist *fields, const char *name, const char *value)
{
    struct buf field = {0};
    buf_printf(&field, "%s: %s", name, value);
    fields = curl_slist_append(fields, buf_text(&field));
    buf_free(&field);
    if (!fields)
        abort();
    return fields;
}

static struct curl_slist *
head_fields(struct watch *watch)
{
    struct buf bearer = {0};
    struct curl_slist *fields = add_field(NULL, "Accept", "text/event-stream");
    if (watch->stream.last_id.len > 0)
        fields = add_field(fields, "Last-Event-ID", buf_text(&watch->stream.last_id));
    if (watch->options->token) {
        buf_printf(&bearer, "Bearer %s", watch->options->token);
        fields = add_field(fields, "Authorization", buf_text(&bearer));
    }
    buf_free(&bearer);
    return fields;
}

/* Follows the stream until it breaks; the status that came, 0 for none. */
static long
follow(struct watch *watch, const char *url, char trouble[CURL_ERROR_SIZE])
{
    struct curl_slist *fields = head_fields(watch);
    long status = 0;
    trouble[0] = '\0';
    buf_clear(&watch->refusal);
    event_stream_cut(&watch->stream);
    curl_easy_setopt(watch->curl, CURLOPT_URL, url);
    curl_easy_setopt(watch->curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(watch->curl, CURLOPT_ERRORBUFFER, trouble);
    CURLcode code = curl_easy_perform(watch->curl);
    curl_easy_getinfo(watch->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK && !trouble[0])
        snprintf(trouble, CURL_ERROR_SIZE, "%s", curl_easy_strerror(code));
    curl_easy_setopt(watch->curl, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(watch->curl, CURLOPT_ERRORBUFFER, NULL);
    curl_slist_free_all(fields);
    return status;
}

static void
make_url(const struct watch_options *options, struct buf *url)
{
    buf_add_text(url, options->board);
    while (url->len > 0 && url->at[url->len - 1] == '/')
        url->len--;
    buf_add_text(url, "/v1/contests");
    http_path_add(url, options->contest);
    buf_add_text(url, "/live");
    if (strcmp(options->view, "live") == 0)
        buf_add_text(url, "?view=live");
}

static void
wait_to_dial(unsigned attempt)
{
    uint64_t random;
    randombytes_buf(&random, sizeof random);
    for (int64_t left = http_backoff_ms(attempt, random); left > 0 && !interrupted; left -= 50)
        poll(NULL, 0, 50);
}

static bool
refused(const struct watch *watch, long status)
{
    if (status == 200 || http_worth_retrying(status))
        return false;
    struct http_answer answer = {.status = status, .body = watch->refusal};
    http_complain(usage.name, &answer);
    return true;
}

/* Says that the connection broke: on the screen, where there is one. */
static void
complain(struct watch *watch, const char *trouble, unsigned attempt)
{
    mark_trouble(watch, "the board does not answer, dialling again");
    if (watch->on_terminal && watch->shown)
        return;
    if (attempt % 4 == 1)
        fprintf(stderr, "bochuang watch: %s; dialling again\n", *trouble ? trouble : "the board hung up");
}

static bool
watch_until_interrupted(struct watch *watch)
{
    char trouble[CURL_ERROR_SIZE];
    struct buf url = {0};
    int64_t begun_ms = clock_steady_ms();
    bool good = true;
    make_url(watch->options, &url);
    for (unsigned attempt = 1; good; attempt++) {
        long status = follow(watch, buf_text(&url), trouble);
        if (interrupted || (watch->options->once && watch->shown))
            break;
        good = !refused(watch, status);
        if (good)
            complain(watch, trouble, attempt);
        if (watch->options->once && clock_steady_ms() - begun_ms > ONCE_PATIENCE_MS)
            good = false;
        if (status == 200)
            attempt = 1;
        if (good)
            wait_to_dial(attempt);
    }
    buf_free(&url);
    return good;
}

static void
start(struct watch *watch, const struct watch_options *options, const char *ranking)
{
    *watch = (struct watch){.options = options, .curl = curl_easy_init(), .screen = {.ranking = ranking}};
    if (!watch->curl)
        abort();
    watch->stream.on_message = message_cb;
    watch->stream.arg = watch;
    watch->on_terminal = terminal_is(stdout) && !options->json && !options->once;
    if (watch->on_terminal)
        fputs("\033[H\033[2J", stdout);
    curl_easy_setopt(watch->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(watch->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(watch->curl, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
    curl_easy_setopt(watch->curl, CURLOPT_LOW_SPEED_LIMIT, 1L); /* the board says something every 15 s */
    curl_easy_setopt(watch->curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_S);
    curl_easy_setopt(watch->curl, CURLOPT_WRITEFUNCTION, body_cb);
    curl_easy_setopt(watch->curl, CURLOPT_WRITEDATA, watch);
    curl_easy_setopt(watch->curl, CURLOPT_HEADERFUNCTION, head_cb);
    curl_easy_setopt(watch->curl, CURLOPT_HEADERDATA, watch);
    curl_easy_setopt(watch->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(watch->curl, CURLOPT_XFERINFOFUNCTION, progress_cb);
    curl_easy_setopt(watch->curl, CURLOPT_XFERINFODATA, watch);
}

int
command_watch(int argc, char **argv)
{
    struct watch_options options = {0};
    size_t operands = options_take(&usage, &options, argc, argv);
    if (!options.contest)
        options_refuse(&usage, "--contest: which one?");
    if (strcmp(options.view, "live") != 0 && strcmp(options.view, "public") != 0)
        options_refuse(&usage, "--view: expected public or live, found \"%.40s\"", options.view);
    struct watch watch;
    start(&watch, &options, operands ? argv[1] : NULL);
    signal(SIGINT, interrupt_cb);
    signal(SIGTERM, interrupt_cb);
    bool good = watch_until_interrupted(&watch);
    curl_easy_cleanup(watch.curl);
    watch_screen_free(&watch.screen);
    event_stream_free(&watch.stream);
    buf_free(&watch.refusal);
    return good ? EXIT_DONE : EXIT_DID_NOT_HOLD;
}
