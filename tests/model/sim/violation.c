#include "tests/model/sim/violation.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/logline.h"
#include "tests/model/sim/loop.h"

static uint64_t seed_at_hand;
static bool tracing;

void
violation_seed(uint64_t seed)
{
    seed_at_hand = seed;
}

void
trace_on(void)
{
    tracing = true;
}

static void
say(const char *level, const char *format, va_list arguments)
{
    int64_t now_us = loop_now_us();
    printf("%4" PRId64 ".%06" PRId64 " %s", now_us / 1000000, now_us % 1000000, level);
    vprintf(format, arguments);
    putchar('\n');
}

void
violation(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("VIOLATION: ", format, arguments);
    va_end(arguments);
    printf("to repeat: sim --world %" PRIu64 " --trace\n", seed_at_hand);
    fflush(stdout);
    exit(1);
}

void
trace(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (tracing)
        say("", format, arguments);
    va_end(arguments);
}

/* --- What the daemons say, in place of common/logline.c --- */

#define LOG_FUNCTION(name, level)                                                                            \
    void name(const char *format, ...)                                                                       \
    {                                                                                                        \
        va_list arguments;                                                                                   \
        va_start(arguments, format);                                                                         \
        if (tracing)                                                                                         \
            say(level, format, arguments);                                                                   \
        va_end(arguments);                                                                                   \
    }

LOG_FUNCTION(log_debug, "    debug: ")
LOG_FUNCTION(log_info, "    info: ")
LOG_FUNCTION(log_warn, "    warn: ")
LOG_FUNCTION(log_error, "    error: ")

void
log_fatal(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("fatal: ", format, arguments);
    va_end(arguments);
    violation("a daemon ended itself");
}

void
logline_setup(const char *program, enum log_level least)
{
    (void)program, (void)least;
}
