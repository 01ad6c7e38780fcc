/*
 * Loaded into a daemon by the test of its confinement: at SIGUSR2 it tries what somebody would try who has
 * got the daemon to run code of his, the attempt that BREAK_OUT names, and says what came of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static long
try_out(const char *attempt)
{
    static char *const words[] = {"/bin/true", NULL};
    if (strcmp(attempt, "execve") == 0)
        return execve(words[0], words, NULL);
    if (strcmp(attempt, "fork") == 0)
        return syscall(SYS_fork);
    if (strcmp(attempt, "clone") == 0)
        return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (strcmp(attempt, "ptrace") == 0)
        return syscall(SYS_ptrace, PTRACE_ATTACH, getppid(), 0, 0);
    if (strcmp(attempt, "listen") == 0)
        return listen(socket(AF_INET, SOCK_STREAM, 0), 1);
    if (strcmp(attempt, "setuid") == 0)
        return syscall(SYS_setuid, 0);
    if (strcmp(attempt, "write a file") == 0)
        return open("broken-out", O_WRONLY | O_CREAT, 0600);
    if (strcmp(attempt, "executable memory") == 0)
        return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                       MAP_FAILED
                   ? -1
                   : 0;
    if (strcmp(attempt, "make memory executable") == 0)
        return mprotect(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096,
                        PROT_READ | PROT_EXEC);
    if (strcmp(attempt, "raw socket") == 0)
        return socket(AF_PACKET, SOCK_RAW, 0);
    if (strcmp(attempt, "raise a limit") == 0)
        return setrlimit(RLIMIT_CORE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    if (strcmp(attempt, "signal another") == 0)
        return kill(getppid(), 0);
    if (strcmp(attempt, "remove a file") == 0)
        return unlink("broken-out");
    if (strcmp(attempt, "read a file") == 0)
        return open("/proc/self/statm", O_RDONLY);
    if (strcmp(attempt, "unnamed file") == 0)
        return open(".", O_RDWR | O_TMPFILE, 0600);
    return 0;
}

static void
usr2_cb(int number)
{
    (void)number;
    char line[100];
    errno = 0;
    long result = try_out(getenv("BREAK_OUT"));
    int len = snprintf(line, sizeof line, "broke out: %s\n", result < 0 ? strerror(errno) : "done");
    if (write(STDERR_FILENO, line, (size_t)len) < 0)
        _exit(1);
}

static void __attribute__((constructor)) lie_in_wait(void)
{
    signal(SIGUSR2, usr2_cb);
}
