/*
 * Checks an evidence file (evidence.h), bytes as they come: frames, chain, heads, the fold of it all, every
 * figure of every version, and the signature. Pure, and total over any bytes.
 *
 * It stops at the first thing that does not hold and says where that is. From there on it only takes the
 * digest, so that it can always say whether the file is as it was signed: a figure that differs in a file
 * whose signature holds was signed that way; in one whose signature does not, somebody has changed it.
 */
#ifndef BOCHUANG_EVIDENCE_CHECK_H
#define BOCHUANG_EVIDENCE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "aggregator/evidence.h"

/* The first thing that does not hold. */
struct evidence_problem {
    char what[600];       /* a sentence; "" where all holds */
    uint64_t offset;      /* of the byte, or the frame, in the file */
    int64_t shard, entry; /* an entry's place, both from 0; -1 where it is none */
    struct log_id id;     /* that entry's */
    int64_t version;      /* the published version, or 0 */
};

struct evidence_verdict {
    bool holds; /* everything does: the signature too, and it is by the wanted key */
    struct evidence_problem problem;
    bool has_key; /* the file is long enough to have one */
    uint8_t key[EVIDENCE_KEY_BYTES];
    bool is_signed;    /* the signature is that key's, over all bytes before it */
    bool is_by_wanted; /* the key is the wanted one; false where none was wanted */
    uint64_t entries, events;
    size_t versions; /* whose every figure is as folded */
};

struct evidence_check;

/*
 * A check of a file of `file_bytes`. `wanted_key` is the public key that must have signed it; NULL: any.
 * `seed` keys hash tables.
 */
struct evidence_check *evidence_check_new(uint64_t file_bytes, const uint8_t *wanted_key, uint64_t seed);
void evidence_check_free(struct evidence_check *check);

/* The next bytes of the file. */
void evidence_check_add(struct evidence_check *check, struct span bytes);

/* All of the file has been given. Borrowed. */
const struct evidence_verdict *evidence_check_end(struct evidence_check *check);

/* What was folded, as far as the check has come; NULL where it has not come to the first frame. Borrowed. */
const struct recount *evidence_check_recount(const struct evidence_check *check);

#endif
