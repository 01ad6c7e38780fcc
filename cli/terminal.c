#include "cli/terminal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool
terminal_is(FILE *stream)
{
    const char *kind = getenv("TERM");
    return isatty(fileno(stream)) && kind && strcmp(kind, "dumb") != 0;
}

bool
terminal_colours(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR");
    return terminal_is(stream) && !(no_colour && *no_colour);
}

void
terminal_size(FILE *stream, int *columns, int *rows)
{
    struct winsize size;
    bool known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *columns = known ? size.ws_col : 80;
    *rows = known ? size.ws_row : 24;
}

/* --- Progress --- */

enum { BAR_EVERY_MS = 100, LINE_EVERY_MS = 5000, BAR_COLUMNS = 24 };

struct progress
progress_start(const char *what, int64_t now_ms)
{
    return (struct progress){.what = what,
                             .on_terminal = terminal_is(stderr),
                             .started_ms = now_ms,
                             .drawn_ms = now_ms};
}

static void
add_bar(struct buf *out, uint64_t done, uint64_t total)
{
    uint64_t full = done * BAR_COLUMNS / total;
    buf_add_text(out, " [");
    for (uint64_t i = 0; i < BAR_COLUMNS; i++)
        buf_add_text(out, i < full ? "█" : "·");
    buf_add_byte(out, ']');
}

void
progress_show(struct progress *progress, int64_t now_ms, uint64_t done, uint64_t total, const char *note)
{
    int64_t pause_ms = progress->on_terminal ? BAR_EVERY_MS : LINE_EVERY_MS;
    if (now_ms - progress->drawn_ms < pause_ms)
        return;
    progress->drawn_ms = now_ms;
    struct buf line = {0};
    buf_printf(&line, "%s:", progress->what);
    if (total > 0 && progress->on_terminal)
        add_bar(&line, done > total ? total : done, total);
    if (total > 0)
        buf_printf(&line, " %" PRIu64 "%%", done * 100 / total);
    buf_printf(&line, " %s", note);
    int columns, rows;
    terminal_size(stderr, &columns, &rows);
    size_t width;
    size_t len = text_fit(buf_span(&line), progress->on_terminal ? (size_t)columns - 1 : SIZE_MAX, &width);
    fprintf(stderr, progress->on_terminal ? "\r%.*s\033[K" : "%.*s\n", (int)len, buf_text(&line));
    fflush(stderr);
    progress->drawn = progress->on_terminal;
    buf_free(&line);
}

void
progress_clear(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
}
