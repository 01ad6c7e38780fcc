/*
 * Following a stream: one XREAD in flight, on a link of its own, so that its waiting blocks nobody.
 *
 * The first one of each connection does not block: an answer with fewer entries than were asked for says that
 * there is no more, so the follower knows at once when it has caught up. From then on it blocks, and an entry
 * comes as soon as it is there.
 *
 * How many are asked for follows from how long they have been: an entry has 50 bytes or a million, and one
 * reply should keep neither Redis nor this loop busy for long.
 */
#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#include "common/crash_point.h"
#include "common/log.h"
#include "common/logline.h"

enum {
    BLOCK_MS = 1000,
    ANSWER_MS = 10 * 1000,
    RETRY_MS = 200,
    COUNT_FIRST = 64,
    REPLY_BYTES = 4 << 20, /* a reply should have about so many, at most */
    GIVEN_KEPT = 8,        /* of the entries given last, what they were */
};

/* An entry that was given: what stands at its id later must be the same. */
struct given {
    struct log_id id;
    uint64_t sum;
};

struct log_follower {
    struct redis_link *link; /* owned */
    struct event *retry;     /* owned: asks again after an error */
    struct log_follower_options options;
    struct log_id last; /* given so far */
    struct given given[GIVEN_KEPT];
    size_t given_count; /* the last ones of so many are in `given`, in turn */
    size_t count;       /* entries asked for at a time, at most options.batch_count */
    size_t reply_bytes; /* payloads of the reply being given */
    bool up;            /* Redis answers with entries, not with errors */
    bool asked;         /* an XREAD, or what comes before it, is in flight */
    bool checked;       /* on this connection: what was given last is still there, and the same */
    bool stopped;       /* it is not, and nobody could be told */
    bool at_end;        /* all there was has been given: the next XREAD blocks */
    int busy;           /* callbacks on the stack */
    bool gone;
};

static void
destroy(struct log_follower *follower)
{
    if (follower->retry)
        event_free(follower->retry);
    free(follower);
}

static void
leave(struct log_follower *follower)
{
    if (--follower->busy == 0 && follower->gone)
        destroy(follower);
}

static void
set_up(struct log_follower *follower, bool up)
{
    if (follower->up == up || follower->gone)
        return;
    follower->up = up;
    log_debug("following %s: %s", follower->options.key, up ? "up" : "down");
    if (follower->options.on_state)
        follower->options.on_state(up, follower->options.arg);
}

static redis_reply_fn read_cb, checked_cb;

/* How many of those given last are kept; the i-th of them, the oldest first. */
static size_t
kept_count(const struct log_follower *follower)
{
    return follower->given_count < GIVEN_KEPT ? follower->given_count : GIVEN_KEPT;
}

static const struct given *
kept_at(const struct log_follower *follower, size_t i)
{
    return &follower->given[(follower->given_count - kept_count(follower) + i) % GIVEN_KEPT];
}

/*
 * The end of a file can be lost, and new entries can have come since; where the clock was set back, too, at
 * the very ids that were lost. So the last ones given are asked for themselves, and not only whether they are
 * there: several of them, since one that was in doubt may have been sent again and stand where it stood.
 */
static void
ask_for_given(struct log_follower *follower)
{
    char first[LOG_ID_SIZE], last[LOG_ID_SIZE];
    log_id_format(first, kept_at(follower, 0)->id);
    log_id_format(last, follower->last);
    struct span arguments[] = {SPAN("XRANGE"), span_of(follower->options.key), span_of(first), span_of(last)};
    follower->asked = redis_link_send(follower->link, 4, arguments, checked_cb, follower);
}

static void
ask(struct log_follower *follower)
{
    if (follower->asked || follower->gone || follower->stopped)
        return;
    if (!follower->checked && follower->given_count > 0) {
        ask_for_given(follower);
        return;
    }
    char id[LOG_ID_SIZE], count[24], block[24];
    log_id_format(id, follower->last);
    int count_len = snprintf(count, sizeof count, "%zu", follower->count);
    int block_len = snprintf(block, sizeof block, "%d", BLOCK_MS);
    struct span blocking[] = {SPAN("XREAD"),
                              SPAN("COUNT"),
                              {count, (size_t)count_len},
                              SPAN("BLOCK"),
                              {block, (size_t)block_len},
                              SPAN("STREAMS"),
                              span_of(follower->options.key),
                              span_of(id)};
    struct span at_once[] = {blocking[0], blocking[1], blocking[2], blocking[5], blocking[6], blocking[7]};
    follower->asked = redis_link_send(follower->link, follower->at_end ? 8 : 6,
                                      follower->at_end ? blocking : at_once, read_cb, follower);
}

