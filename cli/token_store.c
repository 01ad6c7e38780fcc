/*
 * The daemons' own modules in a loop that ends by itself: each step runs the loop until its answer is there
 * or its time is over.
 */
#include "cli/token_store.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "cli/redis_door.h"
#include "common/clock.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/registry.h"

enum { STEP_TIMEOUT_MS = 10 * 1000, FOLLOW_BATCH = 256 };

struct token_store {
    struct event_base *base;
    struct redis_link *link;
    struct token_book *book;
    struct registry *registry;
    char contest[LIMIT_CONTEST_ID_BYTES + 1];
    /* Of the step that is under way: */
    bool done;
    bool listed;         /* Redis said whether it has the contest */
    bool known;          /* and it has */
    size_t waiting;      /* appends whose answer is not there yet */
    size_t failed;       /* appends that are not on disk, or may not be */
    struct buf contests; /* the ids that Redis has, for the message */
};

static void
finish(struct token_store *store)
{
    store->done = true;
    event_base_loopbreak(store->base);
}

/* Runs the loop until the step is done; false where its time was over before. */
static bool
run_step(struct token_store *store)
{
    int64_t deadline_ms = clock_steady_ms() + STEP_TIMEOUT_MS;
    for (int64_t left_ms = STEP_TIMEOUT_MS; !store->done && left_ms > 0;) {
        struct timeval patience = {left_ms / 1000, left_ms % 1000 * 1000};
        event_base_loopexit(store->base, &patience);
        event_base_dispatch(store->base); /* an earlier step's loopexit may end this one too soon */
        left_ms = deadline_ms - clock_steady_ms();
    }
    return store->done;
}

/* --- Is the contest there? --- */

static void
contests_cb(const redis_reply *reply, void *arg)
{
    struct token_store *store = arg;
    store->listed = reply && redis_reply_kind(reply) == REDIS_ARRAY;
    for (size_t i = 0; store->listed && i < redis_reply_count(reply); i++) {
        struct span id = redis_reply_text(redis_reply_at(reply, i));
        store->known = store->known || span_is(id, store->contest);
        buf_printf(&store->contests, "%s%.*s", i > 0 ? ", " : "", SPAN_FMT(id));
    }
    finish(store);
}

static void
link_state_cb(bool up, void *arg)
{
    struct token_store *store = arg;
    struct span command[] = {SPAN("HKEYS"), SPAN(LOG_CONTESTS_KEY)};
    if (up && !store->listed && !redis_link_send(store->link, 2, command, contests_cb, store))
        finish(store);
}

static bool
find_contest(struct token_store *store, const struct redis_door *door, struct buf *trouble)
{
    struct redis_link_options options = {.address = door->address,
                                         .user = door->user,
                                         .password = door->password,
                                         .command_timeout_ms = STEP_TIMEOUT_MS,
                                         .on_state = link_state_cb,
                                         .arg = store};
    store->link = redis_link_new(store->base, &options);
    if (!store->link) {
        buf_printf(trouble, "%s is no address of a Redis", door->address);
        return false;
    }
    if (!run_step(store) || !store->listed)
        buf_printf(trouble, "%s: no Redis answers there; is Bochuang running with this --data?",
                   door->address);
    else if (!store->known)
        buf_printf(trouble, "no contest %s there; there is: %s", store->contest,
                   store->contests.len > 0 ? buf_text(&store->contests) : "none");
    return store->known;
}

/* --- What is there --- */

static void
token_entry_cb(const struct log_entry *entry, void *arg)
{
    struct token_store *store = arg;
    struct token_record record;
    bool good = entry->kind == LOG_TOKEN && token_decode(entry->payload, &record);
    if (good && !token_book_put(store->book, &record))
        abort();
}

