/* Appending and following, against a real redis-server that is killed, stopped and filled up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/logline.h"
#include "tests/unit/private_redis.h"

enum { SOON_MS = 60 * 1000, TIMEOUT_MS = 2000 };

struct bench {
    struct event_base *base;
    struct private_redis redis;
    struct redis_link *link;
    int ups;
    int committed, failed, in_doubt;
    struct log_id last_committed;

    struct log_follower *follower;
    int entries, caught_up, follower_downs;
    bool out_of_order; /* an id was not larger than the one before */
    struct log_id last_followed;
    char last_kind;
    char last_payload[64];
    uint64_t payload_bytes, wrong_bytes; /* of all payloads; those that are not of its first byte's kind */
    int rewound;
    int free_at_entry; /* frees the follower in the callback of this one */
};

static void
link_state_cb(bool up, void *arg)
{
    struct bench *bench = arg;
    bench->ups += up;
}

static void
outcome_cb(enum log_outcome outcome, struct log_id id, void *arg)
{
    struct bench *bench = arg;
    bench->committed += outcome == LOG_COMMITTED;
    bench->failed += outcome == LOG_FAILED;
    bench->in_doubt += outcome == LOG_IN_DOUBT;
    if (outcome == LOG_COMMITTED)
        bench->last_committed = id;
}

static void
entry_cb(const struct log_entry *entry, void *arg)
{
    struct bench *bench = arg;
    bench->entries++;
    if (log_id_compare(entry->id, bench->last_followed) <= 0)
        bench->out_of_order = true;
    bench->last_followed = entry->id;
    bench->last_kind = (char)entry->kind;
    bench->payload_bytes += entry->payload.len;
    for (size_t i = 1; i < entry->payload.len && entry->payload.at[0] == '#'; i++)
        bench->wrong_bytes += entry->payload.at[i] != '#';
    snprintf(bench->last_payload, sizeof bench->last_payload, "%.*s", SPAN_FMT(entry->payload));
    if (bench->entries == bench->free_at_entry) {
        log_follower_free(bench->follower);
        bench->follower = NULL;
    }
}

static void
caught_up_cb(void *arg)
{
    struct bench *bench = arg;
    bench->caught_up++;
}

static void
rewound_cb(void *arg)
{
    struct bench *bench = arg;
    bench->rewound++;
    bench->entries = 0;
    bench->last_followed = (struct log_id){0};
}

static void
follower_state_cb(bool up, void *arg)
{
    struct bench *bench = arg;
    bench->follower_downs += !up;
}

static void
run_until(struct bench *bench, const int *figure, int least)
{
    int64_t until_ms = clock_steady_ms() + SOON_MS;
    while (*figure < least) {
        struct timeval slice = {0, 10 * 1000};
        event_base_loopexit(bench->base, &slice);
        event_base_dispatch(bench->base);
        if (clock_steady_ms() > until_ms)
            fail_msg("waited for %d, came to %d", least, *figure);
    }
}

static void
run_for(struct bench *bench, int ms)
{
    struct timeval in = {ms / 1000, (ms % 1000) * 1000};
    event_base_loopexit(bench->base, &in);
    event_base_dispatch(bench->base);
}

static void
follow(struct bench *bench, enum log_stream stream, size_t batch_count)
{
    struct log_follower_options options = {.address = bench->redis.address,
                                           .after = bench->last_followed,
                                           .batch_count = batch_count,
                                           .on_entry = entry_cb,
                                           .on_caught_up = caught_up_cb,
                                           .on_rewound = rewound_cb,
                                           .on_state = follower_state_cb,
                                           .arg = bench};
    log_key(options.key, "test", 0, stream);
    bench->follower = log_follow(bench->base, &options);
    assert_non_null(bench->follower);
}

static void
append(struct bench *bench, enum log_kind kind, int number)
{
    char text[32];
    snprintf(text, sizeof text, "payload %d", number);
    assert_true(log_append(bench->link, "test", 0, kind, span_of(text), outcome_cb, bench));
}

