/*
 * The key that signs the evidence of a machine: DIR/evidence.key, its 32 bytes as hexadecimal digits, for the
 * owner's eyes alone; beside it DIR/evidence.pub, the public key, for everybody's.
 */
#ifndef BOCHUANG_CLI_EVIDENCE_KEY_H
#define BOCHUANG_CLI_EVIDENCE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/evidence.h"
#include "common/buf.h"

enum { EVIDENCE_KEY_HEX_SIZE = 2 * EVIDENCE_KEY_BYTES + 1 };

struct evidence_key {
    uint8_t pub[EVIDENCE_KEY_BYTES];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    bool made; /* just now: there was none */
};

/*
 * Reads the key of a directory, or makes it where there is none. False, and `trouble`, where it cannot be
 * read, others could read it, or it is not the one of the public key beside it.
 */
bool evidence_key_open(struct evidence_key *key, const char *directory, struct buf *trouble);

/* Leaves nothing of the secret in memory. */
void evidence_key_forget(struct evidence_key *key);

void evidence_key_hex(const uint8_t pub[EVIDENCE_KEY_BYTES], char out[EVIDENCE_KEY_HEX_SIZE]);
/* 64 hexadecimal digits, white space around them; false where the text is anything else. */
bool evidence_key_parse(struct span text, uint8_t pub[EVIDENCE_KEY_BYTES]);

#endif
