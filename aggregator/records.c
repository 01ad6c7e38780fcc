#include "aggregator/records.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "aggregator/pages.h"
#include "common/limits.h"

_Static_assert(sizeof(struct record) == 32, "what an event costs is a promise");

#define RECORD_CHUNK_BYTES (RECORD_CHUNK * sizeof(struct record))
#define ID_CHUNK_BYTES ((size_t)ID_CHUNK_UNITS * ID_UNIT_BYTES)

void
records_init(struct records *records, uint64_t seed)
{
    *records = (struct records){.seed = seed};
    slots_init(&records->table);
}

void
records_free(struct records *records)
{
    for (size_t i = 0; i < records->chunk_count; i++)
        pages_free(records->chunks[i], RECORD_CHUNK_BYTES);
    for (size_t i = 0; i < records->id_chunk_count; i++)
        pages_free(records->id_chunks[i], ID_CHUNK_BYTES);
    free(records->chunks);
    free(records->id_chunks);
    slots_free(&records->table);
    *records = (struct records){0};
}

/* Appends a chunk to a list of `count`; the list itself is small, and may move. */
static void *
add_chunk(void *list, size_t count, size_t bytes)
{
    void **chunks = realloc(list, (count + 1) * sizeof *chunks);
    if (!chunks)
        abort();
    chunks[count] = pages_new(bytes);
    return chunks;
}

uint32_t
records_add(struct records *records)
{
    assert(records->count < RECORD_NONE - 1);
    if (records->count >> RECORD_CHUNK_BITS == records->chunk_count) {
        records->chunks = add_chunk(records->chunks, records->chunk_count, RECORD_CHUNK_BYTES);
        records->chunk_count++;
    }
    return records->count++;
}

uint32_t
records_keep_id(struct records *records, struct span id)
{
    assert(id.len <= LIMIT_ID_BYTES);
    uint32_t units = (uint32_t)((1 + id.len + ID_UNIT_BYTES - 1) / ID_UNIT_BYTES);
    uint32_t left = ID_CHUNK_UNITS - (records->id_end & (ID_CHUNK_UNITS - 1));
    if (left < units) /* an id does not cross a chunk's end */
        records->id_end += left;
    assert(records->id_end < UINT32_MAX - ID_CHUNK_UNITS);
    if (records->id_end >> ID_CHUNK_BITS == records->id_chunk_count) {
        records->id_chunks = add_chunk(records->id_chunks, records->id_chunk_count, ID_CHUNK_BYTES);
        records->id_chunk_count++;
    }
    uint32_t id_at = records->id_end;
    char *at =
        records->id_chunks[id_at >> ID_CHUNK_BITS] + (size_t)(id_at & (ID_CHUNK_UNITS - 1)) * ID_UNIT_BYTES;
    *at = (char)id.len;
    memcpy(at + 1, id.at, id.len);
    records->id_end += units;
    return id_at;
}

uint32_t
records_tag(const struct records *records, uint32_t streamer, struct span id)
{
    uint64_t seed = records->seed ^ ((uint64_t)streamer * 0x9e3779b97f4a7c15u);
    return (uint32_t)(XXH3_64bits_withSeed(id.at, id.len, seed) >> 32);
}

size_t
records_memory_bytes(const struct records *records)
{
    return records->chunk_count * RECORD_CHUNK_BYTES + records->id_chunk_count * ID_CHUNK_BYTES +
           slots_memory_bytes(&records->table);
}