static int
setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    bench->base = event_base_new();
    private_redis_make(&bench->redis, NULL);
    private_redis_start(&bench->redis);
    struct redis_link_options options = {.address = bench->redis.address,
                                         .command_timeout_ms = TIMEOUT_MS,
                                         .on_state = link_state_cb,
                                         .arg = bench};
    bench->link = redis_link_new(bench->base, &options);
    run_until(bench, &bench->ups, 1);
    *state = bench;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *bench = *state;
    log_follower_free(bench->follower);
    redis_link_free(bench->link);
    private_redis_free(&bench->redis);
    event_base_free(bench->base);
    free(bench);
    return 0;
}

static void
test_keys_and_ids(void **state)
{
    (void)state;
    char key[LOG_KEY_SIZE], text[LOG_ID_SIZE];
    log_key(key, "youxian-2021", 3, LOG_ACTIONS);
    assert_string_equal(key, "bochuang:{youxian-2021/3}:actions");
    struct log_id id;
    assert_true(log_id_parse(SPAN("1637895600000-12"), &id));
    assert_int_equal(id.ms, 1637895600000);
    assert_int_equal(id.seq, 12);
    assert_true(log_id_parse(SPAN("18446744073709551615-18446744073709551615"), &id));
    log_id_format(text, id);
    assert_string_equal(text, "18446744073709551615-18446744073709551615");
    static const char *const wrong[] = {"",      "-",   "1",    "1-",   "-1",
                                        "1-1-1", "1-x", "1a-0", "1 -1", "18446744073709551616-0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(log_id_parse(span_of(wrong[i]), &id));
    assert_true(log_id_compare((struct log_id){1, 9}, (struct log_id){2, 0}) < 0);
    assert_true(log_id_compare((struct log_id){2, 1}, (struct log_id){2, 0}) > 0);
    assert_int_equal(log_id_compare((struct log_id){2, 1}, (struct log_id){2, 1}), 0);
}

static void
test_appended_is_followed(void **state)
{
    struct bench *bench = *state;
    follow(bench, LOG_LOG, 7);
    run_until(bench, &bench->caught_up, 1); /* an empty stream is caught up with at once */
    assert_int_equal(bench->entries, 0);
    for (int i = 0; i < 50; i++)
        append(bench, LOG_EVENTS, i);
    run_until(bench, &bench->entries, 50);
    run_until(bench, &bench->committed, 50);
    assert_int_equal(bench->last_kind, LOG_EVENTS);
    assert_string_equal(bench->last_payload, "payload 49");
    assert_int_equal(log_id_compare(bench->last_followed, bench->last_committed), 0);
    assert_false(bench->out_of_order);
}

static void
test_a_long_log_is_given_whole_in_batches(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 1000; i++)
        append(bench, LOG_EVENTS, i);
    run_until(bench, &bench->committed, 1000);
    follow(bench, LOG_LOG, 100); /* a whole number of batches: the empty one at the end tells */
    run_until(bench, &bench->caught_up, 1);
    assert_int_equal(bench->entries, 1000);
    assert_false(bench->out_of_order);
}

/* Long entries and short ones, which one reply's memory has to hold in turn. */
static void
test_long_entries_come_whole(void **state)
{
    struct bench *bench = *state;
    enum { LONG_BYTES = 900 * 1000, LONG_COUNT = 30, SHORT_COUNT = 500 };
    char *text = malloc(LONG_BYTES);
    memset(text, '#', LONG_BYTES);
    for (int i = 0; i < SHORT_COUNT; i++)
        append(bench, LOG_EVENTS, 1);
    for (int i = 0; i < LONG_COUNT; i++) { /* one in flight, as ingest does it */
        struct span payload = {text, LONG_BYTES};
        assert_true(log_append(bench->link, "test", 0, LOG_EVENTS, payload, outcome_cb, bench));
        run_until(bench, &bench->committed, SHORT_COUNT + i + 1);
    }
    free(text);
    for (int i = 0; i < SHORT_COUNT; i++)
        append(bench, LOG_EVENTS, 1);
    run_until(bench, &bench->committed, LONG_COUNT + 2 * SHORT_COUNT);
    follow(bench, LOG_LOG, 1000);
    run_until(bench, &bench->caught_up, 1);
    assert_int_equal(bench->entries, LONG_COUNT + 2 * SHORT_COUNT);
    assert_int_equal(bench->payload_bytes,
                     (uint64_t)LONG_COUNT * LONG_BYTES + 2 * SHORT_COUNT * strlen("payload 1"));
    assert_int_equal(bench->wrong_bytes, 0);
    assert_false(bench->out_of_order);
}

