/*
 * Requests and the verdict that RFC 9112 and RFC 9110 give on them. Where the RFC leaves a choice, the strict
 * one stands here. `reads_as` is what an accepted head must come out as:
 *
 *     METHOD path?query 1.minor keep|close none|length=N|chunked [100] fields=N
 */
#ifndef BOCHUANG_HTTP_VECTORS_H
#define BOCHUANG_HTTP_VECTORS_H

#include <stddef.h>

struct head_vector {
    const char *name;
    const char *bytes;
    size_t len;
    int verdict;
    const char *reads_as;
};

#define YES(name, bytes, reads_as)                                                                           \
    {                                                                                                        \
        name, bytes, sizeof(bytes) - 1, 0, reads_as                                                          \
    }
#define MORE(name, bytes)                                                                                    \
    {                                                                                                        \
        name, bytes, sizeof(bytes) - 1, 1, NULL                                                              \
    }
#define NO(status, name, bytes)                                                                              \
    {                                                                                                        \
        name, bytes, sizeof(bytes) - 1, status, NULL                                                         \
    }

#define GET "GET / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define END "\r\n"
#define X16 "xxxxxxxxxxxxxxxx"
#define X64 X16 X16 X16 X16
#define X256 X64 X64 X64 X64
#define X1K X256 X256 X256 X256
#define X2K X1K X1K
#define F8 "a: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\n"
#define F63 F8 F8 F8 F8 F8 F8 F8 "a: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\na: b\r\n"

