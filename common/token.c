#include "common/token.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "common/contest.h"
#include "common/utf8.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char *const role_names[ROLE_COUNT] = {
    [ROLE_NONE] = "none",           [ROLE_STREAMER] = "streamer", [ROLE_CONNECTOR] = "connector",
    [ROLE_ORGANISER] = "organiser", [ROLE_JUDGE] = "judge",
};

const char *
role_name(enum role role)
{
    assert(role < ROLE_COUNT);
    return role_names[role];
}

enum role
role_find(struct span name)
{
    for (int role = ROLE_STREAMER; role < ROLE_COUNT; role++) {
        if (span_is(name, role_names[role]))
            return (enum role)role;
    }
    return ROLE_NONE;
}

/* --- Making one --- */

static void
add_random(char *out, size_t len)
{
    randombytes_buf(out, len);
    for (size_t i = 0; i < len; i++)
        out[i] = alphabet[(unsigned char)out[i] & 31];
}

static void
hash_token(const char *text, uint8_t hash[TOKEN_HASH_LEN])
{
    crypto_generichash(hash, TOKEN_HASH_LEN, (const unsigned char *)text, TOKEN_LEN, NULL, 0);
}

/* Copies what fits of a text, whole characters only; NULL gives "". */
static void
copy_text(char out[65], const char *text)
{
    size_t len = 0;
    struct span rest = span_of(text);
    for (size_t bytes = utf8_len(rest); bytes > 0 && len + bytes < 65; bytes = utf8_len(rest)) {
        memcpy(out + len, rest.at, bytes);
        len += bytes;
        rest = (struct span){rest.at + bytes, rest.len - bytes};
    }
    out[len] = '\0';
}

void
token_make(enum role role, const char *streamer, const char *label, int64_t now_ms, char text[TOKEN_LEN + 1],
           struct token_record *record)
{
    assert(role > ROLE_NONE && role < ROLE_COUNT && now_ms >= 0);
    assert(role != ROLE_STREAMER || (streamer && *streamer));
    int ready = sodium_init();
    assert(ready >= 0);
    (void)ready;
    *record = (struct token_record){.role = role, .created_ms = now_ms};
    add_random(record->key, TOKEN_KEY_LEN);
    memcpy(text, "bc_", 3);
    memcpy(text + 3, record->key, TOKEN_KEY_LEN);
    text[3 + TOKEN_KEY_LEN] = '_';
    add_random(text + 3 + TOKEN_KEY_LEN + 1, TOKEN_SECRET_LEN);
    text[TOKEN_LEN] = '\0';
    hash_token(text, record->hash);
    copy_text(record->streamer, streamer);
    copy_text(record->label, label);
}

/* --- Records --- */

static bool
is_key(struct span text)
{
    if (text.len != TOKEN_KEY_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!memchr(alphabet, text.at[i], strlen(alphabet)))
            return false;
    }
    return true;
}

void
token_encode(const struct token_record *record, struct buf *out)
{
    char hash[TOKEN_HASH_LEN * 2 + 1];
    sodium_bin2hex(hash, sizeof hash, record->hash, TOKEN_HASH_LEN);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b}", "key", record->key, "hash", hash, "role",
                             role_name(record->role), "streamer", record->streamer, "label", record->label,
                             "created_ms", (json_int_t)record->created_ms, "revoked", (int)record->revoked);
    char *text = json_dumps(json, JSON_COMPACT); /* NULL of NULL */
    if (text)
        buf_add_text(out, text);
    else
        out->failed = true;
    free(text);
    json_decref(json);
}

static bool
unpack(json_t *json, struct token_record *record)
{
    const char *key, *hash, *role, *streamer, *label;
    json_int_t created_ms;
    int revoked;
    if (json_unpack(json, "{s:s, s:s, s:s, s:s, s:s, s:I, s:b}", "key", &key, "hash", &hash, "role", &role,
                    "streamer", &streamer, "label", &label, "created_ms", &created_ms, "revoked",
                    &revoked) != 0)
        return false;
    record->role = role_find(span_of(role));
    record->created_ms = created_ms;
    record->revoked = revoked;
    copy_text(record->label, label);
    if (!is_key(span_of(key)) || record->role == ROLE_NONE || created_ms < 0 || strlen(label) >= 65)
        return false;
    if (record->role == ROLE_STREAMER ? !id_is_valid(span_of(streamer)) : *streamer != '\0')
        return false;
    memcpy(record->key, key, TOKEN_KEY_LEN);
    copy_text(record->streamer, streamer);
    return strlen(hash) == TOKEN_HASH_LEN * 2 &&
           sodium_hex2bin(record->hash, TOKEN_HASH_LEN, hash, strlen(hash), NULL, NULL, NULL) == 0;
}

