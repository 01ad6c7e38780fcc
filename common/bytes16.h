/*
 * Sixteen bytes at a time, for those who look for the first byte of a kind: in vectors as gcc and clang have
 * them, which any processor's instructions can do. A comparison of two gives a vector of 0xff where it holds.
 */
#ifndef BOCHUANG_BYTES16_H
#define BOCHUANG_BYTES16_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum { BYTES16 = 16 };

typedef uint8_t bytes16 __attribute__((vector_size(BYTES16)));

static inline bytes16
bytes16_at(const char *at)
{
    bytes16 bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/* The place of the first byte that is set, or 16 where none is. */
static inline unsigned
bytes16_first(bytes16 set)
{
    uint64_t words[2];
    memcpy(words, &set, sizeof set);
    if (words[0] != 0)
        return (unsigned)__builtin_ctzll(le64toh(words[0])) / 8;
    return words[1] != 0 ? 8 + (unsigned)__builtin_ctzll(le64toh(words[1])) / 8 : BYTES16;
}

#endif
