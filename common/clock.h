/* Time: read at the edges of a daemon, passed as an argument everywhere else. */
#ifndef BOCHUANG_CLOCK_H
#define BOCHUANG_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

/* Milliseconds since the Unix epoch, by the wall clock. */
int64_t clock_wall_ms(void);

/* Milliseconds on a clock that never steps; for deadlines and durations. */
int64_t clock_steady_ms(void);

/*
 * Reads an RFC 3339 date-time with an offset ("2021-11-26T19:00:00.5+08:00", "…Z"). Fractions beyond the
 * millisecond are cut off; the leap second :60 counts as the next second's start. Years 1970 to 9999.
 * `offset_min`, where not NULL, receives the offset in minutes. False when the text is anything else.
 */
bool clock_parse_rfc3339(struct span text, int64_t *ms, int *offset_min);

/* Writes "2021-11-26T19:00:00.500+08:00" (milliseconds only where there are some); `size` >= 36. */
void clock_format_rfc3339(char *out, size_t size, int64_t ms, int offset_min);

#endif
