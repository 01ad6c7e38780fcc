#include "common/daemon.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/limits.h"
#include "common/secret_file.h"

/* 127.0.0.0/8, ::1. */
static bool
is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

void
daemon_check_address(const char *program, const char *address, bool allow_public_address)
{
    if (allow_public_address || is_loopback(address))
        return;
    fprintf(stderr,
            "%s: address: %s can be reached by others, and tokens would cross the network in the clear; put "
            "a proxy with TLS in front, or set allow_public_address\n",
            program, address);
    exit(2);
}

void
daemon_read_password(const char *program, const char *file, const char **password)
{
    struct buf trouble = {0};
    if (!file)
        return;
    *password = secret_file_read(file, &trouble);
    if (*password)
        return;
    fprintf(stderr, "%s: redis_password_file: %s\n", program, buf_text(&trouble));
    exit(2);
}

enum log_level
daemon_log_level(const char *program, const char *text)
{
    static const char *const names[] = {
        [LEVEL_DEBUG] = "debug", [LEVEL_INFO] = "info", [LEVEL_WARN] = "warn", [LEVEL_ERROR] = "error"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0)
            return (enum log_level)i;
    }
    fprintf(stderr, "%s: log_level: expected debug, info, warn or error, found \"%s\"\n", program, text);
    exit(2);
}

void
daemon_raise_descriptor_limit(int64_t connections, int64_t others)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections + (rlim_t)others;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        log_warn("only %llu descriptors: fewer connections than connection_limit",
                 (unsigned long long)limit.rlim_cur);
}

static void
abort_handler(int number)
{
    static const char line[] =
        "fatal: out of memory, or an invariant is broken; a start reads the log again\n";
    (void)number;
    if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
        return; /* nobody listens; abort() ends the process all the same */
}

void
daemon_explain_aborts(void)
{
    struct sigaction explain = {.sa_handler = abort_handler, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGABRT, &explain, NULL);
}
