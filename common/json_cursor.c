#include "common/json_cursor.h"

#include "common/json_plain.h"
#include "common/utf8.h"

static bool
stop(struct json_cursor *cursor, const char *expected)
{
    if (!cursor->expected)
        cursor->expected = expected;
    return false;
}

bool
json_take(struct json_cursor *cursor, char byte, const char *expected)
{
    if (!json_peek(cursor, byte))
        return stop(cursor, expected);
    cursor->at++;
    return true;
}

/* --- Strings --- */

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of a "\u0041" whose backslash stands at `at`; -1 where it is none. */
static int32_t
read_unit(const char *at, const char *end)
{
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    int32_t unit = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* The code point of one or, for a surrogate pair, two \u escapes, and their length; -1 where there is none.
 */
static int32_t
read_code_point(const char *at, const char *end, size_t *len)
{
    int32_t unit = read_unit(at, end);
    *len = 6;
    if (unit < 0xd800 || unit > 0xdfff)
        return unit;
    int32_t low = unit < 0xdc00 ? read_unit(at + 6, end) : -1;
    *len = 12;
    return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : -1;
}

/* The byte that a short escape stands for, or 0. */
static char
short_escape(char letter)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char bytes[] = "\"\\/\b\f\n\r\t";
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? bytes[found - letters] : '\0';
}

static bool
take_escape(struct json_cursor *cursor)
{
    const char *at = cursor->at;
    size_t len = 2;
    if (cursor->end - at >= 2 && at[1] == 'u') {
        if (read_code_point(at, cursor->end, &len) < 0)
            return stop(cursor, "a \\u escape of one character");
    } else if (cursor->end - at < 2 || !short_escape(at[1])) {
        return stop(cursor, "an escape that JSON knows");
    }
    cursor->at += len;
    return true;
}

/* Takes what ended a plain run inside a string: an escape or a character beyond ASCII. By itself, so that the
 * strings that have none, nearly all, do not pay for its registers. */
static bool __attribute__((noinline)) take_special(struct json_cursor *cursor, struct json_value *value)
{
    if (cursor->at == cursor->end)
        return stop(cursor, "'\"' at the end of a string");
    unsigned char byte = (unsigned char)*cursor->at;
    if (byte == '\\') {
        value->escaped = true;
        return take_escape(cursor);
    }
    if (byte < 0x20)
        return stop(cursor, "no control character in a string");
    size_t len = utf8_len((struct span){cursor->at, (size_t)(cursor->end - cursor->at)});
    if (len == 0)
        return stop(cursor, "UTF-8");
    cursor->at += len;
    return true;
}

/* The opening quote stands at the cursor. */
static bool
take_string(struct json_cursor *cursor, struct json_value *value)
{
    const char *start = ++cursor->at;
    value->kind = JSON_IS_STRING;
    value->escaped = false;
    for (;;) {
        cursor->at = json_plain_end(cursor->at, cursor->end);
        if (json_peek(cursor, '"'))
            break;
        if (!take_special(cursor, value))
            return false;
    }
    value->text = (struct span){start, (size_t)(cursor->at - start)};
    cursor->at++;
    return true;
}

size_t
json_unescape(struct span text, char *out)
{
    const char *at = text.at, *end = text.at + text.len;
    char *to = out;
    while (at < end) {
        if (*at != '\\') {
            *to++ = *at++;
        } else if (at[1] == 'u') {
            size_t len;
            to += utf8_put(to, (uint32_t)read_code_point(at, end, &len));
            at += len;
        } else {
            *to++ = short_escape(at[1]);
            at += 2;
        }
    }
    return (size_t)(to - out);
}

/* --- Numbers and words --- */

