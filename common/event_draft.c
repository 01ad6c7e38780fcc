/* From what stood in an event's fields to the event, or to the one fault that is told. */
#include <assert.h>
#include <xxhash.h>

#include "common/clock.h"
#include "common/event_fields.h"

const struct field_rule field_rules[FIELD_COUNT] = {
#define X(constant, name, kind, member, least, most, needed, allowed)                                        \
    [constant] = {                                                                                           \
        {name, sizeof(name) - 1}, kind, offsetof(struct event, member), least, most, needed, allowed},
    EVENT_FIELDS(X)
#undef X
};

int64_t
field_least(enum event_field field, enum event_type type)
{
    assert(field < FIELD_COUNT);
    return field == FIELD_AMOUNT_FEN && type == EVENT_ORDER_REFUNDED ? 1 : field_rules[field].least;
}

/* --- Names --- */

/* The compiler makes one comparison of a word or two from each row. */
static enum event_field
find_field(struct span name)
{
#define X(constant, text, ...)                                                                               \
    if (name.len == sizeof(text) - 1 && memcmp(name.at, text, sizeof(text) - 1) == 0)                        \
        return constant;
    EVENT_FIELDS(X)
#undef X
    return FIELD_NONE;
}

/*
 * Adds a name; false where it was there. Chained hashing, seeded with an address that no client knows, so
 * that nobody can send names that all fall into one chain.
 */
static bool
key_set_add(struct key_set *set, struct span key)
{
    if (set->count == 0)
        memset(set->first, 0, sizeof set->first);
    uint64_t hash = XXH3_64bits_withSeed(key.at, key.len, (uintptr_t)set);
    uint16_t *chain = &set->first[hash % KEY_CHAINS];
    for (uint16_t i = *chain; i != 0; i = set->next[i - 1]) {
        if (span_eq(set->keys[i - 1], key))
            return false;
    }
    if (set->count == KEYS_MAX)
        return true; /* such an event is too large anyway */
    set->keys[set->count] = key;
    set->next[set->count] = *chain;
    *chain = (uint16_t)++set->count;
    return true;
}

void
draft_start(struct draft *draft)
{
    draft->kind = FOUND_OBJECT;
    draft->broken = CODE_OK;
    draft->too_deep = false;
    draft->seen = 0;
    draft->has_twice = false;
    draft->unknown.count = 0;
}

enum event_field
draft_name(struct draft *draft, struct span name)
{
    enum event_field field = find_field(name);
    uint32_t bit = field == FIELD_NONE ? 0 : 1u << field;
    bool twice = bit ? (draft->seen & bit) != 0 : !key_set_add(&draft->unknown, name);
    if (!twice)
        return field;
    if (!draft->has_twice) {
        draft->has_twice = true;
        draft->twice = field;
        draft->twice_name = name;
    }
    return FIELD_NONE;
}

/* --- Fields by their kind --- */

static enum event_code
take_type(const struct found *found, enum event_type *type)
{
    if (found->kind != FOUND_TEXT)
        return CODE_WRONG_TYPE;
    *type = event_type_find(found->text);
    return *type == EVENT_TYPE_COUNT ? CODE_UNKNOWN_TYPE : CODE_OK;
}

static enum event_code
take_id(const struct found *found, struct span *id)
{
    if (found->kind != FOUND_TEXT)
        return CODE_WRONG_TYPE;
    *id = found->text;
    return id_is_valid(*id) ? CODE_OK : CODE_BAD_ID;
}

static enum event_code
take_entity(const struct found *found, struct span *id)
{
    *id = found->text;
    return found->kind == FOUND_TEXT ? CODE_OK : CODE_WRONG_TYPE;
}

static enum event_code
take_integer(const struct found *found, int64_t least, int64_t most, int64_t *integer)
{
    if (found->kind == FOUND_HUGE)
        return CODE_OUT_OF_RANGE;
    if (found->kind != FOUND_INTEGER)
        return CODE_WRONG_TYPE;
    *integer = found->integer;
    return *integer < least || *integer > most ? CODE_OUT_OF_RANGE : CODE_OK;
}

