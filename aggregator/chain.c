#include "aggregator/chain.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <xxhash.h>

static void
put_u64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

void
chain_extend(struct chain *chain, const struct log_entry *entry)
{
    uint8_t frame[8 + 8 + 1 + 8];
    put_u64(frame, entry->id.ms);
    put_u64(frame + 8, entry->id.seq);
    frame[16] = (uint8_t)entry->kind;
    put_u64(frame + 17, entry->payload.len);
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, sizeof chain->head, chain->head);
    sha256_update(&hash, sizeof frame, frame);
    sha256_update(&hash, entry->payload.len, (const uint8_t *)entry->payload.at);
    sha256_digest(&hash, sizeof chain->head, chain->head);
}

uint64_t
chain_mark(uint64_t before, const struct chain *chain)
{
    return XXH3_64bits_withSeed(chain->head, sizeof chain->head, before);
}

void
chain_hex(const struct chain *chain, char out[CHAIN_HEX_SIZE])
{
    sodium_bin2hex(out, CHAIN_HEX_SIZE, chain->head, sizeof chain->head);
}
