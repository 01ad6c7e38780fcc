/* The daemons' own modules, each step run to its end (local_redis.h). */
#include "cli/token_store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/local_redis.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/must.h"
#include "common/registry.h"

struct token_store {
    struct local_redis redis;
    struct token_book *book;
    struct registry *registry;
    char contest[LIMIT_CONTEST_ID_BYTES + 1];
    /* Of the appends that are under way: */
    size_t waiting; /* those whose answer is not there yet */
    size_t failed;  /* those that are not on disk, or may not be */
};

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
    struct token_store *store = arg;
    local_redis_finish(&store->redis);
}

static bool
read_stream(struct token_store *store, enum log_stream stream,
            void (*on_entry)(const struct log_entry *entry, void *arg))
{
    struct log_follower_options options = local_redis_follower_options(&store->redis);
    options.on_entry = on_entry;
    options.on_caught_up = caught_up_cb;
    options.arg = store;
    log_key(options.key, store->contest, 0, stream);
    local_redis_begin(&store->redis);
    struct log_follower *follower = log_follow(store->redis.base, &options);
    bool read = follower && local_redis_run(&store->redis);
    log_follower_free(follower);
    return read;
}

static bool
read_all(struct token_store *store, struct buf *trouble)
{
    if (!read_stream(store, LOG_ACTIONS, action_entry_cb) ||
        !read_stream(store, LOG_TOKENS, token_entry_cb)) {
        buf_printf(trouble, "%s: Redis did not answer in time", store->redis.door.address);
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
    struct token_store *store = must(calloc(1, sizeof *store));
    snprintf(store->contest, sizeof store->contest, "%s", contest);
    store->book = must(token_book_new());
    store->registry = must(registry_new());
    if (local_redis_open(&store->redis, directory, contest, trouble) && read_all(store, trouble))
        return store;
    token_store_close(store);
    return NULL;
}

void
token_store_close(struct token_store *store)
{
    if (!store)
        return;
    local_redis_close(&store->redis);
    registry_free(store->registry);
    token_book_free(store->book);
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
        local_redis_finish(&store->redis);
}

bool
token_store_append(struct token_store *store, const struct token_record *records, size_t count,
                   struct buf *trouble)
{
    struct buf encoded = {0};
    local_redis_begin(&store->redis);
    store->waiting = 0;
    store->failed = 0;
    for (size_t i = 0; i < count; i++) {
        buf_clear(&encoded);
        token_encode(&records[i], &encoded);
        bool sent = !encoded.failed && log_append_token(store->redis.link, store->contest, buf_span(&encoded),
                                                        appended_cb, store);
        store->waiting += sent;
        store->failed += !sent;
    }
    buf_free(&encoded);
    bool answered = store->waiting == 0 || local_redis_run(&store->redis);
    if (answered && store->failed == 0)
        return true;
    buf_printf(trouble,
               "%zu of %zu records are not on disk, or may not be; \"bochuang token list\" shows which",
               store->failed + store->waiting, count);
    return false;
}
