/*
 * Group commit with the real HTTP server before it and a real Redis behind it. A request "POST /N" carries N
 * events; what comes back, and what stands in the log, is compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <event2/event.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/logline.h"
#include "common/wire.h"
#include "ingest/batch.h"
#include "tests/unit/private_redis.h"

enum { SOON_MS = 60 * 1000, TIMEOUT_MS = 2000 };

struct bench {
    struct event_base *base;
    struct private_redis redis;
    struct redis_link *link;
    struct http_server *server;
    struct counters counters;
    struct posting_pool postings;
    struct batch batch;
    struct event *flush;
    struct log_follower *follower;
    int client;
    struct buf received;

    bool patient;
    int ups, requests, waits;
    int entries, events, caught_up;
    size_t longest_entry;
    int next_id;   /* of the events that are put */
    int next_seen; /* expected next in the log */
    bool out_of_order;
};

static void
state_cb(bool up, void *arg)
{
    struct bench *bench = arg;
    bench->ups += up;
}

static void
flush_now(void *arg)
{
    struct bench *bench = arg;
    bench->waits += batch_flush(&bench->batch, bench->patient);
}

static void
flush_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    flush_now(arg);
}

static void
idle_cb(void *arg)
{
    struct bench *bench = arg;
    event_active(bench->flush, EV_TIMEOUT, 0);
}

static void
request_cb(struct http_exchange *exchange, const struct http_head *head, struct span body, void *arg)
{
    (void)body;
    struct bench *bench = arg;
    bench->requests++;
    struct posting *posting = posting_take(&bench->postings, exchange);
    posting->accepted = (uint32_t)atoi(head->path.at + 1);
    for (uint32_t i = 0; i < posting->accepted; i++) {
        char id[24];
        int len = snprintf(id, sizeof id, "%d", bench->next_id++);
        struct event event = {.type = EVENT_ORDER_PAID,
                              .id = {id, (size_t)len},
                              .time_ms = 1637895600000,
                              .session = SPAN("s-001"),
                              .product = SPAN("youxian-dried-tofu"),
                              .quantity = 1,
                              .amount_fen = 100};
        assert_true(batch_put(&bench->batch, &event, posting));
    }
    batch_seal(&bench->batch, posting);
    posting_settle_part(posting, true);
}

static void
entry_cb(const struct log_entry *entry, void *arg)
{
    struct bench *bench = arg;
    bench->entries++;
    if (entry->payload.len > bench->longest_entry)
        bench->longest_entry = entry->payload.len;
    struct mp_cursor blob = mp_over(entry->payload);
    struct event event;
    int got;
    while ((got = wire_get_event(&blob, &event)) == 1) {
        char id[24];
        snprintf(id, sizeof id, "%d", bench->next_seen++);
        bench->out_of_order |= !span_is(event.id, id);
        bench->events++;
    }
    assert_int_equal(got, 0); /* no event was cut */
}

static void
caught_up_cb(void *arg)
{
    struct bench *bench = arg;
    bench->caught_up++;
}

static void
turn(struct bench *bench)
{
    struct timeval slice = {0, 5 * 1000};
    event_base_loopexit(bench->base, &slice);
    event_base_dispatch(bench->base);
    ssize_t got;
    while (buf_reserve(&bench->received, 4096) &&
           (got = recv(bench->client, bench->received.at + bench->received.len, 4096, MSG_DONTWAIT)) > 0)
        bench->received.len += (size_t)got;
}

static int
answers(struct bench *bench, const char *status)
{
    char line[32];
    int count = 0;
    snprintf(line, sizeof line, "HTTP/1.1 %s ", status);
    for (const char *at = buf_text(&bench->received); (at = strstr(at, line)); at++)
        count++;
    return count;
}

static void
run_until_answered(struct bench *bench, const char *status, int count)
{
    int64_t until_ms = clock_steady_ms() + SOON_MS;
    while (answers(bench, status) < count) {
        turn(bench);
        if (clock_steady_ms() > until_ms)
            fail_msg("waited for %d answers %s, came to %d", count, status, answers(bench, status));
    }
}

