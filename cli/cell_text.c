#include "cli/cell_text.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/decimal.h"

enum { NUMBER_SIZE = 32, TIME_SIZE = 40 };

static bool
starts_with(struct span text, struct span start)
{
    return text.len >= start.len && memcmp(text.at, start.at, start.len) == 0;
}

static bool
ends_with(struct span text, struct span end)
{
    return text.len >= end.len && memcmp(text.at + text.len - end.len, end.at, end.len) == 0;
}

static struct span
cut_front(struct span text, size_t len)
{
    return (struct span){text.at + len, text.len - len};
}

/* --- Blanks and wrappings --- */

/* A no-break space, a wide space, a mark of no width, a byte order mark. */
static const struct span blanks[] = {
    SPAN(" "),        SPAN("\t"),           SPAN("\n"),           SPAN("\r"),
    SPAN("\xc2\xa0"), SPAN("\xe3\x80\x80"), SPAN("\xe2\x80\x8b"), SPAN("\xef\xbb\xbf")};

enum { BLANK_COUNT = sizeof blanks / sizeof *blanks };

static struct span
without_blanks(struct span text)
{
    for (size_t i = 0; i < BLANK_COUNT; i++) {
        if (starts_with(text, blanks[i]))
            return without_blanks(cut_front(text, blanks[i].len));
        if (ends_with(text, blanks[i]))
            return without_blanks((struct span){text.at, text.len - blanks[i].len});
    }
    return text;
}

struct span
cell_trim(struct span text)
{
    text = without_blanks(text);
    if (text.len >= 3 && starts_with(text, SPAN("=\"")) && ends_with(text, SPAN("\"")))
        text = without_blanks((struct span){text.at + 2, text.len - 3});
    if (starts_with(text, SPAN("'")))
        text = without_blanks(cut_front(text, 1));
    if (span_is(text, "-") || span_is(text, "--") || span_is(text, "—"))
        text.len = 0;
    return text;
}

/* --- Numbers --- */

/* Copies a number without its commas; false where a comma stands elsewhere than before three digits. */
static bool
without_commas(struct span text, char out[NUMBER_SIZE], size_t *len)
{
    size_t digits = 0; /* since the last comma, or the sign */
    bool grouped = false, whole = true;
    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool is_comma = c == ',', is_point = c == '.';
        if ((is_comma || is_point) && whole && grouped && digits != 3)
            return false;
        if (is_comma && (!whole || digits == 0 || digits > 3))
            return false;
        whole = whole && !is_point;
        grouped = grouped || is_comma;
        digits = is_comma ? 0 : digits + (c >= '0' && c <= '9');
        if (!is_comma && *len == NUMBER_SIZE)
            return false;
        if (!is_comma)
            out[(*len)++] = c;
    }
    return !(whole && grouped) || digits == 3;
}

static bool
read_number(struct span text, int decimals, int64_t *value)
{
    char plain[NUMBER_SIZE];
    size_t len;
    return without_commas(text, plain, &len) && decimal_read((struct span){plain, len}, decimals, value);
}

bool
cell_money(struct span text, bool in_fen, int64_t *fen)
{
    static const struct span signs[] = {SPAN("¥"), SPAN("￥"), SPAN("CNY"), SPAN("RMB")};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (starts_with(text, signs[i]))
            text = without_blanks(cut_front(text, signs[i].len));
    if (ends_with(text, SPAN("元")))
        text = without_blanks((struct span){text.at, text.len - strlen("元")});
    return read_number(text, in_fen ? 0 : 2, fen);
}

bool
cell_count(struct span text, int64_t *count)
{
    return read_number(text, 0, count);
}

/* --- Time --- */

static bool
take_any(struct span *text, const char *any_of)
{
    if (text->len == 0 || !strchr(any_of, *text->at) || *text->at == '\0')
        return false;
    *text = cut_front(*text, 1);
    return true;
}

/* Takes `least` to `most` digits. */
static bool
take_digits(struct span *text, int least, int most, int *value)
{
    int count = 0;
    *value = 0;
    for (; count < most && text->len > 0 && *text->at >= '0' && *text->at <= '9'; count++) {
        *value = *value * 10 + (*text->at - '0');
        *text = cut_front(*text, 1);
    }
    return count >= least;
}

struct local_time {
    int year, month, day, hour, minute, second;
};

static bool
read_local(struct span text, struct local_time *local)
{
    *local = (struct local_time){0};
    if (!take_digits(&text, 4, 4, &local->year) || !take_any(&text, "-/") ||
        !take_digits(&text, 1, 2, &local->month) || !take_any(&text, "-/") ||
        !take_digits(&text, 1, 2, &local->day) || !take_any(&text, " T"))
        return false;
    text = without_blanks(text);
    if (!take_digits(&text, 1, 2, &local->hour) || !take_any(&text, ":") ||
        !take_digits(&text, 2, 2, &local->minute))
        return false;
    if (take_any(&text, ":") && !take_digits(&text, 2, 2, &local->second))
        return false;
    int fraction;
    if (take_any(&text, ".") && !take_digits(&text, 1, 9, &fraction))
        return false;
    return text.len == 0;
}

bool
cell_time(struct span text, int offset_min, int64_t *ms)
{
    struct local_time local;
    char written[TIME_SIZE];
    if (clock_parse_rfc3339(text, ms, NULL))
        return true;
    if (!read_local(text, &local))
        return false;
    int ahead_min = offset_min < 0 ? -offset_min : offset_min;
    int len = snprintf(written, sizeof written, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", local.year,
                       local.month, local.day, local.hour, local.minute, local.second,
                       offset_min < 0 ? '-' : '+', ahead_min / 60, ahead_min % 60);
    return clock_parse_rfc3339((struct span){written, (size_t)len}, ms, NULL);
}

/* --- Ids --- */

bool
cell_is_rounded_id(struct span text)
{
    size_t at = 0, digits = 0;
    for (; at < text.len && ((text.at[at] >= '0' && text.at[at] <= '9') || text.at[at] == '.'); at++)
        digits++;
    return digits > 0 && at + 2 < text.len && (text.at[at] == 'E' || text.at[at] == 'e') &&
           text.at[at + 1] == '+';
}

static const struct span wide_semicolon = SPAN("；");

bool
cell_is_several(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == ';' || starts_with(cut_front(text, i), wide_semicolon))
            return true;
    return false;
}

bool
cell_next_of_several(struct span *rest, struct span *part)
{
    while (rest->len > 0) {
        size_t len = 0, mark = 0;
        for (; len < rest->len && mark == 0; len += mark == 0) {
            if (rest->at[len] == ';')
                mark = 1;
            else if (starts_with(cut_front(*rest, len), wide_semicolon))
                mark = wide_semicolon.len;
        }
        *part = cell_trim((struct span){rest->at, len});
        *rest = cut_front(*rest, len + mark);
        if (part->len > 0)
            return true;
    }
    return false;
}