static bool
is_digit_next(const struct json_cursor *cursor)
{
    return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static bool
take_digits(struct json_cursor *cursor)
{
    if (!is_digit_next(cursor))
        return stop(cursor, "a digit");
    while (is_digit_next(cursor))
        cursor->at++;
    return true;
}

/* Takes the integer part: exact where it fits int64_t, else JSON_IS_HUGE. */
static bool
take_integer(struct json_cursor *cursor, struct json_value *value)
{
    bool negative = json_peek(cursor, '-');
    cursor->at += negative;
    const char *first = cursor->at;
    uint64_t size = 0;
    bool fits = true;
    for (; is_digit_next(cursor); cursor->at++) {
        fits = fits && !__builtin_mul_overflow(size, 10, &size) &&
               !__builtin_add_overflow(size, (uint64_t)(*cursor->at - '0'), &size);
    }
    if (cursor->at == first)
        return stop(cursor, "a digit");
    if (*first == '0' && cursor->at - first > 1) {
        cursor->at = first + 1;
        return stop(cursor, "no digit behind a leading 0");
    }
    fits = fits && size <= (uint64_t)INT64_MAX + negative;
    value->kind = fits ? JSON_IS_INTEGER : JSON_IS_HUGE;
    value->integer = fits ? (int64_t)(negative ? 0 - size : size) : 0;
    return true;
}

static bool
take_number(struct json_cursor *cursor, struct json_value *value)
{
    const char *start = cursor->at;
    if (!take_integer(cursor, value))
        return false;
    if (json_peek(cursor, '.')) {
        value->kind = JSON_IS_REAL;
        cursor->at++;
        if (!take_digits(cursor))
            return false;
    }
    if (json_peek(cursor, 'e') || json_peek(cursor, 'E')) {
        value->kind = JSON_IS_REAL;
        cursor->at++;
        if (json_peek(cursor, '+') || json_peek(cursor, '-'))
            cursor->at++;
        if (!take_digits(cursor))
            return false;
    }
    value->text = (struct span){start, (size_t)(cursor->at - start)};
    return true;
}

static bool
take_word(struct json_cursor *cursor, const char *word, struct json_value *value)
{
    size_t len = strlen(word);
    if ((size_t)(cursor->end - cursor->at) < len || memcmp(cursor->at, word, len) != 0)
        return stop(cursor, "a value");
    value->kind = word[0] == 'n' ? JSON_IS_NULL : JSON_IS_BOOL;
    value->integer = word[0] == 't';
    value->text = (struct span){cursor->at, len};
    cursor->at += len;
    return true;
}

static bool
take_scalar(struct json_cursor *cursor, struct json_value *value)
{
    switch (cursor->at < cursor->end ? *cursor->at : '\0') {
    case '"':
        return take_string(cursor, value);
    case 't':
        return take_word(cursor, "true", value);
    case 'f':
        return take_word(cursor, "false", value);
    case 'n':
        return take_word(cursor, "null", value);
    case '-':
        return take_number(cursor, value);
    default:
        return is_digit_next(cursor) ? take_number(cursor, value) : stop(cursor, "a value");
    }
}

/* --- Containers --- */

bool
json_take_name(struct json_cursor *cursor, struct json_value *name)
{
    if (!json_peek(cursor, '"'))
        return stop(cursor, "a field's name in quotes");
    if (!take_string(cursor, name))
        return false;
    json_space(cursor);
    if (!json_take(cursor, ':', "':' behind a field's name"))
        return false;
    json_space(cursor);
    return true;
}

/* The containers that are open: whether each is an object stands in one bit, the innermost one lowest. */
struct walk {
    uint64_t is_object;
    int open;
    int deepest;
    bool fresh; /* the innermost one has just been opened */
};

static bool
open_container(struct json_cursor *cursor, struct walk *walk)
{
    if (walk->open == JSON_DEPTH_MAX) {
        cursor->too_deep = true;
        return stop(cursor, "at most 64 levels of nesting");
    }
    walk->is_object = walk->is_object << 1 | (*cursor->at == '{');
    walk->open++;
    if (walk->open > walk->deepest)
        walk->deepest = walk->open;
    walk->fresh = true;
    cursor->at++;
    return true;
}

static void
close_container(struct json_cursor *cursor, struct walk *walk)
{
    walk->is_object >>= 1;
    walk->open--;
    walk->fresh = false;
    cursor->at++;
}

/* Takes one element of the innermost container: a scalar, or the bracket that opens the next one. */
static bool
walk_element(struct json_cursor *cursor, struct walk *walk)
{
    struct json_value value;
    if ((walk->is_object & 1) && !json_take_name(cursor, &value))
        return false;
    if (json_peek(cursor, '{') || json_peek(cursor, '['))
        return open_container(cursor, walk);
    walk->fresh = false;
    return take_scalar(cursor, &value);
}

static bool
walk_container(struct json_cursor *cursor, struct walk *walk)
{
    if (!open_container(cursor, walk))
        return false;
    while (walk->open > 0) {
        json_space(cursor);
        bool object = walk->is_object & 1;
        if (json_peek(cursor, object ? '}' : ']')) {
            close_container(cursor, walk);
            continue;
        }
        if (!walk->fresh) {
            if (!json_take(cursor, ',', object ? "',' or '}'" : "',' or ']'"))
                return false;
            json_space(cursor);
        }
        if (!walk_element(cursor, walk))
            return false;
    }
    return true;
}

bool
json_take_value(struct json_cursor *cursor, struct json_value *value)
{
    const char *start = cursor->at;
    bool object = json_peek(cursor, '{');
    value->depth = 0;
    if (!object && !json_peek(cursor, '['))
        return take_scalar(cursor, value);
    struct walk walk = {0};
    if (!walk_container(cursor, &walk))
        return false;
    value->kind = object ? JSON_IS_OBJECT : JSON_IS_ARRAY;
    value->depth = walk.deepest;
    value->text = (struct span){start, (size_t)(cursor->at - start)};
    return true;
}
