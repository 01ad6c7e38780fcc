/* Says in a sentence what is wrong with an event: what was expected, and what came. */
#include <assert.h>
#include <inttypes.h>

#include "common/event_fields.h"
#include "common/json_cursor.h"
#include "common/msgpack_cursor.h"
#include "common/sentence.h"
#include "common/utf8.h"

void
explain_json_stop(struct sentence *sentence, const struct json_cursor *cursor, struct span text)
{
    sentence_add(sentence, "at byte %zu: expected %s, found ", (size_t)(cursor->at - text.at),
                 cursor->expected);
    struct span rest = {cursor->at, (size_t)(cursor->end - cursor->at)};
    if (rest.len == 0) {
        sentence_add(sentence, "the end");
        return;
    }
    size_t len = utf8_len(rest);
    sentence_quote(sentence, (struct span){rest.at, len ? len : 1});
}

/* --- What was expected --- */

static void
say_types(struct sentence *sentence)
{
    sentence_add(sentence, "one of ");
    for (int type = 0; type < EVENT_TYPE_COUNT; type++)
        sentence_add(sentence, "%s%s", type ? ", " : "", event_type_name((enum event_type)type));
}

static void
say_samples(struct sentence *sentence)
{
    for (int sample = 0; sample < SAMPLE_COUNT; sample++)
        sentence_add(sentence, "%s\"%s\"", sample ? " or " : "", sample_name((enum sample)sample));
}

/* What a field should hold; its event's type is known where that matters. */
static void
say_expected(struct sentence *sentence, enum event_field field, enum event_type type)
{
    const struct field_rule *rule = &field_rules[field];
    switch (rule->kind) {
    case KIND_TYPE:
        say_types(sentence);
        break;
    case KIND_ID:
        sentence_add(sentence, "an id of 1 to %d letters, digits and . _ : -", LIMIT_ID_BYTES);
        break;
    case KIND_TIME:
        sentence_add(sentence,
                     "an RFC 3339 time with an offset, or milliseconds since 1970, up to the year 9999");
        break;
    case KIND_ENTITY:
        sentence_add(sentence, "the id of a %s", rule->name.at);
        break;
    case KIND_INTEGER:
        sentence_add(sentence, "an integer from %" PRId64 " to %" PRId64, field_least(field, type),
                     rule->most);
        break;
    case KIND_CHANNEL:
        sentence_add(sentence, "\"%s\" or \"%s\"", channel_name(CHANNEL_ONLINE),
                     channel_name(CHANNEL_OFFLINE));
        break;
    case KIND_SAMPLE:
        say_samples(sentence);
        break;
    }
}

/* --- What came --- */

static const char *
kind_words(enum found_kind kind)
{
    static const char *const words[] = {
        [FOUND_NULL] = "null",
        [FOUND_BOOL] = "true or false",
        [FOUND_INTEGER] = "a number",
        [FOUND_HUGE] = "a number beyond 64 bits",
        [FOUND_REAL] = "a number",
        [FOUND_TEXT] = "a string",
        [FOUND_ARRAY] = "an array",
        [FOUND_OBJECT] = "an object",
        [FOUND_BINARY] = "binary bytes",
        [FOUND_TIME] = "a timestamp",
        [FOUND_EXTENSION] = "an extension",
    };
    return words[kind];
}

static void
say_found(struct sentence *sentence, const struct found *found)
{
    if (found->kind == FOUND_TEXT)
        sentence_quote(sentence, found->text);
    else if (found->kind == FOUND_INTEGER)
        sentence_add(sentence, "%" PRId64, found->integer);
    else if (found->text.len > 0 && found->kind != FOUND_ARRAY && found->kind != FOUND_OBJECT)
        sentence_show(sentence, found->text);
    else
        sentence_add(sentence, "%s", kind_words(found->kind));
}

/* --- The faults --- */

