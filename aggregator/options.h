/* The settings of bochuang-aggregator; config/aggregator.yaml explains each. */
#ifndef BOCHUANG_AGGREGATOR_OPTIONS_H
#define BOCHUANG_AGGREGATOR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/logline.h"
#include "common/settings.h"

struct options {
    const char *address;
    int64_t port;
    const char *redis, *redis_user, *redis_password, *redis_password_file;
    const char *web, *ingest_url, *map, *map_review_number;
    bool publish;
    int64_t publish_interval_ms;
    int64_t read_batch_count;
    int64_t answers_bytes, result_files_bytes;
    int64_t connection_limit;
    int64_t head_ms, idle_ms, write_ms;
    int64_t failed_tokens_per_minute, token_requests_per_minute, address_requests_per_minute;
    struct setting_list cors_origins;
    const char *log_level;
    const char *user;
    bool seccomp;
    bool allow_public_address;
};

/* Reads them; says what is wrong and exits 2 where something is. */
void options_load(struct options *options, int argc, char **argv);

enum log_level options_log_level(const struct options *options);

#endif
