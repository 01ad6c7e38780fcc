/*
 * The least that an HTTP request can cost: one recv() and one send() on a connection that stays, by epoll.
 * Reads nothing of what was asked, checks nothing, keeps nothing; always gives the answer that ingest gives
 * to an event it has stored. What a server costs beyond this is its own; what this costs is the kernel's.
 *
 *   bare --port P
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 256, BACKLOG = 512, READ_BYTES = 1 << 20 };

static const char answer[] = "HTTP/1.1 202 Accepted\r\n"
                             "X-Content-Type-Options: nosniff\r\n"
                             "Content-Type: application/json\r\n"
                             "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
                             "Cache-Control: no-store\r\n"
                             "Content-Length: 39\r\n\r\n"
                             "{\"accepted\":1,\"rejected\":0,\"errors\":[]}";

static void __attribute__((noreturn)) die(const char *what)
{
    perror(what);
    exit(1);
}

static void
watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        die("epoll_ctl");
}

static int
listen_at(int port)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0)
        die("listen");
    return fd;
}

static void
take_connection(int epoll, int listener)
{
    int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(epoll, fd);
}

static void
answer_once(int fd)
{
    static char request[READ_BYTES];
    if (recv(fd, request, sizeof request, 0) <= 0 || send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0)
        close(fd);
}

int
main(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "--port") != 0) {
        fprintf(stderr, "usage: bare --port P\n");
        return 2;
    }
    int listener = listen_at(atoi(argv[2])), epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener);
    for (;;) {
        struct epoll_event events[EVENTS_A_TURN];
        int count = epoll_wait(epoll, events, EVENTS_A_TURN, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                take_connection(epoll, listener);
            else
                answer_once(events[i].data.fd);
        }
    }
}
