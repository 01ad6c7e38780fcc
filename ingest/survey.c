#include "ingest/survey.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "common/logline.h"
#include "ingest/hosted.h"

enum { AGAIN_MS = 10 * 1000, RETRY_MS = 200 };

struct survey {
    struct ingest *ingest; /* borrowed */
    struct event *timer;
    bool durable; /* or need not be */
    bool listed;
    bool complained;                       /* the log has said once what Redis lacks */
    struct contest *files[LIMIT_CONTESTS]; /* held; their contests are not served yet */
    size_t file_count;
};

bool
survey_is_good(const struct survey *survey)
{
    return survey->durable && survey->listed;
}

const char *
survey_complaint(const struct survey *survey)
{
    if (!redis_link_up(survey->ingest->link))
        return "Redis cannot be reached";
    if (!survey->listed)
        return "Redis has not listed its contests yet";
    return survey->durable ? NULL : "Redis may lose what it acknowledges: see the log";
}

bool
survey_has_no_files(const struct survey *survey)
{
    return survey->file_count == 0;
}

/* Both answers change what the daemon may do; it hears of it only where that has really changed. */
static void
set(struct survey *survey, bool *answer, bool value)
{
    bool was_good = survey_is_good(survey);
    *answer = value;
    if (was_good != survey_is_good(survey))
        ingest_redis_changed(survey->ingest);
}

/* --- Durability --- */

static const struct {
    const char *name, *wanted;
} durability[] = {
    {"appendonly", "yes"},
    {"appendfsync", "always"},
    {"no-appendfsync-on-rewrite", "no"},
};

enum { DURABILITY_COUNT = sizeof durability / sizeof *durability };

/* The value of a name in CONFIG GET's list of names and values; empty where it is not there. */
static struct span
value_of(const redis_reply *reply, const char *name)
{
    for (size_t i = 0; i + 1 < redis_reply_count(reply); i += 2)
        if (span_is(redis_reply_text(redis_reply_at(reply, i)), name))
            return redis_reply_text(redis_reply_at(reply, i + 1));
    return (struct span){NULL, 0};
}

static void
complain(const struct survey *survey, const char *name, const char *wanted, struct span found)
{
    const char *consequence = survey->ingest->options->allow_weak_durability
                                  ? "serving all the same, as allow_weak_durability says"
                                  : "nothing is accepted until then";
    log_error("redis: set \"%s %s\" (it is \"%.*s\"): what it acknowledges could be lost; %s", name, wanted,
              SPAN_FMT(found), consequence);
}

static void
durability_cb(const redis_reply *reply, void *arg)
{
    struct survey *survey = arg;
    if (!reply)
        return;
    bool durable = true;
    for (size_t i = 0; i < DURABILITY_COUNT; i++) {
        struct span found = value_of(reply, durability[i].name);
        if (span_is(found, durability[i].wanted))
            continue;
        durable = false;
        if (!survey->complained)
            complain(survey, durability[i].name, durability[i].wanted, found);
    }
    if (survey->complained && durable)
        log_info("redis is durable now");
    survey->complained = !durable;
    set(survey, &survey->durable, durable || survey->ingest->options->allow_weak_durability);
}

static void
ask_durability(struct survey *survey)
{
    struct span arguments[2 + DURABILITY_COUNT] = {SPAN("CONFIG"), SPAN("GET")};
    for (size_t i = 0; i < DURABILITY_COUNT; i++)
        arguments[2 + i] = span_of(durability[i].name);
    redis_link_send(survey->ingest->link, 2 + DURABILITY_COUNT, arguments, durability_cb, survey);
}

/* --- Contests --- */

static void ask_contests(struct survey *survey);

