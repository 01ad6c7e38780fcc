#include "cli/watch_screen.h"

#include <inttypes.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/terminal.h"
#include "common/clock.h"
#include "common/money.h"
#include "common/span.h"

enum { CHINA_OFFSET_MIN = 8 * 60, NAME_COLUMNS = 24, HEAD_LINES = 5 };

void
watch_screen_free(struct watch_screen *screen)
{
    json_decref(screen->rankings);
    json_decref(screen->newest);
    *screen = (struct watch_screen){0};
}

void
watch_screen_take(struct watch_screen *screen, json_t *message)
{
    json_t *said = json_object_get(message, "rankings");
    if (!screen->rankings)
        screen->rankings = json_object();
    if (json_is_object(said))
        json_object_update(screen->rankings, said);
    json_decref(screen->newest);
    screen->newest = json_incref(message);
}

/* --- The head --- */

static void
add_clock(struct buf *out, int64_t ms)
{
    char text[40];
    clock_format_rfc3339(text, sizeof text, ms / 1000 * 1000, CHINA_OFFSET_MIN);
    buf_add_text(out, text);
}

static void
add_money(struct buf *out, const char *before, const json_t *totals, const char *metric)
{
    buf_add_text(out, before);
    money_add_yuan(out, ask_int(totals, metric));
}

static void
add_sales(struct buf *out, const json_t *totals)
{
    add_money(out, "net ", totals, "net_fen");
    add_money(out, " yuan  (online ", totals, "online_net_fen");
    add_money(out, ", offline ", totals, "offline_net_fen");
    add_money(out, ")  gross ", totals, "gross_fen");
}

static void
add_counts(struct buf *out, const json_t *totals)
{
    static const char *const counts[] = {"orders",     "sessions",  "videos",  "viewers", "likes",
                                         "duplicates", "conflicts", "refused", "parked",  "pending"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        buf_printf(out, "%s%s %" PRId64, i > 0 ? "  " : "", counts[i], ask_int(totals, counts[i]));
}

static void
add_origin(struct buf *out, const json_t *message)
{
    buf_printf(out, "%s  %s  %s view  as of ", ask_text(message, "contest"), ask_text(message, "state"),
               ask_text(message, "view"));
    add_clock(out, ask_int(message, "as_of_ms"));
    if (json_is_true(json_object_get(message, "final")))
        buf_add_text(out, "  FINAL");
}

void
watch_screen_line(const struct watch_screen *screen, struct buf *out)
{
    const json_t *totals = json_object_get(screen->newest, "totals");
    add_origin(out, screen->newest);
    buf_add_text(out, "  ");
    add_sales(out, totals);
    buf_printf(out, "  orders %" PRId64 "\n", ask_int(totals, "orders"));
}

/* --- The screen --- */

/* Ends a line of the screen: what does not fit is cut, since a wrapped line would push the rest away. */
static void
add_line(struct buf *out, struct buf *line, size_t columns, const char *style)
{
    if (style)
        buf_add_text(out, style);
    text_add_padded(out, buf_span(line), columns, false);
    if (style)
        buf_add_text(out, "\033[0m");
    buf_add_byte(out, '\n');
    buf_clear(line);
}

static void
add_place(struct buf *line, const json_t *row)
{
    bool has_points = json_is_integer(json_object_get(row, "points_milli"));
    struct buf money = {0};
    buf_printf(line, "%4" PRId64 "  ", ask_int(row, "rank"));
    text_add_padded(line, span_of(ask_text(row, "name")), NAME_COLUMNS, false);
    money_add_yuan(&money, ask_int(row, "net_fen"));
    text_add_padded(line, buf_span(&money), 16, true);
    buf_printf(line, "  %8" PRId64 " %s", ask_int(row, "orders"),
               ask_int(row, "orders") == 1 ? "order " : "orders");
    if (has_points) {
        int64_t points_milli = ask_int(row, "points_milli");
        buf_printf(line, "  %7" PRId64 ".%03" PRId64 " points", points_milli / 1000, points_milli % 1000);
    }
    buf_free(&money);
}

static size_t
draw_ranking(const json_t *ranking, size_t columns, size_t lines, bool colours, struct buf *out)
{
    struct buf line = {0};
    const json_t *rows = json_object_get(ranking, "rows");
    size_t places = json_array_size(rows);
    if (places + 2 > lines)
        places = lines > 2 ? lines - 2 : 0;
    add_line(out, &line, columns, NULL);
    buf_add_text(&line, ask_text(ranking, "name"));
    add_line(out, &line, columns, colours ? "\033[1m" : NULL);
    for (size_t i = 0; i < places; i++) {
        add_place(&line, json_array_get(rows, i));
        add_line(out, &line, columns, NULL);
    }
    buf_free(&line);
    return places + 2;
}

/* How many rankings are shown: those that can have their first three places at least. */
static size_t
fitting(const struct watch_screen *screen, size_t lines)
{
    size_t count = screen->ranking ? 1 : json_object_size(screen->rankings);
    while (count > 1 && lines / count < 5)
        count--;
    return count;
}

void
watch_screen_draw(const struct watch_screen *screen, size_t columns, size_t lines, bool colours,
                  struct buf *out)
{
    const json_t *totals = json_object_get(screen->newest, "totals");
    struct buf line = {0};
    if (screen->trouble)
        buf_printf(&line, "NOT LIVE: %s.  ", screen->trouble);
    add_origin(&line, screen->newest);
    add_line(out, &line, columns, !colours ? NULL : screen->trouble ? "\033[1;37;41m" : "\033[2m");
    add_sales(&line, totals);
    add_line(out, &line, columns, colours ? "\033[1;33m" : NULL);
    add_counts(&line, totals);
    add_line(out, &line, columns, NULL);
    buf_free(&line);
    size_t left = lines > HEAD_LINES ? lines - HEAD_LINES : 0;
    size_t count = fitting(screen, left);
    const char *id;
    json_t *ranking;
    json_object_foreach(screen->rankings, id, ranking)
    {
        if (count == 0 || (screen->ranking && strcmp(id, screen->ranking) != 0))
            continue;
        left -= draw_ranking(ranking, columns, left / count, colours, out);
        count--;
    }
}
