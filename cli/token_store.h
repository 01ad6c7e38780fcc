/*
 * The tokens of a contest, in the Redis of this machine, for a command that comes and goes: it opens the
 * store, reads what is there, appends, and waits until that is on disk.
 */
#ifndef BOCHUANG_CLI_TOKEN_STORE_H
#define BOCHUANG_CLI_TOKEN_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/contest.h"
#include "common/token.h"

struct token_store;

/*
 * Opens the store of a contest in the Redis at DIR/redis.sock, and reads its tokens and who takes part. NULL
 * where that cannot be done: `trouble` then says why, in a sentence.
 */
struct token_store *token_store_open(const char *directory, const char *contest, struct buf *trouble);
void token_store_close(struct token_store *store);

/* The tokens there are. Borrowed. */
const struct token_book *token_store_book(const struct token_store *store);

/* Who takes part, as the log says. Borrowed. */
const struct contest *token_store_contest(const struct token_store *store);

/* Appends records, and waits until all are on disk. False, and `trouble`, where one is not. */
bool token_store_append(struct token_store *store, const struct token_record *records, size_t count,
                        struct buf *trouble);

#endif
