#include "cli/simulate_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cli/ask.h"
#include "common/clock.h"

enum { WAIT_MS = 20 * 1000, POLL_MS = 100 };

struct check {
    const char *name;
    int64_t expected;
    bool at_least; /* retries add to it */
};

static size_t
list_checks(const struct script *script, struct check checks[CHECKED_MOST])
{
    const struct script_figures *figures = &script->figures;
    const struct check all[] = {
        {"gross_fen", figures->gross_fen, false},
        {"refunded_fen", figures->refunded_fen, false},
        {"net_fen", figures->gross_fen - figures->refunded_fen, false},
        {"online_net_fen", figures->online_net_fen, false},
        {"offline_net_fen", figures->offline_net_fen, false},
        {"orders", figures->orders, false},
        {"quantity", figures->quantity, false},
        {"sessions", figures->sessions, false},
        {"videos", figures->videos, false},
        {"viewers", figures->samples[SAMPLE_VIEWERS], false},
        {"likes", figures->samples[SAMPLE_LIKES], false},
        {"followers", figures->samples[SAMPLE_FOLLOWERS], false},
        {"comments", figures->samples[SAMPLE_COMMENTS], false},
        {"voided", figures->voided, false},
        {"refused", 0, false},
        {"parked", 0, false},
        {"pending", 0, false},
        {"conflicts", figures->conflicts, true},
        {"duplicates", figures->duplicates, true},
    };
    size_t count = sizeof all / sizeof *all;
    for (size_t i = 0; i < count; i++)
        checks[i] = all[i];
    return count;
}

static json_t *
fetch_totals(struct http_client *board, const char *contest)
{
    struct buf path = {0};
    buf_printf(&path, "/v1/contests/%s/totals?view=live", contest);
    json_t *answer = ask_board(board, buf_text(&path), WAIT_MS, "simulate");
    json_t *totals = json_incref(json_object_get(answer, "totals"));
    json_decref(answer);
    buf_free(&path);
    return totals;
}

bool
simulate_baseline(struct http_client *board, const char *contest, struct simulate_baseline *before)
{
    static const struct script empty = {0};
    struct check checks[CHECKED_MOST];
    size_t count = list_checks(&empty, checks);
    json_t *totals = fetch_totals(board, contest);
    for (size_t i = 0; totals && i < count; i++)
        before->value[i] = ask_int(totals, checks[i].name);
    bool answered = totals != NULL;
    json_decref(totals);
    return answered;
}

/* Played twice with one seed, everything is a duplicate: then the totals are those of the script alone. */
static bool
holds(const struct check *check, int64_t before, int64_t now)
{
    if (check->at_least)
        return now >= check->expected;
    return now == before + check->expected || (before == check->expected && now == check->expected);
}

static size_t
compare(const json_t *totals, const struct script *script, const struct simulate_baseline *before, bool say)
{
    struct check checks[CHECKED_MOST];
    size_t count = list_checks(script, checks), wrong = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t now = ask_int(totals, checks[i].name);
        if (holds(&checks[i], before->value[i], now))
            continue;
        wrong++;
        if (say)
            fprintf(stderr, "bochuang simulate: %s: expected %s%" PRId64 ", the board shows %" PRId64 "\n",
                    checks[i].name, checks[i].at_least ? "at least " : "",
                    before->value[i] + checks[i].expected, now);
    }
    return wrong;
}

json_t *
simulate_wait(struct http_client *board, const char *contest, const struct script *script,
              const struct simulate_baseline *before, const atomic_bool *stop)
{
    int64_t give_up_ms = clock_steady_ms() + WAIT_MS;
    for (;;) {
        json_t *totals = fetch_totals(board, contest);
        bool last = !totals || atomic_load(stop) || clock_steady_ms() > give_up_ms;
        if (last || compare(totals, script, before, false) == 0)
            return totals;
        json_decref(totals);
        nanosleep(&(struct timespec){0, POLL_MS * 1000000}, NULL);
    }
}

bool
simulate_compare(const json_t *totals, const struct script *script, const struct simulate_baseline *before,
                 int64_t rejected)
{
    size_t wrong = compare(totals, script, before, true);
    if (rejected < script->figures.rejected) {
        fprintf(stderr,
                "bochuang simulate: %" PRId64 " wrong events were sent, ingest rejected %" PRId64 "\n",
                script->figures.rejected, rejected);
        wrong++;
    }
    return wrong == 0;
}
