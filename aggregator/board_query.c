#include "aggregator/board_query.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "aggregator/version_tables.h"
#include "common/http_parser.h"
#include "common/sentence.h"
#include "common/utf8.h"

enum { VALUE_SIZE = 256 };

struct reader {
    struct span query;
    struct board_query *out;
    char *why;
};

typedef bool read_fn(struct reader *reader, const char *name, const char *value);

static bool __attribute__((format(printf, 2, 3))) refuse(struct reader *reader, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sentence_write(reader->why, QUERY_WHY_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

/* --- One reader a parameter --- */

static bool
read_view(struct reader *reader, const char *name, const char *value)
{
    reader->out->view = view_find(span_of(value));
    if (reader->out->view < VIEW_COUNT)
        return true;
    return refuse(reader, "%s: expected public or live, found \"%s\"", name, value);
}

static bool
add_dimension(struct reader *reader, const char *name, struct span text)
{
    struct tally_query *tally = &reader->out->tally;
    enum dimension dimension = dimension_find(text);
    if (dimension == DIMENSION_COUNT)
        return refuse(reader, "%s: expected dimensions like county or product, found \"%.*s\"", name,
                      SPAN_FMT(text));
    for (size_t i = 0; i < tally->by_count; i++) {
        if (tally->by[i] == dimension)
            return refuse(reader, "%s: expected each dimension once, found %.*s twice", name, SPAN_FMT(text));
    }
    if (tally->by_count == LIMIT_TALLY_DIMENSIONS)
        return refuse(reader, "%s: expected at most %d dimensions, found more", name, LIMIT_TALLY_DIMENSIONS);
    tally->by[tally->by_count++] = dimension;
    return true;
}

static bool
read_by(struct reader *reader, const char *name, const char *value)
{
    for (;;) {
        size_t len = strcspn(value, ",");
        if (!add_dimension(reader, name, (struct span){value, len}))
            return false;
        if (value[len] == '\0')
            return true;
        value += len + 1;
    }
}

/* A whole number of `least` to `most`. */
static bool
read_number(struct reader *reader, const char *name, const char *value, int64_t least, int64_t most,
            int64_t *number)
{
    int64_t sum = 0;
    const char *at = value;
    for (; *at >= '0' && *at <= '9' && at - value < 15; at++)
        sum = sum * 10 + (*at - '0');
    if (at == value || *at != '\0' || sum < least || sum > most)
        return refuse(reader, "%s: expected a whole number of %" PRId64 " to %" PRId64 ", found \"%s\"", name,
                      least, most, value);
    *number = sum;
    return true;
}

static bool
read_bucket(struct reader *reader, const char *name, const char *value)
{
    if (!read_number(reader, name, value, 60, QUERY_BUCKET_MOST_S, &reader->out->bucket_s))
        return false;
    if (reader->out->bucket_s % 60 == 0)
        return true;
    return refuse(reader, "%s: expected a multiple of 60, found \"%s\"", name, value);
}

static bool
read_from(struct reader *reader, const char *name, const char *value)
{
    return read_number(reader, name, value, 0, QUERY_TIME_MOST_MS, &reader->out->from_ms);
}

static bool
read_until(struct reader *reader, const char *name, const char *value)
{
    return read_number(reader, name, value, 0, QUERY_TIME_MOST_MS, &reader->out->until_ms);
}

static bool
read_limit(struct reader *reader, const char *name, const char *value)
{
    return read_number(reader, name, value, 1, QUERY_LIMIT_MOST, &reader->out->limit);
}

static bool
read_status(struct reader *reader, const char *name, const char *value)
{
    for (int fate = FATE_COUNTED; fate <= FATE_VOIDED; fate++) {
        if (strcmp(value, fate_name((enum fate)fate)) == 0) {
            reader->out->fate = fate;
            return true;
        }
    }
    return refuse(reader, "%s: expected counted, pending, parked, refused, rejected or voided, found \"%s\"",
                  name, value);
}

/* "SHARD:POSITION", as an answer's `next` said. */
static bool
read_after(struct reader *reader, const char *name, const char *value)
{
    uint64_t parts[2] = {0};
    const char *at = value;
    for (int part = 0; part < 2; part++) {
        const char *first = at;
        for (; *at >= '0' && *at <= '9' && parts[part] <= UINT32_MAX; at++)
            parts[part] = parts[part] * 10 + (uint64_t)(*at - '0');
        if (at == first || *at != (part == 0 ? ':' : '\0') || parts[part] > UINT32_MAX)
            return refuse(reader, "%s: expected what \"next\" was in the page before, found \"%s\"", name,
                          value);
        at += part == 0;
    }
    reader->out->after_shard = (uint32_t)parts[0];
    reader->out->after_position = (uint32_t)parts[1];
    return true;
}

static bool
read_language(struct reader *reader, const char *name, const char *value)
{
    reader->out->language = (int)report_language_find(span_of(value));
    if (reader->out->language < LANGUAGE_COUNT)
        return true;
    return refuse(reader, "%s: expected zh, en or both, found \"%s\"", name, value);
}

static const struct {
    const char *name;
    unsigned takes;
    read_fn *read;
} parameters[] = {
    {"view", TAKES_VIEW, read_view},         {"by", TAKES_BY, read_by},
    {"bucket_s", TAKES_BUCKET, read_bucket}, {"from_ms", TAKES_RANGE, read_from},
    {"until_ms", TAKES_RANGE, read_until},   {"limit", TAKES_LIMIT, read_limit},
    {"status", TAKES_STATUS, read_status},   {"after", TAKES_AFTER, read_after},
    {"lang", TAKES_LANGUAGE, read_language},
};

enum { PARAMETER_COUNT = sizeof parameters / sizeof parameters[0] };

/* --- Filters: a parameter for each dimension --- */

static void
add_filter(struct board_query *out, enum dimension dimension, const char *value)
{
    size_t len = strlen(value);
    assert(out->text_len + len <= sizeof out->text && out->tally.filter_count < DIMENSION_COUNT);
    char *kept = out->text + out->text_len;
    memcpy(kept, value, len);
    out->text_len += len;
    out->tally.filters[out->tally.filter_count++] = (struct tally_filter){dimension, {kept, len}};
}

/* The value of a parameter: 1 with `value` filled, 0 where it is not there, -1 refused. */
static int
find_value(struct reader *reader, const char *name, char value[VALUE_SIZE])
{
    int found = http_query(reader->query, name, value, VALUE_SIZE);
    if (found < 0)
        refuse(reader,
               "%s: expected once, percent-encoded UTF-8 of at most %d bytes; it is there twice or not so",
               name, VALUE_SIZE - 1);
    return found;
}

static bool
read_filters(struct reader *reader)
{
    char value[VALUE_SIZE];
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        int found = find_value(reader, dimension_name((enum dimension)i), value);
        if (found < 0)
            return false;
        if (found && strlen(value) + reader->out->text_len > sizeof reader->out->text)
            return refuse(reader, "%s: the filters are too long", dimension_name((enum dimension)i));
        if (found)
            add_filter(reader->out, (enum dimension)i, value);
    }
    return true;
}

/* --- Unknown names --- */

static bool
is_taken(struct span name, unsigned takes)
{
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (span_is(name, parameters[i].name))
            return takes & parameters[i].takes;
    }
    return (takes & TAKES_FILTERS) && dimension_find(name) < DIMENSION_COUNT;
}

