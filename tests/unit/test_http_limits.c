/* The server with clients that are slow, gone, or too many; its end; and answers that go on. */
#include "tests/unit/http_fixture.h"

#include <sys/resource.h>

#define HELD_GET "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"

/* --- Deadlines --- */

static void
test_a_slow_head(void **state)
{
    (void)state;
    struct http_server_options options = patient_options();
    options.head_ms = 300;
    struct fixture *fixture = start(options);
    struct client client = connect_client(fixture);
    int64_t started_ms = clock_steady_ms();
    /* A byte now and then does not help: the deadline is absolute. */
    for (int i = 0; !has_closed(&client) && clock_steady_ms() - started_ms < PATIENCE_MS; i++) {
        send_text(fixture, &client, i == 0 ? "GET / HTTP/1.1\r\nX: " : "x");
        for (int j = 0; j < 20; j++)
            turn(fixture);
    }
    assert_true(clock_steady_ms() - started_ms >= 300);
    assert_true(clock_steady_ms() - started_ms < PATIENCE_MS);
    assert_true(has_got(&client, "HTTP/1.1 408 Request Timeout\r\n"));
    assert_true(has_got(&client, "\"code\":\"request_timeout\""));
    assert_int_equal(stats(fixture)->deadlines_hit, 1);
    disconnect(&client);
    stop(fixture);
}

static void
test_a_slow_body(void **state)
{
    (void)state;
    struct http_server_options options = patient_options();
    options.body_ms = 300;
    struct fixture *fixture = start(options);
    struct client plain = connect_client(fixture), chunked = connect_client(fixture);
    send_text(fixture, &plain, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhal");
    send_text(fixture, &chunked,
              "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhal");
    WAIT_FOR(fixture, has_closed(&plain) && has_closed(&chunked));
    assert_true(has_got(&plain, "HTTP/1.1 408 Request Timeout\r\n"));
    assert_true(has_got(&chunked, "HTTP/1.1 408 Request Timeout\r\n"));
    assert_int_equal(stats(fixture)->deadlines_hit, 2);
    assert_int_equal(fixture->handled, 0);
    disconnect(&plain);
    disconnect(&chunked);
    stop(fixture);
}

/* What waits for us, and not for the client, has no deadline. */
static void
test_an_idle_connection(void **state)
{
    (void)state;
    struct http_server_options options = patient_options();
    options.idle_ms = options.head_ms = options.body_ms = 600;
    struct fixture *fixture = start(options);
    struct client idle = connect_client(fixture), waiting = connect_client(fixture);
    send_get(fixture, &idle, "/query?1");
    send_text(fixture, &waiting, HELD_GET);
    WAIT_FOR(fixture, has_got(&idle, "\r\n\r\n1") && fixture->held_count == 1);
    int64_t since_ms = clock_steady_ms();
    WAIT_FOR(fixture, has_closed(&idle));
    assert_true(clock_steady_ms() - since_ms >= 500);
    assert_int_equal(count_of(&idle, "HTTP/1.1"), 1);
    assert_false(has_closed(&waiting));
    answer_number(fixture->held[0], 1);
    WAIT_FOR(fixture, has_got(&waiting, "[1]"));
    assert_int_equal(stats(fixture)->deadlines_hit, 0);
    disconnect(&idle);
    disconnect(&waiting);
    stop(fixture);
}

/* Megabytes of answers that nobody reads: no more requests are taken, and then the connection goes. */
static void
test_a_slow_reader(void **state)
{
    (void)state;
    struct http_server_options options = patient_options();
    options.write_ms = 400;
    struct fixture *fixture = start(options);
    struct client client = {.fd = connect_fd(fixture, 4096)};
    for (int i = 0; i < 60; i++)
        send_get(fixture, &client, "/big");
    WAIT_FOR(fixture, fixture->handled > 0);
    for (int i = 0; i < 30; i++)
        turn(fixture);
    unsigned handled = fixture->handled;
    assert_true(handled < 30);
    WAIT_FOR(fixture, stats(fixture)->connections_open == 0);
    assert_int_equal(fixture->handled, handled);
    assert_int_equal(stats(fixture)->deadlines_hit, 1);
    disconnect(&client);
    stop(fixture);
}

static void
test_a_reader_that_is_slow_but_sure(void **state)
{
    (void)state;
    enum { REQUESTS = 30 };
    struct fixture *fixture = start(patient_options());
    struct client client = {.fd = connect_fd(fixture, 65536)};
    for (int i = 0; i < REQUESTS; i++)
        send_get(fixture, &client, "/big");
    size_t got = 0;
    WAIT_FOR(fixture, (take_what_came(&client), got += client.got.len, client.got.len = 0,
                       got > (size_t)REQUESTS * BIG_BYTES));
    assert_int_equal(fixture->handled, REQUESTS);
    for (int i = 0; i < 5; i++)
        turn(fixture);
    take_what_came(&client);
    got += client.got.len;
    assert_int_equal(got, stats(fixture)->bytes_out);
    disconnect(&client);
    stop(fixture);
}

/* --- Clients that have gone --- */

static void
test_gone_before_the_answer(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 2);
    assert_non_null(http_memo(fixture->held[0]));
    /* A reset: unlike an end of the input, it leaves no way to answer. */
    struct linger hard = {.l_onoff = 1};
    setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    disconnect(&client);
    WAIT_FOR(fixture, stats(fixture)->connections_open == 0);
    assert_null(http_memo(fixture->held[0]));
    answer_number(fixture->held[0], 1);
    http_stream_start(fixture->held[1], "text/event-stream", NULL, stream_closed, fixture);
    assert_int_equal(fixture->streams_closed, 0);
    WAIT_FOR(fixture, fixture->streams_closed == 1);
    stop(fixture);
}