static void
run_until(struct bench *bench, const int *figure, int least)
{
    int64_t until_ms = clock_steady_ms() + SOON_MS;
    while (*figure < least) {
        turn(bench);
        if (clock_steady_ms() > until_ms)
            fail_msg("waited for %d, came to %d", least, *figure);
    }
}

static void
post(struct bench *bench, int times, int events)
{
    struct buf out = {0};
    for (int i = 0; i < times; i++)
        buf_printf(&out, "POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", events);
    assert_int_equal(send(bench->client, out.at, out.len, 0), (ssize_t)out.len);
    buf_free(&out);
}

static void
read_log(struct bench *bench)
{
    struct log_follower_options options = {.address = bench->redis.address,
                                           .batch_count = 1000,
                                           .on_entry = entry_cb,
                                           .on_caught_up = caught_up_cb,
                                           .arg = bench};
    log_key(options.key, "test", 0, LOG_LOG);
    bench->follower = log_follow(bench->base, &options);
    run_until(bench, &bench->caught_up, 1);
}

static void
connect_client(struct bench *bench)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(http_server_port(bench->server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bench->client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(bench->client, (struct sockaddr *)&address, sizeof address), 0);
}

static int
setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    bench->base = event_base_new();
    private_redis_make(&bench->redis, NULL);
    private_redis_start(&bench->redis);
    bench->link = redis_link_new(bench->base, &(struct redis_link_options){.address = bench->redis.address,
                                                                           .command_timeout_ms = TIMEOUT_MS,
                                                                           .on_state = state_cb,
                                                                           .arg = bench});
    bench->flush = event_new(bench->base, -1, 0, flush_cb, bench);
    bench->postings.counters = &bench->counters;
    bench->batch = (struct batch){.contest = "test",
                                  .link = bench->link,
                                  .counters = &bench->counters,
                                  .on_idle = idle_cb,
                                  .arg = bench};
    bench->server = http_server_new(bench->base, &(struct http_server_options){.address = "127.0.0.1",
                                                                               .connection_limit = 100,
                                                                               .body_limit_bytes = 1000,
                                                                               .head_ms = SOON_MS,
                                                                               .body_ms = SOON_MS,
                                                                               .idle_ms = SOON_MS,
                                                                               .write_ms = SOON_MS,
                                                                               .on_request = request_cb,
                                                                               .on_turn_end = flush_now,
                                                                               .arg = bench});
    assert_non_null(bench->server);
    connect_client(bench);
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
    batch_free(&bench->batch);
    close(bench->client);
    http_server_free(bench->server);
    posting_pool_free(&bench->postings);
    private_redis_free(&bench->redis);
    buf_free(&bench->received);
    event_free(bench->flush);
    event_base_free(bench->base);
    free(bench);
    return 0;
}

static void
test_one_event_is_answered_when_it_is_in_the_log(void **state)
{
    struct bench *bench = *state;
    post(bench, 1, 1);
    run_until_answered(bench, "202", 1);
    assert_non_null(
        strstr(buf_text(&bench->received), "\r\n\r\n{\"accepted\":1,\"rejected\":0,\"errors\":[]}"));
    assert_int_equal(bench->counters.events_accepted, 1);
    read_log(bench);
    assert_int_equal(bench->events, 1);
}

static void
test_what_comes_meanwhile_shares_one_append(void **state)
{
    struct bench *bench = *state;
    kill(bench->redis.pid, SIGSTOP);
    post(bench, 1, 1);
    run_until(bench, &bench->requests, 1);
    post(bench, 60, 2);
    run_until(bench, &bench->requests, 61);
    kill(bench->redis.pid, SIGCONT);
    run_until_answered(bench, "202", 61);
    read_log(bench);
    assert_int_equal(bench->entries, 2);
    assert_int_equal(bench->events, 121);
    assert_false(bench->out_of_order);
    assert_int_equal(bench->counters.entries, 2);
    assert_int_equal(batch_waiting_bytes(&bench->batch), 0);
}

