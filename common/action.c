/* An action as it stands in the log. */
#include "common/action.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/action_fields.h"
#include "common/limits.h"

/* Where strings go that had escapes: as long as the text they come from, and given back as one. */
struct strings {
    char *at;
    size_t len;
};

static struct span
take_string(struct strings *strings, const struct json_value *value)
{
    if (!value->escaped)
        return value->text;
    struct span out = {strings->at + strings->len, json_unescape(value->text, strings->at + strings->len)};
    strings->len += out.len;
    return out;
}

static struct span *
string_field(struct action *action, enum action_field field)
{
    switch (field) {
    case FIELD_ID:
        return &action->id;
    case FIELD_ACTOR:
        return &action->actor;
    case FIELD_STREAMER:
        return &action->streamer;
    case FIELD_EVENT:
        return &action->event;
    case FIELD_JUDGE:
        return &action->judge;
    case FIELD_CRITERION:
        return &action->criterion;
    case FIELD_AWARD:
        return &action->award;
    case FIELD_REASON:
        return &action->reason;
    default:
        return NULL;
    }
}

static bool
take_strings(struct action *action, const struct action_reading *reading, struct strings *strings)
{
    for (int field = 0; field < ACTION_FIELD_COUNT; field++) {
        struct span *slot = string_field(action, (enum action_field)field);
        if (!slot || !reading->given[field])
            continue;
        if (reading->values[field].kind != JSON_IS_STRING)
            return false;
        *slot = take_string(strings, &reading->values[field]);
    }
    return id_is_valid(action->id);
}

static bool
take_winners(struct action *action, const struct json_value *value, struct strings *strings)
{
    if (value->kind != JSON_IS_ARRAY)
        return false;
    action->winners = calloc(LIMIT_WINNERS, sizeof *action->winners);
    if (!action->winners)
        abort();
    struct json_cursor items = action_items(value);
    struct json_value item;
    while (action_next_item(&items, &item)) {
        if (item.kind != JSON_IS_STRING || action->winner_count == LIMIT_WINNERS)
            return false;
        action->winners[action->winner_count++] = take_string(strings, &item);
    }
    return true;
}

/* True where all that actions of the type need stands there; points as thousandths. */
static bool
is_complete(const struct action *action, const struct action_reading *reading)
{
    for (int field = 0; field < ACTION_FIELD_COUNT; field++) {
        bool needed = action_rules[action->type].needed & 1u << field;
        int at = field == FIELD_POINTS ? FIELD_POINTS_MILLI : field;
        if (needed && !reading->given[at])
            return false;
    }
    return true;
}

static bool
take_fields(struct action *action, const struct action_reading *reading, struct strings *strings)
{
    const struct json_value *values = reading->values;
    if (!reading->given[FIELD_TYPE] || values[FIELD_TYPE].kind != JSON_IS_STRING)
        return false;
    action->type = action_type_find(values[FIELD_TYPE].text);
    if (action->type == ACTION_TYPE_COUNT || !is_complete(action, reading) ||
        !take_strings(action, reading, strings))
        return false;
    if (reading->given[FIELD_POINTS_MILLI] && values[FIELD_POINTS_MILLI].kind != JSON_IS_INTEGER)
        return false;
    if (reading->given[FIELD_OVERRIDE] && values[FIELD_OVERRIDE].kind != JSON_IS_BOOL)
        return false;
    action->points_milli = values[FIELD_POINTS_MILLI].integer;
    if (reading->given[FIELD_VERSION] && values[FIELD_VERSION].kind != JSON_IS_INTEGER)
        return false;
    action->override = values[FIELD_OVERRIDE].integer;
    action->version = values[FIELD_VERSION].integer;
    return !reading->given[FIELD_WINNERS] || take_winners(action, &values[FIELD_WINNERS], strings);
}

/* Hashes the text without the characters of the actor; the fields of an entry always stand in one order. */
static void
hash_content(struct action *action, const struct action_reading *reading)
{
    struct span actor = reading->values[FIELD_ACTOR].text;
    size_t before = actor.at ? (size_t)(actor.at - action->text.at) : action->text.len;
    size_t behind = actor.at ? before + actor.len : action->text.len;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, ACTION_CONTENT_LEN);
    crypto_generichash_update(&state, (const unsigned char *)action->text.at, before);
    crypto_generichash_update(&state, (const unsigned char *)action->text.at + behind,
                              action->text.len - behind);
    crypto_generichash_final(&state, action->content, ACTION_CONTENT_LEN);
}

bool
action_decode(struct span json, struct action *action)
{
    *action = (struct action){.text = json};
    struct action_reading reading;
    if (!action_read(json, &reading) || reading.twice != ACTION_FIELD_COUNT)
        return false;
    struct strings strings = {.at = malloc(json.len)};
    action->document = strings.at;
    if (!strings.at)
        abort(); /* not the entry's fault: the log must not be taken for damaged */
    if (!take_fields(action, &reading, &strings)) {
        action_free(action);
        return false;
    }
    hash_content(action, &reading);
    return true;
}

void
action_free(struct action *action)
{
    free(action->winners);
    free(action->document);
    *action = (struct action){0};
}
