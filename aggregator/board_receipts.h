/* Receipts as JSON, and the newest ones of a fold. */
#ifndef BOCHUANG_BOARD_RECEIPTS_H
#define BOCHUANG_BOARD_RECEIPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "aggregator/fold.h"
#include "common/json_out.h"

/* {"streamer":…,"id":…,…} */
void board_receipt_row(struct json_out *json, const struct contest *contest, const struct receipt *receipt);

/* A ring that keeps the last `most` of the receipts it is given. */
struct newest {
    struct receipt *rows; /* owned; their ids are borrowed from the fold */
    size_t most;
    size_t count; /* given so far */
};

bool board_newest_init(struct newest *newest, size_t most);          /* false when memory is out */
bool board_newest_each(const struct receipt *receipt, void *newest); /* for fold_each() */
/* The newest one is 0 `back`; NULL where there are no more. */
const struct receipt *board_newest_at(const struct newest *newest, size_t back);
void board_newest_free(struct newest *newest);

#endif
