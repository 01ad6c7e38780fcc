/* A redis-server of a test's own: on a Unix socket in a directory of its own, gone with the test. */
#ifndef BOCHUANG_TESTS_PRIVATE_REDIS_H
#define BOCHUANG_TESTS_PRIVATE_REDIS_H

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct private_redis {
    char directory[64], socket[96], address[104];
    const char *password; /* NULL: none */
    pid_t pid;            /* 0: not running */
};

static inline void
private_redis_exec(const struct private_redis *redis)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no server behind */
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", redis->socket, "--dir",
           redis->directory, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize",
           "no", redis->password ? "--requirepass" : (char *)NULL, redis->password, (char *)NULL);
    _exit(127);
}

/* One blocking command from the side, as another client would send it; false where Redis says no. */
static inline bool
private_redis_do(const struct private_redis *redis, int count, const char **arguments)
{
    redisContext *context = redisConnectUnix(redis->socket);
    bool done = false;
    if (context && !context->err) {
        if (redis->password)
            freeReplyObject(redisCommand(context, "AUTH %s", redis->password));
        redisReply *reply = redisCommandArgv(context, count, arguments, NULL);
        done = reply && reply->type != REDIS_REPLY_ERROR;
        if (reply)
            freeReplyObject(reply);
    }
    if (context)
        redisFree(context);
    return done;
}

#define PRIVATE_REDIS_DO(redis, ...)                                                                         \
    private_redis_do(redis, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),                   \
                     (const char *[]){__VA_ARGS__})

/* Starts the server and waits until it answers, at most 10 seconds. */
static inline void
private_redis_start(struct private_redis *redis)
{
    redis->pid = fork();
    if (redis->pid == 0)
        private_redis_exec(redis);
    for (int i = 0; i < 1000; i++) {
        if (PRIVATE_REDIS_DO(redis, "PING"))
            return;
        usleep(10 * 1000);
    }
    fprintf(stderr, "redis-server does not answer in %s\n", redis->directory);
    abort();
}

static inline void
private_redis_make(struct private_redis *redis, const char *password)
{
    *redis = (struct private_redis){.password = password};
    snprintf(redis->directory, sizeof redis->directory, "/tmp/bochuang-test-XXXXXX");
    if (!mkdtemp(redis->directory))
        abort();
    snprintf(redis->socket, sizeof redis->socket, "%s/redis.sock", redis->directory);
    snprintf(redis->address, sizeof redis->address, "unix:%s", redis->socket);
}

/* Ends the server as a power cut would. */
static inline void
private_redis_kill(struct private_redis *redis)
{
    if (redis->pid <= 0)
        return;
    kill(redis->pid, SIGKILL);
    waitpid(redis->pid, NULL, 0);
    redis->pid = 0;
}

static inline void
private_redis_free(struct private_redis *redis)
{
    private_redis_kill(redis);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", redis->directory);
    if (system(command) != 0)
        fprintf(stderr, "%s is left behind\n", redis->directory);
}

#endif
