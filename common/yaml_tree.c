#include "common/yaml_tree.h"

#include <assert.h>
#include <yaml.h>

#include "common/json_surrogates.h"
#include "common/limits.h"

/* A list or map that is being read. */
struct open {
    struct yaml_node *node, *last; /* its newest child */
    bool value_next;               /* a map whose newest key still waits for its value */
};

struct anchor {
    const char *name;
    const struct yaml_node *node;
    bool complete; /* an alias inside of what it names would never end */
};

struct reader {
    yaml_parser_t parser;
    struct arena *arena;
    struct errors *errors;
    struct span text;
    struct open open[LIMIT_NESTING];
    size_t depth;
    struct yaml_node *root;
    struct anchor anchors[LIMIT_YAML_ANCHORS];
    size_t anchor_count;
    size_t node_count;
};

static bool
refuse(struct reader *reader, int line, const char *what)
{
    errors_add(reader->errors, line, "", "%s", what);
    return false;
}

/* libyaml leaves the line out where a byte is wrong, and gives its offset instead. */
static int
line_of_offset(struct span text, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.at[i] == '\n';
    return line;
}

static bool
refuse_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        abort(); /* not the text's fault: whoever reads a log must not take it for damage */
    const char *problem = parser->problem ? parser->problem : "out of memory";
    int line = (int)parser->problem_mark.line + 1;
    if (parser->error == YAML_READER_ERROR)
        line = line_of_offset(reader->text, parser->problem_offset);
    if (parser->context)
        errors_add(reader->errors, line, "", "expected YAML, but %s %s that begins on line %d", problem,
                   parser->context, (int)parser->context_mark.line + 1);
    else
        errors_add(reader->errors, line, "", "expected YAML, but %s", problem);
    return false;
}

/* Hangs a new node where it belongs: a list's item, a map's key or the value of that key, or the root. */
static void
attach(struct reader *reader, struct yaml_node *node)
{
    if (reader->depth == 0) {
        reader->root = node;
        return;
    }
    struct open *open = &reader->open[reader->depth - 1];
    if (open->value_next) {
        open->last->value = node;
        open->value_next = false;
        return;
    }
    if (open->last)
        open->last->next = node;
    else
        open->node->first = node;
    open->last = node;
    open->node->count++;
    open->value_next = open->node->kind == YAML_MAP;
}

static struct anchor *
find_anchor(struct reader *reader, const char *name)
{
    for (size_t i = reader->anchor_count; i-- > 0;) {
        if (strcmp(reader->anchors[i].name, name) == 0)
            return &reader->anchors[i];
    }
    return NULL;
}

static bool
add_anchor(struct reader *reader, const yaml_char_t *name, const struct yaml_node *node)
{
    if (reader->anchor_count == LIMIT_YAML_ANCHORS)
        return refuse(reader, node->line, "expected fewer anchors (&name) in one file");
    reader->anchors[reader->anchor_count++] =
        (struct anchor){.name = arena_text(reader->arena, span_of((const char *)name)),
                        .node = node,
                        .complete = node->kind == YAML_SCALAR};
    return true;
}

static struct yaml_node *
new_node(struct reader *reader, enum yaml_kind kind, const yaml_event_t *event)
{
    int line = (int)event->start_mark.line + 1;
    if (++reader->node_count > LIMIT_YAML_NODES) {
        refuse(reader, line, "expected a smaller file: it has too many entries");
        return NULL;
    }
    struct yaml_node *node = arena_array(reader->arena, 1, sizeof *node);
    node->kind = kind;
    node->line = line;
    return node;
}

static bool
take_node(struct reader *reader, struct yaml_node *node, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (!node)
        return false;
    if (tag)
        return refuse(reader, node->line, "expected a plain value, found a tag (!…)");
    if (anchor && !add_anchor(reader, anchor, node))
        return false;
    attach(reader, node);
    return true;
}

static bool
take_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct yaml_node *node = new_node(reader, YAML_SCALAR, event);
    if (node) {
        struct span value = {(const char *)event->data.scalar.value, event->data.scalar.length};
        node->text = (struct span){arena_text(reader->arena, value), value.len};
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    }
    return take_node(reader, node, event->data.scalar.anchor, event->data.scalar.tag);
}

static bool
open_node(struct reader *reader, enum yaml_kind kind, const yaml_event_t *event)
{
    bool map = kind == YAML_MAP;
    const yaml_char_t *anchor = map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag = map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    if (reader->depth == LIMIT_NESTING)
        return refuse(reader, (int)event->start_mark.line + 1, "expected less nesting: lists in lists");
    struct yaml_node *node = new_node(reader, kind, event);
    if (!take_node(reader, node, anchor, tag))
        return false;
    reader->open[reader->depth++] = (struct open){.node = node};
    return true;
}

static bool
close_node(struct reader *reader)
{
    assert(reader->depth > 0);
    const struct yaml_node *node = reader->open[--reader->depth].node;
    for (size_t i = 0; i < reader->anchor_count; i++) {
        if (reader->anchors[i].node == node)
            reader->anchors[i].complete = true;
    }
    return true;
}

static bool
take_alias(struct reader *reader, const yaml_event_t *event)
{
    int line = (int)event->start_mark.line + 1;
    const struct anchor *anchor = find_anchor(reader, (const char *)event->data.alias.anchor);
    if (!anchor || !anchor->complete)
        return refuse(reader, line, "expected the name of an anchor (&name) that stands before this alias");
    struct yaml_node *node = new_node(reader, anchor->node->kind, event);
    if (!node)
        return false;
    node->quoted = anchor->node->quoted;
    node->text = anchor->node->text;
    node->first = anchor->node->first;
    node->count = anchor->node->count;
    attach(reader, node);
    return true;
}

static bool
take_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return take_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(reader, YAML_LIST, event);
    case YAML_MAPPING_START_EVENT:
        return open_node(reader, YAML_MAP, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_node(reader);
    case YAML_ALIAS_EVENT:
        return take_alias(reader, event);
    case YAML_DOCUMENT_START_EVENT:
        if (reader->root)
            return refuse(reader, (int)event->start_mark.line + 1,
                          "expected one document, found a second one");
        return true;
    default:
        return true;
    }
}

static bool
read_all(struct reader *reader)
{
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event))
            return refuse_syntax(reader);
        bool good = take_event(reader, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (!good)
            return false;
    }
    if (reader->root)
        return true;
    return refuse(reader, 1, "expected a document, found an empty file");
}

/* Some editors put a byte order mark before a file; libyaml takes it for text. */
static struct span
without_mark(struct span text)
{
    bool marked = text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0;
    return marked ? (struct span){text.at + 3, text.len - 3} : text;
}

const struct yaml_node *
yaml_tree_read(struct span text, struct arena *arena, struct errors *errors)
{
    struct reader *reader = arena_array(arena, 1, sizeof *reader);
    reader->arena = arena;
    reader->errors = errors;
    reader->text = json_join_surrogates(without_mark(text), arena);
    if (!yaml_parser_initialize(&reader->parser))
        abort();
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->text.at, reader->text.len);
    bool good = read_all(reader);
    yaml_parser_delete(&reader->parser);
    return good ? reader->root : NULL;
}

bool
yaml_is_null(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !node->quoted &&
           (node->text.len == 0 || span_is(node->text, "~") || span_is(node->text, "null") ||
            span_is(node->text, "Null") || span_is(node->text, "NULL"));
}
