/* Queries and path segments: the input is a parameter's name, a line feed, and a query. */
#include "common/http_parser.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

enum { ROOM = 64 };

static void
check_query(struct span query, const char *name)
{
    char *out = malloc(ROOM), *tight = malloc(1);
    MUST(out && tight);
    int found = http_query(query, name, out, ROOM);
    MUST(found >= -1 && found <= 1);
    if (found == 1) {
        MUST(strlen(out) < ROOM && strlen(out) <= query.len);
        MUST(utf8_is_valid(span_of(out)));
    }
    if (found == 0)
        MUST(out[0] == '\0');
    /* With room for nothing only an empty value is found. */
    int found_tight = http_query(query, name, tight, 1);
    MUST(found_tight != 1 || (found == 1 && out[0] == '\0'));
    MUST((found == 0) == (found_tight == 0));
    free(out);
    free(tight);
}

static void
check_segment(struct span segment)
{
    char *out = malloc(ROOM);
    MUST(out);
    if (http_decode_segment(segment, out, ROOM)) {
        MUST(strlen(out) < ROOM && strlen(out) <= segment.len);
        MUST(!strchr(out, '/'));
    }
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    const uint8_t *line_end = size ? memchr(input, '\n', size) : NULL;
    if (!line_end)
        return 0;
    size_t name_len = (size_t)(line_end - input);
    char *name = strndup((const char *)input, name_len);
    MUST(name);
    struct span query = {(const char *)line_end + 1, size - name_len - 1};
    check_query(query, name);
    check_segment(query);
    free(name);
    return 0;
}
