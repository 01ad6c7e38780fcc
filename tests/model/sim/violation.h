/* What must never happen: says what it was, and which seed shows it again, and ends the process. */
#ifndef BOCHUANG_SIM_VIOLATION_H
#define BOCHUANG_SIM_VIOLATION_H

#include <stdint.h>

_Noreturn void violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
void violation_seed(uint64_t seed); /* of the world at hand */
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
void trace_on(void); /* everything is said as it happens */

#define HOLDS(condition, ...)                                                                                \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            violation(__VA_ARGS__);                                                                          \
    } while (0)

#endif
