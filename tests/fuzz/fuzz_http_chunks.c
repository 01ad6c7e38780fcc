/* Chunked bodies: never longer decoded than raw, and the same whatever the pieces they come in. */
#include "common/http_parser.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

struct decoded {
    char *bytes;
    size_t len;
    size_t used;
    int verdict;
};

static struct decoded
decode(const uint8_t *input, size_t size, bool in_pieces)
{
    struct http_chunks chunks = {0};
    struct decoded decoded = {.bytes = malloc(size + 1), .verdict = HTTP_MORE};
    const char *why = NULL;
    MUST(decoded.bytes);
    while (decoded.used < size && decoded.verdict == HTTP_MORE) {
        size_t left = size - decoded.used;
        size_t raw = in_pieces ? 1 + input[decoded.used] % 7 : left;
        raw = raw < left ? raw : left;
        size_t len = raw, used = 0;
        memcpy(decoded.bytes + decoded.len, input + decoded.used, raw);
        decoded.verdict = http_parse_chunks(&chunks, decoded.bytes + decoded.len, &len, &used, &why);
        MUST(used <= raw && len <= used);
        MUST(decoded.verdict != HTTP_MORE || used == raw);
        decoded.len += len;
        decoded.used += used;
    }
    MUST(decoded.verdict <= HTTP_MORE || why);
    MUST(decoded.len == chunks.total_bytes);
    return decoded;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct decoded whole = decode(input, size, false);
    struct decoded pieces = decode(input, size, true);
    MUST(whole.verdict == HTTP_OK || whole.verdict == HTTP_MORE || whole.verdict == 400 ||
         whole.verdict == 413 || whole.verdict == 431);
    MUST(whole.verdict == pieces.verdict && whole.used == pieces.used && whole.len == pieces.len);
    MUST(memcmp(whole.bytes, pieces.bytes, whole.len) == 0);
    /* "0 CRLF CRLF" ends every body. */
    MUST(whole.verdict != HTTP_OK || whole.used >= whole.len + 5);
    free(whole.bytes);
    free(pieces.bytes);
    return 0;
}
