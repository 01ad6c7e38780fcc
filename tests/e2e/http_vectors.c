/* The vectors of tests/unit/http_vectors.h as JSON, bytes in hexadecimal, for tests in other languages. */
#include <stdio.h>

#include "tests/unit/http_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
put(const char *group, const char *name, const char *bytes, size_t len, int verdict)
{
    static const char *comma = "";
    printf("%s{\"group\":\"%s\",\"name\":\"%s\",\"verdict\":%d,\"bytes\":\"", comma, group, name, verdict);
    for (size_t i = 0; i < len; i++)
        printf("%02x", (unsigned char)bytes[i]);
    printf("\"}");
    comma = ",\n";
}

static void
put_heads(const char *group, const struct head_vector *vectors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(group, vectors[i].name, vectors[i].bytes, vectors[i].len, vectors[i].verdict);
}

int
main(void)
{
    printf("[");
    put_heads("compliance", compliance, COUNT(compliance));
    put_heads("smuggling", smuggling, COUNT(smuggling));
    put_heads("malformed", malformed, COUNT(malformed));
    put_heads("normalisation", normalisation, COUNT(normalisation));
    for (size_t i = 0; i < COUNT(chunk_vectors); i++)
        put("chunks", chunk_vectors[i].name, chunk_vectors[i].bytes, chunk_vectors[i].len,
            chunk_vectors[i].verdict);
    printf("]\n");
    return 0;
}
