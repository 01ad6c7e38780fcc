#include "common/action_fields.h"

#include <assert.h>

enum { NAME_MOST = 64 };

static const char *const field_names[] = {
#define X(constant, name) [constant] = name,
    ACTION_FIELDS(X)
#undef X
};

static const char *const type_names[] = {
#define X(constant, name) [constant] = name,
    ACTION_TYPES(X)
#undef X
};

#define BIT(n) (1u << (n))
#define ORGANISER BIT(ROLE_ORGANISER)
#define JUDGE BIT(ROLE_JUDGE)
#define EITHER (ORGANISER | JUDGE)
#define STREAMER BIT(FIELD_STREAMER)
#define EVENT BIT(FIELD_EVENT)
#define REASON BIT(FIELD_REASON)
#define POINTS BIT(FIELD_POINTS)
#define LISTS (BIT(FIELD_COUNTIES) | BIT(FIELD_PRODUCTS) | BIT(FIELD_STREAMERS) | BIT(FIELD_SESSIONS))

const struct action_rule action_rules[ACTION_TYPE_COUNT] = {
    [ACTION_FREEZE] = {EITHER, 0, 0},
    [ACTION_THAW] = {EITHER, 0, 0},
    [ACTION_CLOSE] = {ORGANISER, 0, 0},
    [ACTION_REOPEN] = {ORGANISER, 0, 0},
    [ACTION_APPROVE] = {EITHER, STREAMER | EVENT, 0},
    [ACTION_REJECT] = {EITHER, STREAMER | EVENT, 0},
    [ACTION_VOID] = {JUDGE, STREAMER | EVENT | REASON, 0},
    [ACTION_RESTORE] = {JUDGE, STREAMER | EVENT | REASON, 0},
    [ACTION_DISQUALIFY] = {JUDGE, STREAMER | REASON, 0},
    [ACTION_REINSTATE] = {JUDGE, STREAMER | REASON, 0},
    [ACTION_SCORE] = {JUDGE, STREAMER | BIT(FIELD_JUDGE) | BIT(FIELD_CRITERION) | POINTS, 0},
    [ACTION_ADJUST] = {JUDGE, STREAMER | POINTS | REASON, 0},
    [ACTION_REGISTER] = {ORGANISER, 0, LISTS},
    [ACTION_AWARD] = {JUDGE, BIT(FIELD_AWARD) | BIT(FIELD_WINNERS) | REASON, 0},
    [ACTION_PUBLISH] = {JUDGE, REASON, BIT(FIELD_OVERRIDE)},
    [ACTION_FINALISE] = {EITHER, REASON, BIT(FIELD_VERSION)},
};

const char *
action_field_name(enum action_field field)
{
    assert(field < ACTION_FIELD_COUNT);
    return field_names[field];
}

const char *
action_type_name(enum action_type type)
{
    assert(type < ACTION_TYPE_COUNT);
    return type_names[type];
}

enum action_type
action_type_find(struct span name)
{
    int type = 0;
    while (type < ACTION_TYPE_COUNT && !span_is(name, type_names[type]))
        type++;
    return (enum action_type)type;
}

/* ACTION_FIELD_COUNT for a name that is none of ours. */
static enum action_field
find_field(const struct json_value *name)
{
    char unescaped[NAME_MOST];
    struct span text = name->text;
    if (text.len > sizeof unescaped)
        return ACTION_FIELD_COUNT;
    if (name->escaped)
        text = (struct span){unescaped, json_unescape(name->text, unescaped)};
    int field = 0;
    while (field < ACTION_FIELD_COUNT && !span_is(text, field_names[field]))
        field++;
    return (enum action_field)field;
}

static bool
read_member(struct json_cursor *cursor, struct action_reading *reading)
{
    struct json_value name, value;
    if (!json_take_name(cursor, &name) || !json_take_value(cursor, &value))
        return false;
    enum action_field field = find_field(&name);
    if (field == ACTION_FIELD_COUNT)
        return true;
    if (reading->given[field]) {
        reading->twice = field;
        return true;
    }
    reading->given[field] = true;
    reading->values[field] = value;
    return true;
}

static bool
read_object(struct json_cursor *cursor, struct action_reading *reading)
{
    json_space(cursor);
    if (!json_take(cursor, '{', "one JSON object"))
        return false;
    json_space(cursor);
    bool more = !json_peek(cursor, '}');
    while (more) {
        if (!read_member(cursor, reading))
            return false;
        json_space(cursor);
        more = json_peek(cursor, ',');
        if (more)
            cursor->at++;
        json_space(cursor);
    }
    if (!json_take(cursor, '}', "a ',' or '}'"))
        return false;
    json_space(cursor);
    return cursor->at == cursor->end;
}

bool
action_read(struct span json, struct action_reading *reading)
{
    *reading = (struct action_reading){.twice = ACTION_FIELD_COUNT};
    if (json.len == 0)
        json.at = "";
    reading->cursor = json_over(json);
    bool good = read_object(&reading->cursor, reading);
    if (!good && !reading->cursor.expected)
        reading->cursor.expected = "the end";
    return good;
}

struct json_cursor
action_items(const struct json_value *array)
{
    assert(array->kind == JSON_IS_ARRAY && array->text.len >= 2);
    return json_over((struct span){array->text.at + 1, array->text.len - 2});
}

bool
action_next_item(struct json_cursor *items, struct json_value *item)
{
    json_space(items);
    if (json_peek(items, ','))
        items->at++;
    json_space(items);
    return items->at < items->end && json_take_value(items, item);
}
