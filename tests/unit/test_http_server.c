/* The server with well-behaved clients, and with those whose requests come in odd pieces or are wrong. */
#include "tests/unit/http_fixture.h"

#define HELD_GET "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"

static void
test_an_answer_to_the_byte(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    WAIT_FOR(fixture, has_got(&client, "hi"));
    assert_string_equal(buf_text(&client.got),
                        "HTTP/1.1 200 OK\r\n"
                        "X-Content-Type-Options: nosniff\r\n"
                        "Content-Type: text/plain\r\n"
                        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                        "Cache-Control: no-store\r\n"
                        "Content-Length: 2\r\n"
                        "\r\nhi");
    assert_int_equal(fixture->turns, 1);
    assert_int_equal(stats(fixture)->requests, 1);
    assert_int_equal(stats(fixture)->answers_2xx, 1);
    assert_int_equal(stats(fixture)->bytes_out, client.got.len);
    disconnect(&client);
    WAIT_FOR(fixture, stats(fixture)->connections_open == 0);
    stop(fixture);
}

static void
test_answer_with_fields(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 1);
    const struct http_answer answer = {.status = 304,
                                       .fields = "ETag: \"1\"\r\ncache-control: max-age=1\r\n",
                                       .close = true};
    http_answer(fixture->held[0], &answer);
    WAIT_FOR(fixture, has_closed(&client));
    assert_string_equal(buf_text(&client.got),
                        "HTTP/1.1 304 Not Modified\r\n"
                        "X-Content-Type-Options: nosniff\r\n"
                        "ETag: \"1\"\r\ncache-control: max-age=1\r\n"
                        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                        "Connection: close\r\n\r\n");
    disconnect(&client);
    stop(fixture);
}

static void
test_a_turn_that_only_answers_has_an_end_too(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 1);
    unsigned turns = fixture->turns;
    answer_number(fixture->held[0], 1);
    assert_int_equal(fixture->turns, turns);
    WAIT_FOR(fixture, count_of(&client, "HTTP/1.1 200"));
    assert_int_equal(fixture->turns, turns + 1);
    disconnect(&client);
    stop(fixture);
}

static void
test_error_answer(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_get(fixture, &client, "/a\"b");
    WAIT_FOR(fixture, has_got(&client, "}"));
    assert_true(has_got(&client, "HTTP/1.1 404 Not Found\r\n"));
    assert_true(has_got(&client, "{\"code\":\"not_found\",\"message\":\"There is no \\\"/a\\\"b\\\".\"}"));
    client.got.len = 0;
    send_text(fixture, &client, HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 1);
    http_answer_error(fixture->held[0], 503, "unavailable", 7, "Later.");
    WAIT_FOR(fixture, has_got(&client, "}"));
    assert_true(has_got(&client, "\r\nRetry-After: 7\r\n"));
    assert_int_equal(stats(fixture)->answers_4xx, 1);
    assert_int_equal(stats(fixture)->answers_5xx, 1);
    disconnect(&client);
    stop(fixture);
}

static void
test_head_has_no_body(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client,
              "HEAD /query?abc HTTP/1.1\r\nHost: a\r\n\r\nGET /query?z HTTP/1.1\r\nHost: a\r\n\r\n");
    WAIT_FOR(fixture, has_got(&client, "z"));
    assert_true(has_got(&client, "Content-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\n"));
    disconnect(&client);
    stop(fixture);
}

static void
test_old_clients(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client once = connect_client(fixture), kept = connect_client(fixture);
    send_text(fixture, &once, "GET /query?1 HTTP/1.0\r\n\r\nGET /query?2 HTTP/1.0\r\n\r\n");
    WAIT_FOR(fixture, has_closed(&once));
    assert_true(has_got(&once, "Connection: close\r\n"));
    assert_int_equal(count_of(&once, "HTTP/1.1 200"), 1);
    assert_false(once.reset);
    send_text(fixture, &kept, "GET /query?1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    WAIT_FOR(fixture, has_got(&kept, "\r\n\r\n1"));
    assert_true(has_got(&kept, "Connection: keep-alive\r\n"));
    send_text(fixture, &kept, "GET /query?2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    WAIT_FOR(fixture, has_closed(&kept));
    assert_true(has_got(&kept, "\r\n\r\n2"));
    disconnect(&once);
    disconnect(&kept);
    stop(fixture);
}

/* --- Pipelines --- */

static void
test_pipeline(void **state)
{
    (void)state;
    enum { REQUESTS = 1000 };
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    struct buf requests = {0};
    for (int i = 0; i < REQUESTS; i++)
        buf_printf(&requests, "GET /query?<%d> HTTP/1.1\r\nHost: a\r\n\r\n", i);
    send_bytes(fixture, &client, buf_span(&requests));
    WAIT_FOR(fixture, has_got(&client, "<999>"));
    const char *at = buf_text(&client.got);
    for (int i = 0; i < REQUESTS; i++) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "\r\n\r\n<%d>", i);
        at = strstr(at, wanted);
        assert_non_null(at);
    }
    assert_int_equal(fixture->handled, REQUESTS);
    /* In batches of at most 64, and not one by one. */
    assert_true(fixture->turns >= REQUESTS / 64 && fixture->turns < 100);
    buf_free(&requests);
    disconnect(&client);
    stop(fixture);
}

