/*
 * The contract's rules for one event a second time, written for clarity over a tree that somebody else's
 * parser made (jansson, msgpack-c). The oracle test and the fuzzers hold our decoders against it.
 */
#ifndef BOCHUANG_TESTS_EVENT_MODEL_H
#define BOCHUANG_TESTS_EVENT_MODEL_H

#include "common/clock.h"
#include "tests/unit/event_harness.h"

enum model_kind { MODEL_ABSENT, MODEL_STRING, MODEL_INTEGER, MODEL_HUGE, MODEL_TIMESTAMP, MODEL_OTHER };

struct model_value {
    enum model_kind kind;
    int64_t integer;
    struct span text;
};

/* The value of a field of an event, however the tree looks. */
typedef struct model_value model_get_fn(const void *object, const char *name);

struct model_verdict {
    enum event_code code;
    const char *field;
    struct event event;
};

/* What is being judged. */
struct model {
    model_get_fn *get;
    const void *object;
    struct model_verdict verdict;
};

static inline bool
model_is_bad(const struct model *model)
{
    return model->verdict.code != CODE_OK;
}

/* The first fault stands. */
static inline void
model_fault(struct model *model, enum event_code code, const char *field)
{
    if (model_is_bad(model))
        return;
    model->verdict.code = code;
    model->verdict.field = field;
}

static inline struct span
model_text(struct model *model, const char *field)
{
    struct model_value value = model->get(model->object, field);
    if (value.kind == MODEL_ABSENT)
        model_fault(model, CODE_MISSING_FIELD, field);
    else if (value.kind != MODEL_STRING)
        model_fault(model, CODE_WRONG_TYPE, field);
    return value.text;
}

static inline struct span
model_id(struct model *model, const char *field)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";
    struct span id = model_text(model, field);
    bool good = id.len >= 1 && id.len <= 64;
    for (size_t i = 0; good && i < id.len; i++)
        good = memchr(allowed, id.at[i], sizeof allowed - 1) != NULL;
    if (!good)
        model_fault(model, CODE_BAD_ID, field);
    return id;
}

static inline int64_t
model_integer(struct model *model, const char *field, int64_t least, int64_t most)
{
    struct model_value value = model->get(model->object, field);
    if (value.kind == MODEL_ABSENT)
        model_fault(model, CODE_MISSING_FIELD, field);
    else if (value.kind == MODEL_HUGE)
        model_fault(model, CODE_OUT_OF_RANGE, field);
    else if (value.kind != MODEL_INTEGER)
        model_fault(model, CODE_WRONG_TYPE, field);
    else if (value.integer < least || value.integer > most)
        model_fault(model, CODE_OUT_OF_RANGE, field);
    return value.integer;
}

static inline int64_t
model_time(struct model *model)
{
    const int64_t most = INT64_C(253402300799999);
    struct model_value value = model->get(model->object, "time");
    if (value.kind == MODEL_TIMESTAMP) {
        if (value.integer < 0 || value.integer > most)
            model_fault(model, CODE_OUT_OF_RANGE, "time");
        return value.integer;
    }
    if (value.kind != MODEL_STRING)
        return model_integer(model, "time", 0, most);
    int64_t time_ms = 0;
    if (!clock_parse_rfc3339(value.text, &time_ms, NULL))
        model_fault(model, CODE_BAD_TIME, "time");
    else if (time_ms > most)
        model_fault(model, CODE_OUT_OF_RANGE, "time");
    return time_ms;
}

/* The place of a field's text in a list that ends in NULL. */
static inline int
model_choice(struct model *model, const char *field, const char *const *names, enum event_code otherwise)
{
    struct span text = model_text(model, field);
    for (int i = 0; names[i]; i++) {
        if (span_is(text, names[i]))
            return i;
    }
    model_fault(model, otherwise, field);
    return 0;
}

static inline void
model_channel(struct model *model)
{
    static const char *const channels[] = {"online", "offline", NULL};
    if (model->get(model->object, "channel").kind != MODEL_ABSENT)
        model->verdict.event.channel =
            (enum channel)model_choice(model, "channel", channels, CODE_OUT_OF_RANGE);
}

static inline void
model_rest(struct model *model)
{
    static const char *const samples[] = {"viewers", "likes", "followers", "comments", NULL};
    struct event *event = &model->verdict.event;
    switch (event->type) {
    case EVENT_ORDER_PAID:
        event->product = model_text(model, "product");
        event->quantity = model_integer(model, "quantity", 1, 1000000);
        event->amount_fen = model_integer(model, "amount_fen", 0, 100000000000);
        model_channel(model);
        break;
    case EVENT_ORDER_REFUNDED:
        event->amount_fen = model_integer(model, "amount_fen", 1, 100000000000);
        event->of = model_id(model, "of");
        break;
    case EVENT_ORDER_CANCELLED:
        event->of = model_id(model, "of");
        break;
    case EVENT_METRIC_SAMPLED:
        event->sample = (enum sample)model_choice(model, "metric", samples, CODE_OUT_OF_RANGE);
        event->value = model_integer(model, "value", 0, 1000000000000000);
        break;
    default:
        break;
    }
}

/* Judges the fields of an event that is right as a whole. */
static inline struct model_verdict
model_judge(model_get_fn *get, const void *object)
{
    static const char *const types[] = {"order.paid",      "order.refunded",
                                        "order.cancelled", "session.started",
                                        "session.ended",   "video.published",
                                        "metric.sampled",  NULL};
    struct model model = {get, object, {CODE_OK, "", {0}}};
    struct event *event = &model.verdict.event;
    event->type = (enum event_type)model_choice(&model, "type", types, CODE_UNKNOWN_TYPE);
    if (model_is_bad(&model))
        return model.verdict;
    event->id = model_id(&model, "id");
    event->time_ms = model_time(&model);
    if (event->type == EVENT_VIDEO_PUBLISHED)
        event->streamer = model_text(&model, "streamer");
    else
        event->session = model_text(&model, "session");
    model_rest(&model);
    return model.verdict;
}

/* Holds an item against the model's verdict: code, field and, where good, every member. */
static inline void
model_compare(enum body_format format, const struct event_item *item, const struct model_verdict *verdict)
{
    if (item->code != verdict->code)
        fprintf(stderr, "found %s, the model says %s\n", event_code_name(item->code),
                event_code_name(verdict->code));
    MUST(item->code == verdict->code, item->bytes);
    if (item->code != CODE_OK) {
        struct event_error error;
        event_explain(format, item, &error);
        MUST(strcmp(error.field, verdict->field) == 0, item->bytes);
        return;
    }
    const struct event *ours = &item->event, *theirs = &verdict->event;
    MUST(ours->type == theirs->type && ours->time_ms == theirs->time_ms, item->bytes);
    MUST(span_eq(ours->id, theirs->id) && span_eq(ours->of, theirs->of), item->bytes);
    MUST(span_eq(ours->session, theirs->session), item->bytes);
    MUST(span_eq(ours->streamer, theirs->streamer), item->bytes);
    MUST(span_eq(ours->product, theirs->product), item->bytes);
    MUST(ours->channel == theirs->channel && ours->sample == theirs->sample, item->bytes);
    MUST(ours->quantity == theirs->quantity && ours->amount_fen == theirs->amount_fen, item->bytes);
    MUST(ours->value == theirs->value, item->bytes);
}

#endif
