#include "common/logline.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *program_name = "bochuang";
static enum log_level least_level = LEVEL_INFO;

void
logline_setup(const char *program, enum log_level least)
{
    program_name = program;
    least_level = least;
}

/* One write(2) a line, so that the lines of several processes never mix. */
static void __attribute__((format(printf, 2, 0)))
say(enum log_level level, const char *format, va_list arguments)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < least_level)
        return;
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    char line[1024];
    int room = (int)sizeof line - 1;
    int len = (int)strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &parts);
    len += snprintf(line + len, (size_t)(room - len), ".%03ldZ %s %s: ", now.tv_nsec / 1000000, names[level],
                    program_name);
    int text_len = vsnprintf(line + len, (size_t)(room - len), format, arguments);
    len = text_len < room - len ? len + text_len : room - 1;
    line[len++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)len) < 0)
        return; /* nobody listens: there is nowhere to say so */
}

#define LOG_FUNCTION(name, level)                                                                            \
    void name(const char *format, ...)                                                                       \
    {                                                                                                        \
        va_list arguments;                                                                                   \
        va_start(arguments, format);                                                                         \
        say(level, format, arguments);                                                                       \
        va_end(arguments);                                                                                   \
    }

LOG_FUNCTION(log_debug, LEVEL_DEBUG)
LOG_FUNCTION(log_info, LEVEL_INFO)
LOG_FUNCTION(log_warn, LEVEL_WARN)
LOG_FUNCTION(log_error, LEVEL_ERROR)

_Noreturn void
log_fatal(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(LEVEL_ERROR, format, arguments);
    va_end(arguments);
    exit(1);
}
