#include "tests/model/sim/redis_store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

enum { STREAMS_MOST = 256, TALLIES_MOST = 64, LISTED_MOST = 8 };

struct step {
    struct stream *stream; /* an entry was appended to it */
    size_t index;
    struct tally *tally; /* or a tally was set: what it was */
    char *old_version, *old_figures;
    bool joined; /* to the step before it */
};

struct listed {
    char contest[64], shards[8];
};

static struct {
    struct stream streams[STREAMS_MOST];
    size_t stream_count;
    struct tally tallies[TALLIES_MOST];
    size_t tally_count;
    struct listed listed[LISTED_MOST];
    size_t listed_count;
    struct step *steps;
    size_t step_count, step_cap;
    char **kept; /* every text there ever was: replies may still borrow from it */
    size_t kept_count, kept_cap;
} store;

static void *
grown(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 64;
    items = realloc(items, *cap * size);
    assert(items);
    return items;
}

static char *
keep(struct span text)
{
    char *copy = malloc(text.len + 1);
    assert(copy);
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    store.kept = grown(store.kept, store.kept_count, &store.kept_cap, sizeof *store.kept);
    store.kept[store.kept_count++] = copy;
    return copy;
}

void
store_free(void)
{
    for (size_t i = 0; i < store.stream_count; i++)
        free(store.streams[i].entries);
    for (size_t i = 0; i < store.kept_count; i++)
        free(store.kept[i]);
    free(store.kept);
    free(store.steps);
    memset(&store, 0, sizeof store);
}

static struct step *
add_step(void)
{
    store.steps = grown(store.steps, store.step_count, &store.step_cap, sizeof *store.steps);
    struct step *step = &store.steps[store.step_count++];
    *step = (struct step){0};
    return step;
}

struct stream *
store_stream(const char *key, bool make)
{
    for (size_t i = 0; i < store.stream_count; i++)
        if (strcmp(store.streams[i].key, key) == 0)
            return &store.streams[i];
    if (!make)
        return NULL;
    assert(store.stream_count < STREAMS_MOST);
    struct stream *stream = &store.streams[store.stream_count++];
    snprintf(stream->key, sizeof stream->key, "%s", key);
    return stream;
}

static struct log_id
next_id(const struct stream *stream)
{
    struct log_id id = {(uint64_t)clock_wall_ms(), 0};
    struct log_id last = stream->count ? stream->entries[stream->count - 1].id : (struct log_id){0};
    return id.ms > last.ms ? id : (struct log_id){last.ms, last.seq + 1};
}

struct log_id
store_add(const char *key, char kind, struct span payload, struct span sum)
{
    struct stream *stream = store_stream(key, true);
    assert(sum.len == LOG_SUM_BYTES);
    struct stream_entry entry = {.id = next_id(stream),
                                 .kind = kind,
                                 .payload = {keep(payload), payload.len}};
    memcpy(entry.sum, sum.at, sum.len);
    stream->entries = grown(stream->entries, stream->count, &stream->cap, sizeof entry);
    struct step *step = add_step();
    step->stream = stream;
    step->index = stream->count;
    stream->entries[stream->count++] = entry;
    return entry.id;
}

/* Never undone: ingest lists a contest again when it is not there, which is not what is looked for here. */
bool
store_list(struct span contest, struct span shards)
{
    for (size_t i = 0; i < store.listed_count; i++)
        if (span_is(contest, store.listed[i].contest))
            return false;
    assert(store.listed_count < LISTED_MOST);
    struct listed *listed = &store.listed[store.listed_count++];
    snprintf(listed->contest, sizeof listed->contest, "%.*s", SPAN_FMT(contest));
    snprintf(listed->shards, sizeof listed->shards, "%.*s", SPAN_FMT(shards));
    return true;
}

size_t
store_listed(struct span *out, size_t most)
{
    assert(store.listed_count * 2 <= most);
    for (size_t i = 0; i < store.listed_count; i++) {
        out[i * 2] = span_of(store.listed[i].contest);
        out[i * 2 + 1] = span_of(store.listed[i].shards);
    }
    return store.listed_count * 2;
}

struct tally *
store_tally(const char *key, bool make)
{
    for (size_t i = 0; i < store.tally_count; i++)
        if (strcmp(store.tallies[i].key, key) == 0)
            return &store.tallies[i];
    if (!make)
        return NULL;
    assert(store.tally_count < TALLIES_MOST);
    struct tally *tally = &store.tallies[store.tally_count++];
    snprintf(tally->key, sizeof tally->key, "%s", key);
    return tally;
}

void
store_set_tally(struct tally *tally, struct span version, struct span figures)
{
    struct step *step = add_step();
    step->tally = tally;
    step->old_version = tally->version;
    step->old_figures = tally->figures;
    tally->version = keep(version);
    tally->figures = keep(figures);
}

/* --- The journal --- */

size_t
store_steps(void)
{
    return store.step_count;
}

void
store_join(size_t first)
{
    for (size_t i = first + 1; i < store.step_count; i++)
        store.steps[i].joined = true;
}

size_t
store_undo(size_t step)
{
    size_t before = store.step_count;
    while (step < store.step_count && store.steps[step].joined)
        step--;
    while (store.step_count > step) {
        struct step *last = &store.steps[--store.step_count];
        if (last->stream) {
            assert(last->index == last->stream->count - 1);
            last->stream->count--;
        } else {
            last->tally->version = last->old_version;
            last->tally->figures = last->old_figures;
        }
    }
    return before - store.step_count;
}

void
store_each_entry(size_t first, void (*each)(const struct stream *stream, size_t index))
{
    for (size_t i = first; i < store.step_count; i++)
        if (store.steps[i].stream)
            each(store.steps[i].stream, store.steps[i].index);
}

size_t
store_index_after(const struct stream *stream, struct log_id after)
{
    size_t low = 0, high = stream ? stream->count : 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (log_id_compare(stream->entries[middle].id, after) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
