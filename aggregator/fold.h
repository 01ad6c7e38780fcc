/*
 * The fold: the log of one shard in, its figures out (contract, section 6).
 *
 * A pure function of the entries in their order: no clock, no I/O, no globals; the same log gives the same
 * figures on any machine, live or replayed. Total: an entry that is no entry is counted and skipped.
 */
#ifndef BOCHUANG_FOLD_H
#define BOCHUANG_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/chain.h"
#include "aggregator/standing.h"
#include "common/action.h"
#include "common/log.h"

struct fold;

/* `seed` keys the hash tables (no figure depends on it); `shard` of `shard_count` is this one. */
struct fold *fold_new(uint32_t shard, uint32_t shard_count, uint64_t seed);
void fold_free(struct fold *fold);

/* Folds one entry. False when its bytes could not be read (it is counted in fold_unreadable()). */
bool fold_entry(struct fold *fold, const struct log_entry *entry);

/* The two views. Borrowed; good until the next fold_entry(). The public one is the live one outside a freeze.
 */
const struct standing *fold_live(const struct fold *fold);
const struct standing *fold_public(const struct fold *fold);

uint64_t fold_event_count(const struct fold *fold); /* events folded, copies too */
uint64_t fold_entry_count(const struct fold *fold);
/* Entries, and events in entries, that were skipped: bytes that are none, events of no known session or
 * streamer (they have no key; ingest never lets them in), events before the first document. */
uint64_t fold_unreadable(const struct fold *fold);
size_t fold_memory_bytes(const struct fold *fold); /* of the records, their ids and their table */

/* --- What became of each event --- */

enum fate { FATE_COUNTED, FATE_PENDING, FATE_PARKED, FATE_REFUSED, FATE_REJECTED, FATE_VOIDED };
enum refusal {
    REFUSAL_NONE,
    REFUSAL_CLOSED,
    REFUSAL_OUTSIDE_WINDOW,
    REFUSAL_NO_SUCH_SALE,
    REFUSAL_OVER_REFUND,
    REFUSAL_NOTHING_LEFT,
    REFUSAL_UNKNOWN, /* its product is not in the contest: ingest never lets it in */
};
const char *fate_name(enum fate fate);
const char *refusal_name(enum refusal refusal); /* "over_refund"; NULL for REFUSAL_NONE */

struct receipt {
    struct span id; /* borrowed from the fold */
    uint32_t streamer;
    enum event_type type;
    enum fate fate;
    enum refusal refusal;
    int64_t time_ms;       /* the event's own time */
    int64_t time_s;        /* the same in whole seconds */
    int64_t amount_fen;    /* a sale's or a refund's; a cancellation: what it took */
    int64_t remaining_fen; /* a sale's */
    enum channel channel;
    uint32_t session, product; /* CONTEST_NONE where it has none */
    uint32_t copies;           /* times it came with the same content, the first one too */
    uint32_t conflicts;        /* times it came with other content */
};

/* False where no event of that key has come. A refund that was taken is FATE_COUNTED, whatever its sale is.
 */
bool fold_receipt(const struct fold *fold, uint32_t streamer, struct span id, struct receipt *receipt);

/* Calls `each` for the events of a fate, in the order in which they came; stops when it returns false.
 * `streamer` CONTEST_NONE: of all; `fate` -1: of any fate. Linear in the number of events. */
void fold_each(const struct fold *fold, int fate, uint32_t streamer,
               bool (*each)(const struct receipt *receipt, void *arg), void *arg);

/*
 * The sales only, a piece at a time: goes on at `position` (0: the first event), looks at no more than
 * `examine` events, and stops when `each` returns false, which leaves that sale for the next piece. Returns
 * where to go on; fold_position_end() when there are no more now. A position is good in every fold of the
 * same log.
 */
uint32_t fold_sales_from(const struct fold *fold, uint32_t position, uint32_t examine,
                         bool (*each)(const struct receipt *receipt, void *arg), void *arg);
uint32_t fold_position_end(const struct fold *fold);

/* A later event with the key of an earlier one and other content. Kept for the judges, in order. */
struct conflict {
    struct log_id at;
    uint32_t streamer;
    const char *blob; /* owned: the event that did not count, as in the log (wire.h) */
    size_t blob_len;
};
size_t fold_conflict_count(const struct fold *fold);
const struct conflict *fold_conflict(const struct fold *fold, size_t index);

/* Every action of the log, in order, duplicates and refused ones too. */
struct audit_entry {
    struct log_id at;
    const char *text;    /* owned: the action's JSON as in the log, NUL-terminated */
    const char *outcome; /* "applied", "duplicate", "conflict", "refused" */
};
size_t fold_audit_count(const struct fold *fold);
const struct audit_entry *fold_audit(const struct fold *fold, size_t index);

/* --- What a publish stands on --- */

/* An event that results tell of: parked, pending, voided, or an offline sale. The strings but `id` borrow
 * from the moment's contest. */
struct moment_event {
    char id[LIMIT_ID_BYTES + 1];
    enum event_type type;
    enum fate fate;
    bool offline;
    const char *streamer, *session, *product; /* NULL where it has none */
    int64_t time_ms;
    int64_t amount_fen, remaining_fen; /* a sale's; of a refund only its amount; else 0 */
};

/*
 * The live figures, and what was open, at one `publish` of the log. Each keeps a copy of the cube: judges
 * publish a few times, not thousands; and one while the contest is open, which is refused, keeps nothing.
 */
struct moment {
    char action[LIMIT_ID_BYTES + 1]; /* the action's id */
    struct chain chain;              /* over the log up to and with it */
    bool closed;                     /* false: the contest was open, and nothing below is there */
    struct standing standing;        /* owned copy */
    struct moment_event *events;     /* owned; in the order in which they came, of each fate at most
                                        LIMIT_LISTED; the standing's counts count all */
    size_t event_count;
};
size_t fold_moment_count(const struct fold *fold);
const struct moment *fold_moment(const struct fold *fold, size_t index);

/* The hash chain over every entry folded; and over those that the public view stands on. */
const struct chain *fold_chain(const struct fold *fold);
const struct chain *fold_public_chain(const struct fold *fold);

#endif
