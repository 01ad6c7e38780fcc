#include "common/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/confine_filter.h"
#include "common/logline.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define UNDER_SANITIZER true
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER false
#endif

/* --- Privileges --- */

static void
become(const char *name)
{
    errno = 0;
    const struct passwd *user = getpwnam(name);
    if (!user)
        log_fatal("user: there is no user \"%s\"%s%s", name, errno ? ": " : "", errno ? strerror(errno) : "");
    if (setgroups(0, NULL) != 0 || setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
        log_fatal("cannot become user %s: %s", name, strerror(errno));
}

/* Those it could get by running a program; only who may set capabilities can drop them, others have none. */
static void
drop_bounding_set(void)
{
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

/* A supervisor may have left it none, and the call to drop them neither. */
static bool
has_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    bool some = syscall(SYS_capget, &header, sets) != 0;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        some = some || sets[i].effective || sets[i].permitted || sets[i].inheritable;
    return some;
}

static void
drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (has_capabilities() && syscall(SYS_capset, &header, none) != 0)
        log_fatal("cannot give up capabilities: %s", strerror(errno));
}

static void
drop_privileges(const char *user)
{
    if (geteuid() != 0 && user && *user)
        log_warn("user: only root can become another user; going on as uid %u", (unsigned)geteuid());
    drop_bounding_set();
    if (geteuid() == 0 && user && *user)
        become(user);
    drop_capabilities();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        log_fatal("cannot give up new privileges: %s", strerror(errno));
}

/* --- Limits --- */

static void
lower(int resource, rlim_t most)
{
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        return;
    limit.rlim_max = limit.rlim_max < most ? limit.rlim_max : most;
    limit.rlim_cur = limit.rlim_cur < limit.rlim_max ? limit.rlim_cur : limit.rlim_max;
    setrlimit((__rlimit_resource_t)resource, &limit);
}

static void
lower_limits(void)
{
    struct rlimit descriptors;
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0)
        lower(RLIMIT_NOFILE, descriptors.rlim_cur);
    lower(RLIMIT_CORE, 0);
    lower(RLIMIT_MEMLOCK, 0);
    lower(RLIMIT_MSGQUEUE, 0);
    lower(RLIMIT_RTPRIO, 0);
    if (!UNDER_SANITIZER)
        lower(RLIMIT_NPROC, 0);
}

void
confine(const struct confine_options *options)
{
    lower_limits();
    drop_privileges(options->user);
    const char *filter = "with a filter of system calls";
    if (UNDER_SANITIZER)
        filter = "without a filter of system calls: this build has a sanitizer";
    else if (!options->seccomp)
        filter = "without a filter of system calls, as it is set";
    else if (!confine_filter())
        filter = "without a filter of system calls, which cannot be had here";
    log_info("confined: no capabilities, no new privileges, %s", filter);
}
