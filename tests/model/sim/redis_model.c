#include "tests/model/sim/redis_model.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/model/sim/chance.h"
#include "tests/model/sim/loop.h"
#include "tests/model/sim/redis_commands.h"
#include "tests/model/sim/redis_reply.h"
#include "tests/model/sim/redis_store.h"

struct redis_model_stats redis_model_stats;

struct answer {
    struct redisReply *reply; /* owned; NULL: the connection's end */
    int64_t at_us;
};

/* Commands come in, answers go out, each in order. */
struct connection {
    struct connection *next;
    struct redis_link *link;   /* NULL: the client's end has hung up */
    struct command **commands; /* owned */
    size_t first_command, command_count, command_cap;
    struct answer *answers; /* owned */
    size_t first_answer, answer_count, answer_cap;
    size_t unreleased; /* answers, at the end, that wait for the fsync */
    struct event *deliver;
    int64_t last_arrival_us, last_answer_us;
    struct session session;
    bool ended;
};

static struct {
    struct redis_model_options options;
    struct connection *connections;
    struct event *turn, *synced;
    bool running, syncing, memory_full;
    int64_t loading_until_us, stalled_until_us, fsync_us;
    size_t durable; /* steps of the journal */
    size_t kept;    /* of those: put before the world began, never lost */
} server;

/* --- Connections --- */

static void
deliver_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct connection *connection = arg;
    if (!connection->link || connection->first_answer + connection->unreleased == connection->answer_count)
        return;
    struct answer *answer = &connection->answers[connection->first_answer];
    int64_t now_us = loop_now_us();
    if (answer->at_us > now_us) {
        loop_due_in(connection->deliver, answer->at_us - now_us);
        return;
    }
    struct redisReply *reply = answer->reply;
    connection->first_answer++;
    loop_due_in(connection->deliver, 0); /* the next one; the callback may hang up, which ends that */
    redis_link_deliver(connection->link, reply);
    free(reply);
}

static void
add_answer(struct connection *connection, struct redisReply *reply)
{
    if (connection->answer_count == connection->answer_cap) {
        connection->answer_cap = connection->answer_cap ? connection->answer_cap * 2 : 16;
        connection->answers =
            realloc(connection->answers, connection->answer_cap * sizeof *connection->answers);
        assert(connection->answers);
    }
    connection->answers[connection->answer_count++] = (struct answer){reply, 0};
    connection->unreleased++;
}

static void
forget_delivered(struct connection *connection)
{
    if (connection->first_answer < 64)
        return;
    size_t left = connection->answer_count - connection->first_answer;
    memmove(connection->answers, connection->answers + connection->first_answer,
            left * sizeof *connection->answers);
    connection->first_answer = 0;
    connection->answer_count = left;
}

static void
release_answers(struct connection *connection)
{
    int64_t now_us = loop_now_us();
    for (size_t i = connection->answer_count - connection->unreleased; i < connection->answer_count; i++) {
        int64_t at_us = now_us + chance_around(server.options.latency_us);
        if (at_us < connection->last_answer_us)
            at_us = connection->last_answer_us;
        connection->answers[i].at_us = connection->last_answer_us = at_us;
    }
    connection->unreleased = 0;
    forget_delivered(connection);
    if (connection->link && connection->first_answer < connection->answer_count &&
        !loop_is_pending(connection->deliver))
        loop_due_in(connection->deliver, connection->answers[connection->first_answer].at_us - now_us);
}

/* Drops answers from the `keep`-th of those that are not delivered. */
static void
drop_answers(struct connection *connection, size_t keep)
{
    for (size_t i = connection->first_answer + keep; i < connection->answer_count; i++)
        free(connection->answers[i].reply);
    connection->answer_count = connection->first_answer + keep;
    connection->unreleased = 0;
}

static void
drop_commands(struct connection *connection, size_t keep)
{
    for (size_t i = connection->first_command + keep; i < connection->command_count; i++)
        free(connection->commands[i]);
    connection->command_count = connection->first_command + keep;
}

static void
connection_free(struct connection *connection)
{
    drop_answers(connection, 0);
    drop_commands(connection, 0);
    session_reset(&connection->session);
    free(connection->answers);
    free(connection->commands);
    event_free(connection->deliver);
    free(connection);
}

