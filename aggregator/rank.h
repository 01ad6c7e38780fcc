/*
 * Rankings in exact integers (contract, section 6, "Rankings"). Pure.
 */
#ifndef BOCHUANG_RANK_H
#define BOCHUANG_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/standing.h"
#include "aggregator/tally.h"

/* What one score part gave one entity. */
struct rank_component {
    int64_t value; /* the metric's value; a jury's: the sum of the marks kept, in thousandths */
    int64_t rank;  /* rank_step: the competition rank of the value; else 0 */
    int64_t count; /* a jury's: the number of marks kept; else 0 */
    int64_t points_milli;
};

struct rank_row {
    int rank;
    bool tied;                               /* shares its rank */
    uint32_t entity;                         /* index in the contest; a city's: in contest->cities */
    const char *id, *name;                   /* borrowed from the contest */
    int64_t points_milli;                    /* with score parts */
    int64_t adjusted_milli;                  /* what adjustments added, of streamers */
    const struct rank_component *components; /* part_count of the ranking; NULL without */
    struct figures figures;
};

struct rank_table {
    const struct ranking *ranking; /* borrowed */
    struct rank_row *rows;         /* owned, in order */
    size_t row_count;
    struct rank_component *components; /* owned, row-wise */
};

/* Ranks all entities of the ranking's kind. The standing and its contest must outlive the table. */
void rank_make(const struct standing *standing, uint32_t ranking, struct rank_table *table);
void rank_free(struct rank_table *table);

/* What a ranking ranks: its id, its name for people (the id where it has none), and back by the id
 * (CONTEST_NONE). A city is its name. */
const char *rank_entity_id(const struct contest *contest, enum entity_kind kind, uint32_t entity);
const char *rank_entity_name(const struct contest *contest, enum entity_kind kind, uint32_t entity);
uint32_t rank_entity_find(const struct contest *contest, enum entity_kind kind, struct span id);

#endif
