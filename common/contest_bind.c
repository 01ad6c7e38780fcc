/*
 * From a YAML tree to a draft, by the table of fields. All that is wrong is said at once, each with its line,
 * the field's path ("sessions[3].streamer"), what was expected and what was found.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/contest.h"
#include "common/contest_draft.h"
#include "common/decimal.h"
#include "common/limits.h"
#include "common/nearest.h"
#include "common/sentence.h"
#include "common/utf8.h"

enum { PATH_SIZE = 160, FOUND_BYTES = 60, NAMES_MOST = 32 };

/* Times that can be printed with any offset and still have a year of four digits: 1971 to 9998. */
static const int64_t time_least_ms = 31536000000, time_most_ms = 253370764800000;

struct binder {
    const struct binding *to;
    char path[PATH_SIZE];
    size_t path_len;
};

/* --- Complaints --- */

/* Goes down one step of the path; gives back its old length, for leave(). */
static size_t __attribute__((format(printf, 2, 3))) enter(struct binder *binder, const char *format, ...)
{
    size_t before = binder->path_len;
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(binder->path + before, PATH_SIZE - before, format, arguments);
    va_end(arguments);
    assert(len >= 0 && before + (size_t)len < PATH_SIZE); /* the shapes are few levels deep */
    binder->path_len = before + (size_t)len;
    return before;
}

static void
leave(struct binder *binder, size_t before)
{
    binder->path_len = before;
    binder->path[before] = '\0';
}

/* The lines of an action mean nothing to who posted it. */
static int
line_of(const struct binder *binder, const struct yaml_node *node)
{
    return binder->to->lineless ? 0 : node->line;
}

static size_t
enter_field(struct binder *binder, const char *name)
{
    return enter(binder, "%s%s", binder->path_len > 0 ? "." : "", name);
}

/* The key itself, where it could be a field's name; what is none stands in the message only. */
static size_t
enter_key(struct binder *binder, const struct yaml_node *key)
{
    return id_is_valid(key->text) ? enter_field(binder, key->text.at) : binder->path_len;
}

/* What stands there, for a person: quoted, shortened, without control characters. */
static void
describe(const struct yaml_node *node, char out[FOUND_BYTES + 16])
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
        snprintf(out, FOUND_BYTES, "%s",
                 node->kind == YAML_LIST  ? "a list"
                 : node->kind == YAML_MAP ? "a map"
                                          : "nothing");
        return;
    }
    size_t len = 0, at = 0;
    out[len++] = '"';
    while (at < node->text.len && len < FOUND_BYTES) {
        struct span rest = {node->text.at + at, node->text.len - at};
        size_t bytes = utf8_len(rest);
        assert(bytes > 0); /* the reader has seen to it */
        bool plain = (unsigned char)*rest.at >= 0x20 && *rest.at != 0x7f;
        memcpy(out + len, plain ? rest.at : "?", plain ? bytes : 1);
        len += plain ? bytes : 1;
        at += bytes;
    }
    snprintf(out + len, 8, "%s\"", at < node->text.len ? "…" : "");
}

static bool __attribute__((format(printf, 3, 4)))
expected(struct binder *binder, const struct yaml_node *node, const char *format, ...)
{
    char what[512], found[FOUND_BYTES + 16];
    va_list arguments;
    va_start(arguments, format);
    sentence_write(what, sizeof what, format, arguments);
    va_end(arguments);
    describe(node, found);
    errors_add(binder->to->errors, line_of(binder, node), binder->path, "expected %s, found %s", what, found);
    return false;
}

/* "…; did you mean "net_fen"?", or nothing. */
static const char *
did_you_mean(struct span typed, const char *const *names, size_t count, char *out, size_t size)
{
    const char *nearest = nearest_name(typed, names, count);
    if (nearest)
        snprintf(out, size, " (did you mean \"%s\"?)", nearest);
    else
        out[0] = '\0';
    return out;
}

/* --- Scalars --- */

static bool
is_scalar(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !yaml_is_null(node);
}

/* No control characters, and none that a YAML or JSON reader would take for a line break or a mark. */
static bool
is_one_line(struct span text)
{
    for (size_t at = 0; at < text.len;) {
        const unsigned char *c = (const unsigned char *)text.at + at;
        size_t len = utf8_len((struct span){text.at + at, text.len - at});
        assert(len > 0);
        bool control = c[0] < 0x20 || c[0] == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0);
        bool line_break = len == 3 && c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9);
        bool mark =
            len == 3 && c[0] == 0xef && ((c[1] == 0xbb && c[2] == 0xbf) || (c[1] == 0xbf && c[2] >= 0xbe));
        if (control || line_break || mark)
            return false;
        at += len;
    }
    return true;
}

