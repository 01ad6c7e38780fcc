/* What both daemons do at their start, and say of themselves. */
#ifndef BOCHUANG_DAEMON_H
#define BOCHUANG_DAEMON_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/logline.h"

/* True for an address of this machine alone: 127.0.0.0/8, ::1. */
bool daemon_address_is_loopback(const char *address);

/* The level of a setting `log_level`; false where it is none. */
bool daemon_log_level(const char *text, enum log_level *level);

/* Descriptors for so many connections, and `others` beside them; says so where the system gives fewer. */
void daemon_raise_descriptor_limit(int64_t connections, int64_t others);

/* Adds the body of GET /v1/limits. */
void daemon_limits_json(int64_t connection_limit, struct buf *out);

#endif
