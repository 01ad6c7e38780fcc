#include "cli/players.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "cli/ask.h"
#include "cli/http_client.h"
#include "common/clock.h"

enum { LANES = 4, BATCH_MOST = 400, SINGLES_MOST = 8, NAP_MS = 10, TICK_MS = 200 };

/* What one thread sends: the steps of its streamers, or the actions. */
struct lane {
    struct play *play;
    uint32_t number;
    int64_t begun_ms;
    const struct script_step **steps; /* owned */
    size_t count;
    struct http_client *client; /* owned */
    struct http_answer answer;
    struct buf events_path, actions_path, body;
    pthread_t thread;
    atomic_bool done;
};

static bool
is_over(const struct play *play)
{
    return atomic_load(play->stop) || atomic_load(&play->refused);
}

static void
nap(int64_t ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* What time it is in the play. */
static int64_t
play_now_ms(const struct lane *lane)
{
    if (lane->play->speed <= 0)
        return INT64_MAX;
    return (int64_t)((double)(clock_steady_ms() - lane->begun_ms) * lane->play->speed);
}

static void
count_rejected(struct lane *lane)
{
    json_t *answer = json_loadb(lane->answer.body.at, lane->answer.body.len, 0, NULL);
    atomic_fetch_add(&lane->play->rejected, (unsigned long long)ask_int(answer, "rejected"));
    json_decref(answer);
}

/* Sends the body until it is acknowledged. 422 is an answer too: some events are wrong on purpose. */
static void
post(struct lane *lane, struct buf *path, const char *content_type, const char *token)
{
    struct http_call call = {.path = buf_text(path),
                             .content_type = content_type,
                             .body = buf_span(&lane->body),
                             .patience_ms = -1};
    if (token)
        http_client_use_token(lane->client, token);
    uint64_t before = lane->answer.retries; /* it adds up over the calls */
    bool answered = http_client_call(lane->client, &call, &lane->answer);
    atomic_fetch_add(&lane->play->retries, lane->answer.retries - before);
    if (!answered)
        return; /* stopped */
    if (lane->answer.status == 202 || lane->answer.status == 422)
        return;
    if (!atomic_exchange(&lane->play->refused, true))
        http_complain("simulate", &lane->answer);
}

static void
post_events(struct lane *lane, const char *content_type, const char *token, size_t count)
{
    post(lane, &lane->events_path, content_type, token);
    if (is_over(lane->play))
        return;
    count_rejected(lane);
    atomic_fetch_add(&lane->play->sent, count);
}

static void
send_singles(struct lane *lane, const struct script_step *const *steps, size_t count)
{
    const struct cast *cast = &lane->play->cast;
    for (size_t i = 0; i < count && !is_over(lane->play); i++) {
        const char *own = cast->streamers[steps[i]->streamer];
        buf_clear(&lane->body);
        script_event_json(&steps[i]->event, lane->play->contest->utc_offset_min, &lane->body);
        post_events(lane, "application/json", own ? own : cast->connector, 1);
    }
}

static void
send_lines(struct lane *lane, const struct script_step *const *steps, size_t count)
{
    buf_clear(&lane->body);
    for (size_t i = 0; i < count; i++) {
        script_event_json(&steps[i]->event, lane->play->contest->utc_offset_min, &lane->body);
        buf_add_byte(&lane->body, '\n');
    }
    post_events(lane, "application/x-ndjson", lane->play->cast.connector, count);
}

static void
send_maps(struct lane *lane, const struct script_step *const *steps, size_t count)
{
    buf_clear(&lane->body);
    for (size_t i = 0; i < count; i++)
        script_event_msgpack(&steps[i]->event, &lane->body);
    post_events(lane, "application/msgpack", lane->play->cast.connector, count);
}

/* Streamers' own phones send one at a time, connectors send many, in either form: the three take turns. */
static size_t
send_some(struct lane *lane, size_t turn, const struct script_step *const *steps, size_t count)
{
    switch (turn % 3) {
    case 0:
        count = count < SINGLES_MOST ? count : SINGLES_MOST;
        send_singles(lane, steps, count);
        break;
    case 1:
        send_lines(lane, steps, count);
        break;
    default:
        send_maps(lane, steps, count);
        break;
    }
    return count;
}

static void *
play_events(void *arg)
{
    struct lane *lane = arg;
    size_t at = 0;
    for (size_t turn = 0; at < lane->count && !is_over(lane->play); turn++) {
        int64_t now_ms = play_now_ms(lane);
        size_t due = 0;
        while (at + due < lane->count && due < BATCH_MOST && lane->steps[at + due]->at_ms <= now_ms)
            due++;
        if (due > 0)
            at += send_some(lane, turn, lane->steps + at, due);
        else
            nap(NAP_MS);
    }
    atomic_store(&lane->done, true);
    return NULL;
}

static void *
play_actions(void *arg)
{
    struct lane *lane = arg;
    const struct script *script = lane->play->script;
    for (size_t at = 0; at < script->action_count && !is_over(lane->play);) {
        const struct script_action *action = &script->actions[at];
        if (action->at_ms > play_now_ms(lane)) {
            nap(NAP_MS);
            continue;
        }
        buf_clear(&lane->body);
        buf_add_text(&lane->body, action->json);
        post(lane, &lane->actions_path, "application/json",
             action->by_judge ? lane->play->cast.judge : lane->play->cast.organiser);
        at++;
    }
    atomic_store(&lane->done, true);
    return NULL;
}

static void
lane_start(struct lane *lane, struct play *play, uint32_t number, int64_t begun_ms)
{
    bool acts = number == LANES;
    *lane = (struct lane){.play = play, .number = number, .begun_ms = begun_ms};
    lane->steps = calloc(play->script->step_count + 1, sizeof *lane->steps);
    lane->client = http_client_new(play->ingest, play->cast.connector, play->stop);
    if (!lane->steps || !lane->client)
        abort();
    for (size_t i = 0; i < play->script->step_count && !acts; i++) {
        if (play->script->steps[i].streamer % LANES == number)
            lane->steps[lane->count++] = &play->script->steps[i];
    }
    buf_printf(&lane->events_path, "/v1/contests/%s/events", play->contest->id);
    buf_printf(&lane->actions_path, "/v1/contests/%s/actions", play->contest->id);
    if (pthread_create(&lane->thread, NULL, acts ? play_actions : play_events, lane) != 0)
        abort();
}

static void
lane_end(struct lane *lane)
{
    pthread_join(lane->thread, NULL);
    http_client_free(lane->client);
    http_answer_free(&lane->answer);
    buf_free(&lane->events_path);
    buf_free(&lane->actions_path);
    buf_free(&lane->body);
    free(lane->steps);
}

static bool
all_done(struct lane *lanes)
{
    for (uint32_t i = 0; i <= LANES; i++) {
        if (!atomic_load(&lanes[i].done))
            return false;
    }
    return true;
}

bool
play_script(struct play *play, void (*on_tick)(const struct play *play, void *arg), void *arg)
{
    struct lane lanes[LANES + 1];
    int64_t begun_ms = clock_steady_ms();
    for (uint32_t i = 0; i <= LANES; i++)
        lane_start(&lanes[i], play, i, begun_ms);
    while (!all_done(lanes)) {
        on_tick(play, arg);
        nap(TICK_MS);
    }
    for (uint32_t i = 0; i <= LANES; i++)
        lane_end(&lanes[i]);
    on_tick(play, arg);
    return !is_over(play);
}
