#include "cli/mapping.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/contest_draft.h"
#include "common/limits.h"
#include "common/must.h"

enum { FILE_BYTES_MOST = 1 << 20 };

/* --- What may stand in a mapping file --- */

struct draft_code {
    struct drafted at;
    struct draft_text code, id;
};

struct draft_columns {
    struct drafted at;
    struct draft_list titles[MAPPED_COUNT]; /* of draft_text */
};

struct draft_states {
    struct drafted at;
    struct draft_list counting, not_counting, refunded; /* of draft_text */
};

struct draft_mapping {
    struct drafted at;
    struct draft_text platform;
    struct draft_number encoding, separator, unit;
    struct draft_columns columns;
    struct draft_states states;
    struct draft_list products, streamers, sessions; /* of draft_code */
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SHAPE(name, what, type)                                                                              \
    static const struct shape name##_shape = {what, name##_fields, COUNT(name##_fields), sizeof(type), NULL}
#define WORDS(name_, place)                                                                                  \
    {                                                                                                        \
        name_, FIELD_LIST, .offset = place, .least = 1, .most = MAPPED_WORDS_MOST, .of = &word_shape         \
    }
#define CODES(member, shape_)                                                                                \
    {                                                                                                        \
#member, FIELD_LIST, .offset = offsetof(struct draft_mapping, member), .most = LIMIT_ENTITIES,       \
                             .of = &shape_                                                                   \
    }
#define CODE_FIELDS(name, kind_)                                                                             \
    static const struct field name##_fields[] = {                                                            \
        {"code", FIELD_TEXT, .required = true, .offset = offsetof(struct draft_code, code)},                 \
        {#name, FIELD_ID, .required = true, .offset = offsetof(struct draft_code, id)},                      \
    };                                                                                                       \
    SHAPE(name, kind_, struct draft_code)

static const struct field word_item = {.name = "word", .kind = FIELD_TEXT, .required = true};
static const struct shape word_shape = {"text", NULL, 0, sizeof(struct draft_text), &word_item};

static const struct field columns_fields[] = {
#define X(constant, name)                                                                                    \
    WORDS(name, offsetof(struct draft_columns, titles) + (constant) * sizeof(struct draft_list)),
    MAPPED_COLUMNS(X)
#undef X
};
SHAPE(columns, "the columns", struct draft_columns);

static const struct field states_fields[] = {
    WORDS("counting", offsetof(struct draft_states, counting)),
    WORDS("not_counting", offsetof(struct draft_states, not_counting)),
    WORDS("refunded", offsetof(struct draft_states, refunded)),
};
SHAPE(states, "the states", struct draft_states);

CODE_FIELDS(product, "the code of a product");
CODE_FIELDS(streamer, "the code of a streamer");
CODE_FIELDS(session, "the code of a session");

static const char *const encodings[] = {"auto", "utf-8", "gb18030", NULL};
static const char *const separators[] = {"comma", "semicolon", "tab", NULL};
static const char *const units[] = {"yuan", "fen", NULL};

static const struct field mapping_fields[] = {
    {"platform", FIELD_TEXT, .offset = offsetof(struct draft_mapping, platform)},
    {"encoding", FIELD_CHOICE, .offset = offsetof(struct draft_mapping, encoding), .choices = encodings},
    {"separator", FIELD_CHOICE, .offset = offsetof(struct draft_mapping, separator), .choices = separators},
    {"unit", FIELD_CHOICE, .offset = offsetof(struct draft_mapping, unit), .choices = units},
    {"columns", FIELD_MAP, .offset = offsetof(struct draft_mapping, columns), .of = &columns_shape},
    {"states", FIELD_MAP, .offset = offsetof(struct draft_mapping, states), .of = &states_shape},
    CODES(products, product_shape),
    CODES(streamers, streamer_shape),
    CODES(sessions, session_shape),
};
SHAPE(mapping, "a mapping", struct draft_mapping);

const char *
mapped_name(enum mapped column)
{
    assert(column < MAPPED_COUNT);
    return columns_fields[column].name;
}

/* --- One file over another --- */

static size_t
slot_size(const struct field *field)
{
    switch (field->kind) {
    case FIELD_LIST:
        return sizeof(struct draft_list);
    case FIELD_CHOICE:
        return sizeof(struct draft_number);
    default:
        return sizeof(struct draft_text);
    }
}

/* What `over` gives takes the place of what `under` has; a map does so field by field. */
static void
lay_over(const struct shape *shape, void *under, const void *over)
{
    for (size_t i = 0; i < shape->field_count; i++) {
        const struct field *field = &shape->fields[i];
        char *to = (char *)under + field->offset;
        const char *from = (const char *)over + field->offset;
        if (field->kind == FIELD_MAP)
            lay_over(field->of, to, from);
        else if (((const struct drafted *)from)->given)
            memcpy(to, from, slot_size(field));
    }
}

static void
bind_text(struct span text, struct arena *arena, struct errors *errors, struct draft_mapping *draft)
{
    const struct yaml_node *root = yaml_tree_read(text, arena, errors);
    struct binding binding = {.arena = arena, .errors = errors};
    if (root)
        contest_bind(&binding, &mapping_shape, root, draft);
}

/* --- From a draft --- */

static struct words
words_of(const struct draft_list *list, struct arena *arena)
{
    const struct draft_text *items = list->items;
    const char **words = arena_array(arena, list->count, sizeof *words);
    for (size_t i = 0; i < list->count; i++)
        words[i] = items[i].text;
    return (struct words){words, list->count};
}

static int
compare_codes(const void *a, const void *b)
{
    return strcmp(((const struct code *)a)->code, ((const struct code *)b)->code);
}

static struct codes
codes_of(const struct draft_list *list, const char *field, struct arena *arena, struct errors *errors)
{
    const struct draft_code *items = list->items;
    struct code *codes = arena_array(arena, list->count, sizeof *codes);
    for (size_t i = 0; i < list->count; i++)
        codes[i] = (struct code){items[i].code.text, items[i].id.text};
    if (list->count > 0)
        qsort(codes, list->count, sizeof *codes, compare_codes);
    for (size_t i = 1; i < list->count; i++)
        if (strcmp(codes[i - 1].code, codes[i].code) == 0)
            errors_add(errors, list->at.line, field, "expected each code once, found \"%s\" again",
                       codes[i].code);
    return (struct codes){codes, list->count};
}

static void
fill(struct mapping *mapping, const struct draft_mapping *draft, struct errors *errors)
{
    static const char marks[] = {',', ';', '\t'};
    struct arena *arena = mapping->arena;
    mapping->platform = draft->platform.text;
    mapping->encoding = (enum mapped_encoding)draft->encoding.value;
    mapping->separator = marks[draft->separator.value];
    mapping->in_fen = draft->unit.value == 1;
    for (int i = 0; i < MAPPED_COUNT; i++)
        mapping->columns[i] = words_of(&draft->columns.titles[i], arena);
    mapping->counting = words_of(&draft->states.counting, arena);
    mapping->not_counting = words_of(&draft->states.not_counting, arena);
    mapping->refunded = words_of(&draft->states.refunded, arena);
    mapping->products = codes_of(&draft->products, "products", arena, errors);
    mapping->streamers = codes_of(&draft->streamers, "streamers", arena, errors);
    mapping->sessions = codes_of(&draft->sessions, "sessions", arena, errors);
}

static bool
is_known(const struct draft_list *titles)
{
    return titles->count > 0;
}

/* What must be there in the end, whichever of the two files has it. */
static void
check_whole(const struct draft_mapping *draft, struct errors *errors)
{
    const struct draft_list *titles = draft->columns.titles;
    if (!draft->platform.at.given)
        errors_add(errors, 0, "platform",
                   "expected the platform, as the contest's sessions name it, found none");
    for (int i = MAPPED_ID; i <= MAPPED_AMOUNT; i++) {
        char field[32];
        snprintf(field, sizeof field, "columns.%s", mapped_name((enum mapped)i));
        if (!is_known(&titles[i]))
            errors_add(errors, 0, field, "expected the title of a column, found none");
    }
    if (is_known(&titles[MAPPED_STATE]) && !is_known(&draft->states.counting))
        errors_add(errors, 0, "states.counting", "expected the states that count, found none");
    if (is_known(&titles[MAPPED_REFUND_STATE]) && !is_known(&draft->states.refunded))
        errors_add(errors, 0, "states.refunded", "expected the states of a refund, found none");
}

static void
load(struct mapping *mapping, const char *platform, struct span text, struct errors *errors)
{
    struct draft_mapping draft = {0}, own = {0};
    if (text.len > FILE_BYTES_MOST) {
        errors_add(errors, 0, "", "expected a file of at most %d bytes, found %zu", FILE_BYTES_MOST,
                   text.len);
        return;
    }
    if (text.at)
        bind_text(text, mapping->arena, errors, &own);
    if (own.platform.at.good && platform && strcmp(own.platform.text, platform) != 0)
        errors_add(errors, own.platform.at.line, "platform",
                   "expected \"%s\", as --platform says, found \"%s\"", platform, own.platform.text);
    const char *named = platform ? platform : own.platform.text;
    struct span built_in = mapping_built_in(span_of(named));
    if (built_in.at)
        bind_text(built_in, mapping->arena, errors, &draft);
    lay_over(&mapping_shape, &draft, &own);
    if (platform)
        draft.platform = (struct draft_text){{0, true, true}, arena_text(mapping->arena, span_of(platform))};
    if (errors->count > 0)
        return;
    check_whole(&draft, errors);
    fill(mapping, &draft, errors);
}

struct mapping *
mapping_load(const char *platform, struct span text, struct errors *errors)
{
    struct mapping *mapping = must(calloc(1, sizeof *mapping));
    mapping->arena = arena_new();
    load(mapping, platform, text, errors);
    if (errors->count == 0)
        return mapping;
    mapping_free(mapping);
    return NULL;
}

void
mapping_free(struct mapping *mapping)
{
    if (!mapping)
        return;
    arena_free(mapping->arena);
    free(mapping);
}

bool
words_have(const struct words *words, struct span word)
{
    for (size_t i = 0; i < words->count; i++)
        if (span_is(word, words->at[i]))
            return true;
    return false;
}

const char *
codes_find(const struct codes *codes, struct span code)
{
    size_t first = 0, count = codes->count;
    while (count > 0) {
        const struct code *middle = &codes->at[first + count / 2];
        size_t len = strlen(middle->code);
        int order = memcmp(code.at, middle->code, code.len < len ? code.len : len);
        if (order == 0 && code.len == len)
            return middle->id;
        if (order > 0 || (order == 0 && code.len > len)) {
            first += count / 2 + 1;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}
