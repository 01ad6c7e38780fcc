#include "aggregator/resume_id.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { MARK_DIGITS = 16 };

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
    buf_printf(out, ";%s;%s;%016" PRIx64, view_name(id->view), contest_state_name(id->state), id->mark);
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

static bool
parse_mark(struct span text, uint64_t *mark)
{
    static const char digits[] = "0123456789abcdef";
    *mark = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = memchr(digits, text.at[i], sizeof digits - 1);
        if (!digit)
            return false;
        *mark = *mark << 4 | (uint64_t)(digit - digits);
    }
    return text.len == MARK_DIGITS;
}

bool
resume_id_parse(struct span text, struct resume_id *id)
{
    bool has_view, has_state, has_mark;
    struct span version = take_until(&text, ';', &has_view);
    struct span view = take_until(&text, ';', &has_state);
    struct span state = take_until(&text, ';', &has_mark);
    if (!has_mark || !parse_version(version, id) || !parse_mark(text, &id->mark))
        return false;
    id->view = view_find(view);
    id->state = contest_state_find(state);
    return id->view < VIEW_COUNT && id->state < STATE_COUNT;
}

bool
resume_id_equal(const struct resume_id *a, const struct resume_id *b)
{
    if (a->shard_count != b->shard_count || a->view != b->view || a->state != b->state || a->mark != b->mark)
        return false;
    for (uint32_t i = 0; i < a->shard_count; i++) {
        if (log_id_compare(a->version[i], b->version[i]) != 0)
            return false;
    }
    return true;
}
