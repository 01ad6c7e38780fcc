/*
 * When appends leave: at the end of the loop turn that brought their events, unless it pays to wait
 * (batch.h). Those that wait leave as soon as no socket has anything to read, and in any case two
 * milliseconds later.
 */
#ifndef BOCHUANG_INGEST_FLUSH_H
#define BOCHUANG_INGEST_FLUSH_H

struct flush;
struct ingest;

/* Of the daemon's loop: all events have the middle one, but the one that waits for nothing to be left. */
enum { FLUSH_PRIORITIES = 3 };

/* NULL when memory is out. */
struct flush *flush_new(struct ingest *ingest);
void flush_free(struct flush *flush);

/* A turn of the HTTP server ends; `ingest` is a struct ingest. */
void flush_at_turn_end(void *ingest);

/* An append is over and others wait: they leave when nothing is left to read, or with the turn that ends
 * before. */
void flush_soon(struct flush *flush);

#endif