static void
test_answers_out_of_order(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET HELD_GET HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 3);
    answer_number(fixture->held[2], 3);
    answer_number(fixture->held[1], 2);
    for (int i = 0; i < 5; i++)
        turn(fixture);
    take_what_came(&client);
    assert_int_equal(client.got.len, 0);
    answer_number(fixture->held[0], 1);
    WAIT_FOR(fixture, has_got(&client, "[3]"));
    const char *first = strstr(buf_text(&client.got), "[1]");
    assert_non_null(first);
    const char *second = strstr(first, "[2]");
    assert_non_null(second);
    assert_non_null(strstr(second, "[3]"));
    disconnect(&client);
    stop(fixture);
}

static void
test_limit_of_open_requests(void **state)
{
    (void)state;
    enum { REQUESTS = 150 };
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    for (int i = 0; i < REQUESTS; i++)
        send_text(fixture, &client, HELD_GET);
    for (int i = 0; i < 20; i++)
        turn(fixture);
    assert_int_equal(fixture->held_count, LIMIT_PIPELINED);
    for (unsigned answered = 0; answered < REQUESTS; answered++) {
        WAIT_FOR(fixture, fixture->held_count > answered);
        answer_number(fixture->held[answered], answered);
    }
    WAIT_FOR(fixture, has_got(&client, "[149]"));
    assert_int_equal(count_of(&client, "HTTP/1.1 200"), REQUESTS);
    disconnect(&client);
    stop(fixture);
}

static void
test_nothing_follows_a_closing_answer(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, "GET /close HTTP/1.1\r\nHost: a\r\n\r\n" HELD_GET);
    WAIT_FOR(fixture, has_closed(&client));
    assert_int_equal(count_of(&client, "HTTP/1.1"), 1);
    for (unsigned i = 0; i < fixture->held_count; i++)
        answer_number(fixture->held[i], i); /* dropped */
    disconnect(&client);
    stop(fixture);
}

/* --- Requests in pieces --- */

