/* What `bochuang watch` shows, from what the live stream has said so far. */
#ifndef BOCHUANG_CLI_WATCH_SCREEN_H
#define BOCHUANG_CLI_WATCH_SCREEN_H

#include <jansson.h>
#include <stddef.h>

#include "common/buf.h"

struct watch_screen {
    json_t *rankings;    /* owned: the last that was said of each */
    json_t *newest;      /* owned: the last message */
    const char *ranking; /* borrowed: only this one; NULL: all that fit */
    const char *trouble; /* borrowed: why what is shown may be old; NULL: it is live */
};

void watch_screen_free(struct watch_screen *screen);

/* Takes a message in: the totals in it, and the rankings that changed. */
void watch_screen_take(struct watch_screen *screen, json_t *message);

/* The whole screen, in at most `lines` lines of `columns` columns. */
void watch_screen_draw(const struct watch_screen *screen, size_t columns, size_t lines, bool colours,
                       struct buf *out);

/* The same in one line, for a pipe. */
void watch_screen_line(const struct watch_screen *screen, struct buf *out);

#endif