/* The type that a draft names; any where it names none: then the fault is the type's or comes before it. */
static enum event_type
type_of(const struct draft *draft)
{
    const struct found *found = &draft->fields[FIELD_TYPE];
    bool there = (draft->seen >> FIELD_TYPE & 1) && found->kind == FOUND_TEXT;
    enum event_type type = there ? event_type_find(found->text) : EVENT_TYPE_COUNT;
    return type == EVENT_TYPE_COUNT ? EVENT_ORDER_PAID : type;
}

static void
say_field_fault(struct sentence *sentence, const struct draft *draft, struct fault fault)
{
    sentence_add(sentence, "%s: expected ", field_rules[fault.field].name.at);
    say_expected(sentence, fault.field, type_of(draft));
    sentence_add(sentence, ", found ");
    if (fault.code == CODE_MISSING_FIELD)
        sentence_add(sentence, "no such field");
    else
        say_found(sentence, &draft->fields[fault.field]);
}

static void
say_too_large(struct sentence *sentence, const struct draft *draft, size_t bytes)
{
    if (bytes > LIMIT_EVENT_BYTES)
        sentence_add(sentence, "expected an event of at most %d bytes, found %zu", LIMIT_EVENT_BYTES, bytes);
    else if (draft->too_deep)
        sentence_add(sentence, "expected at most %d levels of nesting, found more", LIMIT_NESTING);
}

static void
say_twice(struct sentence *sentence, const struct draft *draft)
{
    sentence_add(sentence, "expected each field once, found ");
    sentence_quote(sentence, draft->twice_name);
    sentence_add(sentence, " twice");
}

/* An item as it was decoded before. */
struct seen_again {
    struct json_cursor json;
    struct draft draft;
    struct fault fault;
};

static void
say_fault(struct sentence *sentence, const struct seen_again *again, struct span bytes)
{
    const struct draft *draft = &again->draft;
    switch (again->fault.code) {
    case CODE_TOO_LARGE:
        say_too_large(sentence, draft, bytes.len);
        return;
    case CODE_INVALID_JSON:
        explain_json_stop(sentence, &again->json, bytes);
        return;
    case CODE_INVALID_MSGPACK:
        sentence_add(sentence, "expected %s, found other bytes", draft->expected);
        return;
    case CODE_DUPLICATE_FIELD:
        say_twice(sentence, draft);
        return;
    default:
        break;
    }
    if (again->fault.field == FIELD_NONE)
        sentence_add(sentence, "expected an object, found %s", kind_words(draft->kind));
    else
        say_field_fault(sentence, draft, again->fault);
}

/* Decodes an item once more. One that is too large is not: `scratch` would not hold it, and its size says
 * all. */
static void
see_again(enum body_format format, struct span bytes, char scratch[LIMIT_EVENT_BYTES],
          struct seen_again *again)
{
    if (bytes.len > LIMIT_EVENT_BYTES) {
        again->fault = (struct fault){CODE_TOO_LARGE, FIELD_NONE};
        return;
    }
    struct event event;
    if (format == BODY_MSGPACK) {
        struct mp_cursor cursor = mp_over(bytes);
        event_msgpack_item(&cursor, &again->draft);
    } else {
        again->json = json_over(bytes);
        event_json_item(&again->json, &again->draft, scratch);
    }
    again->fault = draft_settle(&again->draft, bytes.len, &event);
}

void
event_explain(enum body_format format, const struct event_item *item, struct event_error *error)
{
    assert(item->code != CODE_OK);
    struct seen_again again;
    char scratch[LIMIT_EVENT_BYTES];
    see_again(format, item->bytes, scratch, &again);
    assert(again.fault.code == item->code);
    error->code = again.fault.code;
    error->field = again.fault.field == FIELD_NONE ? "" : field_rules[again.fault.field].name.at;
    struct sentence sentence = sentence_start(error->message, sizeof error->message);
    say_fault(&sentence, &again, item->bytes);
}
