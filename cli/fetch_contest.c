#include "cli/fetch_contest.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/ask.h"

/* The members of an answer that are no part of a contest file are left out. */
static json_t *
contest_file(const json_t *answer)
{
    static const char *const members[] = {
        "contest",    "title",     "title_en",      "opens",
        "closes",     "freezes",   "counties",      "divisions",
        "products",   "streamers", "refunds_until", "sessions",
        "panel",      "rankings",  "awards",        "offline_needs_approval",
        "notice_days"};
    json_t *file = json_object();
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        json_object_set(file, members[i], json_object_get(answer, members[i]));
    return file;
}

struct contest *
fetch_contest(struct http_client *board, const char *id, const char *command)
{
    struct buf path = {0};
    buf_add_text(&path, "/v1/contests");
    http_path_add(&path, id);
    json_t *answer = ask_board(board, buf_text(&path), ASK_PATIENCE_MS, command);
    buf_free(&path);
    if (!answer)
        return NULL;
    json_t *file = contest_file(answer);
    char *text = json_dumps(file, JSON_COMPACT);
    struct errors errors = {0};
    struct contest *contest = contest_load(span_of(text), &errors);
    for (size_t i = 0; i < errors.count; i++)
        fprintf(stderr, "bochuang %s: the board's contest: %s: %s\n", command, errors.items[i].field,
                errors.items[i].message);
    errors_free(&errors);
    free(text);
    json_decref(file);
    json_decref(answer);
    return contest;
}
