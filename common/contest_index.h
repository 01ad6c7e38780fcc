/* From an entity's id to its index: one open-addressed table for all kinds of a contest. Internal to
 * contest*. */
#ifndef BOCHUANG_CONTEST_INDEX_H
#define BOCHUANG_CONTEST_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

enum indexed {
    INDEX_COUNTY,
    INDEX_DIVISION,
    INDEX_PRODUCT,
    INDEX_STREAMER,
    INDEX_SESSION,
    INDEX_JUDGE,
    INDEX_CRITERION,
    INDEX_RANKING,
    INDEX_AWARD,
    INDEX_KIND_COUNT
};

struct contest_index;

/* Dies when memory is out, as the contest's arena does. */
struct contest_index *contest_index_new(void);
void contest_index_free(struct contest_index *index);

/* The id is borrowed: it must live as long as the table. It must not be there yet. */
void contest_index_put(struct contest_index *index, enum indexed kind, const char *id, uint32_t at);
/* CONTEST_NONE where there is none. */
uint32_t contest_index_find(const struct contest_index *index, enum indexed kind, struct span id);

#endif
