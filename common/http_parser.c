/*
 * Request heads. Two steps, each linear:
 *
 *   find_end      looks at every byte once, sixteen at a time, over all the calls for one head. It knows the
 *                 line ends (CRLF, nothing else) and refuses every other control byte as soon as it is there.
 *   parse_lines   runs once, when the head is complete. It may rely on that: lines end in CRLF, the last one
 *                 is empty, and no byte in between is a control byte.
 *
 * Refusing is the feature: what two parsers could read in two ways (a folded line, a space before a colon,
 * two lengths) is how requests are smuggled past a proxy. So each rule that RFC 9112 leaves to the
 * recipient's mercy is an error here.
 */
#include "common/http_parser.h"

#include <assert.h>

#include "common/bytes16.h"
#include "common/http_bytes.h"

enum {
    T = BYTE_TOKEN,
    G = BYTE_TARGET,
    H = BYTE_HOST,
    VERSION_LEN = 8,
    /* A first line without an end by here is a target that is too long, whatever the method. */
    FIRST_LINE_BYTES = LIMIT_URI_BYTES + 64,
    PORT_MAX = 65535,
};

const uint8_t http_byte_classes[256] = {
    [0 ... 8] = BYTE_CONTROL,
    [10 ... 31] = BYTE_CONTROL,
    [127] = BYTE_CONTROL,
    ['!'] = T | G | H,
    ['"'] = G,
    ['#'] = T,
    ['$'] = T | G | H,
    ['%'] = T | G,
    ['&'] = T | G | H,
    ['\''] = T | G | H,
    ['('] = G | H,
    [')'] = G | H,
    ['*'] = T | G | H,
    ['+'] = T | G | H,
    [','] = G | H,
    ['-'] = T | G | H,
    ['.'] = T | G | H,
    ['/'] = G,
    ['0' ... '9'] = T | G | H,
    [':'] = G,
    [';'] = G | H,
    ['<'] = G,
    ['='] = G | H,
    ['>'] = G,
    ['?'] = G,
    ['@'] = G,
    ['A' ... 'Z'] = T | G | H,
    ['['] = G,
    ['\\'] = G,
    [']'] = G,
    ['^'] = T | G,
    ['_'] = T | G | H,
    ['`'] = T | G,
    ['a' ... 'z'] = T | G | H,
    ['{'] = G,
    ['|'] = T | G,
    ['}'] = G,
    ['~'] = T | G | H,
};

/* What the lines said so far, beyond what stands in the head itself. */
struct head_reader {
    struct http_head *head;
    const char *at;
    const char *why;
    int host_count;
    bool says_close, says_keep_alive;
};

static int
refuse(struct head_reader *reader, int status, const char *why)
{
    reader->why = why;
    return status;
}

/* --- The end of the head --- */

/* The first control byte in [from, end), or `end`. */
static size_t
next_control(const char *at, size_t from, size_t end)
{
    size_t i = from;
    for (; end - i >= BYTES16; i += BYTES16) {
        bytes16 bytes = bytes16_at(at + i);
        unsigned first = bytes16_first((bytes16)(((bytes < 0x20) & (bytes != '\t')) | (bytes == 0x7f)));
        if (first < BYTES16)
            return i + first;
    }
    while (i < end && !http_byte_is(at[i], BYTE_CONTROL))
        i++;
    return i;
}

static const char *
why_not_a_line_end(char byte)
{
    if (byte == '\n')
        return "A line feed stands without a carriage return before it; lines end in CRLF.";
    if (byte == '\r')
        return "A carriage return stands without a line feed behind it; lines end in CRLF.";
    return "There is a control character in the head of the request.";
}

static int
too_large(struct span bytes, const char **why)
{
    if (!memchr(bytes.at, '\n', FIRST_LINE_BYTES)) {
        *why = "The request target is longer than 2 KiB.";
        return 414;
    }
    *why = "The head of the request is larger than 16 KiB.";
    return 431;
}

/* Finds the empty line; `*end` is behind it. `*scanned` is the first byte that no call has judged yet. */
static int
find_end(struct span bytes, size_t start, size_t *scanned, size_t *end, const char **why)
{
    size_t limit = bytes.len < LIMIT_HEAD_BYTES ? bytes.len : LIMIT_HEAD_BYTES;
    size_t i = *scanned > start ? *scanned : start;
    for (;;) {
        i = next_control(bytes.at, i, limit);
        *scanned = i;
        bool cut_off = i == limit || (bytes.at[i] == '\r' && i + 1 == limit);
        if (cut_off)
            return bytes.len >= LIMIT_HEAD_BYTES ? too_large(bytes, why) : HTTP_MORE;
        if (bytes.at[i] != '\r' || bytes.at[i + 1] != '\n') {
            *why = why_not_a_line_end(bytes.at[i]);
            return 400;
        }
        if (i == start) {
            *why = "An empty line stands where the request line should.";
            return 400;
        }
        if (bytes.at[i - 1] == '\n') {
            *end = i + 2;
            return HTTP_OK;
        }
        i += 2;
    }
}

