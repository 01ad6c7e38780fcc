/*
 * Actions: what organisers and judges do (contract, section 5).
 *
 * action_admit() turns what a client posted into the bytes that go into the log; action_decode() reads those
 * bytes back, in the fold and wherever the log is followed. In the log an action is one JSON object:
 *
 *   {"id":…,"type":…,"actor":"judge bc key label", …its fields, "points_milli":14564, "reason":…}
 *
 * Points stand as integer thousandths. Pure.
 */
#ifndef BOCHUANG_ACTION_H
#define BOCHUANG_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/contest.h"
#include "common/event.h"
#include "common/token.h"

#define ACTION_TYPES(X)                                                                                      \
    X(ACTION_FREEZE, "freeze")                                                                               \
    X(ACTION_THAW, "thaw")                                                                                   \
    X(ACTION_CLOSE, "close")                                                                                 \
    X(ACTION_REOPEN, "reopen")                                                                               \
    X(ACTION_APPROVE, "approve")                                                                             \
    X(ACTION_REJECT, "reject")                                                                               \
    X(ACTION_VOID, "void")                                                                                   \
    X(ACTION_RESTORE, "restore")                                                                             \
    X(ACTION_DISQUALIFY, "disqualify")                                                                       \
    X(ACTION_REINSTATE, "reinstate")                                                                         \
    X(ACTION_SCORE, "score")                                                                                 \
    X(ACTION_ADJUST, "adjust")                                                                               \
    X(ACTION_REGISTER, "register")                                                                           \
    X(ACTION_AWARD, "award")                                                                                 \
    X(ACTION_PUBLISH, "publish")                                                                             \
    X(ACTION_FINALISE, "finalise")

enum action_type {
#define X(constant, name) constant,
    ACTION_TYPES(X)
#undef X
        ACTION_TYPE_COUNT
};

const char *action_type_name(enum action_type type);

enum { ACTION_CONTENT_LEN = 16 };

/* An action of the log. The spans borrow from `document`; those that the type does not have are empty. */
struct action {
    enum action_type type;
    struct span id, actor, reason;
    struct span streamer, event, judge, criterion, award;
    int64_t points_milli;
    bool override;
    int64_t version;      /* of results, that a finalise means; 0: the newest, whichever it is */
    struct span *winners; /* owned */
    size_t winner_count;
    /* A hash of all but the actor: an id that comes again with the same content is the same action again. */
    uint8_t content[ACTION_CONTENT_LEN];
    struct span text; /* the whole JSON, borrowed from the caller of action_decode() */
    void *document;   /* owned */
};

/* False when the bytes are no action; nothing is owned then. */
bool action_decode(struct span json, struct action *action);
void action_free(struct action *action);

/* Who acts: the role decides what is allowed, `actor` names the token ("judge k3x… 评委一"). */
struct action_actor {
    enum role role;
    const char *name;
};

enum action_verdict {
    ACTION_ADMITTED,   /* `entry` holds the bytes for the log */
    ACTION_UNREADABLE, /* 400: not one JSON object */
    ACTION_NO_MEMORY,  /* 503 */
    ACTION_FORBIDDEN,  /* 403: not with this role */
    ACTION_WRONG,      /* 422: `error` says why */
};

/*
 * Holds a posted action against the contest: type, role, the fields of its type, known streamer, judge,
 * criterion, award; points within range with up to 3 decimals; `register` must give a contest that
 * contest_register() accepts. Events named may be unknown: the action waits for them. `id` in `error`'s
 * place is given back in `id` (65 bytes, "" if unreadable). `error->message` says why in every case
 * but ACTION_ADMITTED; where it was ACTION_WRONG, `code` and `field` are set too.
 */
enum action_verdict action_admit(const struct contest *contest, const struct action_actor *actor,
                                 struct span body, struct buf *entry, char id[65], struct event_error *error);

#endif
