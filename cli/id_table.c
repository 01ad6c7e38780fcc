#include "cli/id_table.h"

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

#include "common/must.h"

enum { SLOTS_AT_FIRST = 1024, IDS_AT_FIRST = 512 };

void
id_table_init(struct id_table *table, uint64_t seed)
{
    *table = (struct id_table){.seed = seed, .slot_count = SLOTS_AT_FIRST, .cap = IDS_AT_FIRST};
    table->slots = must(calloc(table->slot_count, sizeof *table->slots));
    table->ends = must(malloc(table->cap * sizeof *table->ends));
}

void
id_table_free(struct id_table *table)
{
    buf_free(&table->bytes);
    free(table->ends);
    free(table->slots);
    *table = (struct id_table){0};
}

struct span
id_table_id(const struct id_table *table, uint32_t number)
{
    assert(number < table->count);
    size_t start = number > 0 ? table->ends[number - 1] : 0;
    return (struct span){table->bytes.at + start, table->ends[number] - start};
}

/* The slot where an id is, or would be. */
static size_t
slot_of(const struct id_table *table, struct span id)
{
    size_t slot = XXH3_64bits_withSeed(id.at, id.len, table->seed) & (table->slot_count - 1);
    while (table->slots[slot] && !span_eq(id_table_id(table, table->slots[slot] - 1), id))
        slot = (slot + 1) & (table->slot_count - 1);
    return slot;
}

uint32_t
id_table_find(const struct id_table *table, struct span id)
{
    uint32_t found = table->slots[slot_of(table, id)];
    return found ? found - 1 : ID_NONE;
}

/* At most half of the slots are taken: a search looks at two of them, most often. */
static void
grow(struct id_table *table)
{
    free(table->slots);
    table->slot_count *= 2;
    table->cap *= 2;
    table->slots = must(calloc(table->slot_count, sizeof *table->slots));
    table->ends = must(realloc(table->ends, table->cap * sizeof *table->ends));
    for (uint32_t i = 0; i < table->count; i++)
        table->slots[slot_of(table, id_table_id(table, i))] = i + 1;
}

uint32_t
id_table_add(struct id_table *table, struct span id)
{
    size_t slot = slot_of(table, id);
    if (table->slots[slot])
        return table->slots[slot] - 1;
    if (table->count == table->cap) {
        grow(table);
        slot = slot_of(table, id);
    }
    assert(table->count < ID_NONE - 1);
    buf_add_span(&table->bytes, id);
    must_hold(&table->bytes);
    table->ends[table->count++] = table->bytes.len;
    table->slots[slot] = table->count;
    return table->count - 1;
}