/* --- Names --- */

/* Eight bytes, with the bit that makes capital letters small ones. */
static inline uint64_t
folded(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word | UINT64_MAX / 0xff * 0x20;
}

/* `lower` holds letters and '-' only, and `name` only bytes of tokens: then setting a bit is a fair fold. */
static inline bool
name_is(struct span name, struct span lower)
{
    size_t i = 0;
    if (name.len != lower.len)
        return false;
    for (; name.len - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        if (folded(name.at + i) != folded(lower.at + i))
            return false;
    }
    while (i < name.len && (name.at[i] | 0x20) == lower.at[i])
        i++;
    return i == name.len;
}

static enum http_method
method_of(struct span name)
{
    static const struct {
        struct span name;
        enum http_method method;
    } methods[] = {
        {{"GET", 3}, HTTP_GET},     {{"HEAD", 4}, HTTP_HEAD},     {{"POST", 4}, HTTP_POST},
        {{"PUT", 3}, HTTP_PUT},     {{"DELETE", 6}, HTTP_DELETE}, {{"OPTIONS", 7}, HTTP_OPTIONS},
        {{"PATCH", 5}, HTTP_PATCH},
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (span_eq(name, methods[i].name))
            return methods[i].method;
    }
    return HTTP_OTHER;
}

static struct span
trimmed(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return (struct span){at, (size_t)(end - at)};
}

/* --- The request line --- */

static int
take_method(struct head_reader *reader)
{
    const char *start = reader->at;
    while (http_byte_is(*reader->at, BYTE_TOKEN))
        reader->at++;
    struct span name = {start, (size_t)(reader->at - start)};
    if (name.len == 0 || *reader->at++ != ' ')
        return refuse(reader, 400, "The request line does not start with a method and one space.");
    reader->head->method_name = name;
    reader->head->method = method_of(name);
    return HTTP_OK;
}

static int
take_target(struct head_reader *reader)
{
    struct http_head *head = reader->head;
    const char *start = reader->at;
    while (http_byte_is(*reader->at, BYTE_TARGET))
        reader->at++;
    size_t len = (size_t)(reader->at - start);
    if (len > LIMIT_URI_BYTES)
        return refuse(reader, 414, "The request target is longer than 2 KiB.");
    if (*start != '/')
        return refuse(reader, 400, "The request target does not start with a slash.");
    if (*reader->at++ != ' ')
        return refuse(reader, 400,
                      "The request target holds a byte that must be percent-encoded, "
                      "or no version stands behind it.");
    head->target = head->path = (struct span){start, len};
    head->query = (struct span){start + len, 0};
    const char *mark = memchr(start, '?', len);
    if (mark) {
        head->path.len = (size_t)(mark - start);
        head->query = (struct span){mark + 1, len - head->path.len - 1};
    }
    return HTTP_OK;
}

static bool
is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int
take_version(struct head_reader *reader)
{
    const char *at = reader->at;
    const char *end = memchr(at, '\r', VERSION_LEN + 1);
    bool well_formed = end == at + VERSION_LEN && memcmp(at, "HTTP/", 5) == 0 && is_digit(at[5]) &&
                       at[6] == '.' && is_digit(at[7]);
    if (!well_formed)
        return refuse(reader, 400, "The request line does not end in HTTP/1.1 or HTTP/1.0.");
    if (at[5] != '1' || at[7] > '1')
        return refuse(reader, 505, "This server speaks HTTP/1.1 and HTTP/1.0.");
    reader->head->minor_version = at[7] - '0';
    reader->at = end + 2;
    return HTTP_OK;
}

/* --- The fields that framing needs --- */

static bool
is_port(struct span text)
{
    unsigned port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.at[i]))
            return false;
        port = port * 10 + (unsigned)(text.at[i] - '0');
        if (port > PORT_MAX)
            return false;
    }
    return true;
}

/* "[::1]": its length with the brackets, or 0. */
static size_t
ip_literal_len(struct span text)
{
    const char *close = memchr(text.at, ']', text.len);
    size_t len = close ? (size_t)(close - text.at) + 1 : 0;
    for (size_t i = 1; i + 1 < len; i++) {
        if (!http_byte_is(text.at[i], BYTE_HOST) && text.at[i] != ':')
            return 0;
    }
    return len > 2 ? len : 0;
}

