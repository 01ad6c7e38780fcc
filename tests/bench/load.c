/*
 * A load generator for one HTTP server on the loopback, cheap enough that the server is what is measured.
 *
 *   load --port P --connections C --seconds S --template FILE [--rate R] [--first N]
 *
 * The template is a whole request as it goes over the wire; where several are given, connections take them in
 * turn. Each run of '@' in it (12 or more) is overwritten with a number that no other request has, so that
 * every event has an id of its own; lengths never change.
 *
 * Without --rate each connection sends its next request when the last one is answered (closed loop). With
 * --rate, requests fall due at even intervals whether or not the server keeps up, and a latency counts from
 * the moment the request was due, so that a stall is not hidden by the client waiting politely (open loop).
 *
 * Prints one JSON object: requests, failures (any status but 2xx), seconds, latencies in microseconds, and
 * the CPU that the generator itself took.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    NS_PER_S = 1000000000,
    LATENCY_SLOTS = 2000000,
    ANSWER_BYTES = 256 << 10,
    EVENTS_A_TURN = 256,
    HOLES = 20000,
    TEMPLATE_BYTES = 8 << 20
};

struct template
{
    char *bytes;
    size_t len;
    size_t holes[HOLES], hole_len[HOLES];
    size_t hole_count;
};

struct connection {
    int fd;
    const struct template *template;
    char *request; /* owned: this connection's copy of the template */
    size_t sent;
    char answer[1024]; /* the head of the answer so far */
    size_t answer_len;
    int64_t body_left; /* -1: the head is not complete */
    int64_t due_ns;    /* when the request in flight was due */
    bool busy;
    int status;
};

struct load {
    int epoll;
    struct connection *connections;
    size_t connection_count;
    size_t *idle; /* stack of idle connections (open loop) */
    size_t idle_count;
    struct template *templates;
    size_t template_count;
    uint64_t next_id;
    double rate;
    int64_t start_ns, end_ns;
    uint64_t due_count; /* requests given out so far (open loop) */
    uint64_t requests, failures;
    uint32_t *latency; /* requests by whole microseconds; the last slot holds all above */
};

static int64_t
now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
}

static void __attribute__((noreturn)) die(const char *what)
{
    perror(what);
    exit(1);
}

static void
find_holes(struct template *template)
{
    for (size_t i = 0; i < template->len; i++) {
        size_t len = 0;
        while (i + len < template->len && template->bytes[i + len] == '@')
            len++;
        if (len >= 12 && template->hole_count < HOLES) {
            template->holes[template->hole_count] = i;
            template->hole_len[template->hole_count++] = len;
        }
        i += len;
    }
}

static void
read_template(struct load *load, const char *path)
{
    FILE *file = fopen(path, "rb");
    load->templates = realloc(load->templates, (load->template_count + 1) * sizeof *load->templates);
    if (!file || !load->templates)
        die(path);
    struct template *template = &load->templates[load->template_count++];
    memset(template, 0, sizeof *template);
    template->bytes = malloc(TEMPLATE_BYTES);
    template->len = fread(template->bytes, 1, TEMPLATE_BYTES, file);
    fclose(file);
    find_holes(template);
}

static void
fill_holes(struct load *load, struct connection *connection)
{
    const struct template *template = connection->template;
    for (size_t i = 0; i < template->hole_count; i++) {
        char *at = connection->request + template->holes[i];
        uint64_t id = load->next_id++;
        for (size_t digit = template->hole_len[i]; digit-- > 0; id /= 10)
            at[digit] = (char)('0' + id % 10);
    }
}

static void
push_request(struct load *load, struct connection *connection)
{
    ssize_t n = send(connection->fd, connection->request + connection->sent,
                     connection->template->len - connection->sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        die("send");
    connection->sent += n > 0 ? (size_t)n : 0;
    bool all = connection->sent == connection->template->len;
    if (!all || n < 0) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
        epoll_ctl(load->epoll, EPOLL_CTL_MOD, connection->fd, &event);
    }
}

static void
start_request(struct load *load, struct connection *connection, int64_t due_ns)
{
    fill_holes(load, connection);
    connection->sent = 0;
    connection->answer_len = 0;
    connection->body_left = -1;
    connection->due_ns = due_ns;
    connection->busy = true;
    push_request(load, connection);
}

static void
count_answer(struct load *load, struct connection *connection, int64_t now)
{
    int64_t us = (now - connection->due_ns) / 1000;
    load->latency[us < LATENCY_SLOTS - 1 ? us : LATENCY_SLOTS - 1]++;
    load->requests++;
    load->failures += connection->status < 200 || connection->status > 299;
    connection->busy = false;
}

/* Reads the status and the length of an answer whose head is complete; false where it is not yet. */
static bool
read_head(struct connection *connection, size_t *head_len)
{
    connection->answer[connection->answer_len] = '\0';
    char *end = strstr(connection->answer, "\r\n\r\n");
    if (!end)
        return false;
    *head_len = (size_t)(end - connection->answer) + 4;
    connection->status = atoi(connection->answer + 9);
    char *length = strcasestr(connection->answer, "\r\ncontent-length:");
    connection->body_left = length && length < end ? atoll(length + 17) : 0;
    return true;
}

/* Takes bytes of an answer; true when it is complete. */
static bool
take_answer(struct connection *connection, const char *bytes, size_t len)
{
    if (connection->body_left < 0) {
        size_t room = sizeof connection->answer - 1 - connection->answer_len;
        size_t before = connection->answer_len, taken = len < room ? len : room, head_len;
        memcpy(connection->answer + before, bytes, taken);
        connection->answer_len += taken;
        if (!read_head(connection, &head_len))
            return false;
        len -= head_len - before;
    }
    connection->body_left -= (int64_t)len;
    return connection->body_left <= 0;
}

