/*
 * Chunked bodies (RFC 9112, section 7.1), decoded in place by a state machine that looks at one byte of
 * framing at a time and moves whole runs of content:
 *
 *      5 ; name=value CR LF   h e l l o   CR LF   0 CR LF   Name : value CR LF   CR LF
 *      |  |           |  |    |           |  |              |      |     |  |    |  |
 *   SIZE  EXTENSION   SIZE_LF CONTENT     CR LF     TRAILER_START  VALUE TRAILER_LF END_LF
 *
 * Extensions and trailers say nothing to us: they are bounded, checked and dropped.
 */
#include "common/http_parser.h"

#include <assert.h>

#include "common/http_bytes.h"

enum chunk_state {
    CHUNK_SIZE_START = 0, /* a zeroed decoder starts here */
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_CONTENT,
    CHUNK_CONTENT_CR,
    CHUNK_CONTENT_LF,
    CHUNK_TRAILER_START,
    CHUNK_TRAILER_NAME,
    CHUNK_TRAILER_VALUE,
    CHUNK_TRAILER_LF,
    CHUNK_END_LF,
    CHUNK_ENDED
};

static int
refuse(const char **why, int status, const char *sentence)
{
    *why = sentence;
    return status;
}

static int
expect_byte(struct http_chunks *chunks, char byte, char expected, enum chunk_state next, const char **why)
{
    if (byte != expected)
        return refuse(why, 400, "A line of the chunked body does not end in CRLF where it must.");
    chunks->state = next;
    return HTTP_OK;
}

static int
take_size_digit(struct http_chunks *chunks, int digit, const char **why)
{
    if (chunks->left >> 56)
        return refuse(why, 413, "A chunk is larger than any body may be.");
    chunks->left = chunks->left << 4 | (uint64_t)digit;
    chunks->state = CHUNK_SIZE;
    return HTTP_OK;
}

static int
take_size_byte(struct http_chunks *chunks, char byte, const char **why)
{
    if (++chunks->line_bytes > LIMIT_CHUNK_LINE_BYTES)
        return refuse(why, 400, "The line before a chunk is longer than 256 bytes.");
    int digit = chunks->state == CHUNK_EXTENSION ? -1 : http_hex_value(byte);
    if (digit >= 0)
        return take_size_digit(chunks, digit, why);
    if (chunks->state == CHUNK_SIZE_START)
        return refuse(why, 400, "A chunk does not start with its size in hexadecimal digits.");
    if (byte == '\r') {
        chunks->state = CHUNK_SIZE_LF;
        return HTTP_OK;
    }
    bool extension = byte == ';' || chunks->state == CHUNK_EXTENSION;
    if (!extension || http_byte_is(byte, BYTE_CONTROL))
        return refuse(why, 400, "Behind a chunk's size stands neither an extension nor the line's end.");
    chunks->state = CHUNK_EXTENSION;
    return HTTP_OK;
}

static int
take_trailer_byte(struct http_chunks *chunks, char byte, const char **why)
{
    if (++chunks->trailer_bytes > LIMIT_TRAILER_BYTES)
        return refuse(why, 431, "The fields behind the chunked body are larger than 4 KiB.");
    bool in_value = chunks->state == CHUNK_TRAILER_VALUE;
    if (byte == '\r' && chunks->state != CHUNK_TRAILER_NAME)
        chunks->state = in_value ? CHUNK_TRAILER_LF : CHUNK_END_LF;
    else if (in_value && !http_byte_is(byte, BYTE_CONTROL))
        chunks->state = CHUNK_TRAILER_VALUE;
    else if (!in_value && http_byte_is(byte, BYTE_TOKEN))
        chunks->state = CHUNK_TRAILER_NAME;
    else if (byte == ':' && chunks->state == CHUNK_TRAILER_NAME)
        chunks->state = CHUNK_TRAILER_VALUE;
    else
        return refuse(why, 400, "A field behind the chunked body is malformed.");
    return HTTP_OK;
}

/* One byte of framing. */
static int
take_byte(struct http_chunks *chunks, char byte, const char **why)
{
    switch ((enum chunk_state)chunks->state) {
    case CHUNK_SIZE_START:
    case CHUNK_SIZE:
    case CHUNK_EXTENSION:
        return take_size_byte(chunks, byte, why);
    case CHUNK_SIZE_LF:
        chunks->line_bytes = 0;
        return expect_byte(chunks, byte, '\n', chunks->left ? CHUNK_CONTENT : CHUNK_TRAILER_START, why);
    case CHUNK_CONTENT_CR:
        return expect_byte(chunks, byte, '\r', CHUNK_CONTENT_LF, why);
    case CHUNK_CONTENT_LF:
        return expect_byte(chunks, byte, '\n', CHUNK_SIZE_START, why);
    case CHUNK_TRAILER_START:
    case CHUNK_TRAILER_NAME:
    case CHUNK_TRAILER_VALUE:
        return take_trailer_byte(chunks, byte, why);
    case CHUNK_TRAILER_LF:
        return expect_byte(chunks, byte, '\n', CHUNK_TRAILER_START, why);
    case CHUNK_END_LF:
        return expect_byte(chunks, byte, '\n', CHUNK_ENDED, why);
    case CHUNK_CONTENT:
    case CHUNK_ENDED:
        break;
    }
    assert(!"framing is read in states of framing only");
    return 400;
}

int
http_parse_chunks(struct http_chunks *chunks, char *bytes, size_t *len, size_t *used, const char **why)
{
    size_t in = 0, out = 0;
    int verdict = HTTP_OK;
    while (in < *len && chunks->state != CHUNK_ENDED && verdict == HTTP_OK) {
        if (chunks->state != CHUNK_CONTENT) {
            verdict = take_byte(chunks, bytes[in++], why);
            continue;
        }
        size_t run = *len - in < chunks->left ? *len - in : (size_t)chunks->left;
        memmove(bytes + out, bytes + in, run);
        in += run;
        out += run;
        chunks->left -= run;
        chunks->total_bytes += run;
        if (chunks->left == 0)
            chunks->state = CHUNK_CONTENT_CR;
    }
    *len = out;
    *used = in;
    if (verdict != HTTP_OK)
        return verdict;
    return chunks->state == CHUNK_ENDED ? HTTP_OK : HTTP_MORE;
}
