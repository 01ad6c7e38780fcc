#include "common/nearest.h"

#include <stdint.h>

enum { LONGEST = 32 };

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance with swaps of neighbours (optimal string alignment); only the last three rows are kept. */
static size_t
distance(struct span a, struct span b)
{
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = above[j - 1] + (a.at[i - 1] != b.at[j - 1]);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

const char *
nearest_name(struct span typed, const char *const *names, size_t count)
{
    if (typed.len == 0 || typed.len > LONGEST)
        return NULL;
    const char *nearest = NULL;
    size_t nearest_distance = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        struct span name = span_of(names[i]);
        if (name.len > LONGEST)
            continue;
        size_t changes = distance(typed, name);
        if (changes < nearest_distance && changes <= 1 + name.len / 4) {
            nearest = names[i];
            nearest_distance = changes;
        }
    }
    return nearest;
}
