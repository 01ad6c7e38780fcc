/*
 * The evidence file: the whole log of a contest, what it says, and a signature (docs/evidence.md).
 *
 *   "bochuang-evidence 2\n"
 *   B   shards                     the contest's id
 *   e a c … H                      the entries of shard 0, each with a mark; the chain's head behind them
 *   e a c … H                      those of shard 1, and so on
 *   V … V                          each published version, as JSON
 *   T                              totals, counts and heads, as JSON
 *   public key (32), signature (64)
 *
 * Each line but the first and the last is frames. All frames have one form, that of an entry in the chain
 * (chain.h), with all numbers little-endian:
 *
 *   +---------+---------+------+---------+---------···---+--------------------+
 *   | first 8 | last 8  | kind | length 8| payload       | mark 8, of entries |
 *   +---------+---------+------+---------+---------···---+--------------------+
 *
 *   kind      first          last              payload
 *   e a c     id: ms         id: sequence      as in the log; the mark is the head's first bytes after it
 *   B         shards         0                 the contest's id
 *   H         entries        events            the head, 32 bytes
 *   V         number         published, ms     JSON
 *   T         versions       0                 JSON
 *
 * The signature is Ed25519 over the first line and the SHA-256 of all bytes before it, the key too.
 *
 * Pure: a writer gives its bytes away piece by piece, and keeps nothing but the folds.
 */
#ifndef BOCHUANG_EVIDENCE_H
#define BOCHUANG_EVIDENCE_H

#include <nettle/sha2.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>

#include "aggregator/recount.h"

#define EVIDENCE_MAGIC "bochuang-evidence 2\n"

enum {
    EVIDENCE_MAGIC_BYTES = sizeof EVIDENCE_MAGIC - 1,
    EVIDENCE_FRAME_BYTES = 8 + 8 + 1 + 8, /* before a payload */
    EVIDENCE_MARK_BYTES = 8,
    EVIDENCE_KEY_BYTES = crypto_sign_PUBLICKEYBYTES,
    EVIDENCE_SIGNATURE_BYTES = crypto_sign_BYTES,
    EVIDENCE_END_BYTES = EVIDENCE_KEY_BYTES + EVIDENCE_SIGNATURE_BYTES,
};

/* The file's own kinds; those of entries are log_kind's. */
enum evidence_kind {
    EVIDENCE_BEGIN = 'B',
    EVIDENCE_HEAD = 'H',
    EVIDENCE_VERSION = 'V',
    EVIDENCE_TOTALS = 'T'
};

struct evidence_frame {
    uint64_t first, last;
    uint8_t kind;
    struct span payload;
    struct span mark; /* empty where there is none */
};

/* True for the kinds of entries that a log holds. Tokens are in another stream, and in no evidence. */
bool evidence_is_entry(uint8_t kind);

/* Bytes of the frame at the start of `bytes`, which hold its EVIDENCE_FRAME_BYTES at least; UINT64_MAX where
 * its length cannot be. */
uint64_t evidence_frame_bytes(struct span bytes);

/* The frame at the start of `bytes`, which hold all of it; it borrows. */
struct evidence_frame evidence_get_frame(struct span bytes);

/* --- The signature --- */

/* What is signed: a digest of everything before the signature, bytes as they come. */
struct evidence_digest {
    struct sha256_ctx state;
};

void evidence_digest_init(struct evidence_digest *digest);
void evidence_digest_add(struct evidence_digest *digest, struct span bytes);
void evidence_digest_sign(struct evidence_digest *digest, const uint8_t secret[crypto_sign_SECRETKEYBYTES],
                          uint8_t signature[EVIDENCE_SIGNATURE_BYTES]);
bool evidence_digest_holds(struct evidence_digest *digest, const uint8_t key[EVIDENCE_KEY_BYTES],
                           const uint8_t signature[EVIDENCE_SIGNATURE_BYTES]);

/* --- Writing --- */

/* Takes the next bytes; false where that failed, and from then on nothing comes any more. */
typedef bool evidence_write_fn(struct span bytes, void *arg);

struct evidence_writer {
    struct recount recount; /* owned */
    evidence_write_fn *write;
    void *arg;
    struct evidence_digest digest;
    uint32_t shard; /* whose entries come next */
    bool failed;    /* a write did, or there is too much to write */
};

void evidence_writer_init(struct evidence_writer *writer, struct span contest, uint32_t shard_count,
                          uint64_t seed, evidence_write_fn *write, void *arg);
void evidence_writer_free(struct evidence_writer *writer);

/*
 * The next entry of the shard that is under way, in the order of its log. False, here as below, where it
 * cannot be in an evidence, and `trouble` says why; or where write() failed, which knows why itself.
 */
bool evidence_write_entry(struct evidence_writer *writer, const struct log_entry *entry, struct buf *trouble);

/* All entries of a shard are written: the next shard's follow. */
bool evidence_write_head(struct evidence_writer *writer, struct buf *trouble);

/* All shards are: the results, and the signature. */
bool evidence_write_end(struct evidence_writer *writer, const uint8_t secret[crypto_sign_SECRETKEYBYTES],
                        struct buf *trouble);

#endif