bool
token_decode(struct span json, struct token_record *record)
{
    *record = (struct token_record){0};
    errno = 0;
    json_t *parsed = json_loadb(json.len ? json.at : "", json.len, JSON_REJECT_DUPLICATES, NULL);
    if (!parsed && errno == ENOMEM)
        abort(); /* not the record's fault: it must not be taken for none */
    bool good = json_is_object(parsed) && unpack(parsed, record);
    json_decref(parsed);
    return good;
}

/* --- The book --- */

enum { FIRST_SLOTS = 64, NO_RECORD = 0 };

struct token_book {
    struct token_record *records; /* owned; in the order of their creation */
    size_t count, cap;
    uint32_t *slots; /* owned; open addressing by key: 1 + place in `records`, or NO_RECORD */
    size_t slot_count;
    uint64_t generation;
};

struct token_book *
token_book_new(void)
{
    struct token_book *book = calloc(1, sizeof *book);
    int ready = sodium_init();
    assert(book && ready >= 0);
    (void)ready;
    book->slots = calloc(FIRST_SLOTS, sizeof *book->slots);
    assert(book->slots);
    book->slot_count = FIRST_SLOTS;
    return book;
}

void
token_book_free(struct token_book *book)
{
    if (!book)
        return;
    free(book->records);
    free(book->slots);
    free(book);
}

/* The slot that leads to the key's record, or the free one where it would stand. */
static uint32_t *
find_slot(const struct token_book *book, const char *key)
{
    size_t at = XXH3_64bits(key, TOKEN_KEY_LEN) & (book->slot_count - 1);
    while (book->slots[at] != NO_RECORD &&
           memcmp(book->records[book->slots[at] - 1].key, key, TOKEN_KEY_LEN) != 0)
        at = (at + 1) & (book->slot_count - 1);
    return &book->slots[at];
}

static bool
make_room(struct token_book *book)
{
    if (book->count == book->cap) {
        size_t cap = book->cap ? book->cap * 2 : FIRST_SLOTS;
        struct token_record *records = realloc(book->records, cap * sizeof *records);
        if (!records)
            return false;
        book->records = records;
        book->cap = cap;
    }
    if ((book->count + 1) * 2 <= book->slot_count)
        return true;
    uint32_t *slots = calloc(book->slot_count * 2, sizeof *slots);
    if (!slots)
        return false;
    free(book->slots);
    book->slots = slots;
    book->slot_count *= 2;
    for (size_t i = 0; i < book->count; i++)
        *find_slot(book, book->records[i].key) = (uint32_t)(i + 1);
    return true;
}

bool
token_book_put(struct token_book *book, const struct token_record *record)
{
    assert(is_key(span_of(record->key)));
    uint32_t *slot = find_slot(book, record->key);
    if (*slot == NO_RECORD) {
        if (!make_room(book))
            return false;
        book->records[book->count++] = *record;
        *find_slot(book, record->key) = (uint32_t)book->count;
    } else {
        book->records[*slot - 1] = *record;
    }
    book->generation++;
    return true;
}

void
token_book_clear(struct token_book *book)
{
    memset(book->slots, 0, book->slot_count * sizeof *book->slots);
    book->count = 0;
    book->generation++;
}

size_t
token_book_count(const struct token_book *book)
{
    return book->count;
}

const struct token_record *
token_book_at(const struct token_book *book, size_t index)
{
    assert(index < book->count);
    return &book->records[index];
}

uint64_t
token_book_generation(const struct token_book *book)
{
    return book->generation;
}

/* The token in "Bearer bc_…"; empty where there is none. */
static struct span
token_of(struct span authorization)
{
    static const size_t scheme_len = 6;
    if (authorization.len <= scheme_len || strncasecmp(authorization.at, "bearer", scheme_len) != 0)
        return (struct span){0};
    size_t at = scheme_len;
    while (at < authorization.len && authorization.at[at] == ' ')
        at++;
    struct span token = {authorization.at + at, authorization.len - at};
    bool has_form = at > scheme_len && token.len == TOKEN_LEN && memcmp(token.at, "bc_", 3) == 0 &&
                    token.at[3 + TOKEN_KEY_LEN] == '_';
    return has_form ? token : (struct span){0};
}

const struct token_record *
token_check(const struct token_book *book, struct span authorization)
{
    struct span token = token_of(authorization);
    if (token.len == 0)
        return NULL;
    uint32_t place = *find_slot(book, token.at + 3);
    if (place == NO_RECORD)
        return NULL;
    const struct token_record *record = &book->records[place - 1];
    uint8_t hash[TOKEN_HASH_LEN];
    hash_token(token.at, hash);
    bool same = sodium_memcmp(hash, record->hash, TOKEN_HASH_LEN) == 0;
    return same && !record->revoked ? record : NULL;
}
