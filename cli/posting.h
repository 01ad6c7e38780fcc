/*
 * Posting: events go to ingest in batches, one at a time, until each batch is acknowledged. A batch whose
 * answer was lost is sent again: the events' ids make that safe. What ingest will never take is kept beside
 * the file that it came from, with the reason.
 *
 *   posting_begin(file) ─▶ posting_add() / posting_reject() … ─▶ posting_end(file)
 *
 * Start-up memory: it aborts where there is none.
 */
#ifndef BOCHUANG_CLI_POSTING_H
#define BOCHUANG_CLI_POSTING_H

#include "cli/http_client.h"
#include "cli/post_rejects.h"
#include "cli/terminal.h"

enum { POSTING_BATCH_BYTES_MOST = 1 << 20 };

/* A batch being collected: its bytes, and where each of its events starts and stood in the file. */
struct batch {
    struct buf body;
    size_t *starts;  /* owned; of each event, in `body` */
    uint64_t *lines; /* owned; of each event, in the file, from 1 */
    size_t count, most;
};

struct posting {
    int64_t patience_ms;
    struct http_client *client;
    struct buf path;
    struct batch batch;
    struct progress progress;
    struct http_answer answer;
    /* Of the file at hand: */
    const char *name;
    struct rejects rejects;
    uint64_t line, bytes, bytes_total; /* as far as it is read, for the progress; total 0: not known */
    /* Of all files: */
    uint64_t accepted, rejected;
    bool gave_up;
};

struct posting_target {
    const char *ingest, *token, *contest;
    int64_t batch;
    int64_t patience_s; /* -1: for ever */
};

void posting_init(struct posting *posting, const struct posting_target *target);
void posting_free(struct posting *posting);

void posting_begin(struct posting *posting, const char *name);
/* Sends the rest. False where not all was sent or kept; `whole`: the file was read to its end. */
bool posting_end(struct posting *posting, bool whole);

/* Adds an event that stood on `line`. False where posting has to end: it has been said why. */
bool posting_add(struct posting *posting, struct span event, uint64_t line);

/* Keeps what cannot be sent at all. False where it cannot be kept. */
bool posting_reject(struct posting *posting, const struct reject *reject);

#endif
