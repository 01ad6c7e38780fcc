#include "aggregator/evidence_check.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregator/json_difference.h"

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

struct evidence_check *
evidence_check_new(uint64_t file_bytes, const uint8_t *wanted_key, uint64_t seed)
{
    struct evidence_check *check = calloc(1, sizeof *check);
    if (!check)
        abort();
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

static bool
has_problem(const struct evidence_check *check)
{
    return check->verdict.problem.what[0] != '\0';
}

/* Only the first one is kept: what comes behind it may only be its consequence. */
static void __attribute__((format(printf, 3, 4)))
complain(struct evidence_check *check, uint64_t offset, const char *format, ...)
{
    struct evidence_problem *problem = &check->verdict.problem;
    va_list arguments;
    if (has_problem(check))
        return;
    va_start(arguments, format);
    vsnprintf(problem->what, sizeof problem->what, format, arguments);
    va_end(arguments);
    problem->offset = offset;
}

static uint64_t
entries_of_shard(const struct evidence_check *check)
{
    return fold_entry_count(check->recount.folds[check->shard]);
}

/* As complain(), of the entry that is being read, as number `entry` of its shard. */
static void
complain_of_entry(struct evidence_check *check, const struct evidence_frame *frame, uint64_t entry,
                  const char *what)
{
    char id[LOG_ID_SIZE];
    struct evidence_problem *problem = &check->verdict.problem;
    problem->id = (struct log_id){frame->first, frame->last};
    problem->shard = check->shard;
    problem->entry = (int64_t)entry;
    log_id_format(id, problem->id);
    complain(check, check->offset, "entry %" PRIu64 " of shard %" PRIu32 " (%s, at byte %" PRIu64 "): %s",
             entry, check->shard, id, check->offset, what);
}

/* --- Frames --- */

static void
take_begin(struct evidence_check *check, const struct evidence_frame *frame)
{
    if (frame->kind != EVIDENCE_BEGIN || frame->first == 0 || frame->first > LIMIT_SHARDS ||
        frame->last != 0 || !id_is_contest(frame->payload)) {
        complain(check, check->offset,
                 "expected a contest's id and its number of shards at byte %" PRIu64 ", found neither",
                 check->offset);
        return;
    }
    recount_init(&check->recount, frame->payload, (uint32_t)frame->first, check->seed);
    check->counting = true;
    check->stage = STAGE_LOG;
}

/* A chain that broke somewhere before breaks at every entry from there on: this is the first one. */
static void
take_entry(struct evidence_check *check, const struct evidence_frame *frame)
{
    struct log_entry entry = {.id = {frame->first, frame->last},
                              .kind = (enum log_kind)frame->kind,
                              .payload = frame->payload};
    uint64_t number = entries_of_shard(check);
    const struct chain *chain = fold_chain(check->recount.folds[check->shard]);
    bool in_order = number == 0 || log_id_compare(check->last, entry.id) < 0;
    bool readable = recount_entry(&check->recount, check->shard, &entry);
    check->last = entry.id;
    if (memcmp(chain->head, frame->mark.at, EVIDENCE_MARK_BYTES) != 0)
        complain_of_entry(check, frame, number,
                          "the chain breaks here: this entry was changed, or one before it was added, "
                          "removed or moved");
    else if (!in_order)
        complain_of_entry(check, frame, number, "its id is not behind that of the entry before it");
    else if (!readable)
        complain_of_entry(check, frame, number, "it could not be read, so no figure can be trusted");
}

static void
take_head(struct evidence_check *check, const struct evidence_frame *frame)
{
    const struct fold *fold = check->recount.folds[check->shard];
    struct span head = {(const char *)fold_chain(fold)->head, CHAIN_BYTES};
    if (frame->first != fold_entry_count(fold) || frame->last != fold_event_count(fold))
        complain(check, check->offset,
                 "shard %" PRIu32 ": the file says %" PRIu64 " entries and %" PRIu64
                 " events, it holds %" PRIu64 " and %" PRIu64,
                 check->shard, frame->first, frame->last, fold_entry_count(fold), fold_event_count(fold));
    else if (!span_eq(frame->payload, head))
        complain(check, check->offset,
                 "shard %" PRIu32 ": the chain's head is another one than that of its entries", check->shard);
    else if (!recount_shard_end(&check->recount, check->shard, &check->scratch))
        complain(check, check->offset, "%s", buf_text(&check->scratch));
    else if (++check->shard == check->recount.shard_count) {
        if (!recount_results(&check->recount, &check->scratch))
            complain(check, check->offset, "%s", buf_text(&check->scratch));
        check->stage = STAGE_RESULTS;
    }
}

/* Holds what the file says against what was folded again, which is in `scratch`. */
static void
compare(struct evidence_check *check, const struct evidence_frame *frame, const char *of)
{
    struct json_difference difference;
    struct span ours = buf_span(&check->scratch), theirs = frame->payload;
    if (check->scratch.failed) {
        complain(check, check->offset, "%s: there is no memory to work it out again", of);
        return;
    }
    if (!json_find_difference(ours, theirs, &difference))
        return;
    uint64_t at = check->offset + EVIDENCE_FRAME_BYTES + difference.at;
    if (difference.at == ours.len || difference.at == theirs.len)
        complain(check, at, "%s: expected %zu bytes, found %zu (it ends at byte %" PRIu64 ")", of, ours.len,
                 theirs.len, at);
    else
        complain(check, at, "%s: %s differs: the log gives %s, the file says %s (at byte %" PRIu64 ")", of,
                 difference.path[0] ? difference.path : "it", difference.ours, difference.theirs, at);
}

static void
take_version(struct evidence_check *check, const struct evidence_frame *frame)
{
    const struct results *results = &check->recount.results;
    if (check->version == results->version_count) {
        complain(check, check->offset, "version %" PRIu64 ": the log has only %zu published versions",
                 frame->first, results->version_count);
        return;
    }
    const struct results_version *version = results->versions[check->version];
    char name[40];
    snprintf(name, sizeof name, "version %d", version->number);
    check->verdict.problem.version = version->number;
    if (frame->first != (uint64_t)version->number || frame->last != (uint64_t)version->published_ms)
        complain(check, check->offset,
                 "%s: the file has version %" PRIu64 " published at %" PRIu64 " here, the log at %" PRId64,
                 name, frame->first, frame->last, version->published_ms);
    recount_version(&check->recount, check->version, &check->scratch);
    compare(check, frame, name);
    if (has_problem(check))
        return;
    check->verdict.problem.version = 0;
    check->verdict.versions = ++check->version;
}

static void
take_totals(struct evidence_check *check, const struct evidence_frame *frame)
{
    size_t versions = check->recount.results.version_count;
    if (frame->first != check->version || check->version != versions || frame->last != 0)
        complain(check, check->offset, "the file has %zu versions and says %" PRIu64 ", the log gives %zu",
                 check->version, frame->first, versions);
    recount_summary(&check->recount, &check->scratch);
    compare(check, frame, "the totals");
    check->stage = STAGE_OVER;
}

static void
take_frame(struct evidence_check *check, const struct evidence_frame *frame)
{
    buf_clear(&check->scratch);
    if (check->stage == STAGE_BEGIN)
        take_begin(check, frame);
    else if (check->stage == STAGE_LOG && evidence_is_entry(frame->kind))
        take_entry(check, frame);
    else if (check->stage == STAGE_LOG && frame->kind == EVIDENCE_HEAD)
        take_head(check, frame);
    else if (check->stage == STAGE_RESULTS && frame->kind == EVIDENCE_VERSION)
        take_version(check, frame);
    else if (check->stage == STAGE_RESULTS && frame->kind == EVIDENCE_TOTALS)
        take_totals(check, frame);
    else
        complain(check, check->offset, "at byte %" PRIu64 ": expected %s, found something else",
                 check->offset,
                 check->stage == STAGE_LOG ? "an entry of the log or the chain's head"
                                           : "a version or the totals");
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
        complain(check, 0, "this is no evidence file of this format: it does not begin with \"%.*s\"",
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
        complain(check, check->offset,
                 "at byte %" PRIu64 ": expected the public key and the signature, and "
                 "nothing more",
                 check->offset);
        return false;
    }
    if (bytes.len < EVIDENCE_FRAME_BYTES)
        return false;
    uint64_t frame_bytes = evidence_frame_bytes(bytes);
    if (frame_bytes > frames_end(check) - check->offset) {
        complain(check, check->offset,
                 "at byte %" PRIu64
                 ": a piece is longer than what is left of the file: a length was changed, "
                 "or the file is cut",
                 check->offset);
        return false;
    }
    if (bytes.len < frame_bytes)
        return false;
    struct evidence_frame frame = evidence_get_frame(bytes);
    take_frame(check, &frame);
    check->offset += frame_bytes;
    return true;
}

/* Reads as far as `bytes` go, which begin at check->offset; returns how many were read. */
static size_t
take_all(struct evidence_check *check, struct span bytes)
{
    uint64_t from = check->offset;
    size_t read = 0;
    while (read < bytes.len && !has_problem(check)) {
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
    if (has_problem(check))
        return;
    buf_add_span(&check->pending, bytes);
    if (check->pending.failed) {
        complain(check, check->offset, "there is no memory to read on at byte %" PRIu64, check->offset);
        return;
    }
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
    if (frames.len > 0 && !has_problem(check))
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
        complain(check, end_at,
                 "the key and the signature (from byte %" PRIu64
                 ") do not hold: the file was changed after it "
                 "was signed",
                 end_at);
    else if (check->wants_key && !verdict->is_by_wanted)
        complain(check, end_at, "the file is signed by another key than the one it was to be");
}

const struct evidence_verdict *
evidence_check_end(struct evidence_check *check)
{
    struct evidence_verdict *verdict = &check->verdict;
    if (check->given != check->file_bytes)
        complain(check, check->given, "the file has changed while it was read");
    if (check->file_bytes <= EVIDENCE_END_BYTES + EVIDENCE_MAGIC_BYTES)
        complain(check, check->file_bytes, "this is no evidence file: it is too short");
    if (check->stage != STAGE_OVER)
        complain(check, check->offset, "the file is cut: its frames end at byte %" PRIu64, check->offset);
    judge_signature(check);
    if (check->counting) {
        verdict->entries = recount_entry_count(&check->recount);
        verdict->events = recount_event_count(&check->recount);
    }
    verdict->holds = !has_problem(check);
    return verdict;
}
