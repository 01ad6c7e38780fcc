#include "tests/model/sim/chance.h"

#include <assert.h>
#include <sodium.h>

static uint64_t state;

void
chance_seed(uint64_t seed)
{
    state = seed;
}

/* splitmix64 */
uint64_t
chance_next(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t
chance_below(uint64_t most)
{
    assert(most > 0);
    return chance_next() % most;
}

int64_t
chance_between(int64_t least, int64_t most)
{
    assert(least <= most);
    return least + (int64_t)chance_below((uint64_t)(most - least) + 1);
}

bool
chance_in(double share)
{
    return (double)(chance_next() >> 11) * 0x1p-53 < share;
}

int64_t
chance_around(int64_t middle_us)
{
    int64_t spread = middle_us > 0 ? chance_between(middle_us / 2, middle_us * 3 / 2) : 0;
    return chance_in(0.02) ? spread * chance_between(2, 30) : spread;
}

/* libsodium's, which keys hash tables and makes tokens: here it follows from the seed too. */
void
randombytes_buf(void *const out, const size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)out)[i] = (unsigned char)chance_next();
}
