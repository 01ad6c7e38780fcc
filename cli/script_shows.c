/* What is on air: sessions that start and end, their viewers and likes, short videos; and what the jury makes
 * of it. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/script_parts.h"
#include "common/json_out.h"
#include "common/limits.h"

enum { SAMPLES_A_SESSION = 12, VIDEO_TWENTIETHS = 52 /* 2.6 a streamer */ };

static struct span
make_id(struct script_author *author, const char *what, const char *kind, int64_t number)
{
    char id[LIMIT_ID_BYTES + 1];
    int len = snprintf(id, sizeof id, "%.40s-%s%" PRId64, what, kind, number);
    return span_of(arena_text(author->script->arena, (struct span){id, (size_t)len}));
}

static void
write_samples(struct script_author *author, const struct session *session, struct event event)
{
    int64_t values[SAMPLE_COUNT] = {0};
    int64_t most[SAMPLE_COUNT] = {9000, 30000, 400, 1500};
    for (int64_t i = 0; i < SAMPLES_A_SESSION; i++) {
        int64_t at_ms =
            session->starts_ms + (session->ends_ms - session->starts_ms) * i / SAMPLES_A_SESSION + 60000;
        for (int sample = 0; sample < SAMPLE_COUNT; sample++) {
            values[sample] += 1 + script_below(author, most[sample]);
            event.id = make_id(author, session->id, "m", i * SAMPLE_COUNT + sample);
            event.sample = (enum sample)sample;
            event.value = values[sample];
            event.time_ms = at_ms;
            script_add_step(author, at_ms, session->streamer, &event);
        }
    }
    for (int sample = 0; sample < SAMPLE_COUNT; sample++)
        author->script->figures.samples[sample] += values[sample];
}

static void
write_session(struct script_author *author, const struct session *session)
{
    struct event event = {.session = span_of(session->id), .time_ms = session->starts_ms};
    event.type = EVENT_SESSION_STARTED;
    event.id = make_id(author, session->id, "start", 0);
    script_add_step(author, event.time_ms, session->streamer, &event);
    author->script->figures.sessions++;
    event.type = EVENT_METRIC_SAMPLED;
    write_samples(author, session, event);
    event.type = EVENT_SESSION_ENDED;
    event.id = make_id(author, session->id, "end", 0);
    event.time_ms = session->ends_ms;
    script_add_step(author, event.time_ms, session->streamer, &event);
}

void
script_write_shows(struct script_author *author)
{
    const struct contest *contest = author->contest;
    for (size_t i = 0; i < contest->session_count; i++)
        write_session(author, &contest->sessions[i]);
    int64_t videos = (int64_t)contest->streamer_count * VIDEO_TWENTIETHS / 20;
    for (int64_t i = 0; i < videos; i++) {
        uint32_t streamer = (uint32_t)(i % (int64_t)contest->streamer_count);
        struct event event = {.type = EVENT_VIDEO_PUBLISHED,
                              .id = make_id(author, contest->streamers[streamer].id, "v", i),
                              .streamer = span_of(contest->streamers[streamer].id)};
        event.time_ms = contest->opens_ms + script_below(author, contest->closes_ms - contest->opens_ms);
        script_add_step(author, event.time_ms, streamer, &event);
        author->script->figures.videos++;
    }
}

/* --- The jury --- */

static void
write_mark(struct script_author *author, size_t judge, size_t streamer, size_t criterion)
{
    const struct contest *contest = author->contest;
    int64_t max_milli = contest->criteria[criterion].max_milli;
    int64_t points_milli = max_milli * 6 / 10 + script_below(author, max_milli * 4 / 10 / 100 + 1) * 100;
    struct buf text = {0};
    struct json_out json = {.buf = &text};
    char id[80];
    snprintf(id, sizeof id, "mark-%zu-%zu-%zu", judge, streamer, criterion);
    json_open(&json, '{');
    json_put_text(&json, "id", id);
    json_put_text(&json, "type", "score");
    json_put_text(&json, "judge", contest->judges[judge]);
    json_put_text(&json, "streamer", contest->streamers[streamer].id);
    json_put_text(&json, "criterion", contest->criteria[criterion].id);
    json_key(&json, "points");
    json_milli(&json, points_milli);
    json_close(&json, '}');
    int64_t at_ms = contest->opens_ms + (contest->closes_ms - contest->opens_ms) * (int64_t)(streamer + 1) /
                                            (int64_t)(contest->streamer_count + 1);
    script_add_action(author, at_ms, true, &text);
    buf_free(&text);
}

static void
write_adjustment(struct script_author *author, size_t number, size_t streamer, const char *points,
                 const char *reason)
{
    struct buf text = {0};
    buf_printf(
        &text,
        "{\"id\":\"adjust-%zu\",\"type\":\"adjust\",\"streamer\":\"%s\",\"points\":%s,\"reason\":\"%s\"}",
        number, author->contest->streamers[streamer].id, points, reason);
    script_add_action(author, author->contest->closes_ms, true, &text);
    buf_free(&text);
}

void
script_write_jury(struct script_author *author)
{
    const struct contest *contest = author->contest;
    for (size_t streamer = 0; streamer < contest->streamer_count; streamer++)
        for (size_t judge = 0; judge < contest->judge_count; judge++)
            for (size_t criterion = 0; criterion < contest->criterion_count; criterion++)
                write_mark(author, judge, streamer, criterion);
    write_adjustment(author, 1, 0, "1.5", "助农公益加分");
    write_adjustment(author, 2, contest->streamer_count - 1, "-2", "超时播出扣分");
}
