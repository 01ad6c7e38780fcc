/* The settings file: one flat mapping in YAML, by the names of the table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "common/settings_loading.h"

static void
put_node(struct settings_loading *loading, yaml_document_t *document, const struct setting *setting,
         yaml_node_t *value)
{
    int line = (int)value->start_mark.line + 1;
    if (value->type == YAML_SCALAR_NODE) {
        settings_put(loading, setting, line, (const char *)value->data.scalar.value);
        return;
    }
    if (setting->kind != SETTING_LIST || value->type != YAML_SEQUENCE_NODE) {
        errors_add(&loading->errors, line, setting->name, "expected one value, found a %s",
                   value->type == YAML_SEQUENCE_NODE ? "list" : "mapping");
        return;
    }
    yaml_node_item_t *item = value->data.sequence.items.start;
    for (; item < value->data.sequence.items.top; item++) {
        yaml_node_t *node = yaml_document_get_node(document, *item);
        if (node->type == YAML_SCALAR_NODE)
            settings_put(loading, setting, line, (const char *)node->data.scalar.value);
        else
            errors_add(&loading->errors, (int)node->start_mark.line + 1, setting->name,
                       "expected a list of single values");
    }
}

static bool
is_repeated(yaml_document_t *document, yaml_node_t *mapping, yaml_node_pair_t *of, const char *name)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < of; pair++) {
        yaml_node_t *key = yaml_document_get_node(document, pair->key);
        if (key->type == YAML_SCALAR_NODE && strcmp((const char *)key->data.scalar.value, name) == 0)
            return true;
    }
    return false;
}

static void
complain_of_name(struct settings_loading *loading, int line, const char *name)
{
    const char *near = settings_nearest(loading, name);
    errors_add(&loading->errors, line, name, "there is no such setting%s%s", near ? "; the nearest is " : "",
               near ? near : "");
}

static void
put_pair(struct settings_loading *loading, yaml_document_t *document, yaml_node_t *mapping,
         yaml_node_pair_t *pair)
{
    yaml_node_t *key = yaml_document_get_node(document, pair->key);
    yaml_node_t *value = yaml_document_get_node(document, pair->value);
    int line = (int)key->start_mark.line + 1;
    if (key->type != YAML_SCALAR_NODE) {
        errors_add(&loading->errors, line, "?", "expected the name of a setting");
        return;
    }
    const char *name = (const char *)key->data.scalar.value;
    const struct setting *setting = settings_find(loading, name);
    if (!setting)
        complain_of_name(loading, line, name);
    else if (is_repeated(document, mapping, pair, name))
        errors_add(&loading->errors, line, name, "is given twice");
    else
        put_node(loading, document, setting, value);
}

static void
put_document(struct settings_loading *loading, yaml_document_t *document)
{
    yaml_node_t *root = yaml_document_get_root_node(document);
    if (!root)
        return; /* an empty file changes nothing */
    if (root->type != YAML_MAPPING_NODE) {
        errors_add(&loading->errors, 1, "settings", "expected lines of the form \"name: value\"");
        return;
    }
    yaml_node_pair_t *pair = root->data.mapping.pairs.start;
    for (; pair < root->data.mapping.pairs.top; pair++)
        put_pair(loading, document, root, pair);
}

void
settings_put_file(struct settings_loading *loading)
{
    loading->layer = LAYER_FILE;
    FILE *file = fopen(loading->file, "re");
    if (!file) {
        errors_add(&loading->errors, LINE_NONE, "config", "cannot open %s: %s", loading->file,
                   strerror(errno));
        return;
    }
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        abort();
    yaml_parser_set_input_file(&parser, file);
    if (yaml_parser_load(&parser, &document)) {
        put_document(loading, &document);
        yaml_document_delete(&document);
    } else {
        errors_add(&loading->errors, (int)parser.problem_mark.line + 1, "settings", "not YAML: %s",
                   parser.problem ? parser.problem : "unreadable");
    }
    yaml_parser_delete(&parser);
    fclose(file);
}
