/* What a publish stands on: the figures and the open matters as they were at that entry of the log. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/fold_inside.h"

struct collecting {
    struct moment *moment;
    size_t cap;
};

static bool
collect(const struct receipt *receipt, void *arg)
{
    struct collecting *collecting = arg;
    struct moment *moment = collecting->moment;
    assert(receipt->id.len <= LIMIT_ID_BYTES);
    moment->matters =
        fold_room(moment->matters, moment->matter_count, &collecting->cap, sizeof *moment->matters);
    struct open_matter *matter = &moment->matters[moment->matter_count++];
    *matter = (struct open_matter){.fate = receipt->fate, .streamer = receipt->streamer};
    memcpy(matter->id, receipt->id.at, receipt->id.len);
    return true;
}

void
fold_keep_moment(struct fold *fold, struct span action)
{
    struct moments *moments = &fold->moments;
    assert(action.len <= LIMIT_ID_BYTES);
    moments->items = fold_room(moments->items, moments->count, &moments->cap, sizeof *moments->items);
    struct moment *moment = &moments->items[moments->count++];
    *moment = (struct moment){.chain = fold->chain};
    memcpy(moment->action, action.at, action.len);
    standing_copy(&moment->standing, &fold->live);
    struct collecting collecting = {.moment = moment};
    fold_each(fold, FATE_PARKED, CONTEST_NONE, collect, &collecting);
    fold_each(fold, FATE_PENDING, CONTEST_NONE, collect, &collecting);
}

void
fold_moments_free(struct fold *fold)
{
    for (size_t i = 0; i < fold->moments.count; i++) {
        standing_free(&fold->moments.items[i].standing);
        free(fold->moments.items[i].matters);
    }
    free(fold->moments.items);
}

size_t
fold_moment_count(const struct fold *fold)
{
    return fold->moments.count;
}

const struct moment *
fold_moment(const struct fold *fold, size_t index)
{
    assert(index < fold->moments.count);
    return &fold->moments.items[index];
}

const struct chain *
fold_chain(const struct fold *fold)
{
    return &fold->chain;
}
