/* The command line's client, against a server that gives what it is told to give, one answer a connection. */
#include "cli/http_client.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { REQUEST_BYTES_MOST = 8192 };

struct server {
    int listener;
    char url[64];
    pthread_t thread;
    const char *const *answers;       /* NULL at the end; "": closes without a word */
    size_t huge_bytes;                /* behind each answer */
    char request[REQUEST_BYTES_MOST]; /* the last one */
    int count;
};

static struct server server;

/* Reads a head, and the body that it says. */
static void
read_request(int fd)
{
    size_t len = 0, wanted = SIZE_MAX;
    memset(server.request, 0, sizeof server.request);
    while (len < wanted && len < sizeof server.request - 1) {
        ssize_t got = read(fd, server.request + len, sizeof server.request - 1 - len);
        if (got <= 0)
            return;
        len += (size_t)got;
        const char *end = strstr(server.request, "\r\n\r\n");
        const char *length = strstr(server.request, "Content-Length: ");
        if (end)
            wanted = (size_t)(end + 4 - server.request) + (length ? (size_t)atoi(length + 16) : 0);
    }
}

static void *
serve(void *arg)
{
    (void)arg;
    static char padding[1 << 16];
    for (const char *const *answer = server.answers; *answer; answer++) {
        int fd = accept(server.listener, NULL, NULL);
        read_request(fd);
        server.count++;
        bool told = write(fd, *answer, strlen(*answer)) >= 0;
        for (size_t sent = 0; told && sent < server.huge_bytes; sent += sizeof padding)
            told = write(fd, padding, sizeof padding) > 0;
        close(fd);
    }
    return NULL;
}

static int
start(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    signal(SIGPIPE, SIG_IGN);
    server = (struct server){.listener = socket(AF_INET, SOCK_STREAM, 0)};
    bool listens = bind(server.listener, (struct sockaddr *)&address, len) == 0 &&
                   listen(server.listener, 8) == 0 &&
                   getsockname(server.listener, (struct sockaddr *)&address, &len) == 0;
    snprintf(server.url, sizeof server.url, "http://127.0.0.1:%u//", (unsigned)ntohs(address.sin_port));
    return listens ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    close(server.listener);
    return 0;
}

static void
give(const char *const *answers)
{
    server.answers = answers;
    assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void
given(void)
{
    assert_int_equal(pthread_join(server.thread, NULL), 0);
}

/* --- One request --- */

static void
a_request_says_who_asks_and_what(void **state)
{
    (void)state;
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                                          "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
                                          "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx", NULL};
    give(answers);
    struct http_client *client = http_client_new(server.url, "bc_secret", NULL);
    struct http_answer answer = {0};
    assert_true(http_client_call(client, &(struct http_call){.path = "/v1/contests?a=b"}, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(span_is(buf_span(&answer.body), "{}"));
    assert_int_equal(answer.retry_after_ms, -1);
    assert_memory_equal(server.request, "GET /v1/contests?a=b HTTP/1.1\r\n", 31);
    assert_non_null(strstr(server.request, "\r\nAuthorization: Bearer bc_secret\r\n"));
    struct http_call post = {.path = "/e", .content_type = "application/json", .body = SPAN("[1]")};
    http_client_use_token(client, "");
    assert_true(http_client_call(client, &post, &answer));
    assert_int_equal(answer.status, 202);
    assert_int_equal(answer.body.len, 0);
    assert_memory_equal(server.request, "POST /e HTTP/1.1\r\n", 18);
    assert_null(strstr(server.request, "Authorization"));
    assert_non_null(strstr(server.request, "\r\nContent-Type: application/json\r\n"));
    assert_string_equal(strstr(server.request, "\r\n\r\n") + 4, "[1]");
    post.body = (struct span){0};
    assert_true(http_client_call(client, &post, &answer)); /* sending it again would not change that */
    assert_int_equal(answer.status, 404);
    assert_int_equal(answer.retries, 0);
    given();
    http_answer_free(&answer);
    http_client_free(client);
    http_client_free(NULL);
}

/* --- Patience --- */

static void
count_wait(const struct http_answer *answer, int64_t wait_ms, void *arg)
{
    int *waits = arg;
    assert_true(wait_ms >= 0 && answer->trouble[0]);
    ++*waits;
}

static void
what_may_pass_is_sent_again(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "",
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: "
        "0\r\n\r\n",
        "not HTTP at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone",
        NULL};
    int waits = 0;
    give(answers);
    struct http_client *client = http_client_new(server.url, NULL, NULL);
    struct http_answer answer = {0};
    struct http_call call = {.path = "/", .patience_ms = -1, .on_wait = count_wait, .arg = &waits};
    assert_true(http_client_call(client, &call, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(span_is(buf_span(&answer.body), "done"));
    given();
    assert_int_equal(server.count, 5);
    assert_int_equal(answer.retries, 4);
    assert_int_equal(waits, 4);
    http_answer_free(&answer);
    http_client_free(client);
}

static void
patience_has_an_end(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 9999\r\nContent-Length: "
        "0\r\n\r\n",
        "", NULL};
    give(answers);
    struct http_client *client = http_client_new(server.url, NULL, NULL);
    struct http_answer answer = {0};
    struct http_call patient = {.path = "/", .patience_ms = 20 * 1000};
    assert_true(http_client_call(client, &patient, &answer));
    assert_int_equal(answer.retries, 1);
    assert_false(http_client_call(client, &patient, &answer));
    assert_int_equal(answer.status, 503);
    assert_int_equal(answer.retry_after_ms, 9999 * 1000);
    assert_string_equal(answer.trouble, "answered 503");
    assert_false(http_client_call(client, &(struct http_call){.path = "/"}, &answer));
    assert_int_equal(answer.status, 0);
    assert_non_null(strstr(answer.trouble, "http://127.0.0.1:"));
    given();
    http_answer_free(&answer);
    http_client_free(client);
}

static void *
stop_soon(void *arg)
{
    usleep(100 * 1000);
    atomic_store((atomic_bool *)arg, true);
    return NULL;
}

static void
a_stop_ends_all_waiting(void **state)
{
    (void)state;
    atomic_bool stopped = false;
    pthread_t thread;
    struct http_client *client = http_client_new("http://127.0.0.1:1", NULL, &stopped);
    struct http_answer answer = {0};
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &stopped), 0);
    assert_false(http_client_call(client, &(struct http_call){.path = "/", .patience_ms = -1}, &answer));
    assert_int_equal(answer.status, 0);
    pthread_join(thread, NULL);
    http_answer_free(&answer);
    http_client_free(client);
}

