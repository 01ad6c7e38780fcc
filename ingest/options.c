#include "ingest/options.h"

#include <stddef.h>

#include "common/daemon.h"
#include "common/gate.h"
#include "common/limits.h"

#define PROGRAM "bochuang-ingest"

#define TEXT(name, fallback, help)                                                                           \
    {                                                                                                        \
#name, SETTING_TEXT, offsetof(struct options, name), 0, 0, fallback, help                            \
    }
#define INT(name, least, most, fallback, help)                                                               \
    {                                                                                                        \
#name, SETTING_INT, offsetof(struct options, name), least, most, fallback, help                      \
    }
#define BOOL(name, fallback, help)                                                                           \
    {                                                                                                        \
#name, SETTING_BOOL, offsetof(struct options, name), 0, 0, fallback, help                            \
    }
#define LIST(name, help)                                                                                     \
    {                                                                                                        \
#name, SETTING_LIST, offsetof(struct options, name), 0, 0, NULL, help                                \
    }

enum { AN_HOUR_MS = 60 * 60 * 1000 };

static const struct setting table[] = {
    TEXT(address, "127.0.0.1", "The address to listen on."),
    INT(port, 0, 65535, "8300", "The port to listen on; 0: any free one."),
    TEXT(redis, "127.0.0.1:6379", "Where Redis is: host:port or unix:/path."),
    TEXT(redis_user, NULL, "The user to be for Redis."),
    TEXT(redis_password, NULL, "The password for Redis."),
    TEXT(redis_password_file, NULL, "A file that holds it instead, out of sight of ps."),
    LIST(contest, "A contest file to load; may be given several times."),
    INT(shards, 1, LIMIT_SHARDS, "1", "Shards of a contest that is loaded for the first time."),
    INT(commit_timeout_ms, 10, AN_HOUR_MS, "5000", "How long Redis may take to answer before a 503."),
    INT(connection_limit, 1, 1 << 20, "8192", "Connections beyond it close the oldest idle one."),
    INT(head_ms, 1, AN_HOUR_MS, "10000", "How long a request's head may take to arrive."),
    INT(body_ms, 1, AN_HOUR_MS, "60000", "How long a request's body may take to arrive."),
    INT(idle_ms, 1, AN_HOUR_MS, "75000", "How long a connection may be idle."),
    INT(write_ms, 1, AN_HOUR_MS, "30000", "How long a client may take to read an answer."),
    INT(failed_tokens_per_minute, 0, GATE_PER_MINUTE_MOST, "600",
        "Wrong tokens an address may send; 0: no limit."),
    INT(token_requests_per_minute, 0, GATE_PER_MINUTE_MOST, "0", "Requests with one token; 0: no limit."),
    INT(address_requests_per_minute, 0, GATE_PER_MINUTE_MOST, "0", "Requests of one address; 0: no limit."),
    LIST(cors_origins, "An origin whose pages may post here; may be given several times."),
    TEXT(log_level, "info", "What is said on standard error: debug, info, warn or error."),
    TEXT(user, NULL, "Started by root: the user to become once it listens."),
    BOOL(seccomp, "true", "Give up the system calls that serving does not need."),
    BOOL(allow_public_address, "false", "Listen on an address that others can reach, without TLS in front."),
    BOOL(allow_weak_durability, "false", "Serve although Redis may lose what it has acknowledged."),
};

void
options_load(struct options *options, int argc, char **argv)
{
    settings_load(table, sizeof table / sizeof *table, options, PROGRAM,
                  "takes events and actions over HTTP and acknowledges them once they are on disk", argc,
                  argv);
    daemon_check_address(PROGRAM, options->address, options->allow_public_address);
    daemon_read_password(PROGRAM, options->redis_password_file, &options->redis_password);
}

enum log_level
options_log_level(const struct options *options)
{
    return daemon_log_level(PROGRAM, options->log_level);
}
