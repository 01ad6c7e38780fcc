/*
 * Producers and a judge. Each sends, waits, and sends the same again until it is acknowledged; now and then
 * also when it was. The network between them and the daemons delays, reorders, loses and doubles.
 */
#ifndef BOCHUANG_SIM_PEOPLE_H
#define BOCHUANG_SIM_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/model/sim/ingest_side.h"

struct people_options {
    uint32_t shards, producers, window; /* open requests of each */
    uint32_t events_most;               /* in a request */
    int64_t latency_us;
    double lost, doubled;                                        /* shares of deliveries */
    bool lossy;                                                  /* Redis may lose what it had acknowledged */
    bool (*goes_on)(void);                                       /* asked before something new is sent */
    struct ingest_side *(*daemon)(void);                         /* one to send to; NULL where none runs */
    struct ingest_side *(*find_daemon)(uint64_t number);         /* NULL where it has died */
    const char *connector_token, *judge_token, *organiser_token; /* Authorization's values */
};

void people_start(const struct people_options *options);
bool people_are_done(void); /* all that was sent is acknowledged, and nothing is on its way */
void people_end(void);
void people_describe_open(void); /* traces what is not acknowledged */

struct people_stats {
    uint64_t requests, tries, refused, answers_lost;
};
extern struct people_stats people_stats;

#endif