static void
test_half_closed(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET);
    shutdown(client.fd, SHUT_WR);
    WAIT_FOR(fixture, fixture->held_count == 1);
    for (int i = 0; i < 5; i++)
        turn(fixture);
    answer_number(fixture->held[0], 1);
    WAIT_FOR(fixture, has_closed(&client));
    assert_true(has_got(&client, "[1]"));
    disconnect(&client);
    stop(fixture);
}

static void
test_freed_with_open_requests(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET HELD_GET HELD_GET);
    send_get(fixture, &client, "/stream");
    WAIT_FOR(fixture, fixture->handled == 4);
    answer_number(fixture->held[1], 1);
    http_server_free(fixture->server);
    fixture->server = NULL;
    assert_int_equal(fixture->streams_closed, 1);
    answer_number(fixture->held[0], 0);
    answer_number(fixture->held[2], 2);
    WAIT_FOR(fixture, has_closed(&client));
    disconnect(&client);
    stop(fixture);
}

/* --- Too many --- */

static void
test_connection_limit(void **state)
{
    (void)state;
    struct http_server_options options = patient_options();
    options.connection_limit = 3;
    struct fixture *fixture = start(options);
    struct client busy = connect_client(fixture), first = {0}, second = {0}, third = {0};
    send_text(fixture, &busy, HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 1);
    struct client *idle[] = {&first, &second, &third};
    for (int i = 0; i < 3; i++) {
        *idle[i] = connect_client(fixture);
        send_get(fixture, idle[i], "/query?1");
        WAIT_FOR(fixture, has_got(idle[i], "\r\n\r\n1"));
    }
    WAIT_FOR(fixture, has_closed(&first)); /* the one that was idle longest */
    assert_false(has_closed(&busy) || has_closed(&second) || has_closed(&third));
    assert_int_equal(stats(fixture)->connections_open, 3);
    assert_int_equal(stats(fixture)->connections_evicted, 1);
    /* When all are at work, the newcomer has to go. */
    send_text(fixture, &second, HELD_GET);
    send_text(fixture, &third, HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 3);
    struct client late = connect_client(fixture);
    WAIT_FOR(fixture, has_closed(&late));
    for (unsigned i = 0; i < 3; i++)
        answer_number(fixture->held[i], i);
    WAIT_FOR(fixture, has_got(&busy, "[0]") && has_got(&second, "[") && has_got(&third, "["));
    disconnect(&busy);
    disconnect(&first);
    disconnect(&second);
    disconnect(&third);
    disconnect(&late);
    stop(fixture);
}

/* Lets the process open `more` descriptors beyond those that it has. */
static struct rlimit
allow_descriptors(int more)
{
    struct rlimit before, now;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int next = dup(0);
    assert_true(next >= 0);
    close(next);
    now = before;
    now.rlim_cur = (rlim_t)(next + more);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    return before;
}

