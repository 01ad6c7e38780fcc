/*
 * Results: the list of what was published, and each version as JSON. A version is public, since a judge
 * published it on purpose, and it does not move: the bytes of its JSON are made once and kept. Whether it is
 * final may change, and stands beside it. What stands in the way of a publish is for the jury alone.
 */
#include <assert.h>
#include <string.h>

#include "aggregator/board.h"
#include "aggregator/board_json.h"
#include "aggregator/version_report.h"

/* --- The list --- */

static void
put_versions(struct json_out *json, const struct results *results)
{
    json_key(json, "versions");
    json_open(json, '[');
    for (size_t i = 0; i < results->version_count; i++) {
        json_open(json, '{');
        version_head_json(results->versions[i], json);
        version_finality_json(results->versions[i], json);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_refusals(struct json_out *json, const struct results *results)
{
    json_key(json, "refusals");
    json_open(json, '[');
    for (size_t i = 0; i < results->refusal_count; i++) {
        const struct results_refusal *refusal = &results->refusals[i];
        json_open(json, '{');
        json_put_text(json, "id", refusal->action_id);
        json_put_text(json, "type", refusal->finalise ? "finalise" : "publish");
        json_put_int(json, "at_ms", refusal->at_ms);
        json_put_text(json, "who", refusal->actor);
        json_put_text(json, "why", refusal->why);
        json_key(json, "blocker_totals");
        blocker_totals_json(&refusal->blockers, json);
        json_key(json, "blockers");
        blockers_json(&refusal->blockers, json);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* What a judge needs to publish, and to decide a manual award. */
static void
put_jury_part(struct board_request *request, struct json_out *json)
{
    const struct blocker_list *blockers = contest_blockers(request->contest);
    const struct standing *live = contest_standing(request->contest, VIEW_LIVE);
    struct report_rows counties;
    json_key(json, "blocker_totals");
    blocker_totals_json(blockers, json);
    json_key(json, "blockers");
    blockers_json(blockers, json);
    put_refusals(json, contest_results(request->contest));
    report_counties_make(live, &counties);
    json_key(json, "counties");
    county_rows_json(&counties, live->contest, json);
    report_rows_free(&counties);
}

bool
board_results_route(struct board_request *request, struct json_out *json)
{
    put_versions(json, contest_results(request->contest));
    if (board_is_jury(request->token))
        put_jury_part(request, json);
    return true;
}

/* --- A version --- */

/* "1", "latest"; NULL where there is no such version. */
static const struct results_version *
find_version(const struct results *results, struct span name)
{
    int64_t number = 0;
    if (span_is(name, "latest"))
        return results_latest(results);
    if (name.len == 0 || name.len > 9 || name.at[0] == '0')
        return NULL;
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] < '0' || name.at[i] > '9')
            return NULL;
        number = number * 10 + (name.at[i] - '0');
    }
    return results_find(results, number);
}

/* The file of a version: kept, or made by `make` and kept. Borrowed from one of the two. */
static struct span
version_file(struct board_request *request, const struct results_version *version, const char *name,
             void (*make)(const struct results_version *version, struct buf *out), struct buf *made)
{
    struct resume_id place = {.shard_count = version->standing.shard_count,
                              .state = version->final ? STATE_FINAL : STATE_PROVISIONAL};
    memcpy(place.version, version->standing.version, place.shard_count * sizeof *place.version);
    struct question question = {request->contest, span_of(name), &place, board_steady_us()};
    struct span kept = answers_find(request->board->files, &question);
    if (kept.at)
        return kept;
    make(version, made);
    if (!made->failed)
        answers_keep(request->board->files, &question, buf_span(made), board_steady_us() - question.now_us);
    return buf_span(made);
}

/*
 * The members of the version stand beside the envelope's, as everywhere on the board; the place in the log
 * that the answer stands on is the version's own. Of the made object the brackets are cut off here.
 */
static void
put_version(struct board_request *request, const struct results_version *version, struct span made,
            struct json_out *json)
{
    assert(made.len > 2 && made.at[0] == '{' && made.at[made.len - 1] == '}');
    json_put_text(json, "state", contest_state_name(contest_state(request->contest, request->now_ms)));
    json_put_text(json, "view", view_name(request->query.view));
    version_finality_json(version, json);
    json_raw(json, (struct span){made.at + 1, made.len - 2});
}

static void
answer_version(struct board_request *request, const struct results_version *version)
{
    struct buf body = {0}, made = {0}, name = {0};
    struct json_out json = {&body, false};
    buf_printf(&name, "%d.json", version->number);
    struct span result = version_file(request, version, buf_text(&name), version_json, &made);
    json_open(&json, '{');
    if (!made.failed)
        put_version(request, version, result, &json);
    json_close(&json, '}');
    body.failed = body.failed || made.failed;
    board_answer_json(request, &body);
    buf_free(&name);
    buf_free(&made);
    buf_free(&body);
}

static void
answer_file(struct board_request *request, const struct results_version *version)
{
    struct buf made = {0}, name = {0}, fields = {0};
    buf_printf(&name, "%d.json", version->number);
    buf_printf(&fields, "Content-Disposition: attachment; filename=\"%s-results-%d.json\"\r\n",
               request->contest->id, version->number);
    struct span body = version_file(request, version, buf_text(&name), version_json, &made);
    struct http_answer answer = {200, "application/json", buf_text(&fields), body, false};
    if (made.failed)
        board_refuse(request, 503, "unavailable", "there is no memory for this answer now");
    else
        http_answer(request->exchange, &answer);
    buf_free(&fields);
    buf_free(&name);
    buf_free(&made);
}

void
board_version(struct board_request *request)
{
    const char *name = request->segments[0];
    const char *dot = strchr(name, '.');
    struct span number = {name, dot ? (size_t)(dot - name) : strlen(name)};
    const struct results_version *version = find_version(contest_results(request->contest), number);
    if (!version)
        board_refuse(request, 404, "not_found",
                     "expected the number of a published version, or \"latest\", found \"%s\"", name);
    else if (!dot)
        answer_version(request, version);
    else if (strcmp(dot, ".json") == 0)
        answer_file(request, version);
    else
        board_refuse(request, 404, "not_found", "expected .json, found \"%s\"", dot);
}