static void
test_after_many_answers_it_pays_to_wait(void **state)
{
    struct bench *bench = *state;
    bench->patient = true;
    kill(bench->redis.pid, SIGSTOP);
    post(bench, 1, 1);
    run_until(bench, &bench->requests, 1);
    post(bench, 20, 1);
    run_until(bench, &bench->requests, 21);
    kill(bench->redis.pid, SIGCONT);
    run_until_answered(bench, "202", 21); /* one answer was no reason to wait */
    assert_int_equal(bench->waits, 0);
    post(bench, 1, 1);
    run_until(bench, &bench->waits, 1);
    assert_true(batch_waiting_bytes(&bench->batch) > 0);
    post(bench, 1, 500); /* so many are worth an append, and the one that waits goes with them */
    run_until_answered(bench, "202", 23);
    assert_int_equal(bench->counters.entries, 3);
    post(bench, 1, 1);
    run_until_answered(bench, "202", 24); /* two answers were none, either */
    read_log(bench);
    assert_int_equal(bench->events, 22 + 500 + 1);
    assert_false(bench->out_of_order);
}

static void
test_who_has_waited_enough_is_sent(void **state)
{
    struct bench *bench = *state;
    bench->patient = true;
    bench->batch.answered = 1000;
    post(bench, 3, 1);
    run_until(bench, &bench->waits, 1);
    run_until(bench, &bench->requests, 3);
    assert_int_equal(answers(bench, "202"), 0);
    assert_false(batch_flush(&bench->batch, false));
    run_until_answered(bench, "202", 3);
    assert_int_equal(bench->counters.entries, 1);
}

static void
test_entries_are_cut_at_their_limit(void **state)
{
    struct bench *bench = *state;
    post(bench, 3, 50000); /* each over two entries long */
    post(bench, 20, 9000); /* about 0.4 MB each: two share an entry */
    run_until_answered(bench, "202", 23);
    read_log(bench);
    assert_int_equal(bench->events, 3 * 50000 + 20 * 9000);
    assert_false(bench->out_of_order);
    assert_in_range(bench->longest_entry, LIMIT_ENTRY_BYTES / 2, LIMIT_ENTRY_BYTES);
    assert_in_range(bench->entries, 16, 30);
}

static void
test_a_server_that_hangs_is_a_503_for_all(void **state)
{
    struct bench *bench = *state;
    kill(bench->redis.pid, SIGSTOP);
    post(bench, 1, 1);
    run_until(bench, &bench->requests, 1);
    post(bench, 5, 1);
    run_until_answered(bench, "503", 6); /* the one in doubt, and those behind it */
    assert_int_equal(answers(bench, "202"), 0);
    assert_non_null(strstr(buf_text(&bench->received), "Retry-After: 1\r\n"));
    assert_int_equal(bench->counters.events_accepted, 0);
    kill(bench->redis.pid, SIGCONT);
    run_until(bench, &bench->ups, 2);
    post(bench, 1, 1);
    run_until_answered(bench, "202", 1);
}

static void
test_a_refusal_is_a_503(void **state)
{
    struct bench *bench = *state;
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "CONFIG", "SET", "maxmemory", "1"));
    post(bench, 3, 1);
    run_until_answered(bench, "503", 3);
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "CONFIG", "SET", "maxmemory", "0"));
    post(bench, 1, 1);
    run_until_answered(bench, "202", 1);
    bench->next_seen = 3;
    read_log(bench);
    assert_int_equal(bench->events, 1);
    assert_false(bench->out_of_order);
}

int
main(void)
{
    logline_setup("test_batch", LEVEL_ERROR);
    signal(SIGPIPE, SIG_IGN);
#define BENCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        BENCH(test_one_event_is_answered_when_it_is_in_the_log),
        BENCH(test_what_comes_meanwhile_shares_one_append),
        BENCH(test_after_many_answers_it_pays_to_wait),
        BENCH(test_who_has_waited_enough_is_sent),
        BENCH(test_entries_are_cut_at_their_limit),
        BENCH(test_a_server_that_hangs_is_a_503_for_all),
        BENCH(test_a_refusal_is_a_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