/* What must be accepted, and how it reads. */
static const struct head_vector compliance[] = {
    YES("least request", GET HOST END, "GET / 1.1 keep none fields=1"),
    YES("HEAD", "HEAD /x HTTP/1.1\r\n" HOST END, "HEAD /x 1.1 keep none fields=1"),
    YES("POST with length", POST "Content-Length: 5\r\n" END, "POST / 1.1 keep length=5 fields=2"),
    YES("PUT with length", "PUT /a HTTP/1.1\r\n" HOST "Content-Length: 1\r\n" END,
        "PUT /a 1.1 keep length=1 fields=2"),
    YES("DELETE", "DELETE /a HTTP/1.1\r\n" HOST END, "DELETE /a 1.1 keep none fields=1"),
    YES("OPTIONS", "OPTIONS /a HTTP/1.1\r\n" HOST END, "OPTIONS /a 1.1 keep none fields=1"),
    YES("PATCH", "PATCH /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\n" END,
        "PATCH /a 1.1 keep length=0 fields=2"),
    YES("a method we do not know", "PROPFIND /a HTTP/1.1\r\n" HOST END, "PROPFIND /a 1.1 keep none fields=1"),
    YES("methods are case-sensitive", "get /a HTTP/1.1\r\n" HOST END, "get /a 1.1 keep none fields=1"),
    YES("every token character in a method", "!#$%&'*+-.^_`|~09AZaz / HTTP/1.1\r\n" HOST END,
        "!#$%&'*+-.^_`|~09AZaz / 1.1 keep none fields=1"),
    YES("POST without a length", POST END, "POST / 1.1 keep none fields=1"),
    YES("length zero", POST "Content-Length: 0\r\n" END, "POST / 1.1 keep length=0 fields=2"),
    YES("length with leading zeros", POST "Content-Length: 0010\r\n" END,
        "POST / 1.1 keep length=10 fields=2"),
    YES("the largest length", POST "Content-Length: 9223372036854775807\r\n" END,
        "POST / 1.1 keep length=9223372036854775807 fields=2"),
    YES("chunked", POST "Transfer-Encoding: chunked\r\n" END, "POST / 1.1 keep chunked fields=2"),
    YES("GET with a body", GET HOST "Content-Length: 3\r\n" END, "GET / 1.1 keep length=3 fields=2"),
    YES("expects 100", POST "Expect: 100-continue\r\nContent-Length: 3\r\n" END,
        "POST / 1.1 keep length=3 100 fields=3"),
    YES("close", GET HOST "Connection: close\r\n" END, "GET / 1.1 close none fields=2"),
    YES("keep-alive", GET HOST "Connection: keep-alive\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("close wins", GET HOST "Connection: keep-alive, close\r\n" END, "GET / 1.1 close none fields=2"),
    YES("close wins over two fields", GET HOST "Connection: close\r\nConnection: keep-alive\r\n" END,
        "GET / 1.1 close none fields=3"),
    YES("other connection options", GET HOST "Connection: upgrade, x-hop\r\n" END,
        "GET / 1.1 keep none fields=2"),
    YES("1.0 closes", "GET / HTTP/1.0\r\n" END, "GET / 1.0 close none fields=0"),
    YES("1.0 with Host", "GET / HTTP/1.0\r\n" HOST END, "GET / 1.0 close none fields=1"),
    YES("1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n" END, "GET / 1.0 keep none fields=1"),
    YES("1.0 keep-alive and close", "GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n" END,
        "GET / 1.0 close none fields=1"),
    YES("1.0 ignores 100-continue", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n" END,
        "POST / 1.0 close length=1 fields=2"),
    YES("1.0 with a length", "POST / HTTP/1.0\r\nContent-Length: 7\r\n" END,
        "POST / 1.0 close length=7 fields=1"),
    YES("query", "GET /a?b=c&d HTTP/1.1\r\n" HOST END, "GET /a?b=c&d 1.1 keep none fields=1"),
    YES("empty query", "GET /a? HTTP/1.1\r\n" HOST END, "GET /a? 1.1 keep none fields=1"),
    YES("a question mark in the query", "GET /a?b?c HTTP/1.1\r\n" HOST END,
        "GET /a?b?c 1.1 keep none fields=1"),
    YES("percent-encoded target", "GET /%E6%94%B8?x=%20 HTTP/1.1\r\n" HOST END,
        "GET /%E6%94%B8?x=%20 1.1 keep none fields=1"),
    YES("two slashes", "GET //a//b HTTP/1.1\r\n" HOST END, "GET //a//b 1.1 keep none fields=1"),
    YES("dots stay", "GET /a/../b HTTP/1.1\r\n" HOST END, "GET /a/../b 1.1 keep none fields=1"),
    YES("other visible bytes in the target", "GET /\"<>[]\\^`{|} HTTP/1.1\r\n" HOST END,
        "GET /\"<>[]\\^`{|} 1.1 keep none fields=1"),
    YES("one empty line before the request", "\r\n" GET HOST END, "GET / 1.1 keep none fields=1"),
    YES("empty Host", GET "Host:\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host with port", GET "Host: example.org:8300\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host with an empty port", GET "Host: example.org:\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host with the last port", GET "Host: a:65535\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host is IPv4", GET "Host: 127.0.0.1:80\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host is IPv6", GET "Host: [::1]:80\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host is IPv6 without port", GET "Host: [fe80::1]\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host percent-encoded", GET "Host: %E6%94%B8.cn\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("Host with sub-delims", GET "Host: a!$&'()*+,;=~_-.b\r\n" END, "GET / 1.1 keep none fields=1"),
    YES("empty value", GET HOST "X-Empty:\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("a tab in a value", GET HOST "X: a\tb\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("obs-text in a value", GET HOST "X: \xe6\x94\xb8\xff\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("a colon in a value", GET HOST "X: a:b: c\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("every visible byte in a value", GET HOST "X: !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\r\n" END,
        "GET / 1.1 keep none fields=2"),
    YES("every token character in a name", GET HOST "!#$%&'*+-.^_`|~09AZaz: x\r\n" END,
        "GET / 1.1 keep none fields=2"),
    YES("a field of one letter twice", GET HOST "A: 1\r\nA: 2\r\n" END, "GET / 1.1 keep none fields=3"),
    YES("what follows is not looked at", GET HOST END "\x00\x01\n", "GET / 1.1 keep none fields=1"),
    YES("Upgrade is ignored", GET HOST "Upgrade: h2c\r\nConnection: upgrade\r\n" END,
        "GET / 1.1 keep none fields=3"),
    YES("TE is ignored", GET HOST "TE: trailers\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("an authorization and a type",
        POST "Authorization: Bearer x\r\nContent-Type: a/b\r\nContent-Length: 1\r\n" END,
        "POST / 1.1 keep length=1 fields=4"),
    YES("64 fields", GET HOST F63 END, "GET / 1.1 keep none fields=64"),
    YES("16 KiB of head", /* 16 + 9 + 3 + 16352 + 2 + 2 = 16384 */
        GET HOST "X: " X2K X2K X2K X2K X2K X2K X2K X1K X256 X256 X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16
            X16 X16 X16 "xxxxxxxxxxxxxxxx\r\n" END,
        NULL),
    MORE("nothing", ""),
    MORE("the first letter", "G"),
    MORE("half a request line", "GET / HT"),
    MORE("a carriage return", "GET / HTTP/1.1\r"),
    MORE("a request line", GET),
    MORE("half a field", GET "Hos"),
    MORE("all but the last byte", GET HOST "\r"),
    MORE("an empty line only", "\r\n"),
    MORE("half an empty line", "\r"),
};

/* Two lengths in one request: each line here has been a way past some proxy. */
static const struct head_vector smuggling[] = {
    NO(400, "length and chunked", POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END),
    NO(400, "chunked and length", POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" END),
    NO(400, "length twice", POST "Content-Length: 5\r\nContent-Length: 6\r\n" END),
    NO(400, "the same length twice", POST "Content-Length: 5\r\nContent-Length: 5\r\n" END),
    NO(400, "length zero and another", POST "Content-Length: 0\r\nContent-Length: 6\r\n" END),
    NO(400, "length zero twice", POST "Content-Length: 0\r\nContent-Length: 0\r\n" END),
    NO(400, "length in a list", POST "Content-Length: 5, 5\r\n" END),
    NO(400, "length in a list of two", POST "Content-Length: 5, 6\r\n" END),
    NO(400, "length with a plus", POST "Content-Length: +5\r\n" END),
    NO(400, "length with a minus", POST "Content-Length: -5\r\n" END),
    NO(400, "length minus zero", POST "Content-Length: -0\r\n" END),
    NO(400, "length in hexadecimal", POST "Content-Length: 0x5\r\n" END),
    NO(400, "length with letters", POST "Content-Length: 5a\r\n" END),
    NO(400, "length with a space inside", POST "Content-Length: 5 5\r\n" END),
    NO(400, "length with a point", POST "Content-Length: 5.0\r\n" END),
    NO(400, "length with an exponent", POST "Content-Length: 1e2\r\n" END),
    NO(400, "length in quotes", POST "Content-Length: \"5\"\r\n" END),
    NO(400, "length empty", POST "Content-Length:\r\n" END),
    NO(400, "length of white space", POST "Content-Length:  \t\r\n" END),
    NO(400, "length one too large", POST "Content-Length: 9223372036854775808\r\n" END),
    NO(400, "length that wraps to 5", POST "Content-Length: 18446744073709551621\r\n" END),
    NO(400, "length of 30 digits", POST "Content-Length: 111111111111111111111111111111\r\n" END),
    NO(400, "length in other digits", POST "Content-Length: \xd9\xa5\r\n" END),
    NO(400, "length with an underscore", POST "Content-Length: 1_0\r\n" END),
    NO(400, "a space before the colon of the length", POST "Content-Length : 5\r\n" END),
    NO(400, "a tab before the colon of the length", POST "Content-Length\t: 5\r\n" END),
    NO(400, "a space before the colon of the coding", POST "Transfer-Encoding : chunked\r\n" END),
    NO(400, "a folded coding", POST "Transfer-Encoding:\r\n chunked\r\n" END),
    NO(400, "a field behind a space", POST " Content-Length: 5\r\n" END),
    NO(400, "a vertical tab before chunked",
       POST "Transfer-Encoding: \x0b"
            "chunked\r\n" END),
    NO(400, "a form feed before chunked",
       POST "Transfer-Encoding: \x0c"
            "chunked\r\n" END),
    NO(400, "a NUL behind chunked", POST "Transfer-Encoding: chunked\0\r\n" END),
    NO(400, "a bare CR behind chunked", POST "Transfer-Encoding: chunked\r\r\n" END),
    NO(400, "xchunked", POST "Transfer-Encoding: xchunked\r\n" END),
    NO(400, "chunkedx", POST "Transfer-Encoding: chunkedx\r\n" END),
    NO(400, "chunk", POST "Transfer-Encoding: chunk\r\n" END),
    NO(400, "chunked in quotes", POST "Transfer-Encoding: \"chunked\"\r\n" END),
    NO(400, "chunked with a parameter", POST "Transfer-Encoding: chunked;q=1\r\n" END),
    NO(400, "chunked and a comma", POST "Transfer-Encoding: chunked,\r\n" END),
    NO(501, "a comma and chunked", POST "Transfer-Encoding: ,chunked\r\n" END),
    NO(400, "chunked twice", POST "Transfer-Encoding: chunked, chunked\r\n" END),
    NO(400, "chunked in two fields", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END),
    NO(400, "chunked and identity in two fields",
       POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" END),
    NO(400, "identity and chunked in two fields",
       POST "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n" END),
    NO(400, "identity", POST "Transfer-Encoding: identity\r\n" END),
    NO(400, "gzip only", POST "Transfer-Encoding: gzip\r\n" END),
    NO(400, "chunked, then gzip", POST "Transfer-Encoding: chunked, gzip\r\n" END),
    NO(400, "chunked, gzip, chunked", POST "Transfer-Encoding: chunked, gzip, chunked\r\n" END),
    NO(501, "gzip, then chunked", POST "Transfer-Encoding: gzip, chunked\r\n" END),
    NO(501, "deflate, then chunked", POST "Transfer-Encoding: deflate,chunked\r\n" END),
    NO(501, "identity, then chunked", POST "Transfer-Encoding: identity, chunked\r\n" END),
    NO(400, "coding empty", POST "Transfer-Encoding:\r\n" END),
    NO(400, "coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" END),
    NO(400, "coding and length in 1.0",
       "POST / HTTP/1.0\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n" END),
    NO(400, "coding in a GET of 1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" END),
    NO(400, "length in a GET twice", GET HOST "Content-Length: 5\r\nContent-Length: 5\r\n" END),
    NO(400, "a bare LF between fields", POST "X: a\nContent-Length: 5\r\n" END),
    NO(400, "a bare LF behind the request line", "POST / HTTP/1.1\nHost: a\r\n" END),
    NO(400, "a bare LF for the empty line", POST "Content-Length: 5\r\n\n"),
    NO(400, "only bare LF", "GET / HTTP/1.1\nHost: a\n\n"),
    NO(400, "LF CR", POST "X: a\n\rContent-Length: 5\r\n" END),
    NO(400, "a bare CR between fields", POST "X: a\rContent-Length: 5\r\n" END),
    NO(400, "CR CR LF", POST "X: a\r\r\nContent-Length: 5\r\n" END),
    NO(400, "a CR before the empty line", POST "\r\r\n"),
    NO(400, "Host twice", GET HOST HOST END),
    NO(400, "two Hosts", GET HOST "Host: b\r\n" END),
    NO(400, "two Hosts in 1.0", "GET / HTTP/1.0\r\n" HOST HOST END),
    NO(400, "Host in a list", GET "Host: a, b\r\n" END),
    NO(400, "Host with a user", GET "Host: user@a\r\n" END),
    NO(400, "Host with a path", GET "Host: a/b\r\n" END),
    NO(400, "Host with a scheme", GET "Host: http://a\r\n" END),
    NO(400, "authorization twice", GET HOST "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n" END),
    NO(400, "the same authorization twice",
       GET HOST "Authorization: Bearer a\r\nauthorization: Bearer a\r\n" END),
    NO(400, "empty authorization, then another",
       GET HOST "Authorization:\r\nAuthorization: Bearer a\r\n" END),
    NO(400, "type twice", POST "Content-Type: a/b\r\nContent-Type: a/b\r\nContent-Length: 1\r\n" END),
    NO(400, "absolute target", "GET http://a/ HTTP/1.1\r\n" HOST END),
    NO(400, "a Host hidden in a folded line", GET "X: a\r\n Host: b\r\n" HOST END),
    NO(400, "a NUL in a name", POST "Content\0-Length: 5\r\n" END),
    NO(400, "a request behind bare LFs",
       "GET / HTTP/1.1\r\nHost: a\r\nX: b\n\nGET /admin HTTP/1.1\r\n" HOST END),
};

/* What is no request. */
static const struct head_vector malformed[] = {
    NO(400, "a space first", " GET / HTTP/1.1\r\n" HOST END),
    NO(400, "a tab first", "\tGET / HTTP/1.1\r\n" HOST END),
    NO(400, "a line feed first", "\n" GET HOST END),
    NO(400, "two empty lines first", "\r\n\r\n" GET HOST END),
    NO(400, "a CR and no LF first", "\rGET / HTTP/1.1\r\n" HOST END),
    NO(400, "TLS", "\x16\x03\x01\x02\x00\x01"),
    NO(400, "a NUL first", "\0"),
    NO(400, "UTF-8 BOM", "\xef\xbb\xbf" GET HOST END),
    NO(400, "no method", "/ HTTP/1.1\r\n" HOST END),
    NO(400, "no target", "GET HTTP/1.1\r\n" HOST END),
    NO(400, "an empty target", "GET  HTTP/1.1\r\n" HOST END),
    NO(400, "no version (0.9)", "GET /\r\n" END),
    NO(400, "no version but a space", "GET / \r\n" END),
    NO(400, "a method only", "GET\r\n" END),
    NO(400, "a method and a space", "GET \r\n" END),
    NO(400, "two spaces before the target", "GET  / HTTP/1.1\r\n" HOST END),
    NO(400, "two spaces before the version", "GET /  HTTP/1.1\r\n" HOST END),
    NO(400, "a tab before the target", "GET\t/ HTTP/1.1\r\n" HOST END),
    NO(400, "a tab before the version", "GET /\tHTTP/1.1\r\n" HOST END),
    NO(400, "a space behind the version", "GET / HTTP/1.1 \r\n" HOST END),
    NO(400, "a tab behind the version", "GET / HTTP/1.1\t\r\n" HOST END),
    NO(400, "a space in the target", "GET /a b HTTP/1.1\r\n" HOST END),
    NO(400, "a comma in the method", "GE,T / HTTP/1.1\r\n" HOST END),
    NO(400, "a bracket in the method", "GET( / HTTP/1.1\r\n" HOST END),
    NO(400, "a slash in the method", "GET/ / HTTP/1.1\r\n" HOST END),
    NO(400, "a colon in the method", "GET: / HTTP/1.1\r\n" HOST END),
    NO(400, "UTF-8 in the method", "G\xc3\x89T / HTTP/1.1\r\n" HOST END),
    NO(400, "a relative target", "GET a HTTP/1.1\r\n" HOST END),
    NO(400, "an asterisk", "OPTIONS * HTTP/1.1\r\n" HOST END),
    NO(400, "an authority", "CONNECT a:443 HTTP/1.1\r\n" HOST END),
    NO(400, "a query only", "GET ?a HTTP/1.1\r\n" HOST END),
    NO(400, "a fragment", "GET /a#b HTTP/1.1\r\n" HOST END),
    NO(400, "UTF-8 in the target", "GET /\xe6\x94\xb8 HTTP/1.1\r\n" HOST END),
    NO(400, "a NUL in the target", "GET /a\0b HTTP/1.1\r\n" HOST END),
    NO(400, "DEL in the target", "GET /a\x7f HTTP/1.1\r\n" HOST END),
    NO(400, "a control byte in the target", "GET /a\x01 HTTP/1.1\r\n" HOST END),
    NO(400, "lower-case http", "GET / http/1.1\r\n" HOST END),
    NO(400, "HTTQ", "GET / HTTQ/1.1\r\n" HOST END),
    NO(400, "no slash in the version", "GET / HTTP1.1\r\n" HOST END),
    NO(400, "a version without a minor", "GET / HTTP/1\r\n" HOST END),
    NO(400, "a version with a point only", "GET / HTTP/1.\r\n" HOST END),
    NO(400, "a version with three parts", "GET / HTTP/1.1.1\r\n" HOST END),
    NO(400, "a version of two digits", "GET / HTTP/1.10\r\n" HOST END),
    NO(400, "a version with a zero before", "GET / HTTP/01.1\r\n" HOST END),
    NO(400, "a version with a comma", "GET / HTTP/1,1\r\n" HOST END),
    NO(400, "a version with a letter", "GET / HTTP/1.x\r\n" HOST END),
    NO(505, "HTTP/1.2", "GET / HTTP/1.2\r\n" HOST END),
    NO(505, "HTTP/1.9", "GET / HTTP/1.9\r\n" HOST END),
    NO(505, "HTTP/2.0", "GET / HTTP/2.0\r\n" HOST END),
    NO(505, "HTTP/0.9", "GET / HTTP/0.9\r\n" HOST END),
    NO(505, "HTTP/3.0", "GET / HTTP/3.0\r\n" HOST END),
    NO(400, "the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    NO(400, "no Host", GET END),
    NO(400, "no Host, other fields", GET "X: a\r\n" END),
    NO(400, "Host with a space", GET "Host: a b\r\n" END),
    NO(400, "Host with a tab", GET "Host: a\tb\r\n" END),
    NO(400, "Host with two ports", GET "Host: a:1:2\r\n" END),
    NO(400, "Host with a port of letters", GET "Host: a:http\r\n" END),
    NO(400, "Host with too large a port", GET "Host: a:65536\r\n" END),
    NO(400, "Host with a port that wraps", GET "Host: a:4294967376\r\n" END),
    NO(400, "Host with a negative port", GET "Host: a:-1\r\n" END),
    NO(400, "Host with half an escape", GET "Host: a%4\r\n" END),
    NO(400, "Host with a wrong escape", GET "Host: a%zz\r\n" END),
    NO(400, "Host with UTF-8", GET "Host: \xe6\x94\xb8\r\n" END),
    NO(400, "Host with a query", GET "Host: a?b\r\n" END),
    NO(400, "Host with a fragment", GET "Host: a#b\r\n" END),
    NO(400, "Host with a quote", GET "Host: \"a\"\r\n" END),
    NO(400, "Host with a backslash", GET "Host: a\\b\r\n" END),
    NO(400, "Host with a bar", GET "Host: a|b\r\n" END),
    NO(400, "an open bracket", GET "Host: [::1\r\n" END),
    NO(400, "empty brackets", GET "Host: []\r\n" END),
    NO(400, "brackets with a space", GET "Host: [: :]\r\n" END),
    NO(400, "text behind brackets", GET "Host: [::1]a\r\n" END),
    NO(400, "brackets in brackets", GET "Host: [[::1]]\r\n" END),
    NO(400, "no colon", GET HOST "X\r\n" END),
    NO(400, "an empty name", GET HOST ": a\r\n" END),
    NO(400, "a space before the colon", GET HOST "X : a\r\n" END),
    NO(400, "a space in a name", GET HOST "X Y: a\r\n" END),
    NO(400, "a slash in a name", GET HOST "X/Y: a\r\n" END),
    NO(400, "a bracket in a name", GET HOST "X(Y): a\r\n" END),
    NO(400, "a quote in a name", GET HOST "\"X\": a\r\n" END),
    NO(400, "an at in a name", GET HOST "X@Y: a\r\n" END),
    NO(400, "a semicolon in a name", GET HOST "X;Y: a\r\n" END),
    NO(400, "an equals in a name", GET HOST "X=Y: a\r\n" END),
    NO(400, "braces in a name", GET HOST "{X}: a\r\n" END),
    NO(400, "UTF-8 in a name", GET HOST "\xe6\x94\xb8: a\r\n" END),
    NO(400, "DEL in a name", GET HOST "X\x7f: a\r\n" END),
    NO(400, "a folded line", GET HOST "X: a\r\n b\r\n" END),
    NO(400, "a line folded with a tab", GET HOST "X: a\r\n\tb\r\n" END),
    NO(400, "white space before the first field", GET " Host: a\r\n" END),
    NO(400, "a line of white space", GET HOST " \r\n" END),
    NO(400, "a NUL in a value", GET HOST "X: a\0b\r\n" END),
    NO(400, "BEL in a value", GET HOST "X: a\ab\r\n" END),
    NO(400, "ESC in a value", GET HOST "X: \x1b[1m\r\n" END),
    NO(400, "DEL in a value", GET HOST "X: a\x7f\r\n" END),
    NO(400, "VT in a value", GET HOST "X: a\vb\r\n" END),
    NO(400, "FF in a value", GET HOST "X: a\fb\r\n" END),
    NO(400, "the last control byte in a value",
       GET HOST "X: a\x1f"
                "b\r\n" END),
    NO(400, "a control byte far behind", GET HOST "X: " X256 "\x08" X256 "\r\n" END),
    NO(417, "another expectation", POST "Expect: 200-ok\r\nContent-Length: 1\r\n" END),
    NO(417, "an empty expectation", POST "Expect:\r\nContent-Length: 1\r\n" END),
    NO(417, "two expectations", POST "Expect: 100-continue, x\r\nContent-Length: 1\r\n" END),
    NO(417, "half an expectation", POST "Expect: 100\r\nContent-Length: 1\r\n" END),
    NO(417, "another expectation in 1.0", "GET / HTTP/1.0\r\nExpect: x\r\n" END),
    NO(400, "a connection option with a space", GET HOST "Connection: keep alive\r\n" END),
    NO(400, "a connection option in quotes", GET HOST "Connection: \"close\"\r\n" END),
    NO(414, "a target of 2 KiB and one byte", "GET /" X2K " HTTP/1.1\r\n" HOST END),
    NO(414, "a target of 6 KiB", "GET /" X2K X2K X2K " HTTP/1.1\r\n" HOST END),
    NO(414, "a target without an end", "GET /" X2K X2K X2K X2K X2K X2K X2K X2K),
    NO(431, "65 fields", GET HOST F63 "a: b\r\n" END),
    NO(431, "a field without an end", GET HOST "X: " X2K X2K X2K X2K X2K X2K X2K X2K),
    NO(431, "a head without an end", GET HOST "X: " X2K X2K X2K X2K "\r\nY: " X2K X2K X2K X2K "\r\n"),
    NO(431, "16 KiB of head and one byte",
       GET HOST "X: " X2K X2K X2K X2K X2K X2K X2K X1K X256 X256 X256 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16
           X16 X16 X16 "xxxxxxxxxxxxxxxxx\r\n" END),
};

/* Different bytes that say the same. */
static const struct head_vector normalisation[] = {
    YES("lower-case names", GET "host: a\r\ncontent-length: 4\r\n" END, "GET / 1.1 keep length=4 fields=2"),
    YES("upper-case names", GET "HOST: a\r\nCONTENT-LENGTH: 4\r\n" END, "GET / 1.1 keep length=4 fields=2"),
    YES("mixed names", GET "hOsT: a\r\ncOnTeNt-LeNgTh: 4\r\n" END, "GET / 1.1 keep length=4 fields=2"),
    YES("no space behind the colon", GET "Host:a\r\nContent-Length:4\r\n" END,
        "GET / 1.1 keep length=4 fields=2"),
    YES("much white space", GET "Host: \t a \t\r\nContent-Length:\t\t4  \r\n" END,
        "GET / 1.1 keep length=4 fields=2"),
    YES("upper-case chunked", POST "Transfer-Encoding: CHUNKED\r\n" END, "POST / 1.1 keep chunked fields=2"),
    YES("mixed chunked", POST "transfer-encoding:Chunked \r\n" END, "POST / 1.1 keep chunked fields=2"),
    YES("mixed Close", GET HOST "connection: Close\r\n" END, "GET / 1.1 close none fields=2"),
    YES("close in a list with gaps", GET HOST "Connection: , ,x ,\tCLOSE\t,\r\n" END,
        "GET / 1.1 close none fields=2"),
    YES("empty connection", GET HOST "Connection:\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("closed is not close", GET HOST "Connection: closed\r\n" END, "GET / 1.1 keep none fields=2"),
    YES("Keep-Alive in 1.0", "GET / HTTP/1.0\r\nCONNECTION: Keep-Alive\r\n" END,
        "GET / 1.0 keep none fields=1"),
    YES("mixed expectation", POST "expect: 100-Continue\r\nContent-Length: 3\r\n" END,
        "POST / 1.1 keep length=3 100 fields=3"),
    YES("the same expectation twice",
        POST "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" END,
        "POST / 1.1 keep length=3 100 fields=4"),
    YES("Host last", GET "X: a\r\nY: b\r\n" HOST END, "GET / 1.1 keep none fields=3"),
    YES("names that are nearly known",
        GET HOST "Hosts: b\r\nContent-Lengths: 1\r\nContent_Length: 1\r\nTransfer-Encodin: x\r\n" END,
        "GET / 1.1 keep none fields=5"),
    YES("names of the known lengths",
        GET HOST "Hast: b\r\nExpekt: x\r\nConnektion: close\r\nContent-Tipe: x\r\nAuthorisation: x\r\n"
                 "Content-Langth: 9\r\nTransfer.Encoding: x\r\n" END,
        "GET / 1.1 keep none fields=8"),
};

struct chunk_vector {
    const char *name;
    const char *bytes;
    size_t len;
    int verdict;
    const char *decoded;
    size_t rest; /* bytes behind the body */
};

#define BODY(name, bytes, decoded, rest)                                                                     \
    {                                                                                                        \
        name, bytes, sizeof(bytes) - 1, 0, decoded, rest                                                     \
    }
#define PART(name, bytes, decoded)                                                                           \
    {                                                                                                        \
        name, bytes, sizeof(bytes) - 1, 1, decoded, 0                                                        \
    }
#define BAD(status, name, bytes)                                                                             \
    {                                                                                                        \
        name, bytes, sizeof(bytes) - 1, status, NULL, 0                                                      \
    }

static const struct chunk_vector chunk_vectors[] = {
    BODY("empty", "0\r\n\r\n", "", 0),
    BODY("one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello", 0),
    BODY("two chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", 0),
    BODY("upper-case size", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0),
    BODY("lower-case size", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0),
    BODY("leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "hello", 0),
    BODY("line ends as content", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", 0),
    BODY("an extension", "5;a\r\nhello\r\n0\r\n\r\n", "hello", 0),
    BODY("an extension with a value", "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", "hello", 0),
    BODY("white space in an extension", "5; a = b\t\r\nhello\r\n0\r\n\r\n", "hello", 0),
    BODY("a trailer", "0\r\nX: y\r\n\r\n", "", 0),
    BODY("two trailers", "1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n", "a", 0),
    BODY("a trailer that names a length", "0\r\nContent-Length: 5\r\n\r\n", "", 0),
    BODY("the next request stays", "1\r\na\r\n0\r\n\r\nGET /", "a", 5),
    BODY("a second body stays", "0\r\n\r\n0\r\n\r\n", "", 5),
    PART("nothing", "", ""),
    PART("half a size", "5", ""),
    PART("half a line end", "5\r", ""),
    PART("half a chunk", "5\r\nhel", "hel"),
    PART("a chunk without its end", "5\r\nhello", "hello"),
    PART("no last line", "5\r\nhello\r\n0\r\n", "hello"),
    PART("half a trailer", "0\r\nX: y", ""),
    PART("a trailer and no end", "0\r\nX: y\r\n\r", ""),
    BAD(400, "no size", "\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "an extension and no size", ";a\r\n0\r\n\r\n"),
    BAD(400, "a space first", " 5\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "a plus", "+5\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "a minus", "-5\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "0x", "0x5\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "an underscore", "1_0\r\n"),
    BAD(400, "a letter that is no digit", "5g\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "a space behind the size", "5 \r\nhello\r\n0\r\n\r\n"),
    BAD(400, "a tab behind the size", "5\t;a\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "a bare LF behind the size", "5\nhello\r\n0\r\n\r\n"),
    BAD(400, "a bare LF in an extension", "5;a\nhello\r\n0\r\n\r\n"),
    BAD(400, "a bare CR behind the size", "5\rhello\r\n0\r\n\r\n"),
    BAD(400, "a NUL in an extension", "5;a\0b\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "CR CR LF behind the size", "5\r\r\nhello\r\n0\r\n\r\n"),
    BAD(400, "a chunk too long", "5\r\nhello!\r\n0\r\n\r\n"),
    BAD(400, "a chunk too short", "5\r\nhell\r\n0\r\n\r\n"),
    BAD(400, "a bare LF behind a chunk", "5\r\nhello\n0\r\n\r\n"),
    BAD(400, "a bare CR behind a chunk", "5\r\nhello\r0\r\n\r\n"),
    BAD(400, "nothing behind a chunk", "5\r\nhello0\r\n\r\n"),
    BAD(400, "a bare LF behind the last chunk", "0\r\n\n"),
    BAD(400, "a bare CR behind the last chunk", "0\r\n\rX"),
    BAD(400, "a trailer with a bare LF", "0\r\nX: y\n\r\n"),
    BAD(400, "a trailer with a space before its colon", "0\r\nX : y\r\n\r\n"),
    BAD(400, "a trailer without a name", "0\r\n: y\r\n\r\n"),
    BAD(400, "a trailer without a colon", "0\r\nXy\r\n\r\n"),
    BAD(400, "a folded trailer", "0\r\nX: y\r\n z\r\n\r\n"),
    BAD(400, "a control byte in a trailer", "0\r\nX: \x01\r\n\r\n"),
    BAD(413, "a size of 65 bits", "10000000000000000\r\n"),
    BAD(413, "a size that wraps to 5", "100000000000000005\r\nhello\r\n0\r\n\r\n"),
    BAD(413, "a size of many f", "ffffffffffffffffffff\r\n"),
    BAD(400, "too long a line", "5;" X256 "\r\nhello\r\n0\r\n\r\n"),
    BAD(431, "too long a trailer", "0\r\nX: " X2K X2K "\r\n\r\n"),
    BAD(431, "too many trailers", "0\r\nX: " X1K "\r\nX: " X1K "\r\nX: " X1K "\r\nX: " X1K "\r\n\r\n"),
};

#endif