static void
test_byte_by_byte(void **state)
{
    (void)state;
    static const char request[] = "\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                                  "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  "6;x=y\r\nworld!\r\n0\r\nX: y\r\n\r\n";
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    for (size_t i = 0; i < sizeof request - 1; i++) {
        send_bytes(fixture, &client, (struct span){request + i, 1});
        event_base_loop(fixture->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    }
    WAIT_FOR(fixture, has_got(&client, "world!"));
    assert_true(has_got(&client, "\r\n\r\nhello"));
    assert_int_equal(count_of(&client, "HTTP/1.1 200"), 2);
    disconnect(&client);
    stop(fixture);
}

static void
test_large_bodies(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    struct buf request = {0};
    for (int chunked = 0; chunked < 2; chunked++) {
        buf_clear(&request);
        buf_add_text(&request, "POST /length HTTP/1.1\r\nHost: a\r\n");
        if (chunked)
            buf_add_text(&request, "Transfer-Encoding: chunked\r\n\r\n");
        else
            buf_printf(&request, "Content-Length: %d\r\n\r\n", BODY_LIMIT_BYTES);
        for (int i = 0; i < BODY_LIMIT_BYTES / 1024; i++) {
            if (chunked)
                buf_add_text(&request, "400\r\n");
            assert_true(buf_reserve(&request, 1024));
            memset(request.at + request.len, 'x', 1024);
            request.len += 1024;
            if (chunked)
                buf_add_text(&request, "\r\n");
        }
        if (chunked)
            buf_add_text(&request, "0\r\n\r\n");
        buf_add_text(&request, "GET /query?next HTTP/1.1\r\nHost: a\r\n\r\n");
        send_bytes(fixture, &client, buf_span(&request));
        WAIT_FOR(fixture, has_got(&client, "next"));
        assert_true(has_got(&client, "[4194304]"));
        buf_clear(&client.got);
    }
    buf_free(&request);
    disconnect(&client);
    stop(fixture);
}

static void
test_a_body_that_never_ends(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client half = connect_client(fixture), cut = connect_client(fixture);
    send_text(fixture, &half, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    send_text(fixture, &cut, HELD_GET "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    WAIT_FOR(fixture, fixture->held_count == 1);
    shutdown(half.fd, SHUT_WR);
    shutdown(cut.fd, SHUT_WR);
    WAIT_FOR(fixture, has_closed(&half));
    assert_int_equal(half.got.len, 0);
    answer_number(fixture->held[0], 1); /* what was asked whole is answered */
    WAIT_FOR(fixture, has_closed(&cut));
    assert_true(has_got(&cut, "[1]"));
    assert_int_equal(fixture->handled, 1);
    disconnect(&half);
    disconnect(&cut);
    stop(fixture);
}

/* --- 100 (Continue) --- */

static void
test_continue(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client,
              "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    WAIT_FOR(fixture, has_got(&client, "HTTP/1.1 100 Continue\r\n\r\n"));
    send_text(fixture, &client, "hello");
    WAIT_FOR(fixture, has_got(&client, "hello"));
    buf_clear(&client.got);
    /* Behind an open request it waits for its turn. */
    send_text(fixture, &client, HELD_GET);
    send_text(fixture, &client,
              "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
              "Transfer-Encoding: chunked\r\n\r\n");
    WAIT_FOR(fixture, fixture->held_count == 1);
    for (int i = 0; i < 5; i++)
        turn(fixture);
    assert_false(has_got(&client, "HTTP/1.1"));
    answer_number(fixture->held[0], 1);
    WAIT_FOR(fixture, has_got(&client, "[1]HTTP/1.1 100 Continue\r\n\r\n"));
    send_text(fixture, &client, "3\r\nabc\r\n0\r\n\r\n");
    WAIT_FOR(fixture, has_got(&client, "\r\n\r\nabc"));
    buf_clear(&client.got);
    /* A body that is already here is not asked for. */
    send_text(fixture, &client,
              "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
    WAIT_FOR(fixture, has_got(&client, "hello"));
    assert_false(has_got(&client, "100 Continue"));
    disconnect(&client);
    stop(fixture);
}

/* --- Refusals --- */

static void
test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *request, *status, *code;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request", "bad_request"},
        {"GET / HTTP/1.1\nHost: a\n\n", "400 Bad Request", "bad_request"},
        {"\x16\x03\x01", "400 Bad Request", "bad_request"},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported", "version_not_supported"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501 Not Implemented",
         "not_implemented"},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "417 Expectation Failed", "expectation_failed"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4194305\r\n\r\n", "413 Content Too Large",
         "too_large"},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4194305\r\n\r\n",
         "413 Content Too Large", "too_large"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n400001\r\nx",
         "413 Content Too Large", "too_large"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello", "400 Bad Request",
         "bad_request"},
    };
    struct fixture *fixture = start(patient_options());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client client = connect_client(fixture);
        send_text(fixture, &client, cases[i].request);
        WAIT_FOR(fixture, has_closed(&client));
        char wanted[100];
        snprintf(wanted, sizeof wanted, "HTTP/1.1 %s\r\n", cases[i].status);
        if (!has_got(&client, wanted))
            fail_msg("expected \"%s\", found \"%s\"", wanted, buf_text(&client.got));
        snprintf(wanted, sizeof wanted, "{\"code\":\"%s\",\"message\":\"", cases[i].code);
        assert_true(has_got(&client, wanted));
        assert_true(has_got(&client, "Connection: close\r\n"));
        assert_int_equal(count_of(&client, "Content-Length: "), 1);
        assert_false(client.reset);
        disconnect(&client);
    }
    assert_int_equal(fixture->handled, 0);
    assert_int_equal(stats(fixture)->bad_requests, sizeof cases / sizeof *cases);
    stop(fixture);
}

static void
test_a_head_too_large(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    for (int in_target = 0; in_target < 2; in_target++) {
        struct client client = connect_client(fixture);
        struct buf head = {0};
        buf_add_text(&head, in_target ? "GET /" : "GET / HTTP/1.1\r\nHost: a\r\nX: ");
        for (int i = 0; i < 20000; i++)
            buf_add_byte(&head, 'x');
        send_bytes(fixture, &client, buf_span(&head));
        WAIT_FOR(fixture, has_closed(&client));
        assert_true(
            has_got(&client, in_target ? "HTTP/1.1 414 URI Too Long" : "HTTP/1.1 431 Request Header"));
        buf_free(&head);
        disconnect(&client);
    }
    stop(fixture);
}

