/* What stands in an action's JSON, as one table; the reader of both forms: as posted and as in the log. */
#ifndef BOCHUANG_ACTION_FIELDS_H
#define BOCHUANG_ACTION_FIELDS_H

#include <stdbool.h>

#include "common/action.h"
#include "common/json_cursor.h"

/* X(constant, name), in the order in which they stand in the log. */
#define ACTION_FIELDS(X)                                                                                     \
    X(FIELD_ID, "id")                                                                                        \
    X(FIELD_TYPE, "type")                                                                                    \
    X(FIELD_ACTOR, "actor")                                                                                  \
    X(FIELD_STREAMER, "streamer")                                                                            \
    X(FIELD_EVENT, "event")                                                                                  \
    X(FIELD_JUDGE, "judge")                                                                                  \
    X(FIELD_CRITERION, "criterion")                                                                          \
    X(FIELD_AWARD, "award")                                                                                  \
    X(FIELD_WINNERS, "winners")                                                                              \
    X(FIELD_COUNTIES, "counties")                                                                            \
    X(FIELD_PRODUCTS, "products")                                                                            \
    X(FIELD_STREAMERS, "streamers")                                                                          \
    X(FIELD_SESSIONS, "sessions")                                                                            \
    X(FIELD_POINTS, "points")                                                                                \
    X(FIELD_POINTS_MILLI, "points_milli")                                                                    \
    X(FIELD_OVERRIDE, "override")                                                                            \
    X(FIELD_VERSION, "version")                                                                              \
    X(FIELD_REASON, "reason")

enum action_field {
#define X(constant, name) constant,
    ACTION_FIELDS(X)
#undef X
        ACTION_FIELD_COUNT
};

const char *action_field_name(enum action_field field);

/* Who may do it, and what it needs. Sets of bits: 1 << role, 1 << field. */
struct action_rule {
    unsigned roles;
    unsigned needed;
    unsigned allowed; /* beside those; `reason` is allowed with every action */
};

extern const struct action_rule action_rules[ACTION_TYPE_COUNT];

/* An action's fields as they stand in its bytes. */
struct action_reading {
    struct json_value values[ACTION_FIELD_COUNT];
    bool given[ACTION_FIELD_COUNT];
    enum action_field twice;   /* one that stands there twice; ACTION_FIELD_COUNT where none does */
    struct json_cursor cursor; /* where it stopped, when it is no JSON object */
};

/* False where the bytes are not one JSON object. Fields that are no action's are skipped. */
bool action_read(struct span json, struct action_reading *reading);

/* The next item of an array, from a cursor that action_items() made; false at the end. */
struct json_cursor action_items(const struct json_value *array);
bool action_next_item(struct json_cursor *items, struct json_value *item);

/* The type of that name, or ACTION_TYPE_COUNT. */
enum action_type action_type_find(struct span name);

#endif
