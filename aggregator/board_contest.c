/* The contests themselves: the list, and one contest's file with its windows. */
#include <assert.h>
#include <string.h>

#include "aggregator/board.h"
#include "aggregator/board_json.h"

void
board_contest_list(const struct contests *contests, int64_t now_ms, struct json_out *json)
{
    json_open(json, '{');
    json_key(json, "contests");
    json_open(json, '[');
    for (size_t i = 0; i < contests->count; i++) {
        if (contest_obstacle(contests->items[i]))
            continue;
        struct envelope envelope = board_envelope(contests->items[i], VIEW_PUBLIC, now_ms);
        json_open(json, '{');
        board_put_envelope(json, &envelope);
        json_put_text(json, "title", envelope.standing->contest->title);
        json_put_text(json, "title_en", envelope.standing->contest->title_en);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

/*
 * The members of the contest file behind the envelope, which has its `contest` already: contest_to_json()
 * gives
 * {"contest":"…",members}, of which the first is cut off here, and the brackets.
 */
static void
put_file(struct json_out *json, const struct contest *contest)
{
    struct buf file = {0};
    contest_to_json(contest, &file);
    size_t first = strlen("{\"contest\":\"") + strlen(contest->id) + strlen("\",");
    if (file.failed) {
        json->buf->failed = true;
    } else {
        assert(file.len > first + 1 && file.at[first - 1] == ',' && file.at[file.len - 1] == '}');
        json_raw(json, (struct span){file.at + first, file.len - first - 1});
    }
    buf_free(&file);
}

static void
put_time(struct json_out *json, const char *key, int64_t ms)
{
    json_key(json, key);
    if (ms == CONTEST_NEVER)
        json_nil(json);
    else
        json_int(json, ms);
}

/* The public heads stand still with the public figures: one that moves would tell that something happened. */
static void
put_chains(struct json_out *json, const struct board_contest *contest, const struct standing *standing,
           enum view view)
{
    json_key(json, "chains");
    json_open(json, '[');
    for (uint32_t i = 0; i < contest->shard_count; i++) {
        const struct fold *fold = contest->shards[i].fold;
        json_open(json, '{');
        board_put_chain(json, i, standing->version[i],
                        view == VIEW_LIVE ? fold_chain(fold) : fold_public_chain(fold));
        json_close(json, '}');
    }
    json_close(json, ']');
}

bool
board_chains_route(struct board_request *request, struct json_out *json)
{
    put_chains(json, request->contest, request->standing, request->query.view);
    return true;
}

bool
board_contest_route(struct board_request *request, struct json_out *json)
{
    const struct contest *contest = request->standing->contest;
    put_file(json, contest);
    json_key(json, "windows");
    json_open(json, '{');
    put_time(json, "opens_ms", contest->opens_ms);
    put_time(json, "closes_ms", contest->closes_ms);
    put_time(json, "refunds_until_ms", contest->refunds_until_ms);
    put_time(json, "freezes_ms", contest->freezes_ms);
    json_close(json, '}');
    const struct standing *live = contest_standing(request->contest, VIEW_LIVE);
    put_time(json, "frozen_at_ms", live->frozen ? live->frozen_at_ms : CONTEST_NEVER);
    json_put_int(json, "now_ms", request->now_ms);
    return true;
}
