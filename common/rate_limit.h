/*
 * How often somebody may do something: a token bucket a key, in a table of fixed size. Pure: time and seed
 * are arguments.
 *
 * A bucket holds a minute's worth and fills evenly. All that is kept of it is when it will be full again, so
 * a bucket that nobody has used for a minute is the same as none, and its slot is free. Where more keys are
 * in use than fit, the fullest bucket of those in reach is forgotten: someone is let off lightly, nobody is
 * shut out, and no memory is ever asked for.
 */
#ifndef BOCHUANG_RATE_LIMIT_H
#define BOCHUANG_RATE_LIMIT_H

#include <stddef.h>
#include <stdint.h>

struct rate_limit;

/* `slot_count` is a power of two, 8 or more; `per_minute` 1 … 60,000,000. NULL when memory is out. */
struct rate_limit *rate_limit_new(size_t slot_count, int64_t per_minute, uint64_t seed);
void rate_limit_free(struct rate_limit *limit);

/* Takes one from the key's bucket: 0; or, where it is empty, the seconds until it is worth asking again (1 or
 * more), and nothing is taken. */
int rate_limit_take(struct rate_limit *limit, uint64_t key, int64_t now_ms);

#endif
