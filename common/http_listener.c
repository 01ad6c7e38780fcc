/*
 * The door. Over the limit of connections the one that has been idle longest makes room; if all are at work,
 * the newcomer is turned away. Running out of descriptors is met in the same way, and when nobody can make
 * room the door stays shut for a moment: the newcomers wait in the kernel's queue, and the loop does not
 * spin.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/http_internal.h"
#include "common/logline.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* --- Room --- */

/* Closes the connection that has been of no use for the longest time; false where there is none. */
static bool
make_room(struct http_server *server)
{
    static const enum connection_state useless[] = {CONNECTION_LINGER, CONNECTION_IDLE, CONNECTION_WARM};
    for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
        struct http_connection *oldest = TAILQ_FIRST(&server->states[useless[i]]);
        if (!oldest)
            continue;
        server->stats.connections_evicted++;
        http_connection_close(oldest);
        return true;
    }
    return false;
}

static void
pause_accepting(struct http_server *server, int error)
{
    log_warn("cannot accept connections: %s; trying again in %d ms", strerror(error), HTTP_ACCEPT_PAUSE_MS);
    event_del(&server->acceptable);
    if (event_add(&server->accept_again, &(struct timeval){.tv_usec = HTTP_ACCEPT_PAUSE_MS * 1000}) != 0)
        abort(); /* it would never accept again */
}

static void
accept_again_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct http_server *server = arg;
    if (event_add(&server->acceptable, NULL) != 0)
        abort(); /* it would never accept again */
}

/* --- Newcomers --- */

static void
admit(struct http_server *server, int fd)
{
    bool full = server->stats.connections_open >= server->options.connection_limit;
    if ((full && !make_room(server)) || !http_connection_open(server, fd)) {
        server->stats.connections_evicted++;
        close(fd);
    }
}

static int
accept_one(struct http_server *server)
{
    return accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/*
 * No descriptor for a newcomer who is certainly there. He alone is let in: accept() would say that it has no
 * descriptor before it says that nobody waits, and we would close one idle connection after the other.
 */
static void
admit_for_another(struct http_server *server, int error)
{
    int fd = make_room(server) ? accept_one(server) : -1;
    if (fd >= 0)
        admit(server, fd);
    else
        pause_accepting(server, error);
}

static bool
is_scarcity(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void
acceptable_cb(evutil_socket_t listener, short what, void *arg)
{
    (void)listener, (void)what;
    struct http_server *server = arg;
    http_turn(server);
    for (int i = 0; i < HTTP_ACCEPTS_PER_TURN; i++) {
        int fd = accept_one(server);
        if (fd >= 0) {
            admit(server, fd);
            continue;
        }
        int error = errno;
        if (i == 0 && is_scarcity(error))
            admit_for_another(server, error);
        if (error == EAGAIN || is_scarcity(error))
            return;
        /* ECONNABORTED, EINTR, and what the network did to that one newcomer: see accept(2). */
    }
}

/* --- The listener --- */

static socklen_t
parse_address(const char *text, uint16_t port, union address *address)
{
    *address = (union address){0};
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        return sizeof address->v4;
    }
    if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        return sizeof address->v6;
    }
    return 0;
}

/* Binds and listens; -1 with errno where that cannot be. */
static int
open_listener(const union address *address, socklen_t len)
{
    const int on = 1;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Linux hands it on to every connection accepted here, which saves each a system call. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(fd, &address->any, len) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static uint16_t
bound_port(int fd)
{
    union address address = {0};
    socklen_t len = sizeof address;
    if (getsockname(fd, &address.any, &len) != 0)
        log_fatal("getsockname: %s", strerror(errno));
    return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

bool
http_listen(struct http_server *server)
{
    const struct http_server_options *options = &server->options;
    union address address;
    socklen_t len = parse_address(options->address, options->port, &address);
    if (len == 0) {
        log_error("cannot listen on %s: expected an IPv4 or IPv6 address", options->address);
        return false;
    }
    server->listener = open_listener(&address, len);
    if (server->listener < 0) {
        log_error("cannot listen on %s port %u: %s", options->address, options->port, strerror(errno));
        return false;
    }
    server->port = bound_port(server->listener);
    event_assign(&server->acceptable, server->base, server->listener, EV_READ | EV_PERSIST, acceptable_cb,
                 server);
    event_assign(&server->accept_again, server->base, -1, 0, accept_again_cb, server);
    if (event_add(&server->acceptable, NULL) != 0)
        abort();
    return true;
}

void
http_listener_close(struct http_server *server)
{
    if (server->listener < 0)
        return;
    event_del(&server->acceptable);
    event_del(&server->accept_again);
    close(server->listener);
    server->listener = -1;
}
