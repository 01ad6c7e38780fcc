#include "aggregator/resume_id.h"

#include <assert.h>
#include <string.h>

void
resume_id_format(const struct resume_id *id, struct buf *out)
{
    assert(id->shard_count > 0 && id->shard_count <= LIMIT_SHARDS);
    for (uint32_t i = 0; i < id->shard_count; i++) {
        char text[LOG_ID_SIZE];
        log_id_format(text, id->version[i]);
        if (i > 0)
            buf_add_byte(out, ',');
        buf_add_text(out, text);
    }
    buf_printf(out, ";%s;%s", view_name(id->view), contest_state_name(id->state));
}

/* Cuts the part up to `end` off the front of `text`, or all of it where there is no `end`. */
static struct span
take_until(struct span *text, char end, bool *found)
{
    const char *at = text->len ? memchr(text->at, end, text->len) : NULL;
    struct span part = {text->at, at ? (size_t)(at - text->at) : text->len};
    *found = at != NULL;
    text->at += part.len + *found;
    text->len -= part.len + *found;
    return part;
}

static bool
parse_version(struct span text, struct resume_id *id)
{
    bool more = true;
    for (id->shard_count = 0; more; id->shard_count++) {
        struct span one = take_until(&text, ',', &more);
        if (id->shard_count >= LIMIT_SHARDS || !log_id_parse(one, &id->version[id->shard_count]))
            return false;
    }
    return true;
}

bool
resume_id_parse(struct span text, struct resume_id *id)
{
    bool has_view, has_state;
    struct span version = take_until(&text, ';', &has_view);
    struct span view = take_until(&text, ';', &has_state);
    if (!has_view || !has_state || !parse_version(version, id))
        return false;
    id->view = view_find(view);
    id->state = contest_state_find(text);
    return id->view < VIEW_COUNT && id->state < STATE_COUNT;
}

bool
resume_id_equal(const struct resume_id *a, const struct resume_id *b)
{
    if (a->shard_count != b->shard_count || a->view != b->view || a->state != b->state)
        return false;
    for (uint32_t i = 0; i < a->shard_count; i++) {
        if (log_id_compare(a->version[i], b->version[i]) != 0)
            return false;
    }
    return true;
}