static void
test_an_action_stands_in_both_streams(void **state)
{
    struct bench *bench = *state;
    append(bench, LOG_EVENTS, 1);
    append(bench, LOG_ACTION, 2);
    append(bench, LOG_DOCUMENT, 3);
    run_until(bench, &bench->committed, 3);
    follow(bench, LOG_ACTIONS, 10);
    run_until(bench, &bench->caught_up, 1);
    assert_int_equal(bench->entries, 2);
    assert_int_equal(bench->last_kind, LOG_DOCUMENT);
    log_follower_free(bench->follower);
    bench->last_followed = (struct log_id){0};
    follow(bench, LOG_LOG, 10);
    run_until(bench, &bench->caught_up, 2);
    assert_int_equal(bench->entries, 5);
    assert_int_equal(log_id_compare(bench->last_followed, bench->last_committed), 0);
}

static void
test_a_token_stands_in_its_stream(void **state)
{
    struct bench *bench = *state;
    assert_true(log_append_token(bench->link, "test", SPAN("{}"), outcome_cb, bench));
    follow(bench, LOG_TOKENS, 10);
    run_until(bench, &bench->entries, 1);
    assert_int_equal(bench->last_kind, LOG_TOKEN);
}

static void
test_a_full_memory_refuses_and_says_so(void **state)
{
    struct bench *bench = *state;
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "CONFIG", "SET", "maxmemory", "1"));
    append(bench, LOG_EVENTS, 1);
    append(bench, LOG_ACTION, 2);
    run_until(bench, &bench->failed, 2);
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "CONFIG", "SET", "maxmemory", "0"));
    append(bench, LOG_ACTION, 3);
    run_until(bench, &bench->committed, 1);
    follow(bench, LOG_LOG, 10);
    run_until(bench, &bench->caught_up, 1);
    assert_int_equal(bench->entries, 1); /* what was refused is nowhere */
}

static void
test_a_read_only_server_refuses(void **state)
{
    struct bench *bench = *state;
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "REPLICAOF", "127.0.0.1", "1"));
    append(bench, LOG_EVENTS, 1);
    append(bench, LOG_ACTION, 2);
    run_until(bench, &bench->failed, 2);
    assert_int_equal(bench->committed + bench->in_doubt, 0);
}

static void
test_an_error_in_one_half_of_a_transaction_is_in_doubt(void **state)
{
    struct bench *bench = *state;
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "SET", "bochuang:{test/0}:actions", "no stream"));
    append(bench, LOG_ACTION, 1);
    run_until(bench, &bench->in_doubt, 1);
    assert_int_equal(bench->committed + bench->failed, 0);
}

static void
test_a_hanging_server_leaves_appends_in_doubt(void **state)
{
    struct bench *bench = *state;
    kill(bench->redis.pid, SIGSTOP);
    append(bench, LOG_EVENTS, 1);
    append(bench, LOG_ACTION, 2);
    run_until(bench, &bench->in_doubt, 2);
    assert_false(log_append(bench->link, "test", 0, LOG_EVENTS, SPAN("x"), outcome_cb, bench));
    kill(bench->redis.pid, SIGCONT);
    run_until(bench, &bench->ups, 2);
    append(bench, LOG_EVENTS, 3);
    run_until(bench, &bench->committed, 1);
    assert_int_equal(bench->in_doubt, 2);
}

