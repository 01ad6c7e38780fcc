/*
 * Our text is read up to the first byte that differs, with the way down to it in a small stack: of an object
 * the key that was read last, of an array the place.
 */
#include "aggregator/json_difference.h"

#include <stdio.h>
#include <string.h>

#include "common/utf8.h"

enum { DEPTH_MOST = 32 };

struct level {
    bool array;
    size_t place;    /* of an array */
    struct span key; /* of an object; empty before the first */
};

struct way {
    struct level levels[DEPTH_MOST];
    size_t depth;    /* may be more than there are levels: what is deeper has the path of the last one */
    size_t value_at; /* where the value begins that is being read */
    bool at_key;     /* what comes next in an object is a key */
};

static struct level *
level_of(struct way *way)
{
    return way->depth > 0 && way->depth <= DEPTH_MOST ? &way->levels[way->depth - 1] : NULL;
}

static void
go_down(struct way *way, char bracket)
{
    way->depth++;
    way->at_key = bracket == '{';
    struct level *level = level_of(way);
    if (level)
        *level = (struct level){.array = bracket == '['};
}

static void
go_on(struct way *way)
{
    struct level *level = level_of(way);
    way->at_key = level && !level->array;
    if (level && level->array)
        level->place++;
    else if (level)
        level->key = (struct span){0};
}

/* The end of the string that begins at `at`, behind its quotes. */
static size_t
string_end(struct span text, size_t at)
{
    for (at++; at < text.len && text.at[at] != '"'; at++)
        at += text.at[at] == '\\';
    return at < text.len ? at + 1 : text.len;
}

/* Reads one token that begins before `until`; returns where it ends. */
static size_t
read_token(struct way *way, struct span text, size_t at)
{
    char c = text.at[at];
    if (c == '"') {
        size_t end = string_end(text, at);
        struct level *level = level_of(way);
        if (way->at_key && level)
            level->key = (struct span){text.at + at + 1, end - at - 2};
        else
            way->value_at = at;
        return end;
    }
    if (c == ':' || c == ',') {
        if (c == ',')
            go_on(way);
        way->at_key = way->at_key && c == ',';
        way->value_at = at + 1;
        return at + 1;
    }
    if (c == '{' || c == '[') {
        way->value_at = at;
        go_down(way, c);
        return at + 1;
    }
    if (c == '}' || c == ']') {
        way->depth -= way->depth > 0;
        way->at_key = false;
        return at + 1;
    }
    way->value_at = at;
    while (at < text.len && !strchr(",:{}[]\"", text.at[at]))
        at++;
    return at;
}

static void
write_path(const struct way *way, char out[JSON_DIFFERENCE_PATH_SIZE])
{
    size_t len = 0, depth = way->depth < DEPTH_MOST ? way->depth : DEPTH_MOST;
    out[0] = '\0';
    for (size_t i = 0; i < depth && len < JSON_DIFFERENCE_PATH_SIZE; i++) {
        const struct level *level = &way->levels[i];
        size_t room = JSON_DIFFERENCE_PATH_SIZE - len;
        int added = 0;
        if (level->array)
            added = snprintf(out + len, room, "[%zu]", level->place);
        else if (level->key.len > 0)
            added = snprintf(out + len, room, "%s%.*s", len > 0 ? "." : "", SPAN_FMT(level->key));
        len += added > 0 ? (size_t)added : 0;
    }
}

/* Copies what can be printed of `text` from `at` on, up to the end of that value. */
static void
write_value(struct span text, size_t at, char out[JSON_DIFFERENCE_VALUE_SIZE])
{
    bool quoted = at < text.len && text.at[at] == '"';
    size_t len = 0, first = at;
    while (at < text.len && len + 5 < JSON_DIFFERENCE_VALUE_SIZE) {
        struct span rest = {text.at + at, text.len - at};
        char c = rest.at[0];
        if (at > first && (quoted ? text.at[at - 1] == '"' && at - 1 > first : strchr(",}]", c) != NULL))
            break;
        size_t bytes = utf8_len(rest);
        bool control = bytes == 0 || (unsigned char)c < 0x20 || c == 0x7f ||
                       (bytes == 2 && (unsigned char)c == 0xc2 && (unsigned char)rest.at[1] < 0xa0);
        if (control)
            out[len++] = '?';
        else
            memcpy(out + len, rest.at, bytes);
        len += control ? 0 : bytes;
        at += bytes ? bytes : 1;
    }
    out[len] = '\0';
}

bool
json_find_difference(struct span ours, struct span theirs, struct json_difference *difference)
{
    size_t shorter = ours.len < theirs.len ? ours.len : theirs.len, at = 0;
    while (at < shorter && ours.at[at] == theirs.at[at])
        at++;
    if (at == ours.len && at == theirs.len)
        return false;
    *difference = (struct json_difference){.at = at};
    struct way way = {.depth = 0};
    /* Where ours ends a value and theirs goes on, it is that value that differs: "1," and "17". */
    for (size_t read = 0; read < at || (read == at && at < ours.len && !strchr(",}]", ours.at[at]));)
        read = read_token(&way, ours, read);
    write_path(&way, difference->path);
    write_value(ours, way.value_at, difference->ours);
    write_value(theirs, way.value_at, difference->theirs);
    if (strcmp(difference->ours, difference->theirs) == 0) { /* behind the value, or beyond what is shown */
        write_value(ours, at, difference->ours);
        write_value(theirs, at, difference->theirs);
    }
    return true;
}
