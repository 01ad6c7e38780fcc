#include "common/sentence.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/utf8.h"

enum { SHOWN_BYTES = 40 };

struct sentence
sentence_start(char *at, size_t size)
{
    assert(size > 0);
    at[0] = '\0';
    return (struct sentence){at, size, 0};
}

/* Drops the start of a character whose end was cut off. */
static void
drop_cut_character(struct sentence *sentence)
{
    size_t start = sentence->len;
    while (start > 0 && ((unsigned char)sentence->at[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)sentence->at[start - 1] >= 0x80)
        start--;
    if (utf8_len((struct span){sentence->at + start, sentence->len - start}) == 0)
        sentence->len = start;
    sentence->at[sentence->len] = '\0';
}

void
sentence_add_list(struct sentence *sentence, const char *format, va_list arguments)
{
    size_t room = sentence->size - sentence->len;
    int len = vsnprintf(sentence->at + sentence->len, room, format, arguments);
    assert(len >= 0);
    if ((size_t)len < room) {
        sentence->len += (size_t)len;
        return;
    }
    sentence->len = sentence->size - 1;
    drop_cut_character(sentence);
}

void
sentence_add(struct sentence *sentence, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sentence_add_list(sentence, format, arguments);
    va_end(arguments);
}

void
sentence_write(char *at, size_t size, const char *format, va_list arguments)
{
    struct sentence sentence = sentence_start(at, size);
    sentence_add_list(&sentence, format, arguments);
}

/* The code point of a valid character. */
static uint32_t
code_point(const char *at, size_t len)
{
    static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t value = (unsigned char)at[0] & lead_bits[len];
    for (size_t i = 1; i < len; i++)
        value = value << 6 | ((unsigned char)at[i] & 0x3f);
    return value;
}

/* Control characters, line separators, and what turns the direction of the text behind it. */
static bool
is_unprintable(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0x200e || point == 0x200f || point == 0xfeff;
}

/* Adds the character at the start of `text`, or an escape for it; returns how many bytes of `text` it was. */
static size_t
show_character(struct sentence *sentence, struct span text)
{
    size_t len = utf8_len(text);
    if (len == 0) {
        sentence_add(sentence, "\\x%02x", (unsigned)(unsigned char)text.at[0]);
        return 1;
    }
    uint32_t point = code_point(text.at, len);
    if (is_unprintable(point))
        sentence_add(sentence, "\\u%04x", (unsigned)point);
    else
        sentence_add(sentence, "%.*s", (int)len, text.at);
    return len;
}

void
sentence_show(struct sentence *sentence, struct span text)
{
    size_t limit = sentence->len + SHOWN_BYTES;
    while (text.len > 0) {
        if (sentence->len >= limit) {
            sentence_add(sentence, "…");
            return;
        }
        size_t len = show_character(sentence, text);
        text.at += len;
        text.len -= len;
    }
}

void
sentence_quote(struct sentence *sentence, struct span text)
{
    sentence_add(sentence, "\"");
    sentence_show(sentence, text);
    sentence_add(sentence, "\"");
}
