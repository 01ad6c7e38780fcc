/*
 * A strict parser of HTTP/1.1 request heads and chunked bodies (RFC 9112, RFC 9110). One pass, in place,
 * pure: bytes in, a verdict out. Any doubt about framing is an error, and the connection must then close.
 */
#ifndef BOCHUANG_HTTP_PARSER_H
#define BOCHUANG_HTTP_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/limits.h"
#include "common/span.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_PATCH,
    HTTP_OTHER
};

struct http_field {
    struct span name, value; /* the value without the white space around it */
};

/* A request head. All spans borrow from the bytes given to http_parse_head(). */
struct http_head {
    enum http_method method;
    struct span method_name;
    struct span target; /* as sent */
    struct span path;   /* up to '?' */
    struct span query;  /* behind '?', or empty */
    int minor_version;  /* 0 or 1 */
    struct http_field fields[LIMIT_HEAD_FIELDS];
    size_t field_count;
    /* What framing needs, worked out once. */
    bool keep_alive;
    bool chunked;
    bool has_length;
    bool expects_continue;
    uint64_t content_length;
    struct span authorization, content_type;
};

enum http_verdict {
    HTTP_OK = 0,
    HTTP_MORE = 1, /* the head is not all there yet */
    /* every other value is a status to answer with: 400, 413, 414, 417, 431, 501, 505 */
};

/*
 * Parses a head from the start of `bytes`. HTTP_OK: `head` is filled and `*used` is its length with the
 * empty line. HTTP_MORE: wait for bytes. Else the status to answer with before closing, and `*why` is a
 * sentence. `scanned` keeps how far earlier calls came for the same head (start with 0), so that bytes that
 * trickle in cost linear time.
 */
int http_parse_head(struct span bytes, size_t *scanned, struct http_head *head, size_t *used,
                    const char **why);

/* The first field of that name (lower case given), or an empty span with at == NULL. */
struct span http_field(const struct http_head *head, const char *name);

/* Decoder of a chunked body. */
struct http_chunks {
    int state;
    uint64_t left;     /* bytes left of this chunk */
    size_t line_bytes; /* of the chunk line or trailer so far */
    size_t trailer_bytes;
    uint64_t total_bytes; /* decoded so far */
};

/*
 * Decodes in place: reads `*len` raw bytes at `bytes`, leaves the decoded ones at its start. On return
 * `*used` raw bytes were consumed and `*len` decoded bytes stand there. HTTP_OK: the body has ended (what
 * follows it was not consumed). HTTP_MORE: wait for bytes. Else a status (400, 413, 431).
 */
int http_parse_chunks(struct http_chunks *chunks, char *bytes, size_t *len, size_t *used, const char **why);

/*
 * The value of a query parameter ("bucket_s"), percent-decoded into `out` (NUL-terminated). 1: found; 0: not
 * there; -1: there twice, not decodable, not UTF-8, or longer than `size` - 1.
 */
int http_query(struct span query, const char *name, char *out, size_t size);

/* Percent-decodes one path segment; false where it is not decodable, holds a NUL or a '/', or is too long. */
bool http_decode_segment(struct span segment, char *out, size_t size);

#endif