/* Writes the names that are taken, for a sentence. */
static void
list_taken(unsigned takes, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        if (takes & parameters[i].takes)
            len += (size_t)snprintf(out + len, size - len, "%s%s", len ? ", " : "", parameters[i].name);
        assert(len < size); /* there is room for all names */
    }
    if (takes & TAKES_FILTERS)
        snprintf(out + len, size - len, "%sor a dimension like county", len ? ", " : "");
}

static bool
refuse_name(struct reader *reader, struct span name, unsigned takes)
{
    char taken[128];
    if (name.len > 64)
        name.len = 64;
    list_taken(takes, taken, sizeof taken);
    if (!utf8_is_valid(name))
        name = SPAN("bytes that are no UTF-8");
    return refuse(reader, "query: expected %s, found \"%.*s\"", taken[0] ? taken : "no parameter",
                  SPAN_FMT(name));
}

static bool
check_names(struct reader *reader, unsigned takes)
{
    struct span rest = reader->query;
    while (rest.len > 0) {
        const char *end = memchr(rest.at, '&', rest.len);
        size_t len = end ? (size_t)(end - rest.at) : rest.len;
        const char *equals = memchr(rest.at, '=', len);
        struct span name = {rest.at, equals ? (size_t)(equals - rest.at) : len};
        if (!is_taken(name, takes))
            return refuse_name(reader, name, takes);
        rest.at += len + (end != NULL);
        rest.len -= len + (end != NULL);
    }
    return true;
}

static bool
read_parameters(struct reader *reader, unsigned takes)
{
    char value[VALUE_SIZE];
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        int found = takes & parameters[i].takes ? find_value(reader, parameters[i].name, value) : 0;
        if (found < 0 || (found && !parameters[i].read(reader, parameters[i].name, value)))
            return false;
    }
    return true;
}

bool
board_query_parse(struct span query, unsigned takes, struct board_query *out, char why[QUERY_WHY_SIZE])
{
    assert(out && why);
    *out = (struct board_query){.bucket_s = 60, .from_ms = -1, .until_ms = -1, .fate = -1};
    struct reader reader = {query, out, why};
    if (!check_names(&reader, takes) || !read_parameters(&reader, takes) ||
        ((takes & TAKES_FILTERS) && !read_filters(&reader)))
        return false;
    if ((takes & NEEDS_BY) && out->tally.by_count == 0)
        return refuse(&reader, "by: expected one to %d dimensions like county,product, found none",
                      LIMIT_TALLY_DIMENSIONS);
    return true;
}
