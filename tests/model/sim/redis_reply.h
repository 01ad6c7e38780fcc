/* Makes replies; each is one piece of memory, for free(). */
#ifndef BOCHUANG_SIM_REDIS_REPLY_H
#define BOCHUANG_SIM_REDIS_REPLY_H

#include "tests/model/sim/redis_model.h"

struct redisReply *reply_text(enum redis_kind kind, const char *text);
struct redisReply *reply_int(int64_t value);
struct redisReply *reply_nil(void);
struct redisReply *reply_texts(size_t count, const struct span *texts); /* the texts are borrowed */
struct redisReply *reply_ids(size_t count, const struct log_id *ids);
/* [entry…], or [[key, [entry…]]] where a key is given. The payloads are borrowed. */
struct redisReply *reply_entries(const char *key, const struct stream_entry *entries, size_t count);

#endif
