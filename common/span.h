/* A span is a borrowed run of bytes: it owns nothing, and it is not NUL-terminated. */
#ifndef BOCHUANG_SPAN_H
#define BOCHUANG_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *at;
    size_t len;
};

/* A span over a string literal, for initialisers and calls. */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

/* A span over a NUL-terminated string; NULL gives the empty span. */
static inline struct span
span_of(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

static inline bool
span_eq(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool
span_is(struct span a, const char *text)
{
    return span_eq(a, span_of(text));
}

/* For printf's "%.*s". */
#define SPAN_FMT(s) (int)(s).len, (s).at ? (s).at : ""

#endif
