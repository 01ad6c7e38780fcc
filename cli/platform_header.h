/* Which column of an export is where: by the titles in its header row. Pure. */
#ifndef BOCHUANG_CLI_PLATFORM_HEADER_H
#define BOCHUANG_CLI_PLATFORM_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/mapping.h"
#include "common/buf.h"
#include "common/limits.h"

/* The places of a mapped column: its titles that are in the file, in the mapping's order. */
struct places {
    uint16_t at[MAPPED_PLACES_MOST];
    size_t count;
};

struct platform_header {
    struct places places[MAPPED_COUNT];
    bool wanted[LIMIT_CSV_CELLS];
    size_t cell_count;
};

/* Reads the titles; false where a column that must be there is not. */
bool platform_header_read(struct platform_header *header, const struct mapping *mapping,
                          const struct span *titles, size_t count);

/* "expected the columns …, found …": of the row that came nearest. Rows that hold no titles are not repeated.
 */
void platform_header_explain(const struct mapping *mapping, const struct span *titles, size_t count,
                             struct buf *out);

#endif
