/*
 * The contests that this aggregator follows: for each its folds (one a shard), its tokens, and its two views.
 *
 * A contest is shown only when all of it is known: each log read to its end once, a document in it, and no
 * entry that could not be read. contest_obstacle() says in a sentence what is missing.
 */
#ifndef BOCHUANG_CONTESTS_H
#define BOCHUANG_CONTESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aggregator/fold.h"
#include "aggregator/results.h"
#include "aggregator/resume_id.h"
#include "aggregator/standing.h"
#include "aggregator/state.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/token.h"

struct live_view;
struct publication;
struct board_contest;

/* One shard of a contest: its log, folded. */
struct board_shard {
    struct board_contest *contest; /* borrowed: whose it is */
    uint32_t number;
    struct fold *fold;               /* owned */
    struct publication *publication; /* owned by publish.c */
    bool up;                         /* its link to Redis */
    bool caught_up;                  /* read to its end at least once */
};

/* The standings of all shards as one, kept until one of them moves. */
struct merged {
    struct standing standing;
    bool made;
};

/* What would stand in the way of a publish, kept until a shard moves. */
struct kept_blockers {
    struct blocker_list list; /* owned */
    struct log_id version[LIMIT_SHARDS];
    bool made;
};

struct board_contest {
    char id[LIMIT_CONTEST_ID_BYTES + 1];
    uint32_t shard_count;
    struct board_shard *shards; /* owned */

    struct token_book *tokens; /* owned */
    bool tokens_up, tokens_caught_up;

    bool unreadable; /* an entry could not be read: no figure of this contest can be trusted */
    char unreadable_at[LOG_KEY_SIZE + LOG_ID_SIZE];

    struct results results; /* as far as contest_results() has followed the logs */
    struct kept_blockers blockers;

    struct merged merged[VIEW_COUNT];   /* with several shards */
    struct live_view *live[VIEW_COUNT]; /* owned by live.c */
};

struct contests {
    struct board_contest *items[LIMIT_CONTESTS]; /* owned; by id */
    size_t count;
    bool listed; /* Redis has said which contests there are */
};

void contests_free(struct contests *contests);

/* Adds a contest that is not there yet, with its folds empty. NULL where there are LIMIT_CONTESTS already. */
struct board_contest *contests_add(struct contests *contests, struct span id, uint32_t shard_count);

/* Folds nothing of that shard any more: its log has to be read again. */
void contest_forget(struct board_contest *contest, struct board_shard *shard);

/* NULL where there is none of that id. */
struct board_contest *contests_find(const struct contests *contests, struct span id);

/* True where every log of the contest was read to its end, and it has a document. */
bool contest_is_caught_up(const struct board_contest *contest);

/* True where its links to Redis stand. */
bool contest_is_up(const struct board_contest *contest);

/* What keeps it from being shown, as a sentence; NULL where nothing does. Good until the next call. */
const char *contest_obstacle(const struct board_contest *contest);

/* Only of a contest that has no obstacle: */

/* All its shards' standings as one. Borrowed; good until the next entry is folded. */
const struct standing *contest_standing(struct board_contest *contest, enum view view);
enum contest_state contest_state(struct board_contest *contest, int64_t now_ms);
/* What has been published. Costs what is new since the last call. */
const struct results *contest_results(struct board_contest *contest);
/* What would stand in the way of a publish now. Borrowed; good until the next entry is folded. */
const struct blocker_list *contest_blockers(struct board_contest *contest);
/* Where a view stands: version, view and state. */
void contest_place(struct board_contest *contest, enum view view, int64_t now_ms, struct resume_id *place);

/* The shard that has a streamer's events. */
struct board_shard *contest_shard(const struct board_contest *contest, const char *streamer_id);

#endif
