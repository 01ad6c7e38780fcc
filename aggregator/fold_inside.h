/* The fold from inside: shared by the fold*.c files only. */
#ifndef BOCHUANG_FOLD_INSIDE_H
#define BOCHUANG_FOLD_INSIDE_H

#include "aggregator/fold.h"
#include "aggregator/records.h"
#include "common/registry.h"

/* How often an event came again: `copies` of it, and other content under its key. Most events never do. */
struct repeat {
    uint32_t record, copies, conflicts;
};

struct repeats {
    struct repeat *items; /* owned */
    size_t count, cap;
    struct slots by_record;
};

struct conflicts {
    struct conflict *items; /* owned */
    size_t count, cap;
};

struct audit {
    struct audit_entry *items; /* owned */
    size_t count, cap;
};

struct moments {
    struct moment *items; /* owned */
    size_t count, cap;
};

struct fold {
    uint32_t shard, shard_count;
    struct registry *registry;
    struct standing live;
    struct standing still; /* what the public sees; good while live.frozen */
    struct records records;
    struct repeats repeats;
    struct conflicts conflicts;
    struct audit audit;
    struct moments moments;
    struct chain chain;       /* over all entries folded */
    struct chain still_chain; /* up to the freeze; good while live.frozen */
    bool needs_approval;      /* the contest's setting, as all fates were decided by */
    uint64_t event_count, entry_count, unreadable;
};

/* --- Records (fold_sales.c) --- */

/* The record of a key, or RECORD_NONE; `place` is where it stands in the table. */
uint32_t fold_find(const struct fold *fold, uint32_t streamer, struct span id, uint32_t tag, size_t *place);

/* The record of a key; one that waits for its event is made where there is none. */
uint32_t fold_key(struct fold *fold, uint32_t streamer, struct span id, uint32_t tag);

uint32_t fold_streamer_of(const struct fold *fold, const struct record *record);
enum fate fold_fate(const struct fold *fold, const struct record *record);

/* The counts and the cube follow a record from one fate to its present one; `before` -1: it is new. */
void fold_follow(struct fold *fold, const struct record *record, int before, int64_t log_ms);

/* Finds the sale of a refund that has just come: it is then taken, refused or parked. */
void fold_settle(struct fold *fold, uint32_t refund, uint32_t streamer, struct span of, uint32_t of_tag,
                 int64_t log_ms);
/* Takes up the refunds, from `first` on, that were parked for a record that has now come. */
void fold_take_up(struct fold *fold, uint32_t first, uint32_t sale, int64_t log_ms);

/* --- Entries --- */

bool fold_events(struct fold *fold, const struct log_entry *entry);
bool fold_action(struct fold *fold, const struct log_entry *entry);
/* Takes over the registry's contest after a document or an action. */
void fold_adopt_contest(struct fold *fold, int64_t log_ms);

/* --- What is kept for the judges (fold_history.c) --- */

struct receipt fold_receipt_of(const struct fold *fold, uint32_t record);

/* Where it is counted how often a record's event came again. Good until the next call. */
struct repeat *fold_repeat_of(struct fold *fold, uint32_t record);
void fold_prefetch_repeat(const struct fold *fold, uint32_t record); /* a hint */
void fold_add_conflict(struct fold *fold, uint32_t streamer, struct span blob, struct log_id at);
void fold_add_audit(struct fold *fold, struct log_id at, struct span text, const char *outcome);
void fold_history_free(struct fold *fold);

/* --- What a publish stands on (fold_moments.c) --- */

void fold_keep_moment(struct fold *fold, struct span action);
void fold_moments_free(struct fold *fold);

#endif
