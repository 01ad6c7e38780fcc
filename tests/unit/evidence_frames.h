/*
 * Evidence files to take apart: one of each number of shards, their frames, and frames as a file again that
 * is signed by whatever key is wanted.
 */
#ifndef BOCHUANG_TESTS_EVIDENCE_FRAMES_H
#define BOCHUANG_TESTS_EVIDENCE_FRAMES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>

#include <cmocka.h>

#include "tests/unit/evidence_fixture.h"

enum { KEY_SEED = 1, OTHER_KEY_SEED = 2, WHOLE = 1 << 20 };

/* A file of each number of shards, made once. */
static struct buf whole[3];

static inline int
make_files(void **state)
{
    static const uint32_t shard_counts[] = {1, 2, 3};
    (void)state;
    prctl(PR_SET_THP_DISABLE, 1, 0, 0,
          0); /* thousands of small folds: each would be given 2 MB a piece, zeroed */
    for (size_t i = 0; i < 3; i++) {
        struct fixture fixture;
        struct buf trouble = {0};
        fixture_begin(&fixture, shard_counts[i], fixture_contest);
        fixture_play(&fixture);
        assert_true(fixture_write(&fixture, KEY_SEED, &whole[i], &trouble));
        fixture_free(&fixture);
    }
    return 0;
}

static inline int
free_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        buf_free(&whole[i]);
    return 0;
}

static inline void
must_say(const struct evidence_verdict *verdict, const char *part)
{
    assert_false(verdict->holds);
    if (!strstr(verdict->problem.what, part))
        fail_msg("expected \"%s\" in \"%s\"", part, verdict->problem.what);
}

/* --- Frames of a file, to take apart and put together --- */

enum { FRAMES_MOST = 128 };

struct frames {
    struct span whole[FRAMES_MOST]; /* with mark */
    uint8_t kind[FRAMES_MOST];
    size_t count;
};

static inline struct frames
frames_of(const struct buf *file)
{
    struct frames frames = {.count = 0};
    size_t at = EVIDENCE_MAGIC_BYTES;
    while (at < file->len - EVIDENCE_END_BYTES) {
        struct span rest = {file->at + at, file->len - at};
        uint64_t bytes = evidence_frame_bytes(rest);
        assert_true(frames.count < FRAMES_MOST && bytes <= rest.len);
        frames.kind[frames.count] = (uint8_t)rest.at[16];
        frames.whole[frames.count++] = (struct span){rest.at, (size_t)bytes};
        at += (size_t)bytes;
    }
    return frames;
}

/* Frames as a file again, signed by a key. */
static inline void
put_together(const struct frames *frames, uint8_t seed_byte, struct buf *out)
{
    uint8_t key[EVIDENCE_KEY_BYTES], secret[crypto_sign_SECRETKEYBYTES];
    uint8_t signature[EVIDENCE_SIGNATURE_BYTES];
    struct evidence_digest digest;
    fixture_key(seed_byte, key, secret);
    buf_clear(out);
    buf_add_text(out, EVIDENCE_MAGIC);
    for (size_t i = 0; i < frames->count; i++)
        buf_add_span(out, frames->whole[i]);
    buf_add(out, key, sizeof key);
    evidence_digest_init(&digest);
    evidence_digest_add(&digest, buf_span(out));
    evidence_digest_sign(&digest, secret, signature);
    buf_add(out, signature, sizeof signature);
}

static inline void
remove_frame(struct frames *frames, size_t at)
{
    frames->count--;
    memmove(&frames->whole[at], &frames->whole[at + 1], (frames->count - at) * sizeof frames->whole[0]);
    memmove(&frames->kind[at], &frames->kind[at + 1], frames->count - at);
}

static inline void
insert_frame(struct frames *frames, size_t at, struct span whole_frame)
{
    assert_true(frames->count < FRAMES_MOST);
    memmove(&frames->whole[at + 1], &frames->whole[at], (frames->count - at) * sizeof frames->whole[0]);
    memmove(&frames->kind[at + 1], &frames->kind[at], frames->count - at);
    frames->whole[at] = whole_frame;
    frames->kind[at] = (uint8_t)whole_frame.at[16];
    frames->count++;
}

static inline size_t
first_of_kind(const struct frames *frames, uint8_t kind)
{
    size_t at = 0;
    while (frames->kind[at] != kind)
        at++;
    return at;
}

#endif