/* Takes [kind, payload] or [kind, payload, "h", sum]; nothing where it is neither, or the sum is another one.
 */
static void
take_fields(const struct log_follower *follower, const redis_reply *fields, struct log_entry *entry)
{
    size_t count = redis_reply_count(fields);
    if (count != 2 && count != 4)
        return;
    struct span name = redis_reply_text(redis_reply_at(fields, 0));
    struct span payload = redis_reply_text(redis_reply_at(fields, 1));
    enum log_kind kind = name.len == 1 ? (enum log_kind)name.at[0] : 0;
    if (count == 4) {
        char sum[LOG_SUM_BYTES];
        log_sum(sum, follower->options.key, kind, payload);
        if (!span_is(redis_reply_text(redis_reply_at(fields, 2)), "h") ||
            !span_eq(redis_reply_text(redis_reply_at(fields, 3)), (struct span){sum, sizeof sum}))
            return;
    }
    entry->kind = kind;
    entry->payload = payload;
}

/* Takes one [id, [field, value…]]; false where it has no id. What cannot be right has kind 0 and no payload.
 */
static bool
take(const struct log_follower *follower, const redis_reply *reply, struct log_entry *entry)
{
    *entry = (struct log_entry){.kind = 0};
    if (redis_reply_count(reply) != 2 ||
        !log_id_parse(redis_reply_text(redis_reply_at(reply, 0)), &entry->id))
        return false;
    take_fields(follower, redis_reply_at(reply, 1), entry);
    return true;
}

static struct given
given_of(const struct log_entry *entry)
{
    const char *payload = entry->payload.len > 0 ? entry->payload.at : "";
    return (struct given){entry->id,
                          XXH3_64bits_withSeed(payload, entry->payload.len, (uint64_t)entry->kind)};
}

/* `keep`: it is one of the last of its reply. */
static void
give(struct log_follower *follower, const redis_reply *reply, bool keep)
{
    struct log_entry entry;
    if (!take(follower, reply, &entry) || log_id_compare(entry.id, follower->last) <= 0)
        return;
    if (entry.kind == 0)
        log_error("%s: an entry is not what was appended: the file of Redis is damaged",
                  follower->options.key);
    follower->last = entry.id;
    if (keep)
        follower->given[follower->given_count++ % GIVEN_KEPT] = given_of(&entry);
    follower->reply_bytes += entry.payload.len;
    CRASH_POINT("log.entry");
    follower->options.on_entry(&entry, follower->options.arg);
    CRASH_POINT("log.entry_taken");
}

/* The entries of [[key, [entry…]]], or NULL. */
static const redis_reply *
entries_of(const redis_reply *reply)
{
    if (redis_reply_count(reply) != 1 || redis_reply_count(redis_reply_at(reply, 0)) != 2)
        return NULL;
    return redis_reply_at(redis_reply_at(reply, 0), 1);
}

/* The count that would have made the last reply REPLY_BYTES long; it grows gradually. */
static void
adapt_count(struct log_follower *follower, size_t got)
{
    size_t fitting = follower->reply_bytes ? got * REPLY_BYTES / follower->reply_bytes : SIZE_MAX;
    size_t most = follower->count * 4;
    if (most > follower->options.batch_count)
        most = follower->options.batch_count;
    follower->count = fitting < most ? fitting : most;
    if (follower->count == 0)
        follower->count = 1;
}

static void
give_all(struct log_follower *follower, const redis_reply *reply)
{
    const redis_reply *entries = entries_of(reply);
    size_t count = entries ? redis_reply_count(entries) : 0;
    set_up(follower, true);
    follower->reply_bytes = 0;
    for (size_t i = 0; i < count && !follower->gone; i++)
        give(follower, redis_reply_at(entries, i), count - i <= GIVEN_KEPT);
    bool nothing_new = follower->at_end && count == 0;
    follower->at_end = count < follower->count;
    if (count > 0)
        adapt_count(follower, count);
    if (follower->at_end && !nothing_new && !follower->gone && follower->options.on_caught_up)
        follower->options.on_caught_up(follower->options.arg);
    ask(follower);
}