static void
test_no_descriptors(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client busy = connect_client(fixture), idle = connect_client(fixture);
    send_get(fixture, &idle, "/query?1");
    send_text(fixture, &busy, HELD_GET);
    WAIT_FOR(fixture, has_got(&idle, "\r\n\r\n1") && fixture->held_count == 1);
    struct rlimit before = allow_descriptors(1);
    struct client late = connect_client(fixture); /* the last descriptor: none is left for accept() */
    send_get(fixture, &late, "/query?2");
    WAIT_FOR(fixture, has_got(&late, "\r\n\r\n2"));
    assert_true(has_closed(&idle));
    /* Nobody to make room: the door is shut for a moment, and the loop does not spin. */
    send_text(fixture, &late, HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 2);
    close(idle.fd);
    idle.fd = connect_fd(fixture, 0);
    idle.closed = false;
    int turns = 0;
    int64_t shut_until_ms = clock_steady_ms() + 250;
    for (; clock_steady_ms() < shut_until_ms; turns++)
        event_base_loop(fixture->base, EVLOOP_ONCE);
    assert_true(turns < 20);
    setrlimit(RLIMIT_NOFILE, &before);
    send_get(fixture, &idle, "/query?3");
    WAIT_FOR(fixture, has_got(&idle, "\r\n\r\n3"));
    answer_number(fixture->held[0], 0);
    answer_number(fixture->held[1], 1);
    disconnect(&busy);
    disconnect(&idle);
    disconnect(&late);
    stop(fixture);
}

static void
test_a_taken_port(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct http_server_options options = patient_options();
    logline_setup("test", LEVEL_ERROR + 1);
    options.port = http_server_port(fixture->server);
    assert_null(http_server_new(fixture->base, &options));
    options.address = "localhost";
    assert_null(http_server_new(fixture->base, &options));
    stop(fixture);
}

/* --- The end --- */

static void
test_drain(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client idle = connect_client(fixture), busy = connect_client(fixture);
    struct client half = connect_client(fixture), stream = connect_client(fixture);
    send_get(fixture, &idle, "/query?1");
    send_text(fixture, &busy, HELD_GET HELD_GET);
    send_text(fixture, &half, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhal");
    send_get(fixture, &stream, "/stream");
    WAIT_FOR(fixture, has_got(&idle, "\r\n\r\n1") && fixture->held_count == 2 && fixture->stream);
    http_server_drain(fixture->server, on_drained, fixture);
    WAIT_FOR(fixture, has_closed(&idle) && has_closed(&half) && has_closed(&stream));
    assert_int_equal(fixture->streams_closed, 1);
    send_text(fixture, &busy, HELD_GET); /* too late */
    for (int i = 0; i < 5; i++)
        turn(fixture);
    assert_int_equal(fixture->drained, 0);
    assert_int_equal(fixture->held_count, 2);
    answer_number(fixture->held[1], 1);
    answer_number(fixture->held[0], 0);
    WAIT_FOR(fixture, has_closed(&busy));
    assert_true(has_got(&busy, "[0]"));
    assert_true(has_got(&busy, "[1]"));
    assert_int_equal(count_of(&busy, "Connection: close"), 1);
    WAIT_FOR(fixture, fixture->drained == 1);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(http_server_port(fixture->server))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    close(fd);
    disconnect(&idle);
    disconnect(&busy);
    disconnect(&half);
    disconnect(&stream);
    stop(fixture);
}

/* An exchange whose client has gone is waited for too: its batch is still on its way to the disk. */
static void
test_drain_waits_for_orphans(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 1);
    struct linger hard = {.l_onoff = 1};
    setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    disconnect(&client);
    WAIT_FOR(fixture, stats(fixture)->connections_open == 0);
    http_server_drain(fixture->server, on_drained, fixture);
    for (int i = 0; i < 5; i++)
        turn(fixture);
    assert_int_equal(fixture->drained, 0);
    answer_number(fixture->held[0], 1);
    WAIT_FOR(fixture, fixture->drained == 1);
    stop(fixture);
}

static void
test_drain_with_nothing_to_do(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    http_server_drain(fixture->server, on_drained, fixture);
    assert_int_equal(fixture->drained, 0);
    WAIT_FOR(fixture, fixture->drained == 1);
    stop(fixture);
}

/* --- Streams --- */

