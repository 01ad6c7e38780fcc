#include "common/json_out.h"

#include <assert.h>

#include "common/json_plain.h"
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

void
json_str(struct json_out *json, struct span text)
{
    const char *at = text.len > 0 ? text.at : "", *end = at + text.len;
    const char *added = at; /* up to here it is in the buffer */
    before_value(json);
    buf_add_byte(json->buf, '"');
    while ((at = json_plain_end(at, end)) < end) {
        size_t len = utf8_len((struct span){at, (size_t)(end - at)});
        if (len > 1) {
            at += len;
            continue;
        }
        buf_add(json->buf, added, (size_t)(at - added));
        if (len == 0)
            buf_add_text(json->buf, "\xef\xbf\xbd");
        else
            add_escaped(json->buf, (unsigned char)*at);
        added = ++at;
    }
    if (end > added)
        buf_add(json->buf, added, (size_t)(end - added));
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