static void
a_body_has_an_end(void **state)
{
    (void)state;
    static const char *const answers[] = {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", NULL};
    server.huge_bytes = (size_t)80 << 20;
    give(answers);
    struct http_client *client = http_client_new(server.url, NULL, NULL);
    struct http_answer answer = {0};
    assert_false(http_client_call(client, &(struct http_call){.path = "/"}, &answer));
    assert_int_equal(answer.status, 0);
    assert_true(answer.body.len <= (size_t)64 << 20 && answer.trouble[0]);
    http_client_free(client);
    http_answer_free(&answer);
    given();
}

static void
waits_double_and_are_spread(void **state)
{
    (void)state;
    assert_int_equal(http_backoff_ms(1, 0), 25);
    assert_int_equal(http_backoff_ms(1, 25), 50);
    assert_int_equal(http_backoff_ms(2, 0), 50);
    for (unsigned attempt = 8; attempt < 100; attempt++)
        assert_in_range(http_backoff_ms(attempt, UINT64_MAX - attempt), 2500, 5000);
    static const long again[] = {0, 408, 429, 500, 502, 503, 504},
                      never[] = {200, 202, 400, 401, 404, 413, 501};
    for (size_t i = 0; i < sizeof again / sizeof *again; i++)
        assert_true(http_worth_retrying(again[i]) && !http_worth_retrying(never[i]));
}

/* --- Words --- */

static void
a_segment_of_a_path_is_encoded(void **state)
{
    (void)state;
    struct buf path = {0};
    http_path_add(&path, "v1");
    http_path_add(&path, "a b/c?%:\xe5\xad\x90");
    assert_string_equal(buf_text(&path), "/v1/a%20b%2Fc%3F%25:%E5%AD%90");
    buf_free(&path);
}

/* What is said on standard error of an answer with that body. */
static const char *
said_of(long status, const char *body, const char *trouble)
{
    static char said[512];
    char path[] = "/tmp/bochuang-said-XXXXXX";
    int file = mkstemp(path), before = dup(STDERR_FILENO);
    struct http_answer answer = {.status = status};
    buf_add_text(&answer.body, body);
    snprintf(answer.trouble, sizeof answer.trouble, "%s", trouble);
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    http_complain("rank", &answer);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    ssize_t len = pread(file, said, sizeof said - 1, 0);
    said[len > 0 ? len : 0] = '\0';
    close(before);
    close(file);
    unlink(path);
    http_answer_free(&answer);
    return said;
}

static void
what_an_answer_means_is_said(void **state)
{
    (void)state;
    assert_string_equal(said_of(404, "{\"code\":\"not_found\",\"message\":\"no such contest\"}", ""),
                        "bochuang rank: no such contest (404 not_found)\n");
    assert_string_equal(said_of(400, "{\"message\":\"m\"}", ""), "bochuang rank: m (400 )\n");
    static const char *const odd[] = {"", "{", "[]", "\"x\"", "{\"message\":1}", "<html>", "\xff"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        assert_string_equal(said_of(502, odd[i], ""), "bochuang rank: the server answered 502\n");
    assert_string_equal(said_of(0, "", "http://x: refused"), "bochuang rank: http://x: refused\n");
    assert_string_equal(said_of(0, "", ""), "bochuang rank: no answer\n");
}

int
main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_request_says_who_asks_and_what),
        WITH_SERVER(what_may_pass_is_sent_again),
        WITH_SERVER(patience_has_an_end),
        cmocka_unit_test(a_stop_ends_all_waiting),
        WITH_SERVER(a_body_has_an_end),
        cmocka_unit_test(waits_double_and_are_spread),
        cmocka_unit_test(a_segment_of_a_path_is_encoded),
        cmocka_unit_test(what_an_answer_means_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
