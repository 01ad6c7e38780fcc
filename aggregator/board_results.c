/*
 * Results: the list of what was published, and each version as JSON and as files. A version is public, since
 * a judge published it on purpose, and it does not move: its files are made once and kept. Whether it is
 * final may change, and stands beside it. What stands in the way of a publish is for the jury alone.
 */
#include <assert.h>
#include <string.h>

#include "aggregator/board.h"
#include "aggregator/board_json.h"
#include "aggregator/version_tables.h"
#include "common/logline.h"

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
        json_put_text(json, "code", refusal->code);
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

/* --- Its files --- */

static void
make_json(const struct version_report *version, enum report_language language, struct buf *out)
{
    (void)language;
    version_report_json(version, out);
}

static void
make_csv(const struct version_report *version, enum report_language language, struct buf *out)
{
    struct report *report = version_tables(version, language);
    report_csv(report, out);
    report_free(report);
}

static void
make_html(const struct version_report *version, enum report_language language, struct buf *out)
{
    struct report *report = version_tables(version, language);
    report_html(report, out);
    report_free(report);
}

static void
make_xlsx(const struct version_report *version, enum report_language language, struct buf *out)
{
    const char *why;
    struct report *report = version_tables(version, language);
    if (!report_xlsx(report, out, &why)) {
        log_error("a spreadsheet of contest %s could not be made: %s", version->contest->id, why);
        out->failed = true;
    }
    report_free(report);
}

/* One report, several printers. */
struct format {
    const char *suffix, *content_type;
    void (*make)(const struct version_report *version, enum report_language language, struct buf *out);
};

static const struct format formats[] = {
    {"json", "application/json", make_json},
    {"csv", "text/csv; charset=utf-8", make_csv},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", make_xlsx},
    {"html", "text/html; charset=utf-8", make_html},
};

enum { FORMAT_JSON, FORMAT_COUNT = sizeof formats / sizeof *formats };

/*
 * A file of a version: kept, or made and kept. Borrowed from there, or from `made`; `made` has failed where
 * it could not be made. The JSON says nothing that changes, the others say whether the version is final, or
 * another one has replaced it.
 */
static struct span
version_file(struct board_request *request, const struct results_version *version,
             const struct format *format, struct buf *made)
{
    struct buf name = {0};
    struct version_report report;
    const struct results *results = contest_results(request->contest);
    enum report_language language = (enum report_language)request->query.language;
    struct resume_id place = {.shard_count = version->standing.shard_count,
                              .state = version->final && format->make != make_json ? STATE_FINAL
                                                                                   : STATE_PROVISIONAL};
    for (uint32_t i = 0; i < place.shard_count; i++) {
        place.version[i] = version->standing.version[i];
        place.mark = chain_mark(place.mark, &version->chains[i]);
    }
    buf_printf(&name, "%d.%s", version->number, format->suffix);
    if (format->make != make_json)
        buf_printf(&name, " %s, of %d", report_language_name(language), results_latest(results)->number);
    struct question question = {request->contest, buf_span(&name), &place, board_steady_us()};
    struct span file = answers_find(request->board->files, &question);
    if (!file.at) {
        version_report_make(version, &report);
        format->make(&report, language, made);
        version_report_free(&report);
        file = buf_span(made);
        if (!made->failed)
            answers_keep(request->board->files, &question, file, 0);
    }
    buf_free(&name);
    return file;
}

static void
answer_file(struct board_request *request, const struct results_version *version, const struct format *format)
{
    struct buf made = {0}, fields = {0};
    struct span file = version_file(request, version, format, &made);
    bool page = format->make == make_html;
    buf_printf(&fields, "Content-Disposition: %s; filename=\"%s-results-%d.%s\"\r\n",
               page ? "inline" : "attachment", request->contest->id, version->number, format->suffix);
    buf_add_text(&fields, "X-Content-Type-Options: nosniff\r\n");
    if (page) {
        buf_add_text(&fields, "Content-Security-Policy: ");
        report_html_policy(&fields);
        buf_add_text(&fields, "\r\n");
    }
    struct http_answer answer = {200, format->content_type, buf_text(&fields), file, false};
    if (made.failed)
        board_refuse(request, 503, "unavailable", "this file could not be made now");
    else
        http_answer(request->exchange, &answer);
    buf_free(&fields);
    buf_free(&made);
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
    struct buf body = {0}, made = {0};
    struct json_out json = {&body, false};
    struct span result = version_file(request, version, &formats[FORMAT_JSON], &made);
    json_open(&json, '{');
    if (!made.failed)
        put_version(request, version, result, &json);
    json_close(&json, '}');
    body.failed = body.failed || made.failed;
    board_answer_json(request, &body);
    buf_free(&made);
    buf_free(&body);
}

void
board_version(struct board_request *request)
{
    const char *name = request->segments[0];
    const char *dot = strchr(name, '.');
    struct span number = {name, dot ? (size_t)(dot - name) : strlen(name)};
    const struct results_version *version = find_version(contest_results(request->contest), number);
    size_t format = 0;
    while (dot && format < FORMAT_COUNT && strcmp(dot + 1, formats[format].suffix) != 0)
        format++;
    if (!version)
        board_refuse(request, 404, "not_found",
                     "expected the number of a published version, or \"latest\", found \"%s\"", name);
    else if (format == FORMAT_COUNT)
        board_refuse(request, 404, "not_found", "expected .json, .csv, .xlsx or .html, found \"%s\"", dot);
    else if (dot)
        answer_file(request, version, &formats[format]);
    else
        answer_version(request, version);
}
