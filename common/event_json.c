/* Events in JSON and NDJSON: one pass over the body, straight into drafts. */
#include "common/event_fields.h"
#include "common/json_cursor.h"
#include "common/sentence.h"

/* What a body's decoder carries from item to item. */
struct reader {
    struct json_cursor cursor;
    struct draft draft;
    char *scratch; /* the next free byte of it */
};

static enum found_kind
found_kind_of(enum json_kind kind)
{
    static const enum found_kind kinds[] = {
        [JSON_IS_NULL] = FOUND_NULL,   [JSON_IS_BOOL] = FOUND_BOOL,     [JSON_IS_INTEGER] = FOUND_INTEGER,
        [JSON_IS_HUGE] = FOUND_HUGE,   [JSON_IS_REAL] = FOUND_REAL,     [JSON_IS_STRING] = FOUND_TEXT,
        [JSON_IS_ARRAY] = FOUND_ARRAY, [JSON_IS_OBJECT] = FOUND_OBJECT,
    };
    return kinds[kind];
}

/* The text of a string; one with escapes goes through the scratch memory. */
static struct span
plain_text(const struct json_value *string, char **scratch)
{
    if (!string->escaped)
        return string->text;
    struct span text = {*scratch, json_unescape(string->text, *scratch)};
    *scratch += text.len;
    return text;
}

static bool
read_member(struct json_cursor *cursor, struct draft *draft, char **scratch)
{
    struct json_value name, value;
    if (!json_take_name(cursor, &name))
        return false;
    enum event_field field = draft_name(draft, plain_text(&name, scratch));
    if (!json_take_value(cursor, &value))
        return false;
    if (value.depth >= LIMIT_NESTING) /* the event itself is one level */
        draft->too_deep = true;
    if (field == FIELD_NONE)
        return true;
    bool is_text = value.kind == JSON_IS_STRING;
    draft_put(draft, field,
              (struct found){.kind = found_kind_of(value.kind),
                             .integer = value.kind == JSON_IS_INTEGER ? value.integer : 0,
                             .text = is_text ? plain_text(&value, scratch) : value.text});
    return true;
}

/* The '{' stands at the cursor. */
static bool
read_object(struct json_cursor *cursor, struct draft *draft, char **scratch)
{
    cursor->at++;
    json_space(cursor);
    if (json_peek(cursor, '}')) {
        cursor->at++;
        return true;
    }
    for (;;) {
        if (!read_member(cursor, draft, scratch))
            return false;
        json_space(cursor);
        if (!json_peek(cursor, ','))
            return json_take(cursor, '}', "',' or '}'");
        cursor->at++;
        json_space(cursor);
    }
}

/* Reads one item of any kind; false where the syntax is wrong. */
static bool
read_item(struct json_cursor *cursor, struct draft *draft, char **scratch)
{
    draft_start(draft);
    if (json_peek(cursor, '{'))
        return read_object(cursor, draft, scratch);
    struct json_value value = {.kind = JSON_IS_ARRAY};
    bool good = json_take_value(cursor, &value);
    draft->kind = found_kind_of(value.kind);
    return good;
}

/* An item that must be all there is: a line, or an item seen again. */
static void
read_only_item(struct json_cursor *cursor, struct draft *draft, char **scratch)
{
    bool good = read_item(cursor, draft, scratch);
    if (good && cursor->at != cursor->end) {
        cursor->expected = "nothing behind the event";
        good = false;
    }
    if (cursor->too_deep)
        draft->too_deep = true;
    else if (!good)
        draft->broken = CODE_INVALID_JSON;
}

void
event_json_item(struct json_cursor *cursor, struct draft *draft, char *scratch)
{
    read_only_item(cursor, draft, &scratch);
}

/* --- JSON --- */

static enum body_verdict
unreadable(const struct json_cursor *cursor, struct span body, struct event_body *out)
{
    struct sentence sentence = sentence_start(out->message, sizeof out->message);
    explain_json_stop(&sentence, cursor, body);
    return BODY_UNREADABLE;
}

/* Reads the item that comes next in a body. */
static bool
read_next(struct reader *reader, struct event_body *out)
{
    const char *start = reader->cursor.at;
    if (!read_item(&reader->cursor, &reader->draft, &reader->scratch))
        return false;
    body_add_item(out, &reader->draft, (struct span){start, (size_t)(reader->cursor.at - start)});
    return true;
}

/* The '[' stands at the cursor. BODY_UNREADABLE leaves the message to the caller. */
static enum body_verdict
read_array(struct reader *reader, struct event_body *out)
{
    struct json_cursor *cursor = &reader->cursor;
    cursor->at++;
    json_space(cursor);
    if (json_peek(cursor, ']')) {
        cursor->at++;
        return BODY_READ;
    }
    for (;;) {
        if (out->count == out->capacity)
            return body_too_many(out);
        if (!read_next(reader, out))
            return BODY_UNREADABLE;
        json_space(cursor);
        if (!json_peek(cursor, ','))
            return json_take(cursor, ']', "',' or ']'") ? BODY_READ : BODY_UNREADABLE;
        cursor->at++;
        json_space(cursor);
    }
}

static enum body_verdict
read_one(struct reader *reader, struct event_body *out)
{
    if (out->count == out->capacity)
        return body_too_many(out);
    return read_next(reader, out) ? BODY_READ : BODY_UNREADABLE;
}

enum body_verdict
event_json_body(struct span body, struct event_body *out)
{
    struct reader reader;
    struct json_cursor *cursor = &reader.cursor;
    *cursor = json_over(body);
    reader.scratch = (char *)out->scratch.at;
    enum body_verdict verdict = BODY_UNREADABLE;
    json_space(cursor);
    if (json_peek(cursor, '{'))
        verdict = read_one(&reader, out);
    else if (json_peek(cursor, '['))
        verdict = read_array(&reader, out);
    else
        cursor->expected = "an event or an array of events";
    if (verdict == BODY_READ) {
        json_space(cursor);
        if (cursor->at != cursor->end) {
            cursor->expected = "nothing behind the event or the array";
            verdict = BODY_UNREADABLE;
        }
    }
    return verdict == BODY_UNREADABLE ? unreadable(cursor, body, out) : verdict;
}

/* --- NDJSON --- */

static bool
is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Takes the next line off `rest`, without the white space at its ends. */
static struct span
take_line(struct span *rest)
{
    const char *start = rest->at;
    const char *newline = memchr(start, '\n', rest->len);
    const char *end = newline ? newline : start + rest->len;
    size_t used = (size_t)(end - start) + (newline != NULL);
    rest->at += used;
    rest->len -= used;
    while (start < end && is_space(*start))
        start++;
    while (start < end && is_space(end[-1]))
        end--;
    return (struct span){start, (size_t)(end - start)};
}

enum body_verdict
event_ndjson_body(struct span body, struct event_body *out)
{
    struct reader reader;
    reader.scratch = (char *)out->scratch.at;
    while (body.len > 0) {
        struct span line = take_line(&body);
        if (line.len == 0)
            continue;
        if (out->count == out->capacity)
            return body_too_many(out);
        reader.cursor = json_over(line);
        read_only_item(&reader.cursor, &reader.draft, &reader.scratch);
        body_add_item(out, &reader.draft, line);
    }
    return BODY_READ;
}
