/* Ids of live messages: any bytes are one or none, and one comes back from its own text. */
#include "aggregator/resume_id.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    char *exact = malloc(size ? size : 1); /* a read behind it is seen */
    struct resume_id id, back;
    struct buf text = {0};
    MUST(exact);
    if (size > 0)
        memcpy(exact, input, size);
    if (resume_id_parse((struct span){exact, size}, &id)) {
        MUST(id.shard_count > 0 && id.shard_count <= LIMIT_SHARDS);
        resume_id_format(&id, &text);
        MUST(resume_id_parse(buf_span(&text), &back) && resume_id_equal(&id, &back));
    }
    buf_free(&text);
    free(exact);
    return 0;
}
