/* The script's frame: its parts in the order of time, with the empty hours left out. */
#include "cli/script.h"

#include <assert.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "cli/script_parts.h"
#include "common/clock.h"
#include "common/json_out.h"

enum { LONGEST_GAP_MS = 5 * 60 * 1000 };

static int
compare_steps(const void *a, const void *b)
{
    const struct script_step *left = a, *right = b;
    if (left->at_ms != right->at_ms)
        return left->at_ms < right->at_ms ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static int
compare_actions(const void *a, const void *b)
{
    const struct script_action *left = a, *right = b;
    return left->at_ms < right->at_ms ? -1 : left->at_ms > right->at_ms;
}

/* Moves all times together so that no gap between two steps is longer than a few minutes. Actions move along.
 */
static void
cut_gaps(struct script *script)
{
    int64_t cut_ms = script->step_count ? script->steps[0].at_ms : 0, before_ms = cut_ms;
    size_t action = 0;
    for (size_t i = 0; i < script->step_count; i++) {
        struct script_step *step = &script->steps[i];
        int64_t gap_ms = step->at_ms - before_ms;
        if (gap_ms > LONGEST_GAP_MS)
            cut_ms += gap_ms - LONGEST_GAP_MS;
        before_ms = step->at_ms;
        for (; action < script->action_count && script->actions[action].at_ms <= step->at_ms; action++)
            script->actions[action].at_ms = step->at_ms - cut_ms;
        step->at_ms -= cut_ms;
        script->length_ms = step->at_ms;
    }
    for (; action < script->action_count; action++)
        script->actions[action].at_ms = script->length_ms;
}

struct script *
script_make(const struct contest *contest, uint64_t seed, int64_t order_lines)
{
    assert(contest->session_count > 0 && contest->product_count > 0 && order_lines > 0);
    struct script *script = calloc(1, sizeof *script);
    if (!script)
        abort();
    script->arena = arena_new();
    struct script_author author = {.contest = contest,
                                   .script = script,
                                   .random = seed,
                                   .order_lines = order_lines};
    script_write_shows(&author);
    script_write_sales(&author);
    script_write_jury(&author);
    qsort(script->steps, script->step_count, sizeof *script->steps, compare_steps);
    qsort(script->actions, script->action_count, sizeof *script->actions, compare_actions);
    cut_gaps(script);
    return script;
}

void
script_free(struct script *script)
{
    if (!script)
        return;
    free(script->steps);
    free(script->actions);
    arena_free(script->arena);
    free(script);
}

/* splitmix64 */
uint64_t
script_random(struct script_author *author)
{
    uint64_t z = author->random += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int64_t
script_below(struct script_author *author, int64_t most)
{
    return most > 0 ? (int64_t)(script_random(author) % (uint64_t)most) : 0;
}

struct script_step *
script_add_step(struct script_author *author, int64_t at_ms, uint32_t streamer, const struct event *event)
{
    struct script *script = author->script;
    if (script->step_count == script->step_cap) {
        script->step_cap = script->step_cap ? script->step_cap * 2 : 4096;
        script->steps = realloc(script->steps, script->step_cap * sizeof *script->steps);
        if (!script->steps)
            abort();
    }
    struct script_step *step = &script->steps[script->step_count];
    *step = (struct script_step){at_ms, (uint32_t)script->step_count, streamer, *event};
    script->step_count++;
    return step;
}

void
script_add_action(struct script_author *author, int64_t at_ms, bool by_judge, struct buf *json)
{
    struct script *script = author->script;
    if (script->action_count == script->action_cap) {
        script->action_cap = script->action_cap ? script->action_cap * 2 : 256;
        script->actions = realloc(script->actions, script->action_cap * sizeof *script->actions);
        if (!script->actions)
            abort();
    }
    assert(!json->failed);
    script->actions[script->action_count++] =
        (struct script_action){at_ms, by_judge, arena_text(script->arena, buf_span(json))};
}

/* --- Events as clients write them --- */

/* One field of an event: text, or a number where `text` has none. */
struct field {
    const char *name;
    struct span text;
    int64_t number;
};

enum { FIELDS_MOST = 10 };

static size_t
fields_of(const struct event *event, struct field fields[FIELDS_MOST])
{
    size_t count = 0;
    fields[count++] = (struct field){"id", event->id, 0};
    fields[count++] = (struct field){"type", span_of(event_type_name(event->type)), 0};
    if (event->type == EVENT_VIDEO_PUBLISHED)
        fields[count++] = (struct field){"streamer", event->streamer, 0};
    else
        fields[count++] = (struct field){"session", event->session, 0};
    if (event->type == EVENT_ORDER_PAID) {
        fields[count++] = (struct field){"product", event->product, 0};
        fields[count++] = (struct field){"quantity", {NULL, 0}, event->quantity};
        if (event->channel == CHANNEL_OFFLINE)
            fields[count++] = (struct field){"channel", SPAN("offline"), 0};
    }
    if (event->type == EVENT_ORDER_REFUNDED || event->type == EVENT_ORDER_CANCELLED)
        fields[count++] = (struct field){"of", event->of, 0};
    if (event->type == EVENT_ORDER_PAID || event->type == EVENT_ORDER_REFUNDED)
        fields[count++] = (struct field){"amount_fen", {NULL, 0}, event->amount_fen};
    if (event->type == EVENT_METRIC_SAMPLED) {
        fields[count++] = (struct field){"metric", span_of(sample_name(event->sample)), 0};
        fields[count++] = (struct field){"value", {NULL, 0}, event->value};
    }
    return count;
}

void
script_event_json(const struct event *event, int utc_offset_min, struct buf *out)
{
    struct field fields[FIELDS_MOST];
    size_t count = fields_of(event, fields);
    struct json_out json = {.buf = out};
    char time[40];
    clock_format_rfc3339(time, sizeof time, event->time_ms, utc_offset_min);
    json_open(&json, '{');
    for (size_t i = 0; i < count; i++) {
        if (fields[i].text.at)
            json_put_str(&json, fields[i].name, fields[i].text);
        else
            json_put_int(&json, fields[i].name, fields[i].number);
    }
    json_put_text(&json, "time", time);
    json_close(&json, '}');
}

static int
add_bytes(void *buf, const char *bytes, size_t len)
{
    buf_add(buf, bytes, len);
    return 0;
}

static void
pack_text(msgpack_packer *packer, struct span text)
{
    msgpack_pack_str(packer, text.len);
    msgpack_pack_str_body(packer, text.at, text.len);
}

void
script_event_msgpack(const struct event *event, struct buf *out)
{
    struct field fields[FIELDS_MOST];
    size_t count = fields_of(event, fields);
    msgpack_packer packer;
    msgpack_packer_init(&packer, out, add_bytes);
    msgpack_pack_map(&packer, count + 1);
    for (size_t i = 0; i < count; i++) {
        pack_text(&packer, span_of(fields[i].name));
        if (fields[i].text.at)
            pack_text(&packer, fields[i].text);
        else
            msgpack_pack_int64(&packer, fields[i].number);
    }
    pack_text(&packer, SPAN("time"));
    msgpack_pack_int64(&packer, event->time_ms);
}