/* Those that have hung up go once all they had sent was done. */
static void
sweep(void)
{
    for (struct connection **at = &server.connections; *at;) {
        struct connection *connection = *at;
        bool done = !connection->link && connection->unreleased == 0 &&
                    (connection->ended || connection->first_command == connection->command_count);
        if (done) {
            *at = connection->next;
            connection_free(connection);
        } else {
            at = &connection->next;
        }
    }
}

/* --- Turns --- */

static bool
is_loading(void)
{
    return loop_now_us() < server.loading_until_us;
}

static void
plan_turn(void)
{
    int64_t at_us = INT64_MAX, now_us = loop_now_us();
    for (struct connection *c = server.connections; c; c = c->next) {
        if (c->session.blocked && c->session.until_us < at_us)
            at_us = c->session.until_us;
        else if (!c->session.blocked && c->first_command < c->command_count &&
                 c->commands[c->first_command]->arrives_us < at_us)
            at_us = c->commands[c->first_command]->arrives_us;
    }
    if (server.running && !server.syncing && at_us < INT64_MAX)
        loop_due_in(server.turn, at_us > now_us ? at_us - now_us : 0);
}

static void
execute_arrived(struct connection *connection)
{
    int64_t now_us = loop_now_us();
    struct machine machine = {.memory_full = server.memory_full, .loading = is_loading()};
    while (!connection->session.blocked && connection->first_command < connection->command_count) {
        struct command *command = connection->commands[connection->first_command];
        if (command->arrives_us > now_us)
            break;
        connection->first_command++;
        struct redisReply *reply = command_execute(&machine, &connection->session, command);
        if (reply)
            add_answer(connection, reply);
        free(command);
    }
    if (connection->first_command == connection->command_count)
        connection->first_command = connection->command_count = 0;
}

static void
serve_blocked(struct connection *connection)
{
    struct redisReply *reply = session_unblock(&connection->session, loop_now_us());
    if (reply)
        add_answer(connection, reply);
}

/* All connections once, beginning at a random one. */
static void
each_connection(void (*each)(struct connection *connection))
{
    size_t count = 0;
    for (struct connection *c = server.connections; c; c = c->next)
        count++;
    size_t skip = count ? (size_t)chance_below(count) : 0, place = 0;
    for (struct connection *c = server.connections; c; c = c->next)
        if (place++ >= skip)
            each(c);
    place = 0;
    for (struct connection *c = server.connections; c && place < skip; c = c->next, place++)
        each(c);
}

static void
end_turn(void)
{
    size_t first = server.durable;
    server.durable = store_steps();
    store_each_entry(first, server.options.on_durable);
    for (struct connection *c = server.connections; c; c = c->next)
        release_answers(c);
    sweep();
    plan_turn();
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    int64_t now_us = loop_now_us();
    if (!server.running || server.syncing)
        return;
    if (now_us < server.stalled_until_us) {
        loop_due_in(server.turn, server.stalled_until_us - now_us);
        return;
    }
    redis_model_stats.turns++;
    each_connection(execute_arrived);
    each_connection(serve_blocked);
    server.syncing = store_steps() > server.durable;
    if (server.syncing)
        loop_due_in(server.synced, chance_around(server.fsync_us));
    else
        end_turn();
}

static void
synced_cb(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
    int64_t now_us = loop_now_us();
    if (now_us < server.stalled_until_us) {
        loop_due_in(server.synced, server.stalled_until_us - now_us);
        return;
    }
    server.syncing = false;
    end_turn();
}

/* --- What clients do --- */

bool
redis_model_accepts(void)
{
    return server.running;
}

struct connection *
redis_model_connect(struct redis_link *link)
{
    struct connection *connection = calloc(1, sizeof *connection);
    assert(connection && server.running);
    connection->link = link;
    connection->deliver = event_new(NULL, -1, 0, deliver_cb, connection);
    connection->next = server.connections;
    server.connections = connection;
    return connection;
}

void
redis_model_hang_up(struct connection *connection)
{
    size_t waiting = connection->command_count - connection->first_command;
    connection->link = NULL;
    event_del(connection->deliver);
    drop_commands(connection, (size_t)chance_below(waiting + 1));
    connection->session.blocked = false;
    if (server.running && !server.syncing)
        loop_due_in(server.turn, 0);
}