static enum event_code
take_time(const struct found *found, int64_t *time_ms)
{
    if (found->kind == FOUND_TEXT && !clock_parse_rfc3339(found->text, time_ms, NULL))
        return CODE_BAD_TIME;
    if (found->kind == FOUND_TEXT || found->kind == FOUND_TIME) {
        if (found->kind == FOUND_TIME)
            *time_ms = found->integer;
        return *time_ms < 0 || *time_ms > TIME_MOST_MS ? CODE_OUT_OF_RANGE : CODE_OK;
    }
    return take_integer(found, 0, TIME_MOST_MS, time_ms);
}

static enum event_code
take_channel(const struct found *found, enum channel *channel)
{
    if (found->kind != FOUND_TEXT)
        return CODE_WRONG_TYPE;
    *channel = channel_find(found->text);
    return *channel == CHANNEL_COUNT ? CODE_OUT_OF_RANGE : CODE_OK;
}

static enum event_code
take_sample(const struct found *found, enum sample *sample)
{
    if (found->kind != FOUND_TEXT)
        return CODE_WRONG_TYPE;
    *sample = sample_find(found->text);
    return *sample == SAMPLE_COUNT ? CODE_OUT_OF_RANGE : CODE_OK;
}

/* Reads one field that is there into its member of the event. */
static enum event_code
take_field(enum event_field field, const struct found *found, struct event *event)
{
    const struct field_rule *rule = &field_rules[field];
    void *member = (char *)event + rule->offset;
    switch (rule->kind) {
    case KIND_TYPE:
        return take_type(found, member);
    case KIND_ID:
        return take_id(found, member);
    case KIND_TIME:
        return take_time(found, member);
    case KIND_ENTITY:
        return take_entity(found, member);
    case KIND_INTEGER:
        return take_integer(found, field_least(field, event->type), rule->most, member);
    case KIND_CHANNEL:
        return take_channel(found, member);
    case KIND_SAMPLE:
        break;
    }
    return take_sample(found, member);
}

/* --- The whole event --- */

/* The type comes first in the table: from the second field on it is known. */
static struct fault
take_fields(const struct draft *draft, struct event *event)
{
    uint32_t type_bit = IN_ALL;
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum event_field field = (enum event_field)i;
        const struct field_rule *rule = &field_rules[i];
        enum event_code code = CODE_OK;
        if (((rule->needed | rule->allowed) & type_bit) == 0)
            continue;
        if (draft->seen >> i & 1)
            code = take_field(field, &draft->fields[i], event);
        else if (rule->needed & type_bit)
            code = CODE_MISSING_FIELD;
        if (code != CODE_OK)
            return (struct fault){code, field};
        if (field == FIELD_TYPE)
            type_bit = IN(event->type);
    }
    return (struct fault){CODE_OK, FIELD_NONE};
}

/* What is wrong with the item before its fields are looked at. */
static struct fault
whole_fault(const struct draft *draft, size_t bytes)
{
    if (bytes > LIMIT_EVENT_BYTES)
        return (struct fault){CODE_TOO_LARGE, FIELD_NONE};
    if (draft->broken != CODE_OK)
        return (struct fault){draft->broken, FIELD_NONE};
    if (draft->kind != FOUND_OBJECT)
        return (struct fault){CODE_WRONG_TYPE, FIELD_NONE};
    if (draft->too_deep)
        return (struct fault){CODE_TOO_LARGE, FIELD_NONE};
    if (draft->has_twice)
        return (struct fault){CODE_DUPLICATE_FIELD, draft->twice};
    return (struct fault){CODE_OK, FIELD_NONE};
}

/* The id of an event that is wrong otherwise, where it can be told. */
static struct span
readable_id(const struct draft *draft)
{
    struct span id = {0};
    bool there = draft->kind == FOUND_OBJECT && (draft->seen >> FIELD_ID & 1);
    return there && take_id(&draft->fields[FIELD_ID], &id) == CODE_OK ? id : (struct span){0};
}

struct fault
draft_settle(const struct draft *draft, size_t bytes, struct event *event)
{
    *event = (struct event){0};
    struct fault fault = whole_fault(draft, bytes);
    if (fault.code == CODE_OK)
        fault = take_fields(draft, event);
    if (fault.code != CODE_OK)
        *event = (struct event){.id = readable_id(draft)};
    return fault;
}