static size_t
host_name_len(struct span text)
{
    size_t i = 0;
    while (i < text.len) {
        bool encoded = text.at[i] == '%' && i + 2 < text.len && http_hex_value(text.at[i + 1]) >= 0 &&
                       http_hex_value(text.at[i + 2]) >= 0;
        if (!encoded && !http_byte_is(text.at[i], BYTE_HOST))
            break;
        i += encoded ? 3 : 1;
    }
    return i;
}

static bool
is_host(struct span text)
{
    bool literal = text.len > 0 && text.at[0] == '[';
    size_t len = literal ? ip_literal_len(text) : host_name_len(text);
    if (literal && len == 0)
        return false;
    if (len == text.len)
        return true;
    return text.at[len] == ':' && is_port((struct span){text.at + len + 1, text.len - len - 1});
}

static int
take_host(struct head_reader *reader, struct span value)
{
    if (++reader->host_count > 1)
        return refuse(reader, 400, "There is more than one Host field.");
    if (!is_host(value))
        return refuse(reader, 400, "The Host field is no host name with an optional port.");
    return HTTP_OK;
}

static int
take_content_length(struct head_reader *reader, struct span value)
{
    struct http_head *head = reader->head;
    if (head->has_length)
        return refuse(reader, 400, "There is more than one Content-Length field.");
    if (head->chunked)
        return refuse(reader, 400, "Content-Length and Transfer-Encoding must not stand together.");
    if (value.len == 0)
        return refuse(reader, 400, "The Content-Length field is empty.");
    uint64_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (!is_digit(value.at[i]))
            return refuse(reader, 400, "The Content-Length field holds something else than digits.");
        uint64_t digit = (uint64_t)(value.at[i] - '0');
        if (length > (INT64_MAX - digit) / 10)
            return refuse(reader, 400, "The Content-Length is too large a number.");
        length = length * 10 + digit;
    }
    head->has_length = true;
    head->content_length = length;
    return HTTP_OK;
}

/*
 * RFC 9112, section 6.1: chunked must come last and once, or the length cannot be known (400). A list that
 * ends so, with a coding before it, is well-formed, and more than we do (501).
 */
static int
take_transfer_encoding(struct head_reader *reader, struct span value)
{
    struct http_head *head = reader->head;
    const struct span chunked = SPAN("chunked");
    if (head->chunked)
        return refuse(reader, 400, "There is more than one Transfer-Encoding field.");
    if (head->has_length)
        return refuse(reader, 400, "Content-Length and Transfer-Encoding must not stand together.");
    if (head->minor_version == 0)
        return refuse(reader, 400, "Transfer-Encoding is not part of HTTP/1.0.");
    head->chunked = true;
    if (name_is(value, chunked))
        return HTTP_OK;
    const char *comma = memrchr(value.at, ',', value.len);
    const char *end = value.at + value.len;
    if (!comma || !name_is(trimmed(comma + 1, end), chunked))
        return refuse(reader, 400, "The last transfer coding is not chunked.");
    for (const char *at = value.at; at < comma; at++) {
        const char *stop = memchr(at, ',', (size_t)(end - at));
        if (name_is(trimmed(at, stop), chunked))
            return refuse(reader, 400, "The transfer coding chunked stands there more than once.");
        at = stop;
    }
    return refuse(reader, 501, "The only transfer coding this server knows is chunked.");
}

static int
take_connection(struct head_reader *reader, struct span value)
{
    const char *end = value.at + value.len;
    for (const char *at = value.at; at < end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        struct span option = trimmed(at, stop);
        for (size_t i = 0; i < option.len; i++) {
            if (!http_byte_is(option.at[i], BYTE_TOKEN))
                return refuse(reader, 400, "The Connection field is not a list of options.");
        }
        reader->says_close = reader->says_close || name_is(option, SPAN("close"));
        reader->says_keep_alive = reader->says_keep_alive || name_is(option, SPAN("keep-alive"));
        at = stop + 1;
    }
    return HTTP_OK;
}

static int
take_expect(struct head_reader *reader, struct span value)
{
    const struct span wanted = SPAN("100-continue");
    if (value.len != wanted.len || strncasecmp(value.at, wanted.at, wanted.len) != 0)
        return refuse(reader, 417, "The only expectation this server knows is 100-continue.");
    reader->head->expects_continue = reader->head->minor_version == 1; /* RFC 9110, 10.1.1: 1.0 is ignored */
    return HTTP_OK;
}

