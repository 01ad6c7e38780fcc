#include "aggregator/evidence_check_inside.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/must.h"
#include "common/sentence.h"

struct evidence_check *
evidence_check_new(uint64_t file_bytes, const uint8_t *wanted_key, uint64_t seed)
{
    struct evidence_check *check = must(calloc(1, sizeof *check));
    check->file_bytes = file_bytes;
    check->seed = seed;
    check->wants_key = wanted_key != NULL;
    if (wanted_key)
        memcpy(check->wanted_key, wanted_key, sizeof check->wanted_key);
    check->verdict.problem.shard = check->verdict.problem.entry = -1;
    evidence_digest_init(&check->digest);
    return check;
}

void
evidence_check_free(struct evidence_check *check)
{
    if (!check)
        return;
    if (check->counting)
        recount_free(&check->recount);
    buf_free(&check->pending);
    buf_free(&check->scratch);
    free(check);
}

const struct recount *
evidence_check_recount(const struct evidence_check *check)
{
    return check->counting ? &check->recount : NULL;
}

/* --- Problems --- */

bool
evidence_has_problem(const struct evidence_check *check)
{
    return check->verdict.problem.what[0] != '\0';
}

void
evidence_complain(struct evidence_check *check, uint64_t offset, const char *format, ...)
{
    struct evidence_problem *problem = &check->verdict.problem;
    va_list arguments;
    if (evidence_has_problem(check))
        return;
    va_start(arguments, format);
    sentence_write(problem->what, sizeof problem->what, format, arguments);
    va_end(arguments);
    problem->offset = offset;
}

/* --- Bytes --- */

/* Where the frames end and the key begins. */
static uint64_t
frames_end(const struct evidence_check *check)
{
    return check->file_bytes > EVIDENCE_END_BYTES ? check->file_bytes - EVIDENCE_END_BYTES : 0;
}

/* Takes the magic at the front of `bytes`; false where more is needed first. */
static bool
take_magic(struct evidence_check *check, struct span bytes)
{
    if (bytes.len < EVIDENCE_MAGIC_BYTES)
        return false;
    if (memcmp(bytes.at, EVIDENCE_MAGIC, EVIDENCE_MAGIC_BYTES) != 0)
        evidence_complain(check, 0,
                          "this is no evidence file of this format: it does not begin with \"%.*s\"",
                          EVIDENCE_MAGIC_BYTES - 1, EVIDENCE_MAGIC);
    check->stage = STAGE_BEGIN;
    check->offset += EVIDENCE_MAGIC_BYTES;
    return true;
}

/* Takes one frame off the front of `bytes`; false where more is needed first. */
static bool
take_one(struct evidence_check *check, struct span bytes)
{
    if (check->stage == STAGE_MAGIC)
        return take_magic(check, bytes);
    if (check->stage == STAGE_OVER) {
        evidence_complain(check, check->offset,
                          "at byte %" PRIu64 ": expected the public key and the signature, and "
                          "nothing more",
                          check->offset);
        return false;
    }
    if (bytes.len < EVIDENCE_FRAME_BYTES)
        return false;
    uint64_t frame_bytes = evidence_frame_bytes(bytes);
    if (frame_bytes > frames_end(check) - check->offset) {
        evidence_complain(check, check->offset,
                          "at byte %" PRIu64
                          ": a piece is longer than what is left of the file: a length was changed, "
                          "or the file is cut",
                          check->offset);
        return false;
    }
    if (bytes.len < frame_bytes)
        return false;
    struct evidence_frame frame = evidence_get_frame(bytes);
    evidence_take_frame(check, &frame);
    check->offset += frame_bytes;
    return true;
}

/* Reads as far as `bytes` go, which begin at check->offset; returns how many were read. */
static size_t
take_all(struct evidence_check *check, struct span bytes)
{
    uint64_t from = check->offset;
    size_t read = 0;
    while (read < bytes.len && !evidence_has_problem(check)) {
        if (!take_one(check, (struct span){bytes.at + read, bytes.len - read}))
            break;
        read = (size_t)(check->offset - from);
    }
    return read;
}

