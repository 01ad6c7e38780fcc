#include "aggregator/read.h"

#include <assert.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/crash_point.h"
#include "common/logline.h"
#include "common/redis_link.h"

enum { LIST_EVERY_S = 1 };

/* One stream that is followed: a shard's log, or a contest's tokens. */
struct following {
    struct reader *reader;
    struct board_contest *contest;
    struct board_shard *shard;     /* NULL: the tokens */
    struct log_follower *follower; /* owned */
    struct following *next;
};

struct reader {
    struct event_base *base; /* borrowed */
    struct reader_options options;
    struct event *every_second;   /* owned */
    struct following *followings; /* owned */
    bool listing;                 /* the list was asked for */
};

/* --- Entries --- */

static void
changed(struct following *following)
{
    const struct reader_options *options = &following->reader->options;
    options->on_change(following->contest, options->arg);
}

/* From here on no figure of the contest is shown: a wrong total is worse than none. */
static void
give_up(struct following *following, struct log_id at)
{
    struct board_contest *contest = following->contest;
    char id[LOG_ID_SIZE];
    log_id_format(id, at);
    snprintf(contest->unreadable_at, sizeof contest->unreadable_at, "%s (shard %" PRIu32 ")", id,
             following->shard->number);
    contest->unreadable = true;
    following->reader->options.counters->entries_unreadable++;
    log_error("contest %s: entry %s could not be read; the contest is not shown until its log is mended",
              contest->id, contest->unreadable_at);
}

static void
entry_cb(const struct log_entry *entry, void *arg)
{
    struct following *following = arg;
    struct fold *fold = following->shard->fold;
    if (following->contest->unreadable)
        return;
    following->reader->options.counters->entries_folded++;
    CRASH_POINT("read.fold");
    if (!fold_entry(fold, entry) || fold_unreadable(fold) > 0)
        give_up(following, entry->id);
    changed(following);
}

static void
token_cb(const struct log_entry *entry, void *arg)
{
    struct following *following = arg;
    struct token_record record;
    if (entry->kind != LOG_TOKEN || !token_decode(entry->payload, &record)) {
        log_error("contest %s: a token's record could not be read; that token stays unknown",
                  following->contest->id);
        return;
    }
    if (!token_book_put(following->contest->tokens, &record))
        log_fatal("contest %s: no memory for its tokens", following->contest->id);
    following->reader->options.on_tokens(following->contest, following->reader->options.arg);
}

static void
caught_up_cb(void *arg)
{
    struct following *following = arg;
    struct board_contest *contest = following->contest;
    bool *flag = following->shard ? &following->shard->caught_up : &contest->tokens_caught_up;
    bool was_shown = !contest_obstacle(contest);
    *flag = true;
    if (!was_shown && !contest_obstacle(contest))
        log_info("contest %s: read to the end of its log", contest->id);
    changed(following);
}

/* The log ends before what was folded: none of those figures holds any more. They come again from its start.
 */
static void
rewound_cb(void *arg)
{
    struct following *following = arg;
    struct board_contest *contest = following->contest;
    following->reader->options.counters->logs_rewound++;
    if (following->shard)
        contest_forget(contest, following->shard);
    else
        token_book_clear(contest->tokens);
    *(following->shard ? &following->shard->caught_up : &contest->tokens_caught_up) = false;
    if (!following->shard)
        following->reader->options.on_tokens(contest, following->reader->options.arg);
    changed(following);
}

static void
state_cb(bool up, void *arg)
{
    struct following *following = arg;
    *(following->shard ? &following->shard->up : &following->contest->tokens_up) = up;
}

/* --- Contests --- */

static void
follow(struct reader *reader, struct board_contest *contest, struct board_shard *shard)
{
    struct following *following = calloc(1, sizeof *following);
    if (!following)
        abort();
    *following = (struct following){reader, contest, shard, NULL, reader->followings};
    reader->followings = following;
    struct log_follower_options options = {
        .address = reader->options.address,
        .user = reader->options.user,
        .password = reader->options.password,
        .batch_count = reader->options.batch_count,
        .on_entry = shard ? entry_cb : token_cb,
        .on_caught_up = caught_up_cb,
        .on_rewound = rewound_cb,
        .on_state = state_cb,
        .arg = following,
    };
    log_key(options.key, contest->id, shard ? shard->number : 0, shard ? LOG_LOG : LOG_TOKENS);
    following->follower = log_follow(reader->base, &options);
    if (!following->follower)
        log_fatal("contest %s: no memory to follow %s", contest->id, options.key);
}

