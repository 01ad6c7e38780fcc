/*
 * Memory that runs out, preloaded into a daemon: the n-th allocation from now on fails, that one or all from
 * it on. The counters stand in a file that the test maps too (tests/fault/shim.py).
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

struct memory {
    int64_t unused[4]; /* shim_machine.c's */
    volatile int64_t countdown, sticky, allocations, failures;
};

static struct memory plenty, *memory = &plenty;

__attribute__((constructor)) static void
begin(void)
{
    const char *path = getenv("FAULT_SHIM");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *at = fd >= 0 ? mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (at == MAP_FAILED)
        abort();
    close(fd);
    void *frames[1];
    backtrace(frames, 1); /* loads what it needs, with memory */
    memory = at;
}

/* Where it was: the log of the process shows it. */
static void
say_where(void)
{
    static const char title[] = "shim: no memory for\n";
    void *frames[12];
    if (write(2, title, sizeof title - 1) > 0)
        backtrace_symbols_fd(frames + 2, backtrace(frames, 12) - 2, 2);
}

static int
is_out(void)
{
    memory->allocations++;
    if (memory->countdown == 0)
        return 0;
    if (memory->countdown > 1) {
        memory->countdown--;
        return 0;
    }
    if (!memory->sticky)
        memory->countdown = 0;
    memory->failures++;
    say_where();
    errno = ENOMEM;
    return 1;
}

void *
malloc(size_t size)
{
    return is_out() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
    return is_out() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
    return is_out() ? NULL : __libc_realloc(old, size);
}