static void
retry_later(struct log_follower *follower, const redis_reply *reply)
{
    struct span why = redis_reply_text(reply);
    struct timeval in = {0, RETRY_MS * 1000};
    if (follower->up)
        log_warn("following %s: %.*s", follower->options.key, SPAN_FMT(why));
    follower->at_end = false;
    if (event_add(follower->retry, &in) != 0)
        abort(); /* it would follow no more */
    set_up(follower, false);
}

static void
read_cb(const redis_reply *reply, void *arg)
{
    struct log_follower *follower = arg;
    follower->asked = false;
    if (!reply || follower->gone)
        return; /* state_cb hears of it */
    follower->busy++;
    if (redis_reply_kind(reply) == REDIS_ERROR)
        retry_later(follower, reply);
    else
        give_all(follower, reply);
    leave(follower);
}

static void
rewind_to_start(struct log_follower *follower)
{
    char id[LOG_ID_SIZE];
    log_id_format(id, follower->last);
    log_error("%s: entry %s or one before it is gone, or another one: Redis has lost the end of its log; "
              "reading it again from the start",
              follower->options.key, id);
    follower->last = follower->options.after;
    follower->given_count = 0;
    follower->stopped = !follower->options.on_rewound;
    if (follower->options.on_rewound)
        follower->options.on_rewound(follower->options.arg);
}

/* Whether these entries, from the oldest that is kept to the last one given, are those that were given. */
static bool
are_as_given(const struct log_follower *follower, const redis_reply *entries)
{
    size_t count = redis_reply_count(entries);
    bool same = count == kept_count(follower);
    for (size_t i = 0; i < count && same; i++) {
        struct log_entry entry;
        same = take(follower, redis_reply_at(entries, i), &entry);
        struct given found = given_of(&entry);
        const struct given *given = kept_at(follower, i);
        same = same && log_id_compare(found.id, given->id) == 0 && found.sum == given->sum;
    }
    return same;
}

static void
checked_cb(const redis_reply *reply, void *arg)
{
    struct log_follower *follower = arg;
    follower->asked = false;
    if (!reply || follower->gone)
        return;
    follower->busy++;
    if (redis_reply_kind(reply) == REDIS_ERROR) { /* it still loads its file */
        retry_later(follower, reply);
    } else {
        follower->checked = true;
        if (!are_as_given(follower, reply))
            rewind_to_start(follower);
        ask(follower);
    }
    leave(follower);
}

static void
retry_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    ask(arg);
}

static void
state_cb(bool up, void *arg)
{
    struct log_follower *follower = arg;
    follower->busy++;
    if (up) {
        follower->at_end = follower->checked = false;
        ask(follower);
    } else {
        set_up(follower, false);
    }
    leave(follower);
}

struct log_follower *
log_follow(struct event_base *base, const struct log_follower_options *options)
{
    assert(base && options && options->on_entry && options->batch_count > 0);
    struct log_follower *follower = calloc(1, sizeof *follower);
    if (!follower)
        return NULL;
    follower->options = *options;
    follower->options.address = follower->options.user = follower->options.password = NULL; /* the link's */
    follower->last = options->after;
    follower->count = options->batch_count < COUNT_FIRST ? options->batch_count : COUNT_FIRST;
    follower->retry = evtimer_new(base, retry_cb, follower);
    struct redis_link_options link = {.address = options->address,
                                      .user = options->user,
                                      .password = options->password,
                                      .command_timeout_ms = BLOCK_MS + ANSWER_MS,
                                      .on_state = state_cb,
                                      .arg = follower};
    follower->link = follower->retry ? redis_link_new(base, &link) : NULL;
    if (!follower->link) {
        destroy(follower);
        return NULL;
    }
    return follower;
}

void
log_follower_free(struct log_follower *follower)
{
    if (!follower || follower->gone)
        return;
    follower->busy++;
    follower->gone = true;
    redis_link_free(follower->link);
    leave(follower);
}
