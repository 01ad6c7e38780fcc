#include "aggregator/state.h"

static const char *const state_names[STATE_COUNT] = {
#define X(constant, name) [constant] = name,
    CONTEST_STATES(X)
#undef X
};

static const char *const view_names[VIEW_COUNT] = {[VIEW_PUBLIC] = "public", [VIEW_LIVE] = "live"};

const char *
contest_state_name(enum contest_state state)
{
    return state_names[state];
}

enum contest_state
contest_state_find(struct span name)
{
    int state = 0;
    while (state < STATE_COUNT && !span_is(name, state_names[state]))
        state++;
    return (enum contest_state)state;
}

const char *
view_name(enum view view)
{
    return view_names[view];
}

enum view
view_find(struct span name)
{
    int view = 0;
    while (view < VIEW_COUNT && !span_is(name, view_names[view]))
        view++;
    return (enum view)view;
}

enum contest_state
contest_state_at(const struct state_facts *facts, int64_t now_ms)
{
    if (facts->closed && facts->published)
        return facts->final ? STATE_FINAL : STATE_PROVISIONAL;
    if (facts->closed)
        return STATE_ENDED;
    if (facts->frozen)
        return STATE_FROZEN;
    if (now_ms < facts->opens_ms && !facts->has_events)
        return STATE_SCHEDULED;
    return STATE_RUNNING;
}
