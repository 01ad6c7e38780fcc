/* Ids of entries: pure, so that what only reads a log from a file needs nothing of Redis. */
#include <inttypes.h>
#include <stdio.h>

#include "common/log.h"

/* Takes a decimal number from the front of `text`; false where there is none or it does not fit. */
static bool
take_number(struct span *text, uint64_t *number)
{
    size_t digits = 0;
    *number = 0;
    for (; digits < text->len && text->at[digits] >= '0' && text->at[digits] <= '9'; digits++) {
        uint64_t digit = (uint64_t)(text->at[digits] - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    text->at += digits;
    text->len -= digits;
    return digits > 0;
}

bool
log_id_parse(struct span text, struct log_id *id)
{
    if (!take_number(&text, &id->ms) || text.len < 2 || text.at[0] != '-')
        return false;
    text.at++;
    text.len--;
    return take_number(&text, &id->seq) && text.len == 0;
}

void
log_id_format(char out[LOG_ID_SIZE], struct log_id id)
{
    snprintf(out, LOG_ID_SIZE, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
}

int
log_id_compare(struct log_id a, struct log_id b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    if (a.seq != b.seq)
        return a.seq < b.seq ? -1 : 1;
    return 0;
}
