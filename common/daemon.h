/* What both daemons do at their start. */
#ifndef BOCHUANG_DAEMON_H
#define BOCHUANG_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "common/logline.h"

/* Exits 2, saying why, where others can reach that address and no setting says that they may. */
void daemon_check_address(const char *program, const char *address, bool allow_public_address);

/* Puts what the file holds into `password`, for as long as the program lives; NULL: leaves it. Exits 2,
 * saying why, where the file cannot be read or is not private. */
void daemon_read_password(const char *program, const char *file, const char **password);

/* The level of a setting `log_level`; exits 2 where it is none. */
enum log_level daemon_log_level(const char *program, const char *text);

/* Descriptors for so many connections, and `others` beside them; says so where the system gives fewer. */
void daemon_raise_descriptor_limit(int64_t connections, int64_t others);

/*
 * From here on an abort says what it means before the process ends: memory for what cannot do without it is
 * out, or an invariant is broken (a failed assertion has then said which).
 */
void daemon_explain_aborts(void);

#endif
