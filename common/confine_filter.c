/*
 * The calls of serving, hottest first, as measured with `strace -c` under load. Most are allowed whatever
 * their arguments: those the kernel keeps in a bitmap (Linux 5.11), and never runs the filter for. The few
 * whose arguments matter are rare ones.
 */
#include "common/confine_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/logline.h"

#define CALL(name) SCMP_SYS(name)

/* Done, whatever their arguments. */
static const int needed[] = {
    /* the loop, and what goes over sockets */
    CALL(epoll_wait),
    CALL(recvfrom),
    CALL(sendto),
    CALL(sendmsg),
    CALL(read),
    CALL(write),
    CALL(writev),
    CALL(epoll_ctl),
    CALL(epoll_pwait),
    CALL(accept4),
    CALL(close),
    CALL(shutdown),
    CALL(getpeername),
    CALL(clock_gettime), /* where the vDSO has no clock */
    CALL(gettimeofday),
    CALL(futex),
    /* Redis again, after a lost connection; names of hosts */
    CALL(connect),
    CALL(bind), /* of a resolver's netlink socket: nothing can listen() */
    CALL(getsockopt),
    CALL(setsockopt),
    CALL(getsockname),
    CALL(fcntl),
    CALL(poll),
    CALL(ppoll),
    CALL(recvmsg),
    CALL(sendmmsg),
    CALL(uname),
    /* memory */
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(brk),
    /* reading a file: a contest's at SIGHUP, /proc/self for /metrics */
    CALL(fstat),
    CALL(newfstatat),
    CALL(lseek),
    CALL(getdents64), /* how many descriptors are open */
    CALL(pread64),
    CALL(pwrite64), /* of a file without a name */
    CALL(ftruncate),
    /* signals, time, chance, the end */
    CALL(rt_sigreturn),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(nanosleep),
    CALL(clock_nanosleep),
    CALL(getrandom),
    CALL(getpid),
    CALL(gettid),
    CALL(geteuid),
    CALL(getrusage),
    CALL(sysinfo), /* qsort() asks how much memory there is */
    CALL(exit),
    CALL(exit_group),
};

/* Nothing that serves ever calls these: the process ends. */
static const int hostile[] = {
    CALL(execve),
    CALL(execveat),
    CALL(fork),
    CALL(vfork),
    CALL(clone),
    CALL(clone3),
    CALL(ptrace),
    CALL(process_vm_readv),
    CALL(mount),
    CALL(umount2),
    CALL(process_vm_writev),
    CALL(pivot_root),
    CALL(chroot),
    CALL(unshare),
    CALL(setns),
    CALL(personality),
    CALL(init_module),
    CALL(finit_module),
    CALL(delete_module),
    CALL(kexec_load),
    CALL(bpf),
    CALL(perf_event_open),
    CALL(userfaultfd),
    CALL(keyctl),
    CALL(add_key),
    CALL(request_key),
    CALL(open_by_handle_at),
    CALL(reboot),
    CALL(swapon),
    CALL(io_uring_setup),
    CALL(setuid),
    CALL(setresuid),
    CALL(setgid),
    CALL(setresgid),
    CALL(setgroups),
    CALL(capset),
    CALL(listen),
};

/* Done with these arguments; a call that stands twice, with either. */
static const struct {
    int call;
    unsigned place;
    scmp_datum_t mask, value;
} careful[] = {
    /* Files are read; or have no name, and are gone with their descriptor. */
    {CALL(openat), 2, O_ACCMODE, O_RDONLY},
    {CALL(openat), 2, O_TMPFILE, O_TMPFILE},
    {CALL(open), 1, O_ACCMODE, O_RDONLY},
    /* Memory is never executable. */
    {CALL(mmap), 2, PROT_EXEC, 0},
    {CALL(mprotect), 2, PROT_EXEC, 0},
    {CALL(socket), 0, UINT64_MAX, AF_UNIX},
    {CALL(socket), 0, UINT64_MAX, AF_INET},
    {CALL(socket), 0, UINT64_MAX, AF_INET6},
    {CALL(socket), 0, UINT64_MAX, AF_NETLINK},
    {CALL(ioctl), 1, UINT64_MAX, FIONREAD},
    {CALL(ioctl), 1, UINT64_MAX, FIONBIO},
    {CALL(prlimit64), 2, UINT64_MAX, 0}, /* asked, not set */
};

/* A call that this machine does not have has a negative number, and is left out. */
static int
add_rules(scmp_filter_ctx filter)
{
    int error = 0;
    for (size_t i = 0; i < sizeof needed / sizeof *needed && error == 0; i++)
        error = needed[i] < 0 ? 0 : seccomp_rule_add(filter, SCMP_ACT_ALLOW, needed[i], 0);
    for (size_t i = 0; i < sizeof careful / sizeof *careful && error == 0; i++)
        error = careful[i].call < 0 ? 0
                                    : seccomp_rule_add(filter, SCMP_ACT_ALLOW, careful[i].call, 1,
                                                       SCMP_CMP64(careful[i].place, SCMP_CMP_MASKED_EQ,
                                                                  careful[i].mask, careful[i].value));
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile && error == 0; i++)
        error = hostile[i] < 0 ? 0 : seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, hostile[i], 0);
    /* Signals only to itself: abort(), raise(). */
    static const int signalling[] = {CALL(kill), CALL(tgkill)};
    for (size_t i = 0; i < sizeof signalling / sizeof *signalling && error == 0; i++)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, signalling[i], 1,
                                 SCMP_CMP64(0, SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return error;
}

bool
confine_filter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int error = filter ? add_rules(filter) : -ENOMEM;
    if (error == 0)
        error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree */
    if (error == 0)
        error = seccomp_load(filter);
    seccomp_release(filter);
    if (error == -ENOMEM) /* this kernel may well have one: nobody serves without it */
        log_fatal("out of memory: the filter of system calls could not be made");
    if (error != 0)
        log_warn("seccomp: %s", strerror(-error));
    return error == 0;
}
