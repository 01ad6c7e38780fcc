/* Queries of the board: the first byte says what the route takes, the rest is the query. A route that takes
 * `status` takes `after` here too: a byte has no bit left for it. */
#include "aggregator/board_query.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

static void
check_read(const struct board_query *query, unsigned takes)
{
    MUST(query->view < VIEW_COUNT);
    MUST(query->tally.by_count <= LIMIT_TALLY_DIMENSIONS);
    MUST(!(takes & NEEDS_BY) || !(takes & TAKES_BY) || query->tally.by_count > 0);
    for (size_t i = 0; i < query->tally.by_count; i++)
        MUST(query->tally.by[i] < DIMENSION_COUNT);
    for (size_t i = 0; i < query->tally.filter_count; i++) {
        struct span value = query->tally.filters[i].value;
        MUST(query->tally.filters[i].dimension < DIMENSION_COUNT);
        MUST(value.at >= query->text && value.at + value.len <= query->text + sizeof query->text);
    }
    MUST(query->bucket_s >= 60 && query->bucket_s % 60 == 0 && query->bucket_s <= QUERY_BUCKET_MOST_S);
    MUST(query->from_ms >= -1 && query->until_ms >= -1);
    MUST(query->limit >= 0 && query->limit <= QUERY_LIMIT_MOST);
    MUST(query->fate >= -1 && query->fate <= FATE_VOIDED);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static struct board_query query;
    char why[QUERY_WHY_SIZE] = "";
    if (size == 0)
        return 0;
    unsigned takes = input[0] | (input[0] & TAKES_STATUS ? TAKES_AFTER : 0);
    char *exact = malloc(size); /* a read behind it is seen */
    MUST(exact);
    memcpy(exact, input + 1, size - 1);
    if (board_query_parse((struct span){exact, size - 1}, takes, &query, why))
        check_read(&query, takes);
    else
        MUST(why[0] != '\0' && memchr(why, '\0', sizeof why));
    free(exact);
    return 0;
}
