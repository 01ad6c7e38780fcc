/*
 * YAML (and so JSON) as a tree that remembers its lines. For the documents that people write: a contest file.
 *
 *   map ── first ──▶ key ── next ──▶ key …        list ── first ──▶ item ── next ──▶ item …
 *                     └─ value ▶ node
 *
 * Bounded: nesting, number of nodes, number of anchors. An alias is a second node over the same children, so
 * a document of aliases costs what its text costs. Tags are refused: a scalar is its text, and what it means
 * is for the reader of the field to say (`quoted` tells "12" from 12). Pure.
 */
#ifndef BOCHUANG_YAML_TREE_H
#define BOCHUANG_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/errors.h"
#include "common/span.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    int line;                      /* from 1 */
    bool quoted;                   /* a scalar in quotes or a block */
    struct span text;              /* a scalar's, NUL-terminated */
    const struct yaml_node *first; /* a list's items, a map's keys */
    const struct yaml_node *next;
    const struct yaml_node *value; /* of a map's key */
    size_t count;                  /* items, or keys */
};

/* The root of the one document in `text`, all of it in `arena`. NULL, with one complaint, when it is no YAML.
 */
const struct yaml_node *yaml_tree_read(struct span text, struct arena *arena, struct errors *errors);

/* Nothing: an empty plain scalar, ~ or null. */
bool yaml_is_null(const struct yaml_node *node);

#endif
