/* bochuang-aggregator: the read side. Folds the log, and shows what comes of it. */
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>

#include "aggregator/board.h"
#include "aggregator/live.h"
#include "aggregator/map.h"
#include "aggregator/options.h"
#include "aggregator/publish.h"
#include "aggregator/read.h"
#include "aggregator/screens.h"
#include "common/confine.h"
#include "common/daemon.h"
#include "common/gate.h"
#include "common/limits.h"
#include "common/logline.h"
#include "common/origins.h"
#include "common/redis_link.h"

enum { DRAIN_S = 10, COMMAND_TIMEOUT_MS = 10 * 1000, DESCRIPTORS_BESIDE = 2 * LIMIT_CONTESTS * LIMIT_SHARDS };

struct aggregator {
    struct event_base *base;
    struct contests contests;
    struct counters counters;
    struct redis_link *link; /* for the list of contests, and for publishing */
    struct reader *reader;
    struct publisher *publisher; /* NULL: not wanted */
    struct live *live;
    struct screens *screens;
    struct map *map;
    struct answers *answers, *files;
    struct gate *gate;
    struct origins *origins;
    struct board board;
    struct http_server *server;
    bool draining;
};

/* --- What happens --- */

static void
link_state_cb(bool up, void *arg)
{
    struct aggregator *aggregator = arg;
    if (up)
        reader_list(aggregator->reader);
}

static void
change_cb(struct board_contest *contest, void *arg)
{
    struct aggregator *aggregator = arg;
    live_touch(aggregator->live, contest);
}

static void
tokens_cb(struct board_contest *contest, void *arg)
{
    struct aggregator *aggregator = arg;
    live_check_tokens(aggregator->live, contest);
}

static void
drained_cb(void *arg)
{
    struct aggregator *aggregator = arg;
    event_base_loopbreak(aggregator->base);
}

static void
signal_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct aggregator *aggregator = arg;
    if (aggregator->draining)
        return;
    aggregator->draining = true;
    log_info("signal %d: stopping once what was read is answered", (int)fd);
    struct timeval at_most = {DRAIN_S, 0};
    event_base_loopexit(aggregator->base, &at_most);
    http_server_drain(aggregator->server, drained_cb, aggregator);
}

/* --- Start and stop --- */

static void
reach_redis(struct aggregator *aggregator, const struct options *options)
{
    struct redis_link_options link = {.address = options->redis,
                                      .user = options->redis_user,
                                      .password = options->redis_password,
                                      .command_timeout_ms = COMMAND_TIMEOUT_MS,
                                      .on_state = link_state_cb,
                                      .arg = aggregator};
    aggregator->link = redis_link_new(aggregator->base, &link);
    if (!aggregator->link)
        log_fatal("redis: expected host:port or unix:/path, found \"%s\" (or out of memory)", options->redis);
    struct reader_options reader = {.address = options->redis,
                                    .user = options->redis_user,
                                    .password = options->redis_password,
                                    .link = aggregator->link,
                                    .batch_count = (size_t)options->read_batch_count,
                                    .contests = &aggregator->contests,
                                    .counters = &aggregator->counters,
                                    .on_change = change_cb,
                                    .on_tokens = tokens_cb,
                                    .arg = aggregator};
    aggregator->reader = reader_new(aggregator->base, &reader);
    if (options->publish)
        aggregator->publisher =
            publisher_new(aggregator->base, aggregator->link, options->publish_interval_ms,
                          &aggregator->contests, &aggregator->counters);
}

static struct http_server *
listen_on(struct aggregator *aggregator, const struct options *options)
{
    struct http_server_options server = {
        .address = options->address,
        .port = (uint16_t)options->port,
        .connection_limit = (size_t)options->connection_limit,
        .body_limit_bytes = 1, /* nothing is posted here */
        .head_ms = options->head_ms,
        .body_ms = LIMIT_BODY_MS,
        .idle_ms = options->idle_ms,
        .write_ms = options->write_ms,
        .on_request = board_handle,
        .arg = &aggregator->board,
    };
    return http_server_new(aggregator->base, &server);
}

static void
start(struct aggregator *aggregator, const struct options *options)
{
    aggregator->base = event_base_new();
    if (!aggregator->base)
        log_fatal("out of memory");
    if (!(aggregator->screens = screens_load(options->web, options->ingest_url)))
        exit(1);
    if (!(aggregator->map = map_load(options->map, options->map_review_number)))
        exit(1);
    aggregator->gate = gate_new(&(struct gate_options){
        .address_requests_per_minute = options->address_requests_per_minute,
        .token_requests_per_minute = options->token_requests_per_minute,
        .failed_tokens_per_minute = options->failed_tokens_per_minute,
    });
    aggregator->origins = origins_new(&options->cors_origins,
                                      &(struct origins_rights){"GET, HEAD", "Authorization, Last-Event-ID"});
    aggregator->answers = answers_new((size_t)options->answers_bytes);
    aggregator->files = answers_new((size_t)options->result_files_bytes);
    aggregator->live = live_new(aggregator->base, &aggregator->contests, &aggregator->counters);
    reach_redis(aggregator, options);
    daemon_raise_descriptor_limit(options->connection_limit, DESCRIPTORS_BESIDE);
    if (!(aggregator->server = listen_on(aggregator, options)))
        exit(1);
    aggregator->board = (struct board){
        .contests = &aggregator->contests,
        .answers = aggregator->answers,
        .files = aggregator->files,
        .counters = &aggregator->counters,
        .reader = aggregator->reader,
        .live = aggregator->live,
        .screens = aggregator->screens,
        .map = aggregator->map,
        .gate = aggregator->gate,
        .origins = aggregator->origins,
        .server = aggregator->server,
        .connection_limit = options->connection_limit,
        .ingest_url = options->ingest_url,
    };
    log_info("listening on %s:%u", options->address, http_server_port(aggregator->server));
}

/* The server goes first, with its streams; then the link, whose last callbacks settle what is in flight. */
static void
stop(struct aggregator *aggregator)
{
    http_server_free(aggregator->server);
    redis_link_free(aggregator->link);
    publisher_free(aggregator->publisher);
    reader_free(aggregator->reader);
    live_free(aggregator->live);
    gate_free(aggregator->gate);
    origins_free(aggregator->origins);
    answers_free(aggregator->answers);
    answers_free(aggregator->files);
    screens_free(aggregator->screens);
    map_free(aggregator->map);
    contests_free(&aggregator->contests);
}

int
main(int argc, char **argv)
{
    static struct options options;
    static struct aggregator aggregator;
    logline_setup("bochuang-aggregator", LEVEL_INFO);
    daemon_explain_aborts();
    options_load(&options, argc, argv);
    logline_setup("bochuang-aggregator", options_log_level(&options));
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0)
        log_fatal("libsodium cannot be used");
    start(&aggregator, &options);

    struct event *signals[] = {evsignal_new(aggregator.base, SIGTERM, signal_cb, &aggregator),
                               evsignal_new(aggregator.base, SIGINT, signal_cb, &aggregator)};
    for (size_t i = 0; i < 2; i++)
        if (!signals[i] || event_add(signals[i], NULL) != 0)
            log_fatal("out of memory");

    confine(&(struct confine_options){.user = options.user, .seccomp = options.seccomp});
    if (event_base_dispatch(aggregator.base) < 0)
        log_fatal("the event loop cannot go on");
    stop(&aggregator);
    for (size_t i = 0; i < 2; i++)
        event_free(signals[i]);
    event_base_free(aggregator.base);
    log_info("stopped");
    return 0;
}