static bool
bind_text(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    struct draft_text *draft = slot;
    if (!is_scalar(node) || (field->required && node->text.len == 0))
        return expected(binder, node, "text");
    if (node->text.len > LIMIT_NAME_BYTES)
        return expected(binder, node, "text of at most %d bytes", LIMIT_NAME_BYTES);
    if (!is_one_line(node->text))
        return expected(binder, node, "one line of text without control characters");
    draft->text = node->text.at;
    return true;
}

static bool
bind_id(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    (void)field;
    if (!is_scalar(node) || !id_is_valid(node->text))
        return expected(binder, node, "an id: 1 to 64 letters, digits and . _ : -");
    ((struct draft_text *)slot)->text = node->text.at;
    return true;
}

static bool
bind_county_id(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    (void)field;
    if (!is_scalar(node) || !id_is_county(node->text))
        return expected(binder, node, "a county's code: 1 to 12 digits");
    ((struct draft_text *)slot)->text = node->text.at;
    return true;
}

static bool
bind_contest_id(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    (void)field;
    if (!is_scalar(node) || !id_is_contest(node->text))
        return expected(binder, node, "a contest's id: 1 to 40 of a-z, 0-9 and -");
    ((struct draft_text *)slot)->text = node->text.at;
    return true;
}

static bool
bind_time(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    (void)field;
    struct draft_time *draft = slot;
    if (!is_scalar(node) || !clock_parse_rfc3339(node->text, &draft->ms, &draft->offset_min))
        return expected(binder, node, "a time with its offset, such as 2021-11-26T19:00:00+08:00");
    if (draft->ms < time_least_ms || draft->ms >= time_most_ms)
        return expected(binder, node, "a time in the years 1971 to 9998");
    return true;
}

static bool
bind_bool(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    (void)field;
    bool is_true = node->kind == YAML_SCALAR && !node->quoted && span_is(node->text, "true");
    bool is_false = node->kind == YAML_SCALAR && !node->quoted && span_is(node->text, "false");
    if (!is_true && !is_false)
        return expected(binder, node, "true or false");
    ((struct draft_number *)slot)->value = is_true;
    return true;
}

static bool
bind_whole(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    int64_t *value = &((struct draft_number *)slot)->value;
    if (!is_scalar(node) || node->quoted || !decimal_read(node->text, 0, value) || *value < field->least ||
        *value > field->most)
        return expected(binder, node, "a whole number from %lld to %lld", (long long)field->least,
                        (long long)field->most);
    return true;
}

static bool
bind_milli(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    int64_t *value = &((struct draft_number *)slot)->value;
    if (!is_scalar(node) || node->quoted || !decimal_read(node->text, 3, value) || *value < field->least ||
        *value > field->most)
        return expected(binder, node, "a number from %s to %lld with at most 3 decimals",
                        field->least > 0 ? "0.001" : "0", (long long)field->most / 1000);
    return true;
}

static bool
bind_metric(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    const char *names[METRIC_COUNT];
    size_t count = field->kind == FIELD_TIE ? METRIC_COUNT : METRIC_SUM_COUNT;
    char list[256] = "", hint[64];
    for (size_t i = 0, len = 0; i < count; i++) {
        names[i] = i == METRIC_REACHED_AT ? "reached_at" : metric_name((enum metric)i);
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i ? ", " : "", names[i]);
    }
    enum metric metric = is_scalar(node) ? metric_find(node->text) : METRIC_COUNT;
    if (metric >= count) {
        struct span typed = is_scalar(node) ? node->text : (struct span){0};
        return expected(binder, node, "a metric (%s)%s", list,
                        did_you_mean(typed, names, count, hint, sizeof hint));
    }
    ((struct draft_number *)slot)->value = metric;
    return true;
}

static bool
bind_choice(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    char list[128] = "", hint[64];
    size_t count = 0, len = 0;
    for (; field->choices[count]; count++) {
        if (is_scalar(node) && span_is(node->text, field->choices[count])) {
            ((struct draft_number *)slot)->value = (int64_t)count;
            return true;
        }
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", count ? " | " : "",
                                field->choices[count]);
    }
    struct span typed = is_scalar(node) ? node->text : (struct span){0};
    return expected(binder, node, "%s%s", list,
                    did_you_mean(typed, field->choices, count, hint, sizeof hint));
}

/* --- Maps and lists. The depth of the shapes bounds the recursion. --- */

static void bind_slot(struct binder *binder, const struct field *field, const struct yaml_node *node,
                      void *slot);
static bool bind_members(struct binder *binder, const struct shape *shape, const struct yaml_node *map,
                         bool ignore_unknown, void *draft);