void
redis_model_send(struct connection *connection, size_t count, const struct span *arguments)
{
    struct command *command = command_new(count, arguments);
    int64_t at_us = loop_now_us() + chance_around(server.options.latency_us);
    if (at_us < connection->last_arrival_us)
        at_us = connection->last_arrival_us;
    command->arrives_us = connection->last_arrival_us = at_us;
    if (connection->command_count == connection->command_cap) {
        connection->command_cap = connection->command_cap ? connection->command_cap * 2 : 16;
        connection->commands =
            realloc(connection->commands, connection->command_cap * sizeof *connection->commands);
        assert(connection->commands);
    }
    if (connection->ended) {
        free(command);
        return;
    }
    connection->commands[connection->command_count++] = command;
    plan_turn();
}

/* --- Faults --- */

/* The client hears of the end behind what had left before it, or a part of that. */
static void
cut(struct connection *connection)
{
    size_t left = connection->answer_count - connection->first_answer - connection->unreleased;
    drop_commands(connection, 0);
    drop_answers(connection, (size_t)chance_below(left + 1));
    session_reset(&connection->session);
    if (connection->ended)
        return;
    connection->ended = true;
    add_answer(connection, NULL);
    release_answers(connection);
}

void
redis_model_crash(void)
{
    if (!server.running)
        return;
    redis_model_stats.crashes++;
    server.running = server.syncing = false;
    event_del(server.turn);
    event_del(server.synced);
    size_t steps = store_steps();
    /* Of what was not synced, any beginning may have reached the disk. */
    redis_model_stats.undone += store_undo(server.durable + (size_t)chance_below(steps - server.durable + 1));
    size_t first = server.durable;
    server.durable = store_steps();
    store_each_entry(first, server.options.on_durable);
    for (struct connection *c = server.connections; c; c = c->next)
        cut(c);
    sweep();
}

void
redis_model_revive(int64_t loading_us)
{
    assert(!server.running);
    server.running = true;
    server.loading_until_us = loop_now_us() + loading_us;
    plan_turn();
}

void
redis_model_stall(int64_t us)
{
    server.stalled_until_us = loop_now_us() + us;
}

void
redis_model_slow_fsync(int64_t us)
{
    server.fsync_us = us ? us : server.options.fsync_us;
    if (!us && server.syncing) /* the one under way is as quick as any, too */
        loop_due_in(server.synced, chance_around(server.fsync_us));
}

void
redis_model_memory_full(bool full)
{
    server.memory_full = full;
}

void
redis_model_lose_end(size_t most)
{
    assert(!server.running && server.durable == store_steps());
    size_t lost = most < server.durable - server.kept ? (size_t)chance_below(most + 1) : 0;
    redis_model_stats.lost += store_undo(server.durable - lost);
    server.durable = store_steps();
    server.options.on_lost();
}

/* --- Life --- */

void
redis_model_start(const struct redis_model_options *options)
{
    memset(&server, 0, sizeof server);
    server.options = *options;
    server.fsync_us = options->fsync_us;
    server.turn = event_new(NULL, -1, 0, turn_cb, NULL);
    server.synced = event_new(NULL, -1, 0, synced_cb, NULL);
    server.running = true;
}

void
redis_model_end(void)
{
    server.running = false;
    while (server.connections) {
        struct connection *next = server.connections->next;
        assert(!server.connections->link);
        connection_free(server.connections);
        server.connections = next;
    }
    event_free(server.turn);
    event_free(server.synced);
    store_free();
}

const struct stream *
redis_model_stream(const char *key)
{
    return store_stream(key, false);
}

const char *
redis_model_tally(const char *key, const char **version)
{
    const struct tally *tally = store_tally(key, false);
    if (version)
        *version = tally ? tally->version : NULL;
    return tally ? tally->figures : NULL;
}

void
redis_model_put(const char *key, char kind, struct span payload)
{
    char sum[LOG_SUM_BYTES];
    size_t first = store_steps();
    log_sum(sum, key, (enum log_kind)kind, payload);
    store_add(key, kind, payload, (struct span){sum, sizeof sum});
    assert(first == server.durable);
    server.durable = server.kept = store_steps();
    store_each_entry(first, server.options.on_durable);
}
