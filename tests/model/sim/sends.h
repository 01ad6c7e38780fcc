/*
 * What the producers and the people of a world send, and what they know: every event by its number (its id is
 * "e17"), every action likewise ("a3"). The reference and all checks look here.
 */
#ifndef BOCHUANG_SIM_SENDS_H
#define BOCHUANG_SIM_SENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STREAMERS = 5,
    SESSIONS = 6,       /* of the contest's file: s-0 … */
    SESSIONS_MOST = 14, /* with those that are registered on the way */
    PRODUCTS = 3
};

struct sent_event {
    bool refund;
    uint32_t session; /* "s-0" … */
    uint32_t sale;    /* of a refund */
    int64_t amount_fen;
    bool acknowledged;
};

struct sent_action {
    bool adjusts; /* or it freezes, thaws or registers */
    uint32_t streamer;
    int64_t points;
    bool acknowledged;
};

uint32_t streamer_of_session(uint32_t session);

size_t sends_events(void);
struct sent_event *sends_event(size_t number);
uint32_t sends_add_event(struct sent_event event);
size_t sends_actions(void);
struct sent_action *sends_action(size_t number);
uint32_t sends_add_action(struct sent_action action);
void sends_forget(void);

/* The contest that they take part in, as its file has it. */
#define SIM_CONTEST "sim"
const char *sends_contest_file(void);

#endif
