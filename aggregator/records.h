/*
 * The records: what the fold keeps of every event, found by its key (streamer, id).
 *
 *   table (slots.h) ──▶ record, 32 bytes ──▶ id, in a run of ids
 *                          │ └─▶ cell, session or streamer: `where`
 *                          └─▶ refunds of a sale, or what waits for a key: `link`
 *
 * A record holds all fields of its event, so that a later copy is compared with it field by field; no hash
 * ever decides whether two events are the same. Records and ids live in chunks that never move: a contest
 * of ten million events grows without a copy, only the table doubles.
 *
 * A key that something waits for (a refund ahead of its sale, an approval ahead of its claim) has a record
 * too, one that has not `arrived`. When the event comes it gets a record of its own, in the order of arrival.
 */
#ifndef BOCHUANG_RECORDS_H
#define BOCHUANG_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/slots.h"
#include "common/span.h"

#define RECORD_NONE UINT32_MAX

enum approval { APPROVAL_NONE, APPROVAL_APPROVED, APPROVAL_REJECTED };

/*
 * Packed to the bit: two in a cache line, and a chunk of them is one huge page. Two values are split, so that
 * all else is one shift and one mask away; see the functions below. What few events have stands elsewhere:
 * how often one came again in the fold's `repeats`.
 *
 *   bit 0        40         60     64     112     120      128         160  192     224    256
 *       ┌ amount ─┬ quantity ┬ type ┬ time ┬ state ┬ remaining ─────────┬ id ─┬ where ┬ link ┐
 *       ├ value ─────────────┤                     │        ├ named_at ──┤
 *                                                           ├ last_parked┤
 *                                                           └ sample ────┘
 */
struct record {
    uint64_t amount_fen : 40; /* of a sale or a refund; of a cancellation what it took */
    uint64_t quantity : 20;   /* of a sale; of a sample the high bits of its value */
    uint64_t type : 3;
    uint64_t arrived : 1; /* else it stands for a key that something waits for */
    uint64_t time_ms : 48;
    uint64_t approval : 2; /* the last decision about this key */
    uint64_t voided : 1;   /* the last decision about this key */
    uint64_t refusal : 3;
    uint64_t parked : 1; /* a refund whose sale has not come */
    uint64_t remaining_high : 8;
    union {
        uint32_t remaining_low; /* of a sale of a known product */
        uint32_t named_at;      /* the id it names: of a refund its sale, of another sale its product */
        uint32_t last_parked;   /* of a key that is waited for */
        uint32_t sample;
    };
    uint32_t id_at;
    uint32_t where; /* a sale's cell; a video's streamer, or that of a key; else the session */
    uint32_t link;  /* of a sale its first refund, of a key its first parked one; of these the next */
};

struct records {
    struct record **chunks; /* owned */
    size_t chunk_count;
    uint32_t count;
    char **id_chunks; /* owned */
    size_t id_chunk_count;
    uint32_t id_end; /* where the next id may begin, in units of 4 bytes */
    struct slots table;
    uint64_t seed;
};

enum { RECORD_CHUNK_BITS = 16, RECORD_CHUNK = 1 << RECORD_CHUNK_BITS };
enum { ID_UNIT_BYTES = 4, ID_CHUNK_BITS = 19, ID_CHUNK_UNITS = 1 << ID_CHUNK_BITS };

void records_init(struct records *records, uint64_t seed);
void records_free(struct records *records);

static inline struct record *
records_at(const struct records *records, uint32_t index)
{
    return &records->chunks[index >> RECORD_CHUNK_BITS][index & (RECORD_CHUNK - 1)];
}

/* What remains of a sale of a known product: below 2^40, as its amount is. */
static inline int64_t
record_remaining_fen(const struct record *sale)
{
    return (int64_t)((uint64_t)sale->remaining_high << 32 | sale->remaining_low);
}

static inline void
record_set_remaining_fen(struct record *sale, int64_t fen)
{
    sale->remaining_high = (uint64_t)fen >> 32 & 0xff;
    sale->remaining_low = (uint32_t)fen;
}

/* The value of a sample, below 2^60. */
static inline int64_t
record_value(const struct record *sample)
{
    return (int64_t)((uint64_t)sample->quantity << 40 | sample->amount_fen);
}

static inline void
record_set_value(struct record *sample, int64_t value)
{
    sample->quantity = (uint64_t)value >> 40 & 0xfffff;
    sample->amount_fen = (uint64_t)value & 0xffffffffff;
}

/* An id as kept: its length, then its bytes. */
static inline struct span
records_id(const struct records *records, uint32_t id_at)
{
    const char *at =
        records->id_chunks[id_at >> ID_CHUNK_BITS] + (size_t)(id_at & (ID_CHUNK_UNITS - 1)) * ID_UNIT_BYTES;
    return (struct span){at + 1, (unsigned char)*at};
}

/* A new record, for the caller to fill. It is not in the table yet: slots_put(), slots_replace(). */
uint32_t records_add(struct records *records);

/* Keeps an id of at most LIMIT_ID_BYTES. */
uint32_t records_keep_id(struct records *records, struct span id);

/* The tag of a key in the table. */
uint32_t records_tag(const struct records *records, uint32_t streamer, struct span id);

size_t records_memory_bytes(const struct records *records);

#endif
