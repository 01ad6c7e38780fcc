/*
 * Groups of figures: which row belongs to a tuple of keys. Shared by the tallies and the series.
 *
 * A spot is where figures stand: a cell's has everything, a session's no product, a video's a streamer only.
 * A dimension that a spot does not have keeps it out of a query that asks for it: that is why products have
 * no viewers.
 */
#ifndef BOCHUANG_GROUPS_H
#define BOCHUANG_GROUPS_H

#include "aggregator/slots.h"
#include "aggregator/tally.h"

struct spot {
    uint32_t streamer, session, product; /* CONTEST_NONE: it has none */
    enum channel channel;                /* of a spot with a product */
};

struct spot spot_of_cell(const struct contest *contest, const struct cell *cell);
struct spot spot_of_session(const struct contest *contest, uint32_t session);
struct spot spot_of_streamer(uint32_t streamer);

/* The spot's key in a dimension (an id or a name, "" where the entity has none), or NULL. */
const char *dimension_key(const struct contest *contest, enum dimension dimension, const struct spot *spot);
/* What people call it. */
const char *dimension_title(const struct contest *contest, enum dimension dimension, const struct spot *spot);

struct group_key {
    int64_t start_ms;
    const char *key[LIMIT_TALLY_DIMENSIONS]; /* borrowed; NULL past the last */
};

/* A tuple of keys at the addresses at which it came, and its row. */
struct group_alias {
    struct group_key key;
    uint32_t row;
};

/*
 * The same tuple comes again and again, and nearly always from the same entities: so it is looked for by the
 * addresses of its keys first, and only at new ones by their text (two counties may lie in the same city).
 */
struct groups {
    struct group_key *keys; /* owned; by row */
    size_t count, cap;
    struct slots rows;
    struct group_alias *aliases; /* owned */
    size_t alias_count, alias_cap;
    struct slots by_address;
};

/* The keys of a spot in a query's dimensions; false where it has one of them not, or a filter keeps it out.
 */
bool group_key_of(const struct contest *contest, const struct tally_query *query, const struct spot *spot,
                  struct group_key *key);
int group_key_compare(const struct group_key *a, const struct group_key *b); /* the keys, in order */

void groups_init(struct groups *groups);
void groups_free(struct groups *groups);
/* The row of a key; a new one is `count - 1` afterwards. */
uint32_t groups_row(struct groups *groups, const struct group_key *key);

#endif