static int
take_once(struct head_reader *reader, struct span *place, struct span value, const char *why)
{
    if (place->at)
        return refuse(reader, 400, why);
    *place = value;
    return HTTP_OK;
}

static int
take_known(struct head_reader *reader, struct span name, struct span value)
{
    struct http_head *head = reader->head;
    switch (name.len) {
    case 4:
        return name_is(name, SPAN("host")) ? take_host(reader, value) : HTTP_OK;
    case 6:
        return name_is(name, SPAN("expect")) ? take_expect(reader, value) : HTTP_OK;
    case 10:
        return name_is(name, SPAN("connection")) ? take_connection(reader, value) : HTTP_OK;
    case 12:
        if (!name_is(name, SPAN("content-type")))
            return HTTP_OK;
        return take_once(reader, &head->content_type, value, "There is more than one Content-Type field.");
    case 13:
        if (!name_is(name, SPAN("authorization")))
            return HTTP_OK;
        return take_once(reader, &head->authorization, value, "There is more than one Authorization field.");
    case 14:
        return name_is(name, SPAN("content-length")) ? take_content_length(reader, value) : HTTP_OK;
    case 17:
        return name_is(name, SPAN("transfer-encoding")) ? take_transfer_encoding(reader, value) : HTTP_OK;
    default:
        return HTTP_OK;
    }
}

/* --- Field lines --- */

static int
take_field(struct head_reader *reader, const char *head_end)
{
    struct http_head *head = reader->head;
    const char *start = reader->at;
    const char *colon = start;
    while (http_byte_is(*colon, BYTE_TOKEN))
        colon++;
    if (colon == start)
        return refuse(reader, 400,
                      "A header line does not start with a field name (folded lines are refused).");
    if (*colon != ':')
        return refuse(reader, 400,
                      "A field name holds a byte that no name may hold, or no colon follows it.");
    if (head->field_count == LIMIT_HEAD_FIELDS)
        return refuse(reader, 431, "There are more than 64 header fields.");
    const char *line_end = memchr(colon, '\r', (size_t)(head_end - colon));
    struct http_field *field = &head->fields[head->field_count++];
    field->name = (struct span){start, (size_t)(colon - start)};
    field->value = trimmed(colon + 1, line_end);
    reader->at = line_end + 2;
    return take_known(reader, field->name, field->value);
}

static int
parse_lines(struct head_reader *reader, const char *head_end)
{
    struct http_head *head = reader->head;
    int verdict;
    if ((verdict = take_method(reader)) || (verdict = take_target(reader)) ||
        (verdict = take_version(reader)))
        return verdict;
    while (reader->at < head_end - 2) {
        if ((verdict = take_field(reader, head_end)))
            return verdict;
    }
    if (head->minor_version == 1 && reader->host_count == 0)
        return refuse(reader, 400, "There is no Host field.");
    head->keep_alive = !reader->says_close && (head->minor_version == 1 || reader->says_keep_alive);
    return HTTP_OK;
}

/* All but the fields themselves, which would cost more to clear than a request costs to parse. */
static void
clear_head(struct http_head *head)
{
    head->field_count = 0;
    head->keep_alive = head->chunked = head->has_length = head->expects_continue = false;
    head->content_length = 0;
    head->authorization = head->content_type = (struct span){0};
}

int
http_parse_head(struct span bytes, size_t *scanned, struct http_head *head, size_t *used, const char **why)
{
    assert(*scanned <= bytes.len);
    if (bytes.len == 0)
        return HTTP_MORE;
    /* RFC 9112, section 2.2: one empty line before a request is forgiven. */
    size_t start = bytes.len >= 2 && bytes.at[0] == '\r' && bytes.at[1] == '\n' ? 2 : 0;
    if (start == bytes.len)
        return HTTP_MORE;
    if (!http_byte_is(bytes.at[start], BYTE_TOKEN) && bytes.at[start] != '\r') {
        *why = "The request line does not start with a method.";
        return 400;
    }
    int verdict = find_end(bytes, start, scanned, used, why);
    if (verdict != HTTP_OK)
        return verdict;
    clear_head(head);
    struct head_reader reader = {.head = head, .at = bytes.at + start};
    verdict = parse_lines(&reader, bytes.at + *used);
    if (verdict != HTTP_OK)
        *why = reader.why;
    return verdict;
}

struct span
http_field(const struct http_head *head, const char *name)
{
    struct span wanted = span_of(name);
    for (size_t i = 0; i < head->field_count; i++) {
        struct span found = head->fields[i].name;
        if (found.len == wanted.len && strncasecmp(found.at, wanted.at, wanted.len) == 0)
            return head->fields[i].value;
    }
    return (struct span){0};
}
