/*
 * Any bytes as an Authorization field: good exactly when a plain reading of the rule says so. The same bytes
 * as a token's record: what is read writes itself as bytes that read back equal.
 */
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/token.h"

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char token[] = "bc_abcdefghij_abcdefghijklmnopqrstuvwxyz234567";

static struct token_book *
make_book(void)
{
    struct token_book *book = token_book_new();
    struct token_record record = {.key = "abcdefghij", .role = ROLE_CONNECTOR};
    crypto_generichash(record.hash, TOKEN_HASH_LEN, (const unsigned char *)token, TOKEN_LEN, NULL, 0);
    MUST(token_book_put(book, &record));
    return book;
}

/* "Bearer", at least one space, the token, and that is all. */
static bool
is_good(struct span field)
{
    if (field.len < 7 + TOKEN_LEN || strncasecmp(field.at, "Bearer ", 7) != 0)
        return false;
    for (size_t i = 7; i < field.len - TOKEN_LEN; i++) {
        if (field.at[i] != ' ')
            return false;
    }
    return memcmp(field.at + field.len - TOKEN_LEN, token, TOKEN_LEN) == 0;
}

static void
check_record(struct span json)
{
    struct token_record record, again;
    if (!token_decode(json, &record))
        return;
    struct buf out = {0};
    token_encode(&record, &out);
    MUST(!out.failed && token_decode(buf_span(&out), &again));
    MUST(memcmp(&record, &again, sizeof record) == 0);
    buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct token_book *book;
    if (!book)
        book = make_book();
    struct span text = {(const char *)bytes, len};
    MUST((token_check(book, text) != NULL) == is_good(text));
    check_record(text);
    return 0;
}
