#include "aggregator/chain.h"

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
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, CHAIN_BYTES);
    crypto_generichash_update(&state, chain->head, sizeof chain->head);
    crypto_generichash_update(&state, frame, sizeof frame);
    crypto_generichash_update(&state, (const unsigned char *)entry->payload.at, entry->payload.len);
    crypto_generichash_final(&state, chain->head, sizeof chain->head);
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