static void
test_a_follower_goes_on_where_it_was(void **state)
{
    struct bench *bench = *state;
    follow(bench, LOG_LOG, 3);
    for (int i = 0; i < 10; i++)
        append(bench, LOG_EVENTS, i);
    run_until(bench, &bench->entries, 10);
    run_until(bench, &bench->committed, 10);
    int caught_up = bench->caught_up;
    private_redis_kill(&bench->redis);
    run_until(bench, &bench->follower_downs, 1);
    private_redis_start(&bench->redis);
    run_until(bench, &bench->caught_up, caught_up + 1); /* again: whoever waits for it hears of it */
    run_until(bench, &bench->ups, 2);
    for (int i = 10; i < 20; i++)
        append(bench, LOG_EVENTS, i);
    run_until(bench, &bench->entries, 20);
    run_for(bench, 100);
    assert_int_equal(bench->entries, 20);
    assert_false(bench->out_of_order);
    assert_string_equal(bench->last_payload, "payload 19");
}

static void
test_a_follower_outlives_an_error(void **state)
{
    struct bench *bench = *state;
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "SET", "bochuang:{test/0}:log", "no stream"));
    follow(bench, LOG_LOG, 3);
    run_for(bench, 500);
    assert_int_equal(bench->caught_up, 0);
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "DEL", "bochuang:{test/0}:log"));
    append(bench, LOG_EVENTS, 1);
    run_until(bench, &bench->entries, 1);
}

static void
test_an_idle_follower_stays_up_and_hears_at_once(void **state)
{
    struct bench *bench = *state;
    follow(bench, LOG_LOG, 100);
    run_until(bench, &bench->caught_up, 1);
    run_for(bench, 2300); /* two blocks run out */
    assert_int_equal(bench->follower_downs, 0);
    assert_int_equal(bench->caught_up, 1);
    int64_t least_ms = INT64_MAX; /* something else on the machine may come in between: the best of five */
    for (int i = 1; i <= 5; i++) {
        append(bench, LOG_EVENTS, i);
        run_until(bench, &bench->committed, i);
        int64_t from_ms = clock_steady_ms();
        run_until(bench, &bench->entries, i);
        int64_t took_ms = clock_steady_ms() - from_ms;
        least_ms = took_ms < least_ms ? took_ms : least_ms;
    }
    assert_true(least_ms < 500); /* one that only looked when a block runs out would take 1,000 each time */
}

static void
test_freed_in_its_own_callback(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 10; i++)
        append(bench, LOG_EVENTS, i);
    run_until(bench, &bench->committed, 10);
    bench->free_at_entry = 4;
    follow(bench, LOG_LOG, 10);
    run_until(bench, &bench->entries, 4);
    run_for(bench, 100);
    assert_int_equal(bench->entries, 4);
    assert_int_equal(bench->caught_up, 0);
}

/* What somebody else wrote into the stream has its place, and no kind. */
static void
test_an_entry_of_another_shape(void **state)
{
    struct bench *bench = *state;
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "XADD", "bochuang:{test/0}:log", "*", "a", "1", "b", "2"));
    follow(bench, LOG_LOG, 10);
    run_until(bench, &bench->entries, 1);
    assert_int_equal(bench->last_kind, 0);
    assert_string_equal(bench->last_payload, "");
}

/* Redis comes back without what was given last, and with something new behind it. */
static void
test_a_lost_end_is_noticed(void **state)
{
    struct bench *bench = *state;
    follow(bench, LOG_LOG, 100);
    for (int i = 0; i < 10; i++)
        append(bench, LOG_EVENTS, i);
    run_until(bench, &bench->entries, 10);
    run_until(bench, &bench->committed, 10);
    char last[LOG_ID_SIZE];
    log_id_format(last, bench->last_followed);
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "XDEL", "bochuang:{test/0}:log", last));
    append(bench, LOG_EVENTS, 10);
    run_until(bench, &bench->entries, 11);
    assert_int_equal(bench->rewound, 0); /* while the connection stands, nothing can be lost */
    log_id_format(last, bench->last_followed);
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "XDEL", "bochuang:{test/0}:log", last));
    private_redis_kill(&bench->redis);
    private_redis_start(&bench->redis);
    run_until(bench, &bench->rewound, 1);
    run_until(bench, &bench->entries, 9);
    run_for(bench, 100);
    assert_int_equal(bench->entries, 9);
    assert_int_equal(bench->rewound, 1);
    assert_string_equal(bench->last_payload, "payload 8");
    assert_false(bench->out_of_order);
}

