#include "cli/act_results.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/ask.h"
#include "common/clock.h"

/* What was just acknowledged is on the board within a second: a blocker that stays longer is one. */
enum { SETTLES_MS = 2000, OUTCOME_MS = 20 * 1000, POLL_MS = 50, LISTED_MOST = 20 };

static void
pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static json_t *
ask_results(struct http_client *board, const char *contest)
{
    struct buf path = {0};
    buf_add_text(&path, "/v1/contests");
    http_path_add(&path, contest);
    buf_add_text(&path, "/results");
    json_t *answer = ask_board(board, buf_text(&path), ASK_PATIENCE_MS, "act");
    buf_free(&path);
    return answer;
}

/* --- Blockers --- */

static void
print_blocker(const json_t *blocker)
{
    const char *key;
    json_t *value;
    bool is_open = strcmp(ask_text(blocker, "kind"), "contest_open") == 0;
    fprintf(stderr, "  %s:%s", ask_text(blocker, "kind"), is_open ? " close the contest first" : "");
    json_object_foreach((json_t *)blocker, key, value)
    {
        if (json_is_string(value) && strcmp(key, "kind") != 0)
            fprintf(stderr, " %s %s", key, json_string_value(value));
        else if (json_is_integer(value))
            fprintf(stderr, " %s %" JSON_INTEGER_FORMAT, key, json_integer_value(value));
    }
    fputc('\n', stderr);
}

static int64_t
total_of(const json_t *totals)
{
    const char *key;
    json_t *value;
    int64_t total = 0;
    json_object_foreach((json_t *)totals, key, value) total += json_integer_value(value);
    return total;
}

/* "1 parked_refund, 900 missing_mark": the list may end before the last kind. */
static void
print_totals(const json_t *totals)
{
    const char *key, *comma = "";
    json_t *value;
    json_object_foreach((json_t *)totals, key, value)
    {
        if (json_integer_value(value) == 0)
            continue;
        fprintf(stderr, "%s%" JSON_INTEGER_FORMAT " %s", comma, json_integer_value(value), key);
        comma = ", ";
    }
    fputc('\n', stderr);
}

static void
print_blockers(const json_t *answer)
{
    print_totals(json_object_get(answer, "blocker_totals"));
    const json_t *list = json_object_get(answer, "blockers");
    int64_t total = total_of(json_object_get(answer, "blocker_totals"));
    size_t shown = json_array_size(list) < LISTED_MOST ? json_array_size(list) : LISTED_MOST;
    for (size_t i = 0; i < shown; i++)
        print_blocker(json_array_get(list, i));
    if (total > (int64_t)shown)
        fprintf(stderr, "  and %" PRId64 " more; the board has all of them: …/results\n",
                total - (int64_t)shown);
}

/* Things that an override cannot set aside, too. */
static bool
is_in_the_way(const json_t *answer, bool overrides)
{
    const json_t *totals = json_object_get(answer, "blocker_totals");
    return overrides ? ask_int(totals, "contest_open") > 0 : total_of(totals) > 0;
}

bool
act_may_publish(struct http_client *board, const char *contest, bool overrides)
{
    int64_t give_up_ms = clock_steady_ms() + SETTLES_MS;
    json_t *answer = ask_results(board, contest);
    while (answer && is_in_the_way(answer, overrides) && clock_steady_ms() < give_up_ms) {
        json_decref(answer);
        pause_ms(POLL_MS);
        answer = ask_results(board, contest);
    }
    bool may = answer && !is_in_the_way(answer, overrides);
    if (answer && !json_object_get(answer, "blockers")) {
        fputs("bochuang act: the board does not say what stands in the way to a token of this role\n",
              stderr);
        may = false;
    } else if (answer && !may) {
        fprintf(stderr, "bochuang act: not sent, this stands in the way of a publish%s: ",
                overrides ? ", and no override helps" : "");
        print_blockers(answer);
    }
    json_decref(answer);
    return may;
}

/* --- The outcome --- */

/* The item whose `key` is this text; borrowed. */
static json_t *
find_by(const json_t *list, const char *key, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        if (strcmp(ask_text(item, key), text) == 0)
            return item;
    }
    return NULL;
}

static bool
say_refusal(const json_t *answer, const char *id)
{
    const json_t *refusal = find_by(json_object_get(answer, "refusals"), "id", id);
    if (!refusal)
        return false;
    fprintf(stderr, "bochuang act: refused: %s\n", ask_text(refusal, "why"));
    print_blockers(refusal);
    return true;
}

json_t *
act_outcome(struct http_client *board, const char *contest, const char *id)
{
    int64_t give_up_ms = clock_steady_ms() + OUTCOME_MS;
    bool over = false;
    json_t *version = NULL;
    while (!over) {
        json_t *answer = ask_results(board, contest);
        const json_t *versions = json_object_get(answer, "versions");
        json_t *found = find_by(versions, "action", id);
        found = found ? found : find_by(versions, "finalised_action", id);
        version = json_incref(found);
        over = !answer || version || say_refusal(answer, id);
        json_decref(answer);
        if (!over && clock_steady_ms() > give_up_ms) {
            fprintf(stderr, "bochuang act: %s is on disk, but the board has not come to it in %d s\n", id,
                    OUTCOME_MS / 1000);
            over = true;
        } else if (!over) {
            pause_ms(POLL_MS);
        }
    }
    return version;
}
