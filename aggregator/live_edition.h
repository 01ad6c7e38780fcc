/*
 * An edition of a view: what its watchers see, encoded once, and the messages that are made of it. Knows
 * nothing of watchers and no clock.
 */
#ifndef BOCHUANG_LIVE_EDITION_H
#define BOCHUANG_LIVE_EDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/board_json.h"
#include "aggregator/resume_id.h"
#include "common/buf.h"

enum { LIVE_ROWS = 30 };

/* One ranking of the edition, as a JSON member: "counties":{…} */
struct live_ranking {
    struct buf member; /* owned */
    bool changed;      /* since the edition before */
};

struct live_edition {
    uint64_t number;               /* never twice the same */
    bool made;                     /* false: nothing is encoded */
    struct resume_id place;        /* what it shows */
    struct contest *contest;       /* held: what it was encoded with */
    struct buf head;               /* owned: {envelope,"totals":{…} */
    struct live_ranking *rankings; /* owned */
    size_t ranking_count;
};

void live_edition_free(struct live_edition *edition);

/*
 * Encodes the next edition. Its number is one more; two more where the contest itself has changed (a ranking
 * may be gone, a streamer renamed), so that everybody is too far behind for an update and gets the whole.
 * False when memory is out: the edition is then empty, number and all.
 */
bool live_edition_next(struct live_edition *edition, const struct envelope *envelope,
                       const struct resume_id *place);

/* Adds the message for who has nothing, or something older than the edition before. */
void live_edition_snapshot(const struct live_edition *edition, struct buf *out);

/* Adds the message for who has the edition before. */
void live_edition_update(const struct live_edition *edition, struct buf *out);

#endif