static void
add_contest(struct reader *reader, struct span id, int64_t shard_count)
{
    struct board_contest *contest = contests_add(reader->options.contests, id, (uint32_t)shard_count);
    if (!contest) {
        log_warn("contest %.*s: not followed, %d contests are already", SPAN_FMT(id), LIMIT_CONTESTS);
        return;
    }
    log_info("contest %s: following its %" PRIu32 " shard(s)", contest->id, contest->shard_count);
    follow(reader, contest, NULL);
    for (uint32_t i = 0; i < contest->shard_count; i++)
        follow(reader, contest, &contest->shards[i]);
}

/* A field of the list: the number of shards, or 0 where it is none. */
static int64_t
shard_count_of(struct span text)
{
    int64_t count = 0;
    for (size_t i = 0; i < text.len && count <= LIMIT_SHARDS; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return 0;
        count = count * 10 + (text.at[i] - '0');
    }
    return count <= LIMIT_SHARDS ? count : 0;
}

static void
take_contest(struct reader *reader, struct span id, struct span shards)
{
    int64_t shard_count = shard_count_of(shards);
    const struct board_contest *known = contests_find(reader->options.contests, id);
    if (known && known->shard_count == shard_count)
        return;
    if (known || !id_is_contest(id) || shard_count == 0)
        log_warn("%s: \"%.*s\" with %.*s shards is not taken: expected a contest's id and 1 to %d shards, "
                 "the same as before",
                 LOG_CONTESTS_KEY, SPAN_FMT(id), SPAN_FMT(shards), LIMIT_SHARDS);
    else
        add_contest(reader, id, shard_count);
}

static void
listed_cb(const redis_reply *reply, void *arg)
{
    struct reader *reader = arg;
    reader->listing = false;
    if (!reply)
        return;
    if (redis_reply_kind(reply) != REDIS_ARRAY) {
        log_warn("%s: redis answers %.*s", LOG_CONTESTS_KEY, SPAN_FMT(redis_reply_text(reply)));
        return;
    }
    for (size_t i = 0; i + 1 < redis_reply_count(reply); i += 2)
        take_contest(reader, redis_reply_text(redis_reply_at(reply, i)),
                     redis_reply_text(redis_reply_at(reply, i + 1)));
    reader->options.contests->listed = true;
}

void
reader_list(struct reader *reader)
{
    struct span arguments[] = {SPAN("HGETALL"), SPAN(LOG_CONTESTS_KEY)};
    if (!reader->listing)
        reader->listing = redis_link_send(reader->options.link, 2, arguments, listed_cb, reader);
}

static void
second_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct reader *reader = arg;
    const struct contests *contests = reader->options.contests;
    reader_list(reader);
    for (size_t i = 0; i < contests->count; i++)
        reader->options.on_change(contests->items[i], reader->options.arg);
}

struct reader *
reader_new(struct event_base *base, const struct reader_options *options)
{
    assert(base && options->contests && options->counters && options->on_change && options->on_tokens);
    struct reader *reader = calloc(1, sizeof *reader);
    struct timeval period = {LIST_EVERY_S, 0};
    if (!reader)
        abort();
    reader->base = base;
    reader->options = *options;
    reader->every_second = event_new(base, -1, EV_PERSIST, second_cb, reader);
    if (!reader->every_second || event_add(reader->every_second, &period) != 0)
        abort();
    return reader;
}

void
reader_free(struct reader *reader)
{
    if (!reader)
        return;
    for (struct following *following = reader->followings, *next; following; following = next) {
        next = following->next;
        log_follower_free(following->follower);
        free(following);
    }
    event_free(reader->every_second);
    free(reader);
}

const char *
reader_not_ready(const struct reader *reader)
{
    const struct contests *contests = reader->options.contests;
    if (!redis_link_up(reader->options.link))
        return "Redis is not reached";
    if (!contests->listed)
        return "Redis has not said which contests there are";
    for (size_t i = 0; i < contests->count; i++) {
        if (!contest_is_up(contests->items[i]))
            return "a log cannot be followed: Redis is not reached";
        if (!contest_is_caught_up(contests->items[i]))
            return "a log is still being read";
    }
    return NULL;
}