static void
test_streams_share_blocks(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client clients[2];
    struct http_stream *streams[2];
    struct http_block *block = http_block_new(SPAN("data: 1\n\n"));
    for (int i = 0; i < 2; i++) {
        clients[i] = connect_client(fixture);
        fixture->stream = NULL;
        send_get(fixture, &clients[i], "/stream");
        WAIT_FOR(fixture, fixture->stream);
        streams[i] = fixture->stream;
        assert_true(http_stream_send(streams[i], block));
    }
    http_block_release(block);
    for (int i = 0; i < 2; i++) {
        assert_true(i == 0 || !http_stream_idle(streams[i]));
        WAIT_FOR(fixture, has_got(&clients[i], "data: 1\n\n"));
        assert_string_equal(buf_text(&clients[i].got),
                            "HTTP/1.1 200 OK\r\n"
                            "X-Content-Type-Options: nosniff\r\n"
                            "Content-Type: text/event-stream\r\n"
                            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                            "Cache-Control: no-store\r\n"
                            "Connection: close\r\n\r\n"
                            "data: 1\n\n");
        assert_true(http_stream_idle(streams[i]));
    }
    /* The owner ends one: what it was given before is still sent. The client ends the other. */
    struct http_block *last = http_block_new(SPAN("last"));
    assert_true(http_stream_send(streams[0], last));
    http_block_release(last);
    http_stream_end(streams[0]);
    assert_int_equal(fixture->streams_closed, 0);
    WAIT_FOR(fixture, has_closed(&clients[0]));
    assert_true(has_got(&clients[0], "data: 1\n\nlast"));
    assert_int_equal(fixture->streams_closed, 1);
    disconnect(&clients[1]);
    WAIT_FOR(fixture, fixture->streams_closed == 2);
    disconnect(&clients[0]);
    WAIT_FOR(fixture, stats(fixture)->connections_open == 0);
    stop(fixture);
}

static void
test_a_stream_behind_other_answers(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n" HELD_GET);
    WAIT_FOR(fixture, fixture->stream);
    struct http_block *block = http_block_new(SPAN("data: 1\n\n"));
    assert_true(http_stream_send(fixture->stream, block));
    http_block_release(block);
    for (int i = 0; i < 5; i++)
        turn(fixture);
    assert_false(has_got(&client, "HTTP"));
    assert_false(http_stream_idle(fixture->stream));
    answer_number(fixture->held[0], 1);
    WAIT_FOR(fixture, has_got(&client, "data: 1\n\n"));
    assert_true(has_got(&client, "[1]HTTP/1.1 200 OK"));
    assert_int_equal(fixture->held_count, 1);
    disconnect(&client);
    WAIT_FOR(fixture, fixture->streams_closed == 1);
    stop(fixture);
}

static void
test_a_stuck_watcher(void **state)
{
    (void)state;
    struct http_server_options options = patient_options();
    options.write_ms = 400;
    struct fixture *fixture = start(options);
    struct client client = {.fd = connect_fd(fixture, 4096)};
    send_get(fixture, &client, "/stream");
    WAIT_FOR(fixture, fixture->stream);
    char *bytes = calloc(1, 100 << 10);
    struct http_block *block = http_block_new((struct span){bytes, 100 << 10});
    free(bytes);
    int sent = 0;
    while (sent < 1000 && http_stream_send(fixture->stream, block)) {
        sent++;
        turn(fixture);
    }
    http_block_release(block);
    assert_true(sent > 2 && sent < 1000); /* the kernel took some, and then it was behind */
    assert_false(http_stream_idle(fixture->stream));
    WAIT_FOR(fixture, fixture->streams_closed == 1);
    assert_int_equal(stats(fixture)->deadlines_hit, 1);
    disconnect(&client);
    stop(fixture);
}

static void
test_head_of_a_stream(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    WAIT_FOR(fixture, has_closed(&client));
    assert_true(has_got(&client, "text/event-stream"));
    assert_int_equal(fixture->streams_closed, 1);
    disconnect(&client);
    stop(fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slow_head),
        cmocka_unit_test(test_a_slow_body),
        cmocka_unit_test(test_an_idle_connection),
        cmocka_unit_test(test_a_slow_reader),
        cmocka_unit_test(test_a_reader_that_is_slow_but_sure),
        cmocka_unit_test(test_gone_before_the_answer),
        cmocka_unit_test(test_half_closed),
        cmocka_unit_test(test_freed_with_open_requests),
        cmocka_unit_test(test_connection_limit),
        cmocka_unit_test(test_no_descriptors),
        cmocka_unit_test(test_a_taken_port),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_drain_waits_for_orphans),
        cmocka_unit_test(test_drain_with_nothing_to_do),
        cmocka_unit_test(test_streams_share_blocks),
        cmocka_unit_test(test_a_stream_behind_other_answers),
        cmocka_unit_test(test_a_stuck_watcher),
        cmocka_unit_test(test_head_of_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
