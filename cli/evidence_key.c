/*
 * The file is made whole and takes its name only if nobody has it: of two commands that come at the same
 * moment one makes the key, and the other reads it.
 */
#include "cli/evidence_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/whole_file.h"
#include "common/secret_file.h"

enum { HEX_BYTES = 2 * crypto_sign_SEEDBYTES };

_Static_assert((int)crypto_sign_SEEDBYTES == (int)EVIDENCE_KEY_BYTES, "both stand as as many digits");

void
evidence_key_hex(const uint8_t pub[EVIDENCE_KEY_BYTES], char out[EVIDENCE_KEY_HEX_SIZE])
{
    sodium_bin2hex(out, EVIDENCE_KEY_HEX_SIZE, pub, EVIDENCE_KEY_BYTES);
}

bool
evidence_key_parse(struct span text, uint8_t pub[EVIDENCE_KEY_BYTES])
{
    while (text.len > 0 && strchr(" \t\r\n", text.at[text.len - 1]))
        text.len--;
    while (text.len > 0 && strchr(" \t\r\n", text.at[0])) {
        text.at++;
        text.len--;
    }
    size_t len;
    const char *end;
    return text.len == HEX_BYTES &&
           sodium_hex2bin(pub, EVIDENCE_KEY_BYTES, text.at, text.len, NULL, &len, &end) == 0 &&
           len == EVIDENCE_KEY_BYTES && end == text.at + text.len;
}

void
evidence_key_forget(struct evidence_key *key)
{
    sodium_memzero(key, sizeof *key);
}

/* --- Files --- */

static void
seed_to_key(const uint8_t seed[crypto_sign_SEEDBYTES], struct evidence_key *key)
{
    crypto_sign_seed_keypair(key->pub, key->secret, seed);
}

/* False where there is none (`trouble` empty) or it cannot be used. */
static bool
read_key(struct evidence_key *key, const char *path, struct buf *trouble)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return false;
    char *text = secret_file_read(path, trouble);
    bool good = text && evidence_key_parse(span_of(text), seed);
    if (good)
        seed_to_key(seed, key);
    else if (text)
        buf_printf(trouble, "%s: expected %d hexadecimal digits, found something else", path, HEX_BYTES);
    if (text)
        sodium_memzero(text, strlen(text));
    free(text);
    sodium_memzero(seed, sizeof seed);
    return good;
}

/* Writes 32 bytes as digits into a file that is not there yet; errno EEXIST where it is. */
static bool
write_new(const char *path, mode_t mode, const uint8_t bytes[EVIDENCE_KEY_BYTES], struct buf *trouble)
{
    char hex[EVIDENCE_KEY_HEX_SIZE];
    struct whole_file file;
    evidence_key_hex(bytes, hex);
    hex[HEX_BYTES] = '\n';
    bool kept = whole_file_open(&file, path, mode, trouble) &&
                whole_file_write(&file, (struct span){hex, sizeof hex}) &&
                whole_file_keep(&file, false, trouble);
    int problem = errno;
    whole_file_close(&file);
    sodium_memzero(hex, sizeof hex);
    errno = problem;
    return kept;
}

static bool
make_key(struct evidence_key *key, const char *path, struct buf *trouble)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    randombytes_buf(seed, sizeof seed);
    key->made = write_new(path, 0600, seed, trouble);
    bool beaten = !key->made && errno == EEXIST;
    if (key->made)
        seed_to_key(seed, key);
    sodium_memzero(seed, sizeof seed);
    if (!beaten)
        return key->made;
    buf_clear(trouble);
    return read_key(key, path, trouble);
}

/* --- The public key beside it --- */

static bool
read_public(const char *path, uint8_t pub[EVIDENCE_KEY_BYTES], bool *is_there, struct buf *trouble)
{
    char text[EVIDENCE_KEY_HEX_SIZE + 8];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *is_there = fd >= 0 || errno != ENOENT;
    ssize_t len = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0)
        close(fd);
    bool good = len >= 0 && evidence_key_parse((struct span){text, (size_t)len}, pub);
    if (*is_there && !good)
        buf_printf(trouble, "%s: expected %d hexadecimal digits, found something else", path, HEX_BYTES);
    return good;
}

/* A public key that people have pinned must not change silently: without its secret key, or with another one,
 * nothing is signed. */
static bool
open_pair(struct evidence_key *key, const char *key_path, const char *pub_path, struct buf *trouble)
{
    uint8_t pub[EVIDENCE_KEY_BYTES];
    bool is_there;
    if (!read_public(pub_path, pub, &is_there, trouble) && is_there)
        return false;
    bool read = read_key(key, key_path, trouble);
    if (!read && trouble->len > 0)
        return false;
    if (!read && is_there) {
        buf_printf(trouble,
                   "%s is gone, %s is still there: bring the key back, or remove that too for a new one",
                   key_path, pub_path);
        return false;
    }
    if (!read && !make_key(key, key_path, trouble))
        return false;
    if (is_there && memcmp(pub, key->pub, sizeof pub) != 0) {
        buf_printf(trouble, "%s is not the public key of %s: one of them was replaced", pub_path, key_path);
        return false;
    }
    if (is_there || write_new(pub_path, 0644, key->pub, trouble) || errno == EEXIST)
        buf_clear(trouble);
    return trouble->len == 0;
}

bool
evidence_key_open(struct evidence_key *key, const char *directory, struct buf *trouble)
{
    struct buf key_path = {0}, pub_path = {0};
    *key = (struct evidence_key){.made = false};
    buf_printf(&key_path, "%s/evidence.key", directory);
    buf_printf(&pub_path, "%s/evidence.pub", directory);
    bool opened = open_pair(key, buf_text(&key_path), buf_text(&pub_path), trouble);
    buf_free(&key_path);
    buf_free(&pub_path);
    if (!opened)
        evidence_key_forget(key);
    return opened;
}
