#include "ingest/authorise.h"

#include <sodium.h>
#include <string.h>

#include "common/gate.h"
#include "ingest/ingest.h"

enum { VALUE_BYTES = crypto_verify_64_BYTES };

/* In the connection's memo, which starts as zeros. */
struct checked {
    const struct hosted *hosted;
    const struct token_record *record; /* good while the book is of this generation */
    uint64_t generation;
    uint8_t value[VALUE_BYTES]; /* the field as it was sent, and zeros behind it; no field holds a zero */
};

_Static_assert(sizeof(struct checked) <= HTTP_MEMO_BYTES, "what was checked must fit into the memo");

static const struct token_record *
check(const struct hosted *hosted, struct http_exchange *exchange, struct span value)
{
    struct checked *checked = http_memo(exchange);
    if (!checked || value.len > VALUE_BYTES)
        return token_check(hosted->tokens, value);
    struct checked now = {.hosted = hosted, .generation = token_book_generation(hosted->tokens)};
    memcpy(now.value, value.at, value.len);
    if (checked->hosted == now.hosted && checked->generation == now.generation &&
        crypto_verify_64(checked->value, now.value) == 0)
        return checked->record;
    now.record = token_check(hosted->tokens, value);
    if (now.record)
        *checked = now;
    return now.record;
}

static bool
is_of_another_contest(const struct hosted *hosted, struct span value)
{
    const struct ingest *ingest = hosted->ingest;
    for (size_t i = 0; i < ingest->hosted_count; i++)
        if (ingest->hosted[i] != hosted && token_check(ingest->hosted[i]->tokens, value))
            return true;
    return false;
}

static void
answer_unauthorised(struct http_exchange *exchange)
{
    http_answer(exchange,
                &(struct http_answer){.status = 401,
                                      .content_type = "application/json",
                                      .fields = "WWW-Authenticate: Bearer\r\n",
                                      .body = SPAN(
                                          "{\"code\":\"unauthorised\",\"message\":\"expected a token of this "
                                          "contest, as in Authorization: Bearer bc_...\"}")});
}

const struct token_record *
authorise(struct hosted *hosted, struct http_exchange *exchange, const struct http_head *head, enum role role,
          enum role or_role)
{
    struct span value = head->authorization;
    const struct token_record *record = value.len > 0 ? check(hosted, exchange, value) : NULL;
    struct gate *gate = hosted->ingest->gate;
    if (!(record ? gate_passes_token(gate, exchange, record->key) : gate_passes_failure(gate, exchange)))
        return NULL;
    if (record && (record->role == role || record->role == or_role))
        return record;
    if (record)
        http_answer_error(exchange, 403, "forbidden", 0,
                          "a token of role %s may not do this: expected %s or %s", role_name(record->role),
                          role_name(role), role_name(or_role));
    else if (value.len > 0 && is_of_another_contest(hosted, value))
        http_answer_error(exchange, 403, "forbidden", 0, "this token is for another contest");
    else
        answer_unauthorised(exchange);
    return NULL;
}
