/* What each frame of an evidence file must say, held against the log before it, folded again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/evidence_check_inside.h"
#include "aggregator/json_difference.h"
#include "common/must.h"

static uint64_t
entries_of_shard(const struct evidence_check *check)
{
    return fold_entry_count(check->recount.folds[check->shard]);
}

/* As evidence_complain(), of the entry that is being read, as number `entry` of its shard. */
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
    evidence_complain(check, check->offset,
                      "entry %" PRIu64 " of shard %" PRIu32 " (%s, at byte %" PRIu64 "): %s", entry,
                      check->shard, id, check->offset, what);
}

static void
take_begin(struct evidence_check *check, const struct evidence_frame *frame)
{
    if (frame->kind != EVIDENCE_BEGIN || frame->first == 0 || frame->first > LIMIT_SHARDS ||
        frame->last != 0 || !id_is_contest(frame->payload)) {
        evidence_complain(check, check->offset,
                          "expected a contest's id and its number of shards at byte %" PRIu64
                          ", found neither",
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
        evidence_complain(check, check->offset,
                          "shard %" PRIu32 ": the file says %" PRIu64 " entries and %" PRIu64
                          " events, it holds %" PRIu64 " and %" PRIu64,
                          check->shard, frame->first, frame->last, fold_entry_count(fold),
                          fold_event_count(fold));
    else if (!span_eq(frame->payload, head))
        evidence_complain(check, check->offset,
                          "shard %" PRIu32 ": the chain's head is another one than that of its entries",
                          check->shard);
    else if (!recount_shard_end(&check->recount, check->shard, &check->scratch))
        evidence_complain(check, check->offset, "%s", buf_text(&check->scratch));
    else if (++check->shard == check->recount.shard_count) {
        if (!recount_results(&check->recount, &check->scratch))
            evidence_complain(check, check->offset, "%s", buf_text(&check->scratch));
        check->stage = STAGE_RESULTS;
    }
}

/* Holds what the file says against what was folded again, which is in `scratch`. */
static void
compare(struct evidence_check *check, const struct evidence_frame *frame, const char *of)
{
    struct json_difference difference;
    struct span ours = buf_span(&check->scratch), theirs = frame->payload;
    must_hold(&check->scratch);
    if (!json_find_difference(ours, theirs, &difference))
        return;
    uint64_t at = check->offset + EVIDENCE_FRAME_BYTES + difference.at;
    if (difference.at == ours.len || difference.at == theirs.len)
        evidence_complain(check, at, "%s: expected %zu bytes, found %zu (it ends at byte %" PRIu64 ")", of,
                          ours.len, theirs.len, at);
    else
        evidence_complain(check, at,
                          "%s: %s differs: the log gives %s, the file says %s (at byte %" PRIu64 ")", of,
                          difference.path[0] ? difference.path : "it", difference.ours, difference.theirs,
                          at);
}

static void
take_version(struct evidence_check *check, const struct evidence_frame *frame)
{
    const struct results *results = &check->recount.results;
    if (check->version == results->version_count) {
        evidence_complain(check, check->offset,
                          "version %" PRIu64 ": the log has only %zu published versions", frame->first,
                          results->version_count);
        return;
    }
    const struct results_version *version = results->versions[check->version];
    char name[40];
    snprintf(name, sizeof name, "version %d", version->number);
    check->verdict.problem.version = version->number;
    if (frame->first != (uint64_t)version->number || frame->last != (uint64_t)version->published_ms)
        evidence_complain(check, check->offset,
                          "%s: the file has version %" PRIu64 " published at %" PRIu64
                          " here, the log at %" PRId64,
                          name, frame->first, frame->last, version->published_ms);
    recount_version(&check->recount, check->version, &check->scratch);
    compare(check, frame, name);
    if (evidence_has_problem(check))
        return;
    check->verdict.problem.version = 0;
    check->verdict.versions = ++check->version;
}

static void
take_totals(struct evidence_check *check, const struct evidence_frame *frame)
{
    size_t versions = check->recount.results.version_count;
    if (frame->first != check->version || check->version != versions || frame->last != 0)
        evidence_complain(check, check->offset,
                          "the file has %zu versions and says %" PRIu64 ", the log gives %zu", check->version,
                          frame->first, versions);
    recount_summary(&check->recount, &check->scratch);
    compare(check, frame, "the totals");
    check->stage = STAGE_OVER;
}

void
evidence_take_frame(struct evidence_check *check, const struct evidence_frame *frame)
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
        evidence_complain(check, check->offset, "at byte %" PRIu64 ": expected %s, found something else",
                          check->offset,
                          check->stage == STAGE_LOG ? "an entry of the log or the chain's head"
                                                    : "a version or the totals");
}
