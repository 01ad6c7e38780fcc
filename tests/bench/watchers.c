/*
 * Many watchers of one live stream (Server-Sent Events) on the loopback.
 *
 *   watchers --port P --path /v1/contests/c/live --count N --seconds S
 *
 * Connects all, says `{"connected":N}` on a line of its own, counts what arrives for S seconds from then on,
 * and prints one JSON object: deliveries (lines that begin with "data:"), bytes, watchers that were cut off.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
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

enum { EVENTS_A_TURN = 512, CONNECTING_AT_ONCE = 200, CONNECT_TRIES = 50 };

struct watcher {
    int fd;
    unsigned matched; /* bytes of "\ndata:" seen so far */
};

struct crowd {
    int epoll;
    struct watcher *watchers;
    size_t count;
    uint64_t deliveries, bytes, cut_off;
};

static double
now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void __attribute__((noreturn)) die(const char *what)
{
    perror(what);
    exit(1);
}

static void
raise_descriptor_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void
count_bytes(struct crowd *crowd, struct watcher *watcher, const char *bytes, size_t len)
{
    static const char wanted[] = "\ndata:";
    crowd->bytes += len;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == wanted[watcher->matched])
            watcher->matched++;
        else
            watcher->matched = bytes[i] == '\n';
        if (watcher->matched == sizeof wanted - 1) {
            crowd->deliveries++;
            watcher->matched = 0;
        }
    }
}

static void
take_in(struct crowd *crowd, double until_s)
{
    static char bytes[256 << 10];
    struct epoll_event events[EVENTS_A_TURN];
    do {
        int count = epoll_wait(crowd->epoll, events, EVENTS_A_TURN, 20);
        for (int i = 0; i < count; i++) {
            struct watcher *watcher = events[i].data.ptr;
            ssize_t n = recv(watcher->fd, bytes, sizeof bytes, MSG_DONTWAIT);
            if (n > 0) {
                count_bytes(crowd, watcher, bytes, (size_t)n);
            } else if (n == 0 || errno != EAGAIN) {
                crowd->cut_off++;
                close(watcher->fd);
            }
        }
    } while (now_s() < until_s);
}

static void
connect_one(struct crowd *crowd, struct watcher *watcher, int port, const char *path)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    watcher->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int tries = 0;
    while (watcher->fd >= 0 && connect(watcher->fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (++tries == CONNECT_TRIES)
            die("connect");
        usleep(10000);
    }
    char request[512];
    int len = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n", path);
    if (watcher->fd < 0 || send(watcher->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        die("send");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watcher};
    epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, watcher->fd, &event);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        {"port", required_argument, NULL, 'p'},
        {"path", required_argument, NULL, 'u'},
        {"count", required_argument, NULL, 'n'},
        {"seconds", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    int port = 0;
    const char *path = "/";
    double seconds = 5;
    struct crowd crowd = {.count = 1000};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'p':
            port = atoi(optarg);
            break;
        case 'u':
            path = optarg;
            break;
        case 'n':
            crowd.count = (size_t)atoi(optarg);
            break;
        case 's':
            seconds = atof(optarg);
            break;
        default:
            return 2;
        }
    }
    raise_descriptor_limit();
    crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
    crowd.watchers = calloc(crowd.count, sizeof *crowd.watchers);
    for (size_t i = 0; i < crowd.count; i++) {
        connect_one(&crowd, &crowd.watchers[i], port, path);
        if (i % CONNECTING_AT_ONCE == 0)
            take_in(&crowd, 0);
    }
    take_in(&crowd, now_s() + 1); /* the first snapshots */
    printf("{\"connected\":%zu}\n", crowd.count);
    fflush(stdout);
    crowd.deliveries = crowd.bytes = 0;
    take_in(&crowd, now_s() + seconds);
    printf("{\"watchers\":%zu,\"deliveries\":%llu,\"bytes\":%llu,\"cut_off\":%llu}\n", crowd.count,
           (unsigned long long)crowd.deliveries, (unsigned long long)crowd.bytes,
           (unsigned long long)crowd.cut_off);
    return 0;
}