static void
action_entry_cb(const struct log_entry *entry, void *arg)
{
    struct token_store *store = arg;
    struct action action;
    if (entry->kind == LOG_DOCUMENT) {
        registry_apply_document(store->registry, entry->payload, (int64_t)entry->id.ms);
    } else if (entry->kind == LOG_ACTION && action_decode(entry->payload, &action)) {
        registry_apply_action(store->registry, &action);
        action_free(&action);
    }
}

static void
caught_up_cb(void *arg)
{
    finish(arg);
}

static bool
read_stream(struct token_store *store, const struct redis_door *door, enum log_stream stream,
            void (*on_entry)(const struct log_entry *entry, void *arg))
{
    struct log_follower_options options = {.address = door->address,
                                           .user = door->user,
                                           .password = door->password,
                                           .batch_count = FOLLOW_BATCH,
                                           .on_entry = on_entry,
                                           .on_caught_up = caught_up_cb,
                                           .arg = store};
    log_key(options.key, store->contest, 0, stream);
    store->done = false;
    struct log_follower *follower = log_follow(store->base, &options);
    bool read = follower && run_step(store);
    log_follower_free(follower);
    return read;
}

static bool
read_all(struct token_store *store, const struct redis_door *door, struct buf *trouble)
{
    if (!read_stream(store, door, LOG_ACTIONS, action_entry_cb) ||
        !read_stream(store, door, LOG_TOKENS, token_entry_cb)) {
        buf_printf(trouble, "%s: Redis did not answer in time", door->address);
        return false;
    }
    if (!registry_contest(store->registry))
        buf_printf(trouble, "contest %s has no document yet: start bochuang-ingest with its file",
                   store->contest);
    return registry_contest(store->registry) != NULL;
}

struct token_store *
token_store_open(const char *directory, const char *contest, struct buf *trouble)
{
    if (!id_is_contest(span_of(contest))) {
        buf_printf(trouble, "\"%.60s\" is no contest's id", contest);
        return NULL;
    }
    struct redis_door door;
    if (!redis_door_find(&door, directory, trouble))
        return NULL;
    struct token_store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    memcpy(store->contest, contest, strlen(contest) + 1);
    store->base = event_base_new();
    store->book = token_book_new();
    store->registry = registry_new();
    if (!store->base || !store->book || !store->registry)
        abort();
    bool opened = find_contest(store, &door, trouble) && read_all(store, &door, trouble);
    redis_door_free(&door);
    if (opened)
        return store;
    token_store_close(store);
    return NULL;
}

void
token_store_close(struct token_store *store)
{
    if (!store)
        return;
    redis_link_free(store->link);
    registry_free(store->registry);
    token_book_free(store->book);
    buf_free(&store->contests);
    event_base_free(store->base);
    free(store);
}

const struct token_book *
token_store_book(const struct token_store *store)
{
    return store->book;
}

const struct contest *
token_store_contest(const struct token_store *store)
{
    return registry_contest(store->registry);
}

/* --- Appending --- */

static void
appended_cb(enum log_outcome outcome, struct log_id id, void *arg)
{
    (void)id;
    struct token_store *store = arg;
    assert(store->waiting > 0);
    store->failed += outcome != LOG_COMMITTED;
    if (--store->waiting == 0)
        finish(store);
}

bool
token_store_append(struct token_store *store, const struct token_record *records, size_t count,
                   struct buf *trouble)
{
    struct buf encoded = {0};
    store->done = count == 0;
    store->waiting = 0;
    store->failed = 0;
    for (size_t i = 0; i < count; i++) {
        buf_clear(&encoded);
        token_encode(&records[i], &encoded);
        bool sent = !encoded.failed &&
                    log_append_token(store->link, store->contest, buf_span(&encoded), appended_cb, store);
        store->waiting += sent;
        store->failed += !sent;
    }
    buf_free(&encoded);
    bool answered = store->waiting == 0 || run_step(store);
    if (answered && store->failed == 0)
        return true;
    buf_printf(trouble,
               "%zu of %zu records are not on disk, or may not be; \"bochuang token list\" shows which",
               store->failed + store->waiting, count);
    return false;
}
