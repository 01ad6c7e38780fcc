/*
 * An action on its way into the log, internal to action_*: action_take.c holds each field against the
 * contest, action_write.c writes the entry, action_admit.c goes through the whole.
 */
#ifndef BOCHUANG_ACTION_ADMISSION_H
#define BOCHUANG_ACTION_ADMISSION_H

#include "common/action_fields.h"
#include "common/sentence.h"

struct admission {
    const struct contest *contest;
    enum action_type type;
    struct action_reading reading;
    char *strings; /* owned: strings without their escapes */
    size_t strings_len;
    struct span text[ACTION_FIELD_COUNT]; /* the strings among the fields */
    int64_t points_milli;
    struct event_error *error;
};

/* Sets the error and starts its sentence: "streamer: …". */
struct sentence action_wrong(struct admission *admission, enum event_code code, const char *field);

/* Takes a field of any kind that the action may have; false, with the error set, where it is wrong. */
bool action_take_field(struct admission *admission, enum action_field field);
bool action_take_string(struct admission *admission, enum action_field field);
bool action_take_id(struct admission *admission, enum action_field field);

/* True where the field is given and this action has it in the log. */
bool action_has_field(const struct admission *admission, enum action_field field);

/* Adds the entry; false, with the error set, where an object in a list has a member twice. */
bool action_write(struct admission *admission, const char *actor, struct buf *entry);

/*
 * A JSON list with the members of its objects sorted and without white space, so that the same list gives the
 * same bytes; for free(). NULL where an object has a member twice, or memory is out.
 */
char *action_sort_list(struct span list);

#endif
