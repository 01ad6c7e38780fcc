#include "common/daemon.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/resource.h>

#include "common/json_out.h"
#include "common/limits.h"

bool
daemon_address_is_loopback(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool
daemon_log_level(const char *text, enum log_level *level)
{
    static const char *const names[] = {
        [LEVEL_DEBUG] = "debug", [LEVEL_INFO] = "info", [LEVEL_WARN] = "warn", [LEVEL_ERROR] = "error"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
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

void
daemon_limits_json(int64_t connection_limit, struct buf *out)
{
    static const struct {
        const char *name;
        int64_t value;
    } limits[] = {
        {"body_bytes", LIMIT_BODY_BYTES},     {"events_per_request", LIMIT_EVENTS_PER_REQUEST},
        {"event_bytes", LIMIT_EVENT_BYTES},   {"nesting", LIMIT_NESTING},
        {"head_bytes", LIMIT_HEAD_BYTES},     {"head_fields", LIMIT_HEAD_FIELDS},
        {"uri_bytes", LIMIT_URI_BYTES},       {"id_bytes", LIMIT_ID_BYTES},
        {"action_bytes", LIMIT_ACTION_BYTES}, {"future_ms", LIMIT_FUTURE_MS},
    };
    struct json_out json = {.buf = out};
    json_open(&json, '{');
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        json_put_int(&json, limits[i].name, limits[i].value);
    json_put_int(&json, "connections", connection_limit);
    json_close(&json, '}');
}
