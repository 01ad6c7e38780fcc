#include "common/clock.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

enum { MS_PER_S = 1000, S_PER_DAY = 86400, MIN_PER_DAY = 1440 };

static int64_t
read_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / 1000000;
}

int64_t
clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t
clock_steady_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
static int64_t
days_from_civil(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int
days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Takes `count` digits from the front of `text`; -1 where they are not there. */
static int
take_digits(struct span *text, int count)
{
    int value = 0;
    if (text->len < (size_t)count)
        return -1;
    for (int i = 0; i < count; i++) {
        char c = text->at[i];
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    text->at += count;
    text->len -= (size_t)count;
    return value;
}

static bool
take_byte(struct span *text, const char *any_of)
{
    if (text->len == 0)
        return false;
    for (; *any_of; any_of++) {
        if (text->at[0] == *any_of) {
            text->at++;
            text->len--;
            return true;
        }
    }
    return false;
}

/* Reads ".123456" where there is one; false where a point has no digit behind it. */
static bool
take_fraction_ms(struct span *text, int *ms)
{
    *ms = 0;
    if (!take_byte(text, "."))
        return true;
    int scale = 100;
    int digit = take_digits(text, 1);
    if (digit < 0)
        return false;
    for (; digit >= 0; digit = take_digits(text, 1), scale /= 10)
        *ms += digit * scale;
    return true;
}

static bool
take_offset_min(struct span *text, int *offset_min)
{
    *offset_min = 0;
    if (take_byte(text, "Zz"))
        return true;
    if (text->len == 0)
        return false;
    int sign = text->at[0] == '-' ? -1 : 1;
    if (!take_byte(text, "+-"))
        return false;
    int hours = take_digits(text, 2);
    if (hours < 0 || hours > 23 || !take_byte(text, ":"))
        return false;
    int minutes = take_digits(text, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *offset_min = sign * (hours * 60 + minutes);
    return true;
}

static bool
take_date_days(struct span *text, int64_t *days)
{
    int year = take_digits(text, 4);
    if (year < 1970 || !take_byte(text, "-"))
        return false;
    int month = take_digits(text, 2);
    if (month < 1 || month > 12 || !take_byte(text, "-"))
        return false;
    int day = take_digits(text, 2);
    if (day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_from_civil(year, month, day);
    return true;
}

static bool
take_time_s(struct span *text, int *seconds)
{
    int hour = take_digits(text, 2);
    if (hour < 0 || hour > 23 || !take_byte(text, ":"))
        return false;
    int minute = take_digits(text, 2);
    if (minute < 0 || minute > 59 || !take_byte(text, ":"))
        return false;
    int second = take_digits(text, 2);
    if (second < 0 || second > 60)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

bool
clock_parse_rfc3339(struct span text, int64_t *ms, int *offset_min)
{
    int64_t days;
    int seconds, fraction_ms, offset;
    if (!take_date_days(&text, &days) || !take_byte(&text, "Tt ") || !take_time_s(&text, &seconds) ||
        !take_fraction_ms(&text, &fraction_ms) || !take_offset_min(&text, &offset) || text.len != 0)
        return false;
    *ms = (days * S_PER_DAY + seconds - (int64_t)offset * 60) * MS_PER_S + fraction_ms;
    if (offset_min)
        *offset_min = offset;
    return *ms >= 0;
}

void
clock_format_rfc3339(char *out, size_t size, int64_t ms, int offset_min)
{
    assert(size >= 36 && ms >= 0);
    int64_t local_s = ms / MS_PER_S + (int64_t)offset_min * 60;
    struct tm parts;
    time_t as_time = (time_t)local_s;
    gmtime_r(&as_time, &parts);
    size_t len = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &parts);
    if (ms % MS_PER_S)
        len += (size_t)snprintf(out + len, size - len, ".%03d", (int)(ms % MS_PER_S));
    int distance = (offset_min < 0 ? -offset_min : offset_min) % MIN_PER_DAY;
    snprintf(out + len, size - len, "%c%02d:%02d", offset_min < 0 ? '-' : '+', distance / 60, distance % 60);
}
