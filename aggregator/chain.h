/*
 * The hash chain over a log: one head that stands for every entry before it, in order.
 *
 *   head' = SHA-256(head || ms || seq || kind || payload length || payload)
 *
 * ms and seq are the entry's id, 8 bytes each, kind is 1 byte, the length 8, all little-endian; the first
 * head is 32 zero bytes. Whoever has the head can tell whether a log is the one that the figures were made
 * from. SHA-256, since today's processors have instructions for it: the chain is a good part of a fold, and
 * takes a third of what libsodium's BLAKE2b took.
 */
#ifndef BOCHUANG_CHAIN_H
#define BOCHUANG_CHAIN_H

#include <stdint.h>

#include "common/log.h"

enum { CHAIN_BYTES = 32, CHAIN_HEX_SIZE = 2 * CHAIN_BYTES + 1 };

struct chain {
    uint8_t head[CHAIN_BYTES];
};

void chain_extend(struct chain *chain, const struct log_entry *entry);

/* A number that stands for the head, and for `before`: that of other chains, or 0. */
uint64_t chain_mark(uint64_t before, const struct chain *chain);

/* The head as lower-case hexadecimal digits. */
void chain_hex(const struct chain *chain, char out[CHAIN_HEX_SIZE]);

#endif
