/*
 * Replies: read by everyone, built here. hiredis lets its user say how an object is made; these are made in
 * an arena that starts again with each reply, and are never freed one by one. That is sound because hiredis
 * hands out a reply, calls back, and only then parses the next one of that connection.
 */
#include <assert.h>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include "common/redis_inside.h"
#include "common/redis_link.h"

enum {
    BLOCK_BYTES = 64 << 10,
    KEPT_BYTES = 8 << 20, /* a reply that was larger gives its memory back before the next one */
};

struct block {
    struct block *next;
    size_t cap, used;
    _Alignas(16) char bytes[];
};

struct redis_arena {
    struct block *first, *current;
    size_t cap;
};

static void
free_blocks(struct redis_arena *arena)
{
    while (arena->first) {
        struct block *block = arena->first;
        arena->first = block->next;
        free(block);
    }
    arena->current = NULL;
    arena->cap = 0;
}

static void
begin_reply(struct redis_arena *arena)
{
    if (arena->cap > KEPT_BYTES)
        free_blocks(arena);
    arena->current = arena->first;
    if (arena->current)
        arena->current->used = 0;
}

/* Goes on to the next block, or puts a new one behind the current one, with room for `bytes`. */
static struct block *
next_block(struct redis_arena *arena, size_t bytes)
{
    struct block *next = arena->current ? arena->current->next : arena->first;
    if (!next || next->cap < bytes) {
        size_t cap = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        struct block *block = malloc(sizeof *block + cap);
        if (!block)
            return NULL;
        *block = (struct block){.next = next, .cap = cap};
        *(arena->current ? &arena->current->next : &arena->first) = block;
        arena->cap += cap;
        next = block;
    }
    next->used = 0;
    arena->current = next;
    return next;
}

/* Zeroed memory is nobody's wish: every field is set. NULL when there is none. */
static void *
take(struct redis_arena *arena, size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    struct block *block = arena->current;
    if (!block || block->cap - block->used < bytes)
        block = next_block(arena, bytes);
    if (!block)
        return NULL;
    void *memory = block->bytes + block->used;
    block->used += bytes;
    return memory;
}

/* A new object in its place: the reply itself, or an element of its parent. */
static redisReply *
make(const redisReadTask *task)
{
    struct redis_arena *arena = task->privdata;
    if (!task->parent)
        begin_reply(arena);
    redisReply *reply = take(arena, sizeof *reply);
    if (!reply)
        return NULL;
    *reply = (redisReply){.type = task->type};
    if (task->parent)
        ((redisReply *)task->parent->obj)->element[task->idx] = reply;
    return reply;
}

static void *
make_string(const redisReadTask *task, char *text, size_t len)
{
    redisReply *reply = make(task);
    char *copy = reply ? take(task->privdata, len + 1) : NULL;
    if (!copy)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    reply->str = copy;
    reply->len = len;
    return reply;
}

static void *
make_array(const redisReadTask *task, int elements)
{
    redisReply *reply = make(task);
    if (!reply || elements <= 0)
        return reply;
    reply->element = take(task->privdata, (size_t)elements * sizeof *reply->element);
    if (!reply->element)
        return NULL;
    memset(reply->element, 0, (size_t)elements * sizeof *reply->element);
    reply->elements = (size_t)elements;
    return reply;
}

static void *
make_integer(const redisReadTask *task, long long value)
{
    redisReply *reply = make(task);
    if (reply)
        reply->integer = value;
    return reply;
}

static void *
make_nil(const redisReadTask *task)
{
    return make(task);
}

static void
free_nothing(void *reply)
{
    (void)reply;
}

struct redis_arena *
redis_arena_new(struct redisAsyncContext *context)
{
    static redisReplyObjectFunctions functions = {
        .createString = make_string,
        .createArray = make_array,
        .createInteger = make_integer,
        .createNil = make_nil,
        .freeObject = free_nothing,
    };
    struct redis_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    context->c.reader->fn = &functions;
    context->c.reader->privdata = arena;
    return arena;
}

void
redis_arena_free(struct redis_arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena);
    free(arena);
}

/* --- Reading one --- */

enum redis_kind
redis_reply_kind(const redis_reply *reply)
{
    switch (reply->type) {
    case REDIS_REPLY_INTEGER:
        return REDIS_INT;
    case REDIS_REPLY_STRING:
        return REDIS_STR;
    case REDIS_REPLY_STATUS:
        return REDIS_STATUS;
    case REDIS_REPLY_ERROR:
        return REDIS_ERROR;
    case REDIS_REPLY_ARRAY:
        return REDIS_ARRAY;
    default:
        return REDIS_NIL;
    }
}

int64_t
redis_reply_int(const redis_reply *reply)
{
    return reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
}

struct span
redis_reply_text(const redis_reply *reply)
{
    bool has_text = reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS ||
                    reply->type == REDIS_REPLY_ERROR;
    return has_text ? (struct span){reply->str, reply->len} : (struct span){NULL, 0};
}

size_t
redis_reply_count(const redis_reply *reply)
{
    return reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
}

const redis_reply *
redis_reply_at(const redis_reply *reply, size_t index)
{
    assert(index < redis_reply_count(reply));
    return reply->element[index];
}
