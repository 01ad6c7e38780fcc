/* bochuang-ingest: the write side. Every event and every action enters here. */
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/confine.h"
#include "common/daemon.h"
#include "common/gate.h"
#include "common/logline.h"
#include "common/origins.h"
#include "ingest/admit.h"
#include "ingest/files.h"
#include "ingest/flush.h"
#include "ingest/hosted.h"
#include "ingest/ingest.h"
#include "ingest/receive.h"
#include "ingest/survey.h"

/* Beside those of connections: Redis, followers, files. */
enum { TICK_MS = 200, DRAIN_S = 10, DESCRIPTORS_BESIDE = 4 * LIMIT_CONTESTS + 64 };

static void
link_state_cb(bool up, void *arg)
{
    struct ingest *ingest = arg;
    survey_link_changed(ingest->survey, up);
}

static void
tick_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct ingest *ingest = arg;
    int64_t now_ms = clock_wall_ms();
    for (size_t i = 0; i < ingest->hosted_count; i++)
        hosted_tick(ingest->hosted[i], now_ms);
}

static void
drained_cb(void *arg)
{
    struct ingest *ingest = arg;
    event_base_loopbreak(ingest->base);
}

static void
drain_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct ingest *ingest = arg;
    if (ingest->draining)
        return;
    ingest->draining = true;
    log_info("signal %d: stopping once what was read is answered", (int)fd);
    struct timeval at_most = {DRAIN_S, 0};
    event_base_loopexit(ingest->base, &at_most);
    http_server_drain(ingest->server, drained_cb, ingest);
}

static void
reload_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    log_info("SIGHUP: reading the contest files again");
    if (!files_load(arg))
        log_error("a contest file is wrong: its contest stays as it was");
}

static struct http_server *
listen_on(struct ingest *ingest)
{
    const struct options *options = ingest->options;
    struct http_server_options server = {
        .address = options->address,
        .port = (uint16_t)options->port,
        .connection_limit = (size_t)options->connection_limit,
        .body_limit_bytes = LIMIT_BODY_BYTES,
        .head_ms = options->head_ms,
        .body_ms = options->body_ms,
        .idle_ms = options->idle_ms,
        .write_ms = options->write_ms,
        .on_request = receive,
        .on_turn_end = flush_at_turn_end,
        .arg = ingest,
    };
    return http_server_new(ingest->base, &server);
}

static void
start(struct ingest *ingest)
{
    const struct options *options = ingest->options;
    struct redis_link_options link = {.address = options->redis,
                                      .user = options->redis_user,
                                      .password = options->redis_password,
                                      .command_timeout_ms = options->commit_timeout_ms,
                                      .on_state = link_state_cb,
                                      .arg = ingest};
    ingest->base = event_base_new();
    ingest->admission = admission_new();
    ingest->postings.counters = &ingest->counters;
    ingest->gate = gate_new(&(struct gate_options){
        .address_requests_per_minute = options->address_requests_per_minute,
        .token_requests_per_minute = options->token_requests_per_minute,
        .failed_tokens_per_minute = options->failed_tokens_per_minute,
    });
    ingest->origins =
        origins_new(&options->cors_origins, &(struct origins_rights){"POST", "Authorization, Content-Type"});
    if (!ingest->base || event_base_priority_init(ingest->base, FLUSH_PRIORITIES) != 0 ||
        !ingest->admission || !(ingest->survey = survey_new(ingest)))
        log_fatal("out of memory");
    ingest->link = redis_link_new(ingest->base, &link);
    if (!ingest->link)
        log_fatal("redis: expected host:port or unix:/path, found \"%s\" (or out of memory)", options->redis);
    ingest->flush = flush_new(ingest);
    ingest->tick = event_new(ingest->base, -1, EV_PERSIST, tick_cb, ingest);
    struct timeval tick = {0, TICK_MS * 1000};
    if (!ingest->flush || !ingest->tick || event_add(ingest->tick, &tick) != 0)
        log_fatal("out of memory");
    if (!files_load(ingest))
        exit(1);
    daemon_raise_descriptor_limit(options->connection_limit, DESCRIPTORS_BESIDE);
    if (!(ingest->server = listen_on(ingest)))
        exit(1);
    log_info("listening on %s:%u", options->address, http_server_port(ingest->server));
}

/* The link goes first: its last callbacks settle what batches and steering still wait for. */
static void
stop(struct ingest *ingest)
{
    redis_link_free(ingest->link);
    ingest->link = NULL;
    for (size_t i = 0; i < ingest->hosted_count; i++)
        hosted_free(ingest->hosted[i]);
    survey_free(ingest->survey);
    http_server_free(ingest->server);
    gate_free(ingest->gate);
    origins_free(ingest->origins);
    posting_pool_free(&ingest->postings);
    admission_free(ingest->admission);
    flush_free(ingest->flush);
    event_free(ingest->tick);
}

int
main(int argc, char **argv)
{
    static struct options options;
    static struct ingest ingest;
    logline_setup("bochuang-ingest", LEVEL_INFO);
    daemon_explain_aborts();
    options_load(&options, argc, argv);
    logline_setup("bochuang-ingest", options_log_level(&options));
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0)
        log_fatal("libsodium cannot be used on this machine");
    ingest.options = &options;
    start(&ingest);

    static const int stopping[] = {SIGTERM, SIGINT};
    struct event *signals[3];
    for (size_t i = 0; i < 2; i++)
        signals[i] = evsignal_new(ingest.base, stopping[i], drain_cb, &ingest);
    signals[2] = evsignal_new(ingest.base, SIGHUP, reload_cb, &ingest);
    for (size_t i = 0; i < 3; i++)
        if (!signals[i] || event_add(signals[i], NULL) != 0)
            log_fatal("out of memory");

    confine(&(struct confine_options){.user = options.user, .seccomp = options.seccomp});
    if (event_base_dispatch(ingest.base) < 0)
        log_fatal("the event loop cannot go on");
    stop(&ingest);
    for (size_t i = 0; i < 3; i++)
        event_free(signals[i]);
    event_base_free(ingest.base);
    log_info("stopped");
    return 0;
}
