#include "tests/model/sim/sends.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

uint32_t
streamer_of_session(uint32_t session)
{
    return session > 0 ? (session - 1) % STREAMERS : 0;
}

static struct {
    struct sent_event *events;
    struct sent_action *actions;
    size_t event_count, event_cap, action_count, action_cap;
} sends;

static void *
grown(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 256;
    items = realloc(items, *cap * size);
    assert(items);
    return items;
}

size_t
sends_events(void)
{
    return sends.event_count;
}

struct sent_event *
sends_event(size_t number)
{
    assert(number < sends.event_count);
    return &sends.events[number];
}

uint32_t
sends_add_event(struct sent_event event)
{
    sends.events = grown(sends.events, sends.event_count, &sends.event_cap, sizeof event);
    sends.events[sends.event_count] = event;
    return (uint32_t)sends.event_count++;
}

size_t
sends_actions(void)
{
    return sends.action_count;
}

struct sent_action *
sends_action(size_t number)
{
    assert(number < sends.action_count);
    return &sends.actions[number];
}

uint32_t
sends_add_action(struct sent_action action)
{
    sends.actions = grown(sends.actions, sends.action_count, &sends.action_cap, sizeof action);
    sends.actions[sends.action_count] = action;
    return (uint32_t)sends.action_count++;
}

void
sends_forget(void)
{
    free(sends.events);
    free(sends.actions);
    memset(&sends, 0, sizeof sends);
}

const char *
sends_contest_file(void)
{
    return "contest: " SIM_CONTEST "\n"
           "title: 模拟赛\n"
           "opens: 2021-11-26T08:00:00+08:00\n"
           "closes: 2021-12-20T08:00:00+08:00\n"
           "refunds_until: 2021-12-24T08:00:00+08:00\n"
           "counties:\n"
           "  - {id: '430223', name: 攸县, city: 株洲市, province: 湖南省}\n"
           "  - {id: '431022', name: 宜章县, city: 郴州市, province: 湖南省}\n"
           "products:\n"
           "  - {id: p-0, name: 香干, county: '430223', category: 加工制品}\n"
           "  - {id: p-1, name: 脐橙, county: '431022', category: 水果}\n"
           "  - {id: p-2, name: 大米, county: '430223', category: 粮油}\n"
           "streamers:\n"
           "  - {id: t-0, name: 一队, county: '430223'}\n"
           "  - {id: t-1, name: 二队, county: '430223'}\n"
           "  - {id: t-2, name: 三队, county: '431022'}\n"
           "  - {id: t-3, name: 四队, county: '431022'}\n"
           "  - {id: t-4, name: 五队, county: '431022'}\n"
           "sessions:\n"
           "  - {id: s-0, streamer: t-0, platform: douyin, starts: 2021-11-26T09:00:00+08:00, ends: "
           "2021-11-26T21:00:00+08:00}\n"
           "  - {id: s-1, streamer: t-0, platform: taobao, starts: 2021-11-26T09:00:00+08:00, ends: "
           "2021-11-26T21:00:00+08:00}\n"
           "  - {id: s-2, streamer: t-1, platform: douyin, starts: 2021-11-26T09:00:00+08:00, ends: "
           "2021-11-26T21:00:00+08:00}\n"
           "  - {id: s-3, streamer: t-2, platform: douyin, starts: 2021-11-26T09:00:00+08:00, ends: "
           "2021-11-26T21:00:00+08:00}\n"
           "  - {id: s-4, streamer: t-3, platform: douyin, starts: 2021-11-26T09:00:00+08:00, ends: "
           "2021-11-26T21:00:00+08:00}\n"
           "  - {id: s-5, streamer: t-4, platform: kuaishou, starts: 2021-11-26T09:00:00+08:00, ends: "
           "2021-11-26T21:00:00+08:00}\n"
           "rankings:\n"
           "  - {id: counties, name: 县域榜, of: county, by: net_fen}\n"
           "  - id: streamers\n"
           "    name: 达人榜\n"
           "    of: streamer\n"
           "    score:\n"
           "      - {metric: net_fen, weight: 60, norm: ratio_to_max}\n"
           "      - {metric: orders, weight: 40, norm: rank_step, step: 0.5}\n";
}
