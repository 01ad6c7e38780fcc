/*
 * Places at which a test lets a daemon die: before and after each send, reply and write. Only builds under
 * sanitizers have them; in all others CRASH_POINT() is nothing.
 *
 *   BOCHUANG_CRASH=redis.sent:3     the process ends, as by kill -9, the third time it passes there
 *
 * Each name also stands in the binary's section crash_points, where tests/fault/test_crash_points.py finds
 * them all: a new one is tried without anybody having to think of it.
 */
#ifndef BOCHUANG_CRASH_POINT_H
#define BOCHUANG_CRASH_POINT_H

#ifdef BOCHUANG_CRASH_POINTS

void crash_point_pass(const char *name);

#define CRASH_POINT(name)                                                                                    \
    do {                                                                                                     \
        static const char here[] __attribute__((section("crash_points"), used)) = name;                      \
        crash_point_pass(here);                                                                              \
    } while (0)

#else

#define CRASH_POINT(name)                                                                                    \
    do {                                                                                                     \
    } while (0)

#endif

#endif
