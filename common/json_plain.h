/* What may stand in a JSON string as it is: events come, and tables go, by megabytes. */
#ifndef BOCHUANG_JSON_PLAIN_H
#define BOCHUANG_JSON_PLAIN_H

#include "common/bytes16.h"

/* The first byte that is not plain ASCII text of a string, or `end`. */
static inline const char *
json_plain_end(const char *at, const char *end)
{
    for (; end - at >= BYTES16; at += BYTES16) {
        bytes16 bytes = bytes16_at(at);
        bytes16 special = (bytes16)((bytes < 0x20) | (bytes >= 0x80) | (bytes == '"') | (bytes == '\\'));
        unsigned first = bytes16_first(special);
        if (first < BYTES16)
            return at + first;
    }
    while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
        at++;
    return at;
}

#endif
