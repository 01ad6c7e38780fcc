/* Inside of redis_link: hiredis on libevent (redis_socket.c), and where replies live (redis_reply.c). */
#ifndef BOCHUANG_REDIS_INSIDE_H
#define BOCHUANG_REDIS_INSIDE_H

#include <stdbool.h>

struct event_base;
struct redisAsyncContext;

/* Lets the context read and write in the loop, and build its replies in an arena. False: no memory. Whatever
 * was attached goes with the context. */
bool redis_socket_attach(struct redisAsyncContext *context, struct event_base *base);

/* Makes the write that is due at the end of this loop turn now, if one is. The context may be gone after it.
 */
void redis_socket_push(struct redisAsyncContext *context);

/*
 * Memory for one reply at a time: the next one of the connection is built where the last one was. An entry of
 * the log comes as eight little objects, and a daemon that starts reads millions of entries.
 */
struct redis_arena;

/* Makes the context build its replies in a new arena, which must live as long as the context. */
struct redis_arena *redis_arena_new(struct redisAsyncContext *context);
void redis_arena_free(struct redis_arena *arena);

#endif
