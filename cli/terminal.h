/* What a person sees: colours, widths, a line of progress. A pipe gets none of it. */
#ifndef BOCHUANG_CLI_TERMINAL_H
#define BOCHUANG_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/span.h"
#include "common/text_width.h"

/* True where `stream` is a terminal that moves its cursor. */
bool terminal_is(FILE *stream);

/* True where colours may be used: a terminal, and NO_COLOR is not set. */
bool terminal_colours(FILE *stream);

/* The size of the terminal; 80 x 24 where it is none. */
void terminal_size(FILE *stream, int *columns, int *rows);

/* A thing that takes a while: a bar on a terminal, elsewhere a plain line every few seconds. */
struct progress {
    const char *what; /* "simulate" */
    bool on_terminal;
    bool drawn;
    int64_t started_ms, drawn_ms;
};

struct progress progress_start(const char *what, int64_t now_ms);

/* Shows `done` of `total` (0: not known) and a note behind it, if it is time to. */
void progress_show(struct progress *progress, int64_t now_ms, uint64_t done, uint64_t total,
                   const char *note);

/* Takes the bar away, so that what is printed next stands on a clean line. */
void progress_clear(struct progress *progress);

#endif
