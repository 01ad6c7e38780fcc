/* Admission: may this event, from this poster, enter this contest's log at this moment? */
#include <assert.h>

#include "common/clock.h"
#include "common/event_fields.h"
#include "common/sentence.h"

enum { TIME_TEXT_SIZE = 40 };

/* What one call judges; `error` may be NULL. */
struct admission {
    const struct event *event;
    const struct contest *contest;
    const struct event_poster *poster;
    struct event_error *error;
};

/* Starts the error's sentence; false where nobody wants to read it. */
static bool
start_error(const struct admission *admission, enum event_code code, enum event_field field,
            struct sentence *sentence)
{
    struct event_error *error = admission->error;
    if (!error)
        return false;
    error->code = code;
    error->field = field_rules[field].name.at;
    *sentence = sentence_start(error->message, sizeof error->message);
    sentence_add(sentence, "%s: expected ", error->field);
    return true;
}

static enum event_code
refuse_unknown(const struct admission *admission, enum event_code code, enum event_field field,
               struct span id)
{
    struct sentence sentence;
    if (start_error(admission, code, field, &sentence)) {
        sentence_add(&sentence, "the id of a %s of this contest, found ", field_rules[field].name.at);
        sentence_quote(&sentence, id);
    }
    return code;
}

/* The id of the streamer for whom the poster's token is. */
static struct span
poster_id(const struct admission *admission)
{
    uint32_t streamer = admission->poster->streamer;
    bool known = streamer < admission->contest->streamer_count;
    return span_of(known ? admission->contest->streamers[streamer].id : "another contest's streamer");
}

static enum event_code
refuse_not_yours(const struct admission *admission, enum event_field field, uint32_t owner)
{
    struct sentence sentence;
    if (start_error(admission, CODE_NOT_YOUR_SESSION, field, &sentence)) {
        bool video = field == FIELD_STREAMER;
        sentence_add(&sentence, video ? "yourself, " : "a session of ");
        sentence_quote(&sentence, poster_id(admission));
        sentence_add(&sentence, ", found ");
        if (!video) {
            sentence_quote(&sentence, admission->event->session);
            sentence_add(&sentence, " of ");
        }
        sentence_quote(&sentence, span_of(admission->contest->streamers[owner].id));
    }
    return CODE_NOT_YOUR_SESSION;
}

/* Adds a time as the contest's place writes it. */
static void
add_time(struct sentence *sentence, const struct contest *contest, int64_t ms)
{
    char text[TIME_TEXT_SIZE];
    clock_format_rfc3339(text, sizeof text, ms, contest->utc_offset_min);
    sentence_add(sentence, "%s", text);
}

static enum event_code
refuse_future(const struct admission *admission, int64_t now_ms)
{
    struct sentence sentence;
    if (start_error(admission, CODE_IN_THE_FUTURE, FIELD_TIME, &sentence)) {
        sentence_add(&sentence, "at most %d minutes after the server's clock, ", LIMIT_FUTURE_MS / 60000);
        add_time(&sentence, admission->contest, now_ms);
        sentence_add(&sentence, ", found ");
        add_time(&sentence, admission->contest, admission->event->time_ms);
    }
    return CODE_IN_THE_FUTURE;
}

static enum event_code
refuse_outside(const struct admission *admission, int64_t from_ms, int64_t until_ms)
{
    struct sentence sentence;
    if (start_error(admission, CODE_OUTSIDE_WINDOW, FIELD_TIME, &sentence)) {
        add_time(&sentence, admission->contest, from_ms);
        sentence_add(&sentence, " or later");
        if (until_ms != CONTEST_NEVER) {
            sentence_add(&sentence, ", before ");
            add_time(&sentence, admission->contest, until_ms);
        }
        sentence_add(&sentence, ", for %s, found ", event_type_name(admission->event->type));
        add_time(&sentence, admission->contest, admission->event->time_ms);
    }
    return CODE_OUTSIDE_WINDOW;
}

void
event_window(const struct contest *contest, enum event_type type, int64_t *from_ms, int64_t *until_ms)
{
    assert(type < EVENT_TYPE_COUNT);
    *from_ms = contest->opens_ms;
    switch (type) {
    case EVENT_ORDER_REFUNDED:
    case EVENT_ORDER_CANCELLED:
        *until_ms = contest->refunds_until_ms;
        break;
    case EVENT_SESSION_ENDED:
        *until_ms = CONTEST_NEVER;
        break;
    default:
        *until_ms = contest->closes_ms;
    }
}

/* Finds whose event it is, by its session or, for a video, by its streamer. */
static enum event_code
find_streamer(const struct admission *admission, uint32_t *streamer)
{
    const struct event *event = admission->event;
    if (event->type == EVENT_VIDEO_PUBLISHED) {
        *streamer = contest_find_streamer(admission->contest, event->streamer);
        if (*streamer == CONTEST_NONE)
            return refuse_unknown(admission, CODE_UNKNOWN_STREAMER, FIELD_STREAMER, event->streamer);
        return CODE_OK;
    }
    uint32_t session = contest_find_session(admission->contest, event->session);
    if (session == CONTEST_NONE)
        return refuse_unknown(admission, CODE_UNKNOWN_SESSION, FIELD_SESSION, event->session);
    *streamer = admission->contest->sessions[session].streamer;
    return CODE_OK;
}

static enum event_code
check_time(const struct admission *admission, int64_t now_ms)
{
    int64_t time_ms = admission->event->time_ms, from_ms, until_ms;
    if (time_ms > now_ms + LIMIT_FUTURE_MS)
        return refuse_future(admission, now_ms);
    event_window(admission->contest, admission->event->type, &from_ms, &until_ms);
    if (time_ms < from_ms || time_ms >= until_ms)
        return refuse_outside(admission, from_ms, until_ms);
    return CODE_OK;
}

enum event_code
event_admit(const struct event *event, const struct contest *contest, const struct event_poster *poster,
            int64_t now_ms, uint32_t *streamer, struct event_error *error)
{
    struct admission admission = {event, contest, poster, error};
    enum event_code code = find_streamer(&admission, streamer);
    if (code != CODE_OK)
        return code;
    if (event->type == EVENT_ORDER_PAID && contest_find_product(contest, event->product) == CONTEST_NONE)
        return refuse_unknown(&admission, CODE_UNKNOWN_PRODUCT, FIELD_PRODUCT, event->product);
    if (!poster->any_streamer && *streamer != poster->streamer) {
        bool video = event->type == EVENT_VIDEO_PUBLISHED;
        return refuse_not_yours(&admission, video ? FIELD_STREAMER : FIELD_SESSION, *streamer);
    }
    return check_time(&admission, now_ms);
}
