/* The parts of a script, each in a file of its own. Internal to script*.c. */
#ifndef BOCHUANG_CLI_SCRIPT_PARTS_H
#define BOCHUANG_CLI_SCRIPT_PARTS_H

#include "cli/script.h"

struct script_author {
    const struct contest *contest;
    struct script *script;
    uint64_t random;
    int64_t order_lines;
};

uint64_t script_random(struct script_author *author);
/* 0 to most - 1; 0 where `most` is not above 0. */
int64_t script_below(struct script_author *author, int64_t most);

/* Spans of the event must live as long as the contest or the script's arena. */
struct script_step *script_add_step(struct script_author *author, int64_t at_ms, uint32_t streamer,
                                    const struct event *event);
void script_add_action(struct script_author *author, int64_t at_ms, bool by_judge, struct buf *json);

/* Sessions with their metrics, and videos. */
void script_write_shows(struct script_author *author);
/* Sales, and what becomes of them: refunds, duplicates, conflicts, claims, mistakes. */
void script_write_sales(struct script_author *author);
/* Marks and adjustments. */
void script_write_jury(struct script_author *author);

#endif
