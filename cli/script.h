/*
 * The script of a simulated contest: every event that streamers will send and every action of organisers and
 * judges, with the time at which each is sent, and the figures that must come out. All of it follows from the
 * contest, the seed and the number of order lines: the same three, the same script.
 */
#ifndef BOCHUANG_CLI_SCRIPT_H
#define BOCHUANG_CLI_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/contest.h"
#include "common/event.h"

/* One event, as it is sent once. A duplicate is a step of its own. */
struct script_step {
    int64_t at_ms;  /* on the play's clock: contest time from 0, without the hours in which nothing happens */
    uint32_t order; /* among steps of the same time */
    uint32_t streamer; /* who sends it; steps of one streamer are sent in their order */
    struct event event;
};

struct script_action {
    int64_t at_ms;
    bool by_judge;    /* else by the organiser */
    const char *json; /* in the arena */
};

/* What the board must show at the end, to the fen. */
struct script_figures {
    int64_t gross_fen, refunded_fen, online_net_fen, offline_net_fen, orders, quantity, sessions, videos;
    int64_t samples[SAMPLE_COUNT];
    int64_t duplicates; /* at least: a retry makes more */
    int64_t conflicts, voided;
    int64_t rejected; /* events that ingest refuses */
};

struct script {
    struct arena *arena;       /* owned */
    struct script_step *steps; /* owned, by time */
    size_t step_count, step_cap;
    struct script_action *actions; /* owned, by time */
    size_t action_count, action_cap;
    int64_t length_ms;
    struct script_figures figures;
};

struct script *script_make(const struct contest *contest, uint64_t seed, int64_t order_lines);
void script_free(struct script *script);

/* An event as clients write it: one JSON object, or one MessagePack map. */
void script_event_json(const struct event *event, int utc_offset_min, struct buf *out);
void script_event_msgpack(const struct event *event, struct buf *out);

#endif
