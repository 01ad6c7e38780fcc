/*
 * Tokens: random secrets, each for one contest and one role (contract, section 4).
 *
 *   bc_<key>_<secret>      key: 10 characters of [a-z2-7], not secret, how a token is looked up and named
 *                          secret: 32 such characters, 160 random bits
 *
 * Only BLAKE2b-256 of the whole token is kept. Records stand in a Redis stream of their own
 * (log_key(LOG_TOKENS)); each daemon follows it, so that a revocation holds everywhere at once.
 */
#ifndef BOCHUANG_TOKEN_H
#define BOCHUANG_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/span.h"

enum role { ROLE_NONE, ROLE_STREAMER, ROLE_CONNECTOR, ROLE_ORGANISER, ROLE_JUDGE, ROLE_COUNT };

enum {
    TOKEN_KEY_LEN = 10,
    TOKEN_SECRET_LEN = 32,
    TOKEN_LEN = 3 + TOKEN_KEY_LEN + 1 + TOKEN_SECRET_LEN,
    TOKEN_HASH_LEN = 32
};

struct token_record {
    char key[TOKEN_KEY_LEN + 1];
    uint8_t hash[TOKEN_HASH_LEN];
    enum role role;
    char streamer[65]; /* role streamer: its id */
    char label[65];
    int64_t created_ms;
    bool revoked;
};

const char *role_name(enum role role);
enum role role_find(struct span name); /* ROLE_NONE where there is none of that name */

/* Makes a new random token: its text (NUL-terminated) and its record. */
void token_make(enum role role, const char *streamer, const char *label, int64_t now_ms,
                char text[TOKEN_LEN + 1], struct token_record *record);

/* A record as it stands in the tokens' stream (JSON), and back; false when the bytes are none. */
void token_encode(const struct token_record *record, struct buf *out);
bool token_decode(struct span json, struct token_record *record);

/* The tokens of one contest, by key. */
struct token_book;
struct token_book *token_book_new(void);
void token_book_free(struct token_book *book);
/* Adds a record, or replaces the one of the same key (a revocation). False when memory is out. */
bool token_book_put(struct token_book *book, const struct token_record *record);
/* Forgets all of them; the generation goes on. */
void token_book_clear(struct token_book *book);
/* All records, in the order of their creation. */
size_t token_book_count(const struct token_book *book);
const struct token_record *token_book_at(const struct token_book *book, size_t index);
/* Changes with every put: what was checked before is good as long as it stands. */
uint64_t token_book_generation(const struct token_book *book);

/*
 * The record of the token in an Authorization field's value ("Bearer bc_…"; the scheme in any case), or
 * NULL. The hash is compared in constant time; a revoked token is no token.
 */
const struct token_record *token_check(const struct token_book *book, struct span authorization);

#endif
