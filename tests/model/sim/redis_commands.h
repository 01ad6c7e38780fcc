/* The commands that the model of Redis knows: those that we send. */
#ifndef BOCHUANG_SIM_REDIS_COMMANDS_H
#define BOCHUANG_SIM_REDIS_COMMANDS_H

#include "tests/model/sim/redis_model.h"

enum { ARGUMENTS_MOST = 16, TRANSACTION_MOST = 4 };

struct command {
    int64_t arrives_us;
    size_t count;
    struct span arguments[ARGUMENTS_MOST];
};
struct command *command_new(size_t count, const struct span *arguments); /* for free() */

/* What a connection is in the middle of. */
struct session {
    bool transaction, spoilt;
    struct command *queued[TRANSACTION_MOST]; /* owned */
    size_t queued_count;
    bool blocked; /* in XREAD BLOCK */
    char key[LOG_KEY_SIZE];
    struct log_id after;
    size_t most;
    int64_t until_us;
};
void session_reset(struct session *session);

struct machine {
    bool memory_full, loading;
};

/* The reply, for free(); NULL where the session blocks. */
struct redisReply *command_execute(const struct machine *machine, struct session *session,
                                   const struct command *command);
/* The reply of a blocked session where it has one by now; else NULL. */
struct redisReply *session_unblock(struct session *session, int64_t now_us);

#endif