static bool
bind_list(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    struct draft_list *draft = slot;
    const struct shape *shape = field->of;
    if (node->kind != YAML_LIST)
        return expected(binder, node, "a list, each item %s", shape->what);
    if ((int64_t)node->count < field->least || (int64_t)node->count > field->most) {
        errors_add(binder->to->errors, line_of(binder, node), binder->path,
                   "expected a list of %lld to %lld items, found %zu", (long long)field->least,
                   (long long)field->most, node->count);
        return false;
    }
    draft->items = arena_array(binder->to->arena, node->count, shape->size);
    const struct yaml_node *item = node->first;
    for (; item; item = item->next, draft->count++) {
        size_t before = enter(binder, "[%zu]", draft->count);
        void *at = (char *)draft->items + draft->count * shape->size;
        static const struct field map_item = {.name = "", .kind = FIELD_MAP};
        struct field each = shape->item ? *shape->item : map_item;
        each.of = shape;
        bind_slot(binder, &each, item, at);
        leave(binder, before);
    }
    return true;
}

static bool
bind_map(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    if (node->kind != YAML_MAP)
        return expected(binder, node, "%s as a map of its fields", field->of->what);
    return bind_members(binder, field->of, node, false, slot);
}

typedef bool bind_fn(struct binder *binder, const struct field *field, const struct yaml_node *node,
                     void *slot);

static bind_fn *const bind_as[] = {
    [FIELD_TEXT] = bind_text,     [FIELD_ID] = bind_id,
    [FIELD_TIME] = bind_time,     [FIELD_COUNTY_ID] = bind_county_id,
    [FIELD_BOOL] = bind_bool,     [FIELD_CONTEST_ID] = bind_contest_id,
    [FIELD_WHOLE] = bind_whole,   [FIELD_MILLI] = bind_milli,
    [FIELD_METRIC] = bind_metric, [FIELD_TIE] = bind_metric,
    [FIELD_CHOICE] = bind_choice, [FIELD_LIST] = bind_list,
    [FIELD_MAP] = bind_map,
};

static void
bind_slot(struct binder *binder, const struct field *field, const struct yaml_node *node, void *slot)
{
    struct drafted *at = slot;
    at->line = line_of(binder, node);
    at->given = true;
    at->good = bind_as[field->kind](binder, field, node, slot);
}

static const struct field *
find_field(const struct shape *shape, struct span name)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        if (span_is(name, shape->fields[i].name))
            return &shape->fields[i];
    }
    return NULL;
}

static void
refuse_unknown(struct binder *binder, const struct shape *shape, const struct yaml_node *key)
{
    const char *names[NAMES_MOST];
    assert(shape->field_count <= NAMES_MOST);
    for (size_t i = 0; i < shape->field_count; i++)
        names[i] = shape->fields[i].name;
    char hint[64];
    struct span typed = is_scalar(key) ? key->text : (struct span){0};
    expected(binder, key, "a field of %s%s", shape->what,
             did_you_mean(typed, names, shape->field_count, hint, sizeof hint));
}

static void
bind_member(struct binder *binder, const struct field *field, const struct yaml_node *key, void *draft)
{
    struct drafted *slot = (struct drafted *)((char *)draft + field->offset);
    if (slot->given || slot->line > 0)
        errors_add(binder->to->errors, line_of(binder, key), binder->path,
                   "expected this field once, found it again");
    else if (yaml_is_null(key->value) && !field->required)
        slot->line = line_of(binder, key); /* written, but as nothing: not given */
    else
        bind_slot(binder, field, key->value, slot);
}

static bool
bind_members(struct binder *binder, const struct shape *shape, const struct yaml_node *map,
             bool ignore_unknown, void *draft)
{
    for (const struct yaml_node *key = map->first; key; key = key->next) {
        const struct field *field = key->kind == YAML_SCALAR ? find_field(shape, key->text) : NULL;
        if (!field && ignore_unknown)
            continue;
        size_t before = enter_key(binder, key);
        if (field)
            bind_member(binder, field, key, draft);
        else
            refuse_unknown(binder, shape, key);
        leave(binder, before);
    }
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct field *field = &shape->fields[i];
        const struct drafted *slot = (const struct drafted *)((char *)draft + field->offset);
        if (!field->required || slot->given)
            continue;
        size_t before = enter_field(binder, field->name);
        errors_add(binder->to->errors, line_of(binder, map), binder->path,
                   "expected this field of %s, found none", shape->what);
        leave(binder, before);
    }
    return true;
}

void
contest_bind(const struct binding *binding, const struct shape *shape, const struct yaml_node *root,
             void *draft)
{
    struct binder binder = {.to = binding};
    struct drafted *at = draft;
    *at = (struct drafted){.line = line_of(&binder, root), .given = true, .good = root->kind == YAML_MAP};
    if (!at->good)
        expected(&binder, root, "%s as a map of its fields", shape->what);
    else
        bind_members(&binder, shape, root, binding->ignore_unknown, draft);
}
