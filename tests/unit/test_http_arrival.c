/* However the bytes of a client come, in what pieces and with their end among them: nothing of them waits in
 * a socket that has said only once that it has something. */
#include "tests/unit/http_fixture.h"

enum { ROUNDS = 50, REQUESTS = 40, PIECE_MOST = 200 * 1000, SEED = 20211126 };

/* splitmix64, below `end` */
static size_t
random_below(uint64_t *state, size_t end)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (size_t)((z ^ (z >> 31)) % end);
}

static void
add_body(struct buf *requests, size_t len, bool chunked)
{
    buf_add_text(requests, "POST /length HTTP/1.1\r\nHost: a\r\n");
    if (chunked)
        buf_printf(requests, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", len);
    else
        buf_printf(requests, "Content-Length: %zu\r\n\r\n", len);
    for (size_t i = 0; i < len; i++)
        buf_add_byte(requests, 'x');
    if (chunked)
        buf_add_text(requests, "\r\n0\r\n\r\n");
}

/* Small requests and bodies of any size; the last one has a mark of its own. */
static void
make_requests(struct buf *requests, uint64_t *random)
{
    buf_clear(requests);
    for (int i = 1; i < REQUESTS; i++) {
        size_t kind = random_below(random, 20);
        if (kind == 0)
            add_body(requests, 1 + random_below(random, 300 * 1000), random_below(random, 2));
        else if (kind < 10)
            add_body(requests, 1 + random_below(random, 300), random_below(random, 2));
        else
            buf_printf(requests, "GET /query?%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
    }
    buf_add_text(requests, "GET /query?last HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_false(requests->failed);
}

/* Sends pieces of any size, the loop turned any number of times between them, none too. */
static void
send_in_pieces(struct fixture *fixture, struct client *client, struct span bytes, uint64_t *random)
{
    while (bytes.len > 0) {
        size_t most = random_below(random, 3) ? 400 : PIECE_MOST;
        size_t len = 1 + random_below(random, most);
        if (len > bytes.len)
            len = bytes.len;
        send_bytes(fixture, client, (struct span){bytes.at, len});
        bytes.at += len;
        bytes.len -= len;
        for (size_t turns = random_below(random, 3); turns > 0; turns--)
            event_base_loop(fixture->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    }
}

static void
test_any_pieces(void **state)
{
    (void)state;
    uint64_t random = SEED;
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    struct buf requests = {0};
    for (int round = 0; round < ROUNDS; round++) {
        make_requests(&requests, &random);
        send_in_pieces(fixture, &client, buf_span(&requests), &random);
        WAIT_FOR(fixture, has_got(&client, "\r\n\r\nlast"));
        assert_int_equal(count_of(&client, "HTTP/1.1 200"), REQUESTS);
        buf_clear(&client.got);
    }
    buf_free(&requests);
    disconnect(&client);
    stop(fixture);
}

/* The client sends no more; or it is gone, and its system says so. */
static void
end(struct client *client, bool reset)
{
    if (!reset) {
        shutdown(client->fd, SHUT_WR);
        return;
    }
    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    close(client->fd);
    client->fd = -1;
}

/* Bytes and the end together, before the server has looked at any of them. */
static void
test_the_end_among_the_bytes(void **state)
{
    (void)state;
    static const char *const bytes[][2] = {
        /* what was read before, what comes with the end */
        {"", "GET /query?a HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"", "GET /query?a HTTP/1.1\r\n"},
        {"GET /query?a HTTP/1.1\r\n", "Host"},
        {"", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello"},
        {"", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"},
        {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\n"},
        {"", "GET /big HTTP/1.1\r\nHost: a\r\n\r\nGET /big HTTP/1.1\r\nHost: a\r\n\r\nGET"},
        {"", "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"", "no request at all\r\n\r\n"},
    };
    struct fixture *fixture = start(patient_options());
    for (size_t i = 0; i < 2 * sizeof bytes / sizeof *bytes; i++) {
        struct client client = connect_client(fixture);
        send_text(fixture, &client, bytes[i / 2][0]);
        for (int turns = 0; turns < 3; turns++)
            turn(fixture);
        send_text(fixture, &client, bytes[i / 2][1]);
        end(&client, i % 2);
        WAIT_FOR(fixture, (client.fd < 0 || has_closed(&client)) && stats(fixture)->connections_open == 0);
        disconnect(&client);
    }
    stop(fixture);
}

/* More than is read at once, and more requests than are taken in a turn, all there from the start. */
static void
test_a_socket_full_of_requests(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    struct fixture *fixture = start(patient_options());
    struct client client = connect_client(fixture);
    struct buf requests = {0};
    for (int i = 1; i < COUNT; i++)
        buf_printf(&requests, "GET /query?<%d> HTTP/1.1\r\nHost: a\r\nX: %0300d\r\n\r\n", i, i);
    buf_add_text(&requests, "GET /query?last HTTP/1.1\r\nHost: a\r\n\r\n");
    size_t there = 0;
    ssize_t sent;
    while ((sent = send(client.fd, requests.at + there, requests.len - there, MSG_DONTWAIT)) > 0)
        there += (size_t)sent;
    assert_true(there > 1 << 20); /* what one read takes at most */
    send_bytes(fixture, &client, (struct span){requests.at + there, requests.len - there});
    WAIT_FOR(fixture, has_got(&client, "\r\n\r\nlast"));
    assert_int_equal(count_of(&client, "HTTP/1.1 200"), COUNT);
    buf_free(&requests);
    disconnect(&client);
    stop(fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_pieces),
        cmocka_unit_test(test_the_end_among_the_bytes),
        cmocka_unit_test(test_a_socket_full_of_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
