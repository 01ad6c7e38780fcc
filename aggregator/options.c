#include "aggregator/options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/daemon.h"
#include "common/gate.h"
#include "common/origins.h"
#include "common/settings.h"

#define PROGRAM "bochuang-aggregator"

/* clang-format off */
#define TEXT(name, fallback, help) {#name, SETTING_TEXT, offsetof(struct options, name), 0, 0, fallback, help}
#define INT(name, least, most, fallback, help) \
    {#name, SETTING_INT, offsetof(struct options, name), least, most, fallback, help}
#define BOOL(name, fallback, help) {#name, SETTING_BOOL, offsetof(struct options, name), 0, 0, fallback, help}
#define LIST(name, help) {#name, SETTING_LIST, offsetof(struct options, name), 0, 0, NULL, help}
/* clang-format on */

enum { AN_HOUR_MS = 60 * 60 * 1000, INGEST_URL_MOST = 300 };

static const struct setting table[] = {
    TEXT(address, "127.0.0.1", "The address to listen on."),
    INT(port, 0, 65535, "8301", "The port to listen on; 0: any free one."),
    TEXT(redis, "127.0.0.1:6379", "Where Redis is: host:port or unix:/path."),
    TEXT(redis_user, NULL, "The user to be for Redis."),
    TEXT(redis_password, NULL, "The password for Redis."),
    TEXT(redis_password_file, NULL, "A file that holds it instead, out of sight of ps."),
    TEXT(web, NULL, "The folder with the screens; default: the one that came with this program."),
    TEXT(ingest_url, NULL, "Where the screens post to: ingest's origin; default: the screens' own."),
    TEXT(map, NULL, "A GeoJSON file with the counties, for the wall in place of tiles."),
    TEXT(map_review_number, NULL, "Its review number (审图号), shown with it."),
    BOOL(publish, "true", "Write the public tallies to Redis."),
    INT(publish_interval_ms, 500, AN_HOUR_MS, "500", "How often they are written, where they have changed."),
    INT(read_batch_count, 1, 4096, "32", "Entries of the log that are folded before others get their turn."),
    INT(answers_bytes, 1 << 20, INT64_C(1) << 34, "67108864", "Memory for answers that may be given again."),
    INT(result_files_bytes, 1 << 20, INT64_C(1) << 34, "134217728", "Memory for files of published results."),
    INT(connection_limit, 1, 1 << 20, "8192", "Connections beyond it close the oldest idle one."),
    INT(head_ms, 1, AN_HOUR_MS, "10000", "How long a request's head may take to arrive."),
    INT(idle_ms, 1, AN_HOUR_MS, "75000", "How long a connection may be idle."),
    INT(write_ms, 1, AN_HOUR_MS, "30000", "How long a client may take to read an answer."),
    INT(failed_tokens_per_minute, 0, GATE_PER_MINUTE_MOST, "600",
        "Wrong tokens an address may send; 0: no limit."),
    INT(token_requests_per_minute, 0, GATE_PER_MINUTE_MOST, "0", "Requests with one token; 0: no limit."),
    INT(address_requests_per_minute, 0, GATE_PER_MINUTE_MOST, "0", "Requests of one address; 0: no limit."),
    LIST(cors_origins, "An origin whose pages may read the board; may be given several times."),
    TEXT(log_level, "info", "What is said on standard error: debug, info, warn or error."),
    TEXT(user, NULL, "Started by root: the user to become once it listens."),
    BOOL(seccomp, "true", "Give up the system calls that serving does not need."),
    BOOL(allow_public_address, "false", "Listen on an address that others can reach, without TLS in front."),
};

/* It stands in a field of every page, so it is nothing but an origin. */
static void
check_ingest_url(const char *url)
{
    if (!url || (origin_is_good(url) && strlen(url) <= INGEST_URL_MOST))
        return;
    fprintf(stderr, PROGRAM ": ingest_url: expected an origin such as https://example.org, found \"%s\"\n",
            url);
    exit(2);
}

void
options_load(struct options *options, int argc, char **argv)
{
    settings_load(table, sizeof table / sizeof *table, options, PROGRAM,
                  "folds the log into figures and shows them: pages, JSON, live streams", argc, argv);
    check_ingest_url(options->ingest_url);
    daemon_check_address(PROGRAM, options->address, options->allow_public_address);
    daemon_read_password(PROGRAM, options->redis_password_file, &options->redis_password);
}

enum log_level
options_log_level(const struct options *options)
{
    return daemon_log_level(PROGRAM, options->log_level);
}
