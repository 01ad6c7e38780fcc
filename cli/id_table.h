/*
 * A set of ids that numbers them as they come, from 0: what an id stands for is kept by the owner in an array
 * under that number. Ids are compared byte by byte; some 30 bytes of memory an id of 20. Memory that is out
 * ends the program.
 */
#ifndef BOCHUANG_CLI_ID_TABLE_H
#define BOCHUANG_CLI_ID_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

#define ID_NONE UINT32_MAX

struct id_table {
    struct buf bytes; /* owned: the ids, one behind the other */
    size_t *ends;     /* owned: of each id, in `bytes` */
    uint32_t *slots;  /* owned: number + 1, 0 is free; found by hash, then by the next one */
    size_t slot_count, cap;
    uint32_t count;
    uint64_t seed; /* so that no file can be made that is slow to read */
};

void id_table_init(struct id_table *table, uint64_t seed);
void id_table_free(struct id_table *table);

/* The number of an id; ID_NONE where it is not there. */
uint32_t id_table_find(const struct id_table *table, struct span id);

/* The same, but one that is not there yet is added: it is then `count - 1`. */
uint32_t id_table_add(struct id_table *table, struct span id);

/* Borrowed until the next id_table_add(). */
struct span id_table_id(const struct id_table *table, uint32_t number);

#endif