static void
on_ready(struct load *load, struct connection *connection, uint32_t events)
{
    static char bytes[ANSWER_BYTES];
    if ((events & EPOLLOUT) && connection->sent < connection->template->len) {
        push_request(load, connection);
        if (connection->sent == connection->template->len) {
            struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
            epoll_ctl(load->epoll, EPOLL_CTL_MOD, connection->fd, &event);
        }
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return;
    ssize_t n = recv(connection->fd, bytes, sizeof bytes, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        fprintf(stderr, "the server closed a connection; its last answer began: %.200s\n",
                connection->answer);
        exit(1);
    }
    if (n < 0 || !connection->busy || !take_answer(connection, bytes, (size_t)n))
        return;
    int64_t now = now_ns();
    count_answer(load, connection, now);
    if (load->rate > 0)
        load->idle[load->idle_count++] = (size_t)(connection - load->connections);
    else if (now < load->end_ns)
        start_request(load, connection, now);
}

/* Open loop: starts what has fallen due, as far as connections are free. Returns ns until the next one. */
static int64_t
start_due(struct load *load, int64_t now)
{
    for (;;) {
        int64_t due = load->start_ns + (int64_t)((double)load->due_count * NS_PER_S / load->rate);
        if (due > now || due >= load->end_ns)
            return due > now ? due - now : NS_PER_S / 1000;
        if (load->idle_count == 0)
            return NS_PER_S / 1000;
        load->due_count++;
        start_request(load, &load->connections[load->idle[--load->idle_count]], due);
    }
}

static void
open_connections(struct load *load, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    load->connections = calloc(load->connection_count, sizeof *load->connections);
    load->idle = calloc(load->connection_count, sizeof *load->idle);
    for (size_t i = 0; i < load->connection_count; i++) {
        struct connection *connection = &load->connections[i];
        int on = 1;
        connection->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address) < 0)
            die("connect");
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        fcntl(connection->fd, F_SETFL, O_NONBLOCK);
        connection->template = &load->templates[i % load->template_count];
        connection->request = malloc(connection->template->len);
        memcpy(connection->request, connection->template->bytes, connection->template->len);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event);
        load->idle[load->idle_count++] = i;
    }
}

static bool
any_busy(const struct load *load)
{
    for (size_t i = 0; i < load->connection_count; i++) {
        if (load->connections[i].busy)
            return true;
    }
    return false;
}

static void
run(struct load *load, double seconds)
{
    load->start_ns = now_ns();
    load->end_ns = load->start_ns + (int64_t)(seconds * NS_PER_S);
    if (load->rate <= 0) {
        for (size_t i = 0; i < load->connection_count; i++)
            start_request(load, &load->connections[i], now_ns());
    }
    int64_t give_up_ns = load->end_ns + 5 * (int64_t)NS_PER_S;
    for (int64_t now = load->start_ns; now < load->end_ns || any_busy(load); now = now_ns()) {
        if (now > give_up_ns) {
            fprintf(stderr, "requests were still unanswered 5 s after the end\n");
            exit(1);
        }
        int64_t wait_ns = load->rate > 0 ? start_due(load, now) : NS_PER_S / 10;
        struct timespec wait = {.tv_nsec = wait_ns < NS_PER_S ? wait_ns : NS_PER_S - 1};
        struct epoll_event events[EVENTS_A_TURN];
        int count = epoll_pwait2(load->epoll, events, EVENTS_A_TURN, &wait, NULL);
        for (int i = 0; i < count; i++)
            on_ready(load, events[i].data.ptr, events[i].events);
    }
}

static long
latency_us(const struct load *load, double quantile)
{
    uint64_t wanted = (uint64_t)((double)load->requests * quantile), seen = 0;
    for (long us = 0; us < LATENCY_SLOTS; us++) {
        seen += load->latency[us];
        if (seen > wanted)
            return us;
    }
    return LATENCY_SLOTS;
}

static void
report(const struct load *load)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    double seconds = (double)(now_ns() - load->start_ns) / NS_PER_S;
    printf(
        "{\"requests\":%llu,\"failures\":%llu,\"seconds\":%.3f,\"p50_us\":%ld,\"p99_us\":%ld,\"p999_us\":%ld,"
        "\"max_us\":%ld,\"client_cpu_s\":%.3f}\n",
        (unsigned long long)load->requests, (unsigned long long)load->failures, seconds,
        latency_us(load, 0.5), latency_us(load, 0.99), latency_us(load, 0.999), latency_us(load, 0.9999999),
        cpu);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},
        {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},
        {"rate", required_argument, NULL, 'r'},
        {"template", required_argument, NULL, 't'},
        {"first", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    struct load load = {.connection_count = 64, .next_id = 1};
    int port = 0;
    double seconds = 5;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'p':
            port = atoi(optarg);
            break;
        case 'c':
            load.connection_count = (size_t)atoi(optarg);
            break;
        case 's':
            seconds = atof(optarg);
            break;
        case 'r':
            load.rate = atof(optarg);
            break;
        case 't':
            read_template(&load, optarg);
            break;
        case 'f':
            load.next_id = strtoull(optarg, NULL, 10);
            break;
        default:
            return 2;
        }
    }
    if (!port || load.template_count == 0 || load.connection_count == 0) {
        fprintf(stderr,
                "usage: load --port P --connections C --seconds S --template FILE [--rate R] [--first N]\n");
        return 2;
    }
    load.latency = calloc(LATENCY_SLOTS, sizeof *load.latency);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    assert(load.latency && load.epoll >= 0);
    open_connections(&load, port);
    run(&load, seconds);
    report(&load);
    return 0;
}