/* The clock was set back as well: what came after the loss has got the ids of what was lost. The last one
 * even says the same, as one does that was in doubt and was sent again. */
static void
test_other_entries_in_the_place_of_lost_ones(void **state)
{
    struct bench *bench = *state;
    static const char *const lost[] = {"one", "two", "three"}, *const found[] = {"one", "other", "three"};
    static const char *const ids[] = {"9-1", "9-2", "9-3"};
    follow(bench, LOG_LOG, 100);
    for (int i = 0; i < 3; i++)
        assert_true(PRIVATE_REDIS_DO(&bench->redis, "XADD", "bochuang:{test/0}:log", ids[i], "e", lost[i]));
    run_until(bench, &bench->entries, 3);
    assert_string_equal(bench->last_payload, "three");
    private_redis_kill(&bench->redis);
    char socket[sizeof bench->redis.socket];
    memcpy(socket, bench->redis.socket, sizeof socket);
    snprintf(bench->redis.socket, sizeof bench->redis.socket, "%s/aside",
             bench->redis.directory); /* unseen */
    private_redis_start(&bench->redis);
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "DEL", "bochuang:{test/0}:log"));
    for (int i = 0; i < 3; i++)
        assert_true(PRIVATE_REDIS_DO(&bench->redis, "XADD", "bochuang:{test/0}:log", ids[i], "e", found[i]));
    private_redis_kill(&bench->redis);
    memcpy(bench->redis.socket, socket, sizeof socket);
    private_redis_start(&bench->redis);
    run_until(bench, &bench->rewound, 1);
    run_until(bench, &bench->entries, 3);
    assert_false(bench->out_of_order);
    private_redis_kill(&bench->redis); /* what stands there now is what was given: nothing happens */
    private_redis_start(&bench->redis);
    run_until(bench, &bench->caught_up, 3);
    assert_int_equal(bench->rewound, 1);
    assert_int_equal(bench->entries, 3);
}

static void
test_an_entry_with_another_sum(void **state)
{
    struct bench *bench = *state;
    char sum[LOG_SUM_BYTES + 1] = "";
    log_sum(sum, "bochuang:{test/0}:log", LOG_EVENTS, SPAN("right"));
    assert_string_not_equal(sum, "12345678");
    assert_true(
        PRIVATE_REDIS_DO(&bench->redis, "XADD", "bochuang:{test/0}:log", "*", "e", "right", "h", "12345678"));
    follow(bench, LOG_LOG, 10);
    run_until(bench, &bench->entries, 1);
    assert_int_equal(bench->last_kind, 0);
    assert_string_equal(bench->last_payload, "");
}

int
main(void)
{
    logline_setup("test_log", LEVEL_ERROR);
    signal(SIGPIPE, SIG_IGN);
#define WITH_REDIS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_and_ids),
        WITH_REDIS(test_appended_is_followed),
        WITH_REDIS(test_a_long_log_is_given_whole_in_batches),
        WITH_REDIS(test_long_entries_come_whole),
        WITH_REDIS(test_an_action_stands_in_both_streams),
        WITH_REDIS(test_a_token_stands_in_its_stream),
        WITH_REDIS(test_a_full_memory_refuses_and_says_so),
        WITH_REDIS(test_a_read_only_server_refuses),
        WITH_REDIS(test_an_error_in_one_half_of_a_transaction_is_in_doubt),
        WITH_REDIS(test_a_hanging_server_leaves_appends_in_doubt),
        WITH_REDIS(test_a_follower_goes_on_where_it_was),
        WITH_REDIS(test_a_follower_outlives_an_error),
        WITH_REDIS(test_an_idle_follower_stays_up_and_hears_at_once),
        WITH_REDIS(test_freed_in_its_own_callback),
        WITH_REDIS(test_an_entry_of_another_shape),
        WITH_REDIS(test_a_lost_end_is_noticed),
        WITH_REDIS(test_other_entries_in_the_place_of_lost_ones),
        WITH_REDIS(test_an_entry_with_another_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
