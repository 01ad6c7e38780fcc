/* The check of an evidence file from inside: evidence_check.c takes the bytes, evidence_take.c the frames. */
#ifndef BOCHUANG_EVIDENCE_CHECK_INSIDE_H
#define BOCHUANG_EVIDENCE_CHECK_INSIDE_H

#include "aggregator/evidence_check.h"

/* What comes next. */
enum stage { STAGE_MAGIC, STAGE_BEGIN, STAGE_LOG, STAGE_RESULTS, STAGE_OVER };

struct evidence_check {
    struct evidence_verdict verdict;
    uint64_t file_bytes, seed;
    bool wants_key;
    uint8_t wanted_key[EVIDENCE_KEY_BYTES];
    struct evidence_digest digest;
    uint64_t given;               /* bytes so far */
    char end[EVIDENCE_END_BYTES]; /* the last bytes of the file */
    struct buf pending;           /* bytes that are not read yet … */
    uint64_t offset;              /* … and where they begin */
    enum stage stage;
    uint32_t shard;     /* STAGE_LOG: whose entries come */
    struct log_id last; /* the entry before */
    size_t version;     /* STAGE_RESULTS: versions so far */
    bool counting;      /* the recount is there */
    struct recount recount;
    struct buf scratch;
};

bool evidence_has_problem(const struct evidence_check *check);

/* Keeps a problem at a byte of the file; only the first one, since what comes behind it may be its
 * consequence. */
void evidence_complain(struct evidence_check *check, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Takes the frame at check->offset: it must be one that may stand there, and say what is so. */
void evidence_take_frame(struct evidence_check *check, const struct evidence_frame *frame);

#endif
