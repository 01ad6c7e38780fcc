/*
 * JSON writes a character beyond U+FFFF as two escapes ("\ud83c\udf4a" is 🍊), which YAML does not know. It is
 * the one place where JSON is not YAML, so it is put right before a YAML parser reads JSON. Pure.
 */
#ifndef BOCHUANG_JSON_SURROGATES_H
#define BOCHUANG_JSON_SURROGATES_H

#include "common/arena.h"
#include "common/span.h"

/*
 * The text with such pairs as the characters they are; the text itself where it is no JSON object or has
 * none. Lines keep their numbers.
 */
struct span json_join_surrogates(struct span text, struct arena *arena);

#endif
