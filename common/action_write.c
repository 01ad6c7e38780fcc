/* A posted action as the log keeps it: fields in one order, points as thousandths. */
#include <stdlib.h>

#include "common/action_admission.h"
#include "common/json_out.h"

static bool
add_list(struct json_out *json, const struct json_value *value)
{
    char *text = action_sort_list(value->text);
    if (text)
        json_raw(json, span_of(text));
    free(text);
    return text;
}

static void
add_winners(struct json_out *json, const struct admission *admission)
{
    struct json_cursor items = action_items(&admission->reading.values[FIELD_WINNERS]);
    struct json_value item;
    json_open(json, '[');
    while (action_next_item(&items, &item)) {
        char *out = admission->strings + admission->strings_len;
        json_str(json, item.escaped ? (struct span){out, json_unescape(item.text, out)} : item.text);
    }
    json_close(json, ']');
}

/* Adds a field as it stands in the log; false where a list cannot be written (a member given twice). */
static bool
add_field(struct json_out *json, const struct admission *admission, enum action_field field)
{
    switch (field) {
    case FIELD_POINTS:
        json_put_int(json, action_field_name(FIELD_POINTS_MILLI), admission->points_milli);
        return true;
    case FIELD_OVERRIDE:
        json_put_bool(json, action_field_name(field), admission->reading.values[field].integer);
        return true;
    case FIELD_VERSION:
        json_put_int(json, action_field_name(field), admission->reading.values[field].integer);
        return true;
    case FIELD_WINNERS:
        json_key(json, action_field_name(field));
        add_winners(json, admission);
        return true;
    case FIELD_COUNTIES:
    case FIELD_PRODUCTS:
    case FIELD_STREAMERS:
    case FIELD_SESSIONS:
        json_key(json, action_field_name(field));
        return add_list(json, &admission->reading.values[field]);
    default:
        json_put_str(json, action_field_name(field), admission->text[field]);
        return true;
    }
}

bool
action_write(struct admission *admission, const char *actor, struct buf *entry)
{
    struct json_out json = {.buf = entry};
    json_open(&json, '{');
    json_put_str(&json, "id", admission->text[FIELD_ID]);
    json_put_text(&json, "type", action_type_name(admission->type));
    json_put_text(&json, "actor", actor);
    for (int at = 0; at < ACTION_FIELD_COUNT; at++) {
        enum action_field field = (enum action_field)at;
        if (!action_has_field(admission, field) || add_field(&json, admission, field))
            continue;
        struct sentence sentence = action_wrong(admission, CODE_DUPLICATE_FIELD, action_field_name(field));
        sentence_add(&sentence, "expected objects with each member once, found some that cannot be read");
        return false;
    }
    json_close(&json, '}');
    return true;
}
