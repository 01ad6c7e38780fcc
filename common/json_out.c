#include "common/json_out.h"

#include <assert.h>
#include <string.h>

#include "common/utf8.h"

static void
before_value(struct json_out *json)
{
    if (json->comma)
        buf_add_byte(json->buf, ',');
    json->comma = true;
}

void
json_open(struct json_out *json, char bracket)
{
    before_value(json);
    buf_add_byte(json->buf, bracket);
    json->comma = false;
}

void
json_close(struct json_out *json, char bracket)
{
    buf_add_byte(json->buf, bracket);
    json->comma = true;
}

void
json_key(struct json_out *json, const char *key)
{
    json_text(json, key);
    buf_add_byte(json->buf, ':');
    json->comma = false;
}

void
json_int(struct json_out *json, int64_t value)
{
    before_value(json);
    buf_add_int(json->buf, value);
}

void
json_bool(struct json_out *json, bool value)
{
    before_value(json);
    buf_add_text(json->buf, value ? "true" : "false");
}

void
json_nil(struct json_out *json)
{
    before_value(json);
    buf_add_text(json->buf, "null");
}

static void
add_escaped(struct buf *buf, unsigned char byte)
{
    switch (byte) {
    case '"':
        buf_add(buf, "\\\"", 2);
        break;
    case '\\':
        buf_add(buf, "\\\\", 2);
        break;
    case '\n':
        buf_add(buf, "\\n", 2);
        break;
    default:
        buf_printf(buf, "\\u%04x", byte);
    }
}

/* The first byte from `at` on that is not plain ASCII, eight at a time: the board writes megabytes. */
static size_t
skip_plain(struct span text, size_t at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    for (uint64_t word; text.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.at + at, sizeof word);
        /* A byte that is 0 or too small borrows its highest bit. */
        uint64_t control = word - ones * 0x20, quote = (word ^ ones * '"') - ones,
                 backslash = (word ^ ones * '\\') - ones;
        if ((word | control | quote | backslash) & highs)
            break;
    }
    for (; at < text.len; at++) {
        unsigned char byte = (unsigned char)text.at[at];
        if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\')
            break;
    }
    return at;
}

void
json_str(struct json_out *json, struct span text)
{
    before_value(json);
    buf_add_byte(json->buf, '"');
    size_t added = 0; /* so much of the text is in the buffer */
    for (size_t at = 0; (at = skip_plain(text, at)) < text.len;) {
        size_t len = utf8_len((struct span){text.at + at, text.len - at});
        if (len > 1) {
            at += len;
            continue;
        }
        buf_add(json->buf, text.at + added, at - added);
        if (len == 0)
            buf_add_text(json->buf, "\xef\xbf\xbd");
        else
            add_escaped(json->buf, (unsigned char)text.at[at]);
        added = ++at;
    }
    if (text.len > added)
        buf_add(json->buf, text.at + added, text.len - added);
    buf_add_byte(json->buf, '"');
}

void
json_text(struct json_out *json, const char *text)
{
    if (text)
        json_str(json, span_of(text));
    else
        json_nil(json);
}

void
json_milli(struct json_out *json, int64_t milli)
{
    before_value(json);
    uint64_t size = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli;
    if (milli < 0)
        buf_add_byte(json->buf, '-');
    buf_add_int(json->buf, (int64_t)(size / 1000));
    unsigned rest = (unsigned)(size % 1000);
    if (rest == 0)
        return;
    char digits[5] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10),
                      0};
    for (size_t last = 3; digits[last] == '0'; last--)
        digits[last] = '\0';
    buf_add_text(json->buf, digits);
}

void
json_raw(struct json_out *json, struct span raw)
{
    before_value(json);
    buf_add_span(json->buf, raw);
}

void
json_put_int(struct json_out *json, const char *key, int64_t value)
{
    json_key(json, key);
    json_int(json, value);
}

void
json_put_bool(struct json_out *json, const char *key, bool value)
{
    json_key(json, key);
    json_bool(json, value);
}

void
json_put_text(struct json_out *json, const char *key, const char *text)
{
    json_key(json, key);
    json_text(json, text);
}

void
json_put_str(struct json_out *json, const char *key, struct span text)
{
    json_key(json, key);
    json_str(json, text);
}
