/* What a daemon says to its operator: one line on standard error, time first, level next. */
#ifndef BOCHUANG_LOGLINE_H
#define BOCHUANG_LOGLINE_H

enum log_level { LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR };

/* `program` stands in each line and is kept, not copied. */
void logline_setup(const char *program, enum log_level least);

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says it and ends the process with status 1: at start-up, or when an invariant is broken. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