static void
host(struct survey *survey, struct span id, struct span shards)
{
    uint64_t count = 0;
    for (size_t i = 0; i < shards.len && count <= LIMIT_SHARDS; i++)
        count = shards.at[i] >= '0' && shards.at[i] <= '9' ? count * 10 + (uint64_t)(shards.at[i] - '0')
                                                           : LIMIT_SHARDS + 1;
    if (id_is_contest(id) && count >= 1 && count <= LIMIT_SHARDS)
        ingest_host(survey->ingest, id, (uint32_t)count);
    else if (!survey->listed)
        log_error("redis: %s holds \"%.*s\" = \"%.*s\", which is no contest with its number of shards",
                  LOG_CONTESTS_KEY, SPAN_FMT(id), SPAN_FMT(shards));
}

/* Gives the files to their contests, and lists those that are new: the next survey then finds them. */
static void
place_files(struct survey *survey)
{
    size_t left = 0;
    char shards[24];
    snprintf(shards, sizeof shards, "%lld", (long long)survey->ingest->options->shards);
    for (size_t i = 0; i < survey->file_count; i++) {
        struct contest *file = survey->files[i];
        struct hosted *hosted = ingest_find(survey->ingest, span_of(file->id));
        if (hosted) {
            hosted_load(hosted, file);
            continue;
        }
        struct span arguments[] = {SPAN("HSETNX"), SPAN(LOG_CONTESTS_KEY), span_of(file->id),
                                   span_of(shards)};
        redis_link_send(survey->ingest->link, 4, arguments, NULL, NULL);
        survey->files[left++] = file;
    }
    survey->file_count = left;
}

static void
ask_again_in(struct survey *survey, int ms)
{
    struct timeval again = {ms / 1000, (ms % 1000) * 1000};
    if (event_add(survey->timer, &again) != 0)
        abort(); /* it would never ask again */
}

static void
contests_cb(const redis_reply *reply, void *arg)
{
    struct survey *survey = arg;
    if (!reply)
        return;
    if (redis_reply_kind(reply) != REDIS_ARRAY) { /* it still loads its own log, most of the time */
        ask_again_in(survey, RETRY_MS);
        return;
    }
    for (size_t i = 0; i + 1 < redis_reply_count(reply); i += 2)
        host(survey, redis_reply_text(redis_reply_at(reply, i)),
             redis_reply_text(redis_reply_at(reply, i + 1)));
    bool first = !survey->listed;
    set(survey, &survey->listed, true);
    place_files(survey);
    if (survey->file_count > 0 && first)
        ask_contests(survey);
}

static void
ask_contests(struct survey *survey)
{
    struct span arguments[] = {SPAN("HGETALL"), SPAN(LOG_CONTESTS_KEY)};
    redis_link_send(survey->ingest->link, 2, arguments, contests_cb, survey);
}

/* --- When --- */

static void
ask(struct survey *survey)
{
    ask_again_in(survey, AGAIN_MS);
    if (!redis_link_up(survey->ingest->link))
        return;
    ask_durability(survey);
    ask_contests(survey);
}

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    ask(arg);
}

void
survey_link_changed(struct survey *survey, bool up)
{
    if (up) {
        ask(survey);
        return;
    }
    set(survey, &survey->durable, false);
    survey->listed = false;
}

void
survey_add_file(struct survey *survey, struct contest *contest)
{
    if (survey->file_count == LIMIT_CONTESTS) {
        log_error("contest %s: more than %d contest files", contest->id, LIMIT_CONTESTS);
        contest_release(contest);
        return;
    }
    survey->files[survey->file_count++] = contest;
    if (survey->listed) {
        place_files(survey);
        if (survey->file_count > 0)
            ask_contests(survey);
    }
}

struct survey *
survey_new(struct ingest *ingest)
{
    struct survey *survey = calloc(1, sizeof *survey);
    if (!survey)
        return NULL;
    survey->ingest = ingest;
    survey->timer = evtimer_new(ingest->base, timer_cb, survey);
    if (survey->timer)
        return survey;
    free(survey);
    return NULL;
}

void
survey_free(struct survey *survey)
{
    if (!survey)
        return;
    for (size_t i = 0; i < survey->file_count; i++)
        contest_release(survey->files[i]);
    event_free(survey->timer);
    free(survey);
}
