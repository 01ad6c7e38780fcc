/*
 * A list of complaints about something that a person wrote (a contest file, a settings file, an action).
 * Each is a full sentence that names the field, what was expected and what was found.
 */
#ifndef BOCHUANG_ERRORS_H
#define BOCHUANG_ERRORS_H

#include <stdbool.h>
#include <stddef.h>

struct complaint {
    int line;      /* from 1; 0 where there is none */
    char *field;   /* owned; "sessions[3].streamer" */
    char *message; /* owned; "expected the id of a streamer, found "yx-99"" */
};

struct errors {
    struct complaint *items; /* owned */
    size_t count;
    size_t dropped; /* beyond the first 100 only the number is kept */
};

void errors_add(struct errors *errors, int line, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void errors_free(struct errors *errors);

#endif
