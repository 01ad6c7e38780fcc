/* Replies: made by the model in one piece of memory each, read by redis_link.h's functions. */
#include "tests/model/sim/redis_reply.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum redis_kind
redis_reply_kind(const redis_reply *reply)
{
    return reply ? reply->kind : REDIS_NIL;
}

int64_t
redis_reply_int(const redis_reply *reply)
{
    return reply && reply->kind == REDIS_INT ? reply->integer : 0;
}

struct span
redis_reply_text(const redis_reply *reply)
{
    bool is_text =
        reply && (reply->kind == REDIS_STR || reply->kind == REDIS_STATUS || reply->kind == REDIS_ERROR);
    return is_text ? reply->text : (struct span){NULL, 0};
}

size_t
redis_reply_count(const redis_reply *reply)
{
    return reply && reply->kind == REDIS_ARRAY ? reply->count : 0;
}

const redis_reply *
redis_reply_at(const redis_reply *reply, size_t index)
{
    return index < redis_reply_count(reply) ? &reply->items[index] : NULL;
}

static void *
room(size_t size)
{
    void *at = calloc(1, size);
    assert(at);
    return at;
}

struct redisReply *
reply_text(enum redis_kind kind, const char *text)
{
    size_t len = strlen(text);
    struct redisReply *reply = room(sizeof *reply + len + 1);
    memcpy(reply + 1, text, len);
    *reply = (struct redisReply){.kind = kind, .text = {(char *)(reply + 1), len}};
    return reply;
}

struct redisReply *
reply_int(int64_t value)
{
    struct redisReply *reply = room(sizeof *reply);
    *reply = (struct redisReply){.kind = REDIS_INT, .integer = value};
    return reply;
}

struct redisReply *
reply_nil(void)
{
    return room(sizeof(struct redisReply)); /* REDIS_NIL is 0 */
}

struct redisReply *
reply_texts(size_t count, const struct span *texts)
{
    struct redisReply *reply = room((1 + count) * sizeof *reply);
    *reply = (struct redisReply){.kind = REDIS_ARRAY, .count = count, .items = reply + 1};
    for (size_t i = 0; i < count; i++)
        reply->items[i] = (struct redisReply){.kind = REDIS_STR, .text = texts[i]};
    return reply;
}

struct redisReply *
reply_ids(size_t count, const struct log_id *ids)
{
    struct redisReply *reply = room((1 + count) * sizeof *reply + count * LOG_ID_SIZE);
    char *text = (char *)(reply + 1 + count);
    *reply = (struct redisReply){.kind = REDIS_ARRAY, .count = count, .items = reply + 1};
    for (size_t i = 0; i < count; i++, text += LOG_ID_SIZE) {
        log_id_format(text, ids[i]);
        reply->items[i] = (struct redisReply){.kind = REDIS_STR, .text = span_of(text)};
    }
    return reply;
}

/* Nodes of an entry: itself, its id, its fields, and those four. */
enum { ENTRY_NODES = 7 };

static void
fill_entry(struct redisReply *nodes, struct redisReply *entry, const struct stream_entry *from, char *id)
{
    log_id_format(id, from->id);
    *entry = (struct redisReply){.kind = REDIS_ARRAY, .count = 2, .items = nodes};
    nodes[0] = (struct redisReply){.kind = REDIS_STR, .text = span_of(id)};
    nodes[1] = (struct redisReply){.kind = REDIS_ARRAY, .count = 4, .items = nodes + 2};
    const struct span fields[4] = {{&from->kind, 1}, from->payload, SPAN("h"), {from->sum, sizeof from->sum}};
    for (int i = 0; i < 4; i++)
        nodes[2 + i] = (struct redisReply){.kind = REDIS_STR, .text = fields[i]};
}

/* [entry…], or [[key, [entry…]]] where a key is given. Copies of the entries stand behind the nodes. */
struct redisReply *
reply_entries(const char *key, const struct stream_entry *entries, size_t count)
{
    size_t nodes = 4 + count * ENTRY_NODES;
    size_t bytes = nodes * sizeof(struct redisReply) + count * (sizeof *entries + LOG_ID_SIZE) + LOG_KEY_SIZE;
    struct redisReply *reply = room(bytes);
    struct stream_entry *copies = (struct stream_entry *)(reply + nodes);
    char *ids = (char *)(copies + count), *name = ids + count * LOG_ID_SIZE;
    struct redisReply *list = key ? reply + 3 : reply, *first = reply + 4, *rest = first + count;
    *list = (struct redisReply){.kind = REDIS_ARRAY, .count = count, .items = first};
    if (count > 0)
        memcpy(copies, entries, count * sizeof *entries);
    for (size_t i = 0; i < count; i++)
        fill_entry(rest + i * (ENTRY_NODES - 1), &first[i], &copies[i], ids + i * LOG_ID_SIZE);
    if (!key)
        return reply;
    snprintf(name, LOG_KEY_SIZE, "%s", key);
    reply[0] = (struct redisReply){.kind = REDIS_ARRAY, .count = 1, .items = reply + 1};
    reply[1] = (struct redisReply){.kind = REDIS_ARRAY, .count = 2, .items = reply + 2};
    reply[2] = (struct redisReply){.kind = REDIS_STR, .text = span_of(name)};
    return reply;
}