/* RFC 9110, section 9.3.2: an answer to HEAD has no content, and a refusal is an answer. */
static void
test_a_refused_head_has_no_body(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 4194305\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct fixture *fixture = start(patient_options());
        struct client client = connect_client(fixture);
        send_text(fixture, &client, refused[i]);
        WAIT_FOR(fixture, has_closed(&client));
        assert_true(has_got(&client, "HTTP/1.1 4"));
        assert_true(has_got(&client, "Content-Length: "));
        assert_false(has_got(&client, "code"));
        disconnect(&client);
        stop(fixture);
    }
}

/* 413 while the client still sends: it must be able to read why, and not find its connection reset. */
static void
test_a_refusal_is_heard(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    struct buf request = {0};
    buf_add_text(&request, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
    assert_true(buf_reserve(&request, 8000000));
    memset(request.at + request.len, 'x', 8000000);
    request.len += 8000000;
    send_bytes(fixture, &client, buf_span(&request));
    WAIT_FOR(fixture, has_closed(&client));
    assert_true(has_got(&client, "HTTP/1.1 413 Content Too Large"));
    assert_false(client.reset);
    buf_free(&request);
    disconnect(&client);
    WAIT_FOR(fixture, stats(fixture)->connections_open == 0);
    stop(fixture);
}

static void
test_length_required(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client,
              "POST /echo HTTP/1.1\r\nHost: a\r\n\r\nGET /query?on HTTP/1.1\r\nHost: a\r\n\r\n");
    WAIT_FOR(fixture, has_got(&client, "\r\n\r\non"));
    assert_true(has_got(&client, "HTTP/1.1 411 Length Required\r\n"));
    assert_true(has_got(&client, "{\"code\":\"length_required\",\"message\":\""));
    assert_int_equal(fixture->handled, 1);
    disconnect(&client);
    stop(fixture);
}

/* A refusal stands behind what was asked before it. */
static void
test_a_refusal_waits_for_its_turn(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    send_text(fixture, &client, HELD_GET "GET / HTTP/9.9\r\n\r\n" HELD_GET);
    WAIT_FOR(fixture, fixture->held_count == 1);
    for (int i = 0; i < 5; i++)
        turn(fixture);
    assert_false(has_got(&client, "HTTP/1.1"));
    answer_number(fixture->held[0], 1);
    WAIT_FOR(fixture, has_closed(&client));
    assert_true(has_got(&client, "[1]HTTP/1.1 505"));
    assert_int_equal(fixture->handled, 1);
    disconnect(&client);
    stop(fixture);
}

/* --- Memory of a connection --- */

static void
test_memo(void **state)
{
    (void)state;
    struct fixture *fixture = start(patient_options());
    struct client one = connect_client(fixture), two = connect_client(fixture);
    send_get(fixture, &one, "/memo");
    WAIT_FOR(fixture, has_got(&one, "[1]"));
    send_get(fixture, &one, "/memo");
    WAIT_FOR(fixture, has_got(&one, "[2]"));
    send_get(fixture, &two, "/memo");
    WAIT_FOR(fixture, has_got(&two, "[1]"));
    disconnect(&one);
    disconnect(&two);
    stop(fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_refused_head_has_no_body),
        cmocka_unit_test(test_an_answer_to_the_byte),
        cmocka_unit_test(test_answer_with_fields),
        cmocka_unit_test(test_a_turn_that_only_answers_has_an_end_too),
        cmocka_unit_test(test_error_answer),
        cmocka_unit_test(test_head_has_no_body),
        cmocka_unit_test(test_old_clients),
        cmocka_unit_test(test_pipeline),
        cmocka_unit_test(test_answers_out_of_order),
        cmocka_unit_test(test_limit_of_open_requests),
        cmocka_unit_test(test_nothing_follows_a_closing_answer),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_large_bodies),
        cmocka_unit_test(test_a_body_that_never_ends),
        cmocka_unit_test(test_continue),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_a_head_too_large),
        cmocka_unit_test(test_a_refusal_is_heard),
        cmocka_unit_test(test_length_required),
        cmocka_unit_test(test_a_refusal_waits_for_its_turn),
        cmocka_unit_test(test_memo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
