/* The settings of bochuang-ingest; config/ingest.yaml explains each. */
#ifndef BOCHUANG_INGEST_OPTIONS_H
#define BOCHUANG_INGEST_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/logline.h"
#include "common/settings.h"

struct options {
    const char *address;
    int64_t port;
    const char *redis, *redis_user, *redis_password, *redis_password_file;
    struct setting_list contest;
    int64_t shards;
    int64_t commit_timeout_ms;
    int64_t connection_limit;
    int64_t head_ms, body_ms, idle_ms, write_ms;
    int64_t failed_tokens_per_minute, token_requests_per_minute, address_requests_per_minute;
    struct setting_list cors_origins;
    const char *log_level;
    const char *user;
    bool seccomp;
    bool allow_public_address;
    bool allow_weak_durability;
};

/* Reads them; says what is wrong and exits 2 where something is. */
void options_load(struct options *options, int argc, char **argv);

enum log_level options_log_level(const struct options *options);

#endif
