/*
 * A machine that fails, preloaded into redis-server or a daemon: a disk that says EIO or is slow, a clock
 * that steps. What it does stands in a file that the test maps too (tests/fault/shim.py), so it changes at
 * once.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct machine {
    volatile int64_t clock_offset_s, fsync_delay_ms, fsync_errno, write_errno;
    int64_t unused[4]; /* shim_memory.c's */
};

static struct machine calm, *machine = &calm;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void
begin(void)
{
    const char *path = getenv("FAULT_SHIM");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *at = fd >= 0 ? mmap(NULL, sizeof *machine, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (at == MAP_FAILED)
        abort();
    close(fd);
    *(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    *(void **)&real_write = dlsym(RTLD_NEXT, "write");
    *(void **)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    machine = at;
}

/* --- Clock --- */

int
clock_gettime(clockid_t clock, struct timespec *now)
{
    if (!real_clock_gettime)
        *(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int status = real_clock_gettime(clock, now);
    if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += machine->clock_offset_s;
    return status;
}

int
gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    *now = (struct timeval){exact.tv_sec, exact.tv_nsec / 1000};
    return 0;
}

time_t
time(time_t *out)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (out)
        *out = exact.tv_sec;
    return exact.tv_sec;
}

/* --- Disk --- */

static int
is_file(int fd)
{
    struct stat about;
    return fd > 2 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

/* Of what was to be written, a part may be there: as on a disk that breaks in between. */
ssize_t
write(int fd, const void *bytes, size_t len)
{
    if (machine->write_errno == 0 || !is_file(fd))
        return real_write(fd, bytes, len);
    if (len > 1 && len % 2 == 0)
        return real_write(fd, bytes, len / 2);
    errno = (int)machine->write_errno;
    return -1;
}

int
fdatasync(int fd)
{
    struct timespec wait = {machine->fsync_delay_ms / 1000, machine->fsync_delay_ms % 1000 * 1000000};
    if (machine->fsync_delay_ms > 0)
        nanosleep(&wait, NULL);
    if (machine->fsync_errno == 0)
        return real_fdatasync(fd);
    errno = (int)machine->fsync_errno;
    return -1;
}

int
fsync(int fd)
{
    return fdatasync(fd);
}
