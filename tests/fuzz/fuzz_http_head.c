/* Request heads: any bytes give a verdict, and the same one when they trickle in. */
#include "common/http_parser.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

static void
must_lie_within(struct span part, struct span whole)
{
    MUST(part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void
check_head(const struct http_head *head, struct span bytes, size_t used)
{
    struct span parsed = {bytes.at, used};
    MUST(used >= 16 && used <= LIMIT_HEAD_BYTES && used <= bytes.len);
    MUST(memcmp(bytes.at + used - 4, "\r\n\r\n", 4) == 0);
    MUST(head->field_count <= LIMIT_HEAD_FIELDS && head->target.len <= LIMIT_URI_BYTES);
    MUST(!(head->chunked && head->has_length));
    MUST(!head->chunked || head->minor_version == 1);
    MUST(head->has_length || head->content_length == 0);
    must_lie_within(head->method_name, parsed);
    must_lie_within(head->target, parsed);
    must_lie_within(head->path, head->target);
    must_lie_within(head->query, head->target);
    for (size_t i = 0; i < head->field_count; i++) {
        must_lie_within(head->fields[i].name, parsed);
        must_lie_within(head->fields[i].value, parsed);
        MUST(head->fields[i].name.len > 0);
    }
    MUST(head->minor_version == 0 || http_field(head, "host").at);
}

/* Gives the bytes piece by piece; each piece's length comes from the bytes themselves. */
static int
parse_trickled(struct span bytes, struct http_head *head, size_t *used)
{
    size_t scanned = 0;
    const char *why = NULL;
    int verdict = HTTP_MORE;
    for (size_t len = 0; len < bytes.len && verdict == HTTP_MORE;) {
        len += 1 + (unsigned char)bytes.at[len] % 5;
        if (len > bytes.len)
            len = bytes.len;
        verdict = http_parse_head((struct span){bytes.at, len}, &scanned, head, used, &why);
        MUST(scanned <= len);
        MUST(verdict <= HTTP_MORE || why);
    }
    return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct span bytes = {(const char *)input, size};
    struct http_head head, trickled;
    size_t scanned = 0, used = 0, used_trickled = 0;
    const char *why = NULL;
    int verdict = http_parse_head(bytes, &scanned, &head, &used, &why);
    MUST(verdict == HTTP_OK || verdict == HTTP_MORE || verdict == 400 || verdict == 414 || verdict == 417 ||
         verdict == 431 || verdict == 501 || verdict == 505);
    MUST(parse_trickled(bytes, &trickled, &used_trickled) == verdict);
    if (verdict != HTTP_OK)
        return 0;
    check_head(&head, bytes, used);
    MUST(used == used_trickled && head.field_count == trickled.field_count);
    MUST(head.content_length == trickled.content_length && head.chunked == trickled.chunked);
    MUST(head.keep_alive == trickled.keep_alive);
    return 0;
}
