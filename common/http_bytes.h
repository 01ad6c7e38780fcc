/* Classes of bytes in HTTP/1.1 messages (RFC 9110, section 5.6; RFC 3986, appendix A): one table look-up
 * each. */
#ifndef BOCHUANG_HTTP_BYTES_H
#define BOCHUANG_HTTP_BYTES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BYTE_TOKEN = 1,   /* of a method or a field name */
    BYTE_TARGET = 2,  /* visible ASCII but '#': of a request target */
    BYTE_HOST = 4,    /* of a host name: unreserved and sub-delims */
    BYTE_CONTROL = 8, /* never in a field value; HTAB is not among them */
};

extern const uint8_t http_byte_classes[256];

static inline bool
http_byte_is(char byte, int byte_class)
{
    return http_byte_classes[(unsigned char)byte] & byte_class;
}

/* The value of a hexadecimal digit, or -1. */
static inline int
http_hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    char lower = (char)(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

#endif
