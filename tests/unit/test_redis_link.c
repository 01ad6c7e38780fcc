/* The link against a real redis-server that is killed, stopped and started again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "common/clock.h"
#include "common/logline.h"
#include "common/redis_link.h"
#include "tests/unit/private_redis.h"

enum { SOON_MS = 60 * 1000, TIMEOUT_MS = 2000 };

struct bench {
    struct event_base *base;
    struct redis_link *link;
    struct private_redis redis;
    int ups, downs;
    int good, bad, lost; /* callbacks: with a reply, with an error, with NULL */
    bool free_in_callback;
};

static void
state_cb(bool up, void *arg)
{
    struct bench *bench = arg;
    if (up)
        bench->ups++;
    else
        bench->downs++;
}

static void
reply_cb(const redis_reply *reply, void *arg)
{
    struct bench *bench = arg;
    if (!reply)
        bench->lost++;
    else if (redis_reply_kind(reply) == REDIS_ERROR)
        bench->bad++;
    else
        bench->good++;
    if (bench->free_in_callback) {
        struct redis_link *link = bench->link;
        bench->link = NULL;
        bench->free_in_callback = false;
        redis_link_free(link);
    }
}

/* Runs the loop until `*figure` has come to `least`; fails after SOON_MS. */
static void
run_until(struct bench *bench, const int *figure, int least)
{
    int64_t until_ms = clock_steady_ms() + SOON_MS;
    while (*figure < least) {
        struct timeval slice = {0, 20 * 1000};
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
dial(struct bench *bench, const char *password)
{
    struct redis_link_options options = {.address = bench->redis.address,
                                         .password = password,
                                         .command_timeout_ms = TIMEOUT_MS,
                                         .on_state = state_cb,
                                         .arg = bench};
    bench->link = redis_link_new(bench->base, &options);
    assert_non_null(bench->link);
}

static bool
send_text(struct bench *bench, const char *command)
{
    struct span arguments[16];
    size_t count = 0;
    while (*command) {
        size_t len = strcspn(command, " ");
        arguments[count++] = (struct span){command, len};
        command += len + (command[len] == ' ');
    }
    return redis_link_send(bench->link, count, arguments, reply_cb, bench);
}

static int
setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    bench->base = event_base_new();
    private_redis_make(&bench->redis, NULL);
    *state = bench;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *bench = *state;
    redis_link_free(bench->link);
    private_redis_free(&bench->redis);
    event_base_free(bench->base);
    free(bench);
    return 0;
}

static void
test_replies_come_in_order_with_their_kinds(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    assert_false(redis_link_up(bench->link));
    assert_false(send_text(bench, "PING"));
    run_until(bench, &bench->ups, 1);
    for (int i = 0; i < 300; i++)
        assert_true(send_text(bench, "INCR n"));
    assert_true(send_text(bench, "NO-SUCH-COMMAND"));
    run_until(bench, &bench->good, 300);
    run_until(bench, &bench->bad, 1);
    assert_int_equal(bench->lost, 0);
    assert_true(PRIVATE_REDIS_DO(&bench->redis, "INCR", "n"));
}

static void
test_a_push_does_not_wait_for_the_end_of_the_turn(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    redis_link_push(bench->link); /* not up yet: nothing to push */
    run_until(bench, &bench->ups, 1);
    redis_link_push(bench->link);
    assert_true(send_text(bench, "SET pushed yes"));
    assert_true(send_text(bench, "RENAME pushed moved"));
    redis_link_push(bench->link);
    usleep(20 * 1000); /* the loop does not run */
    assert_true(
        PRIVATE_REDIS_DO(&bench->redis, "RENAME", "moved", "seen")); /* an error where there is none */
    assert_int_equal(bench->good, 0);
    run_until(bench, &bench->good, 2);
    assert_int_equal(bench->bad + bench->lost, 0);
}

static void
test_a_push_to_a_server_that_has_gone(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    run_until(bench, &bench->ups, 1);
    private_redis_kill(&bench->redis);
    bench->free_in_callback = true;
    for (int i = 0; i < 5; i++)
        assert_true(send_text(bench, "PING"));
    redis_link_push(bench->link); /* the callbacks, and the end of the link, come from within */
    assert_int_equal(bench->lost, 5);
    assert_null(bench->link);
}

static void
test_a_killed_server_answers_each_command_once_and_comes_back(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    run_until(bench, &bench->ups, 1);
    kill(bench->redis.pid, SIGSTOP);
    for (int i = 0; i < 50; i++)
        assert_true(send_text(bench, "INCR n"));
    private_redis_kill(&bench->redis);
    run_until(bench, &bench->lost, 50);
    run_until(bench, &bench->downs, 1);
    run_for(bench, 300); /* several dials in vain */
    assert_false(redis_link_up(bench->link));
    assert_int_equal(bench->good + bench->lost, 50);

    private_redis_start(&bench->redis);
    run_until(bench, &bench->ups, 2);
    assert_true(send_text(bench, "PING"));
    run_until(bench, &bench->good, 1);
    assert_int_equal(bench->lost, 50);
}

static void
test_a_server_that_hangs_is_given_up_after_the_timeout(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    run_until(bench, &bench->ups, 1);
    kill(bench->redis.pid, SIGSTOP);
    int64_t from_ms = clock_steady_ms();
    assert_true(send_text(bench, "INCR n"));
    assert_true(send_text(bench, "INCR n"));
    run_until(bench, &bench->lost, 2);
    int64_t took_ms = clock_steady_ms() - from_ms;
    assert_in_range(took_ms, TIMEOUT_MS - 5, TIMEOUT_MS * 5);
    assert_int_equal(bench->downs, 1);
    kill(bench->redis.pid, SIGCONT);
    run_until(bench, &bench->ups, 2);
    assert_int_equal(bench->lost, 2);
    assert_int_equal(bench->good, 0);
}

static void
test_an_old_timeout_does_not_hit_a_new_command(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    run_until(bench, &bench->ups, 1);
    for (int i = 1; i <= 12; i++) { /* 600 ms in all: the timer of the first one fires meanwhile */
        assert_true(send_text(bench, "PING"));
        run_until(bench, &bench->good, i);
        run_for(bench, 50);
    }
    assert_int_equal(bench->downs, 0);
}

static void
test_free_answers_what_waits(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    run_until(bench, &bench->ups, 1);
    for (int i = 0; i < 5; i++)
        assert_true(send_text(bench, "PING"));
    redis_link_free(bench->link);
    bench->link = NULL;
    assert_int_equal(bench->lost, 5);
    run_for(bench, 100);
    assert_int_equal(bench->lost, 5);
    assert_int_equal(bench->good, 0);
    assert_int_equal(bench->downs, 0);
}

static void
test_free_from_a_reply(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    run_until(bench, &bench->ups, 1);
    bench->free_in_callback = true;
    for (int i = 0; i < 5; i++)
        assert_true(send_text(bench, "PING"));
    run_until(bench, &bench->good, 1);
    assert_int_equal(bench->good, 1);
    assert_int_equal(bench->lost, 4);
    run_for(bench, 50);
    assert_int_equal(bench->good + bench->lost, 5);
}

static void
test_free_from_a_lost_command(void **state)
{
    struct bench *bench = *state;
    private_redis_start(&bench->redis);
    dial(bench, NULL);
    run_until(bench, &bench->ups, 1);
    kill(bench->redis.pid, SIGSTOP);
    bench->free_in_callback = true;
    for (int i = 0; i < 5; i++)
        assert_true(send_text(bench, "PING"));
    private_redis_kill(&bench->redis);
    run_until(bench, &bench->lost, 5);
    run_for(bench, 150);
    assert_int_equal(bench->lost, 5);
    assert_null(bench->link);
}

static void
test_a_password_is_given(void **state)
{
    struct bench *bench = *state;
    bench->redis.password = "secret";
    private_redis_start(&bench->redis);
    dial(bench, "wrong");
    run_for(bench, 300);
    assert_int_equal(bench->ups, 0);
    redis_link_free(bench->link);
    dial(bench, "secret");
    run_until(bench, &bench->ups, 1);
    assert_true(send_text(bench, "SET a b"));
    run_until(bench, &bench->good, 1);
}

/* A listener that accepts and never speaks: AUTH must time out, and free must work at any moment. */
static void
test_free_while_it_dials(void **state)
{
    struct bench *bench = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", bench->redis.socket);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 8), 0);
    for (int turns = 0; turns < 6; turns++) {
        dial(bench, "secret");
        for (int i = 0; i < turns; i++)
            event_base_loop(bench->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
        redis_link_free(bench->link);
        bench->link = NULL;
    }
    run_for(bench, 20);
    assert_int_equal(bench->ups, 0);
    close(listener);
}

static void
test_an_address_that_is_none_is_refused(void **state)
{
    struct bench *bench = *state;
    static const char *const wrong[] = {"",      "unix:",          "localhost", "localhost:", "localhost:0",
                                        ":6379", "localhost:70000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(redis_link_new(bench->base, &(struct redis_link_options){.address = wrong[i]}));
}

int
main(void)
{
    logline_setup("test_redis_link", LEVEL_ERROR);
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_replies_come_in_order_with_their_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_push_does_not_wait_for_the_end_of_the_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_push_to_a_server_that_has_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_killed_server_answers_each_command_once_and_comes_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_server_that_hangs_is_given_up_after_the_timeout, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_an_old_timeout_does_not_hit_a_new_command, setup, teardown),
        cmocka_unit_test_setup_teardown(test_free_answers_what_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_free_from_a_reply, setup, teardown),
        cmocka_unit_test_setup_teardown(test_free_from_a_lost_command, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_password_is_given, setup, teardown),
        cmocka_unit_test_setup_teardown(test_free_while_it_dials, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_address_that_is_none_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