/* The bytes of the frames: what is whole is read where it stands, the rest waits for more. */
static void
add_frames(struct evidence_check *check, struct span bytes)
{
    if (check->pending.len == 0) {
        size_t read = take_all(check, bytes);
        bytes.at += read;
        bytes.len -= read;
    }
    if (evidence_has_problem(check))
        return;
    buf_add_span(&check->pending, bytes);
    must_hold(&check->pending);
    buf_drop(&check->pending, take_all(check, buf_span(&check->pending)));
}

/* The part of `bytes`, which stand at check->given, that lies in [from, until). */
static struct span
part_of(const struct evidence_check *check, struct span bytes, uint64_t from, uint64_t until)
{
    uint64_t first = check->given, last = check->given + bytes.len;
    from = from < first ? first : from;
    until = until > last ? last : until;
    if (from >= until)
        return (struct span){0};
    return (struct span){bytes.at + (from - first), (size_t)(until - from)};
}

void
evidence_check_add(struct evidence_check *check, struct span bytes)
{
    uint64_t end_at = frames_end(check), signature_at = end_at + EVIDENCE_KEY_BYTES;
    struct span frames = part_of(check, bytes, 0, end_at);
    struct span end = part_of(check, bytes, end_at, check->file_bytes);
    struct span digested = part_of(check, bytes, 0, signature_at);
    if (digested.len > 0)
        evidence_digest_add(&check->digest, digested);
    if (frames.len > 0 && !evidence_has_problem(check))
        add_frames(check, frames);
    if (end.len > 0 && check->file_bytes > EVIDENCE_END_BYTES)
        memcpy(check->end + (check->given + (uint64_t)(end.at - bytes.at) - end_at), end.at, end.len);
    check->given += bytes.len;
}

/* --- The verdict --- */

static void
judge_signature(struct evidence_check *check)
{
    struct evidence_verdict *verdict = &check->verdict;
    verdict->has_key = check->file_bytes > EVIDENCE_END_BYTES && check->given == check->file_bytes;
    if (!verdict->has_key)
        return;
    uint64_t end_at = frames_end(check);
    memcpy(verdict->key, check->end, EVIDENCE_KEY_BYTES);
    verdict->is_signed =
        evidence_digest_holds(&check->digest, verdict->key, (const uint8_t *)check->end + EVIDENCE_KEY_BYTES);
    verdict->is_by_wanted =
        check->wants_key && memcmp(verdict->key, check->wanted_key, EVIDENCE_KEY_BYTES) == 0;
    if (!verdict->is_signed)
        evidence_complain(check, end_at,
                          "the key and the signature (from byte %" PRIu64
                          ") do not hold: the file was changed after it "
                          "was signed",
                          end_at);
    else if (check->wants_key && !verdict->is_by_wanted)
        evidence_complain(check, end_at, "the file is signed by another key than the one it was to be");
}

const struct evidence_verdict *
evidence_check_end(struct evidence_check *check)
{
    struct evidence_verdict *verdict = &check->verdict;
    if (check->given != check->file_bytes)
        evidence_complain(check, check->given, "the file has changed while it was read");
    if (check->file_bytes <= EVIDENCE_END_BYTES + EVIDENCE_MAGIC_BYTES)
        evidence_complain(check, check->file_bytes, "this is no evidence file: it is too short");
    if (check->stage != STAGE_OVER)
        evidence_complain(check, check->offset, "the file is cut: its frames end at byte %" PRIu64,
                          check->offset);
    judge_signature(check);
    if (check->counting) {
        verdict->entries = recount_entry_count(&check->recount);
        verdict->events = recount_event_count(&check->recount);
    }
    verdict->holds = !evidence_has_problem(check);
    return verdict;
}
