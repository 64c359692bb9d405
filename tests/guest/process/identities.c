// SPDX-License-Identifier: BSD-3-Clause
// Credentials, capabilities, limits, prctl, names of the system: values and errors.
#define _GNU_SOURCE
#include "check.h"
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct cap_header {
    uint32_t version;
    int pid;
};
struct cap_data {
    uint32_t effective, permitted, inheritable;
};

static void limits(void)
{
    struct rlimit r, s;

    CHECK(getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur == 1024);
    CHECK_ERRNO(getrlimit(16, &r), EINVAL);
    s = (struct rlimit){5000, 4000};
    CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &s), EINVAL);
    s = (struct rlimit){100, r.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &s) == 0);
    CHECK(prlimit(0, RLIMIT_NOFILE, NULL, &s) == 0 && s.rlim_cur == 100);
    CHECK_ERRNO(prlimit(99999, RLIMIT_NOFILE, NULL, &s), ESRCH);
    CHECK_ERRNO(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, (void *)1, NULL), EFAULT);
    CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0);
    s = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &s), EPERM);
}

static void prctls(void)
{
    int v = 7;

    CHECK(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0 && prctl(PR_GET_PDEATHSIG, &v) == 0 && v == SIGUSR1);
    CHECK_ERRNO(prctl(PR_SET_PDEATHSIG, 65), EINVAL);
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_GET_DUMPABLE) == 0);
    CHECK_ERRNO(prctl(PR_SET_DUMPABLE, 2), EINVAL);
    CHECK_ERRNO(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
    CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    CHECK(prctl(PR_SET_TIMERSLACK, 1234) == 0 && prctl(PR_GET_TIMERSLACK) == 1234);
    CHECK(prctl(PR_SET_TIMERSLACK, 0) == 0 && prctl(PR_GET_TIMERSLACK) == 50000);
    CHECK(prctl(PR_CAPBSET_READ, 0) == 1);
    CHECK_ERRNO(prctl(PR_CAPBSET_READ, 64), EINVAL);
    CHECK_ERRNO(prctl(PR_SET_NAME, 1), EFAULT);
    CHECK_ERRNO(prctl(9999), EINVAL);
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && prctl(PR_GET_CHILD_SUBREAPER, &v) == 0 && v == 1);
}

static void capabilities(void)
{
    struct cap_header h = {0x20080522, 0};
    struct cap_data d[2];

    CHECK(syscall(SYS_capget, &h, d) == 0 && d[0].effective == 0xffffffff && d[1].permitted == 0x1ff);
    h.version = 1;
    CHECK_ERRNO(syscall(SYS_capget, &h, d), EINVAL);
    CHECK(h.version == 0x20080522);
    h.pid = 99999;
    CHECK_ERRNO(syscall(SYS_capget, &h, d), ESRCH);
    h.pid = -1;
    CHECK_ERRNO(syscall(SYS_capget, &h, d), EINVAL);
    h.pid = 0;
    d[0].effective = 1u << 31;
    d[0].permitted = 0;
    CHECK_ERRNO(syscall(SYS_capset, &h, d), EPERM);
    CHECK_ERRNO(syscall(SYS_capset, &h, (void *)1), EFAULT);
}

static void system_names(void)
{
    struct utsname u;
    char host[65];

    CHECK(uname(&u) == 0 && strcmp(u.sysname, "Linux") == 0 && strcmp(u.machine, "x86_64") == 0);
    CHECK(sethostname("machine", 7) == 0 && gethostname(host, sizeof(host)) == 0 && strcmp(host, "machine") == 0);
    CHECK_ERRNO(sethostname("x", -1), EINVAL);
    CHECK_ERRNO(sethostname("x", 65), EINVAL);
    CHECK_ERRNO(uname((void *)1), EFAULT);
    CHECK(personality(0xffffffff) == 0);
}

static void randomness(void)
{
    unsigned char a[600], b[600];

    CHECK(getrandom(a, sizeof(a), 0) == sizeof(a) && getrandom(b, sizeof(b), GRND_NONBLOCK) == sizeof(b));
    CHECK(memcmp(a, b, sizeof(a)) != 0);
    CHECK_ERRNO(getrandom(a, 1, 0x100), EINVAL);
    CHECK_ERRNO(getrandom((void *)1, 1, 0), EFAULT);
}

static void no_children(void)
{
    int status;
    siginfo_t info;

    CHECK_ERRNO(wait(&status), ECHILD);
    CHECK_ERRNO(waitpid(-1, &status, 0x4000), EINVAL);
    CHECK_ERRNO(waitid(P_ALL, 0, &info, WEXITED), ECHILD);
    CHECK_ERRNO(waitid(P_ALL, 0, &info, 0), EINVAL);
}

/* From here on without privileges: last. */
static void identities(void)
{
    gid_t groups[4] = {30, 10, 20}, got[4];
    uid_t r, e, s;

    CHECK(getuid() == 0 && geteuid() == 0);
    CHECK(setgroups(3, groups) == 0);
    CHECK(getgroups(0, NULL) == 3 && getgroups(4, got) == 3 && got[0] == 10 && got[2] == 30);
    CHECK_ERRNO(getgroups(2, got), EINVAL);
    CHECK_ERRNO(setgroups(65537, groups), EINVAL);
    CHECK(setresgid(100, 100, 100) == 0);
    CHECK(setresuid(1000, 1001, 0) == 0);
    CHECK(getresuid(&r, &e, &s) == 0 && r == 1000 && e == 1001 && s == 0);
    CHECK(seteuid(0) == 0 && geteuid() == 0); /* saved id */
    CHECK(syscall(SYS_setfsuid, 77) == 0 && syscall(SYS_setfsuid, -1) == 77);
    CHECK(setresuid(1000, 1000, 1000) == 0);
    CHECK_ERRNO(setuid(0), EPERM);
    CHECK_ERRNO(setgroups(1, groups), EPERM);
    CHECK_ERRNO(setreuid(0, -1), EPERM);
    CHECK(setuid(1000) == 0);
    CHECK_ERRNO(sethostname("x", 1), EPERM);
    struct rlimit up = {RLIM_INFINITY, RLIM_INFINITY}, now;
    getrlimit(RLIMIT_MEMLOCK, &now);
    CHECK_ERRNO(setrlimit(RLIMIT_MEMLOCK, &up), EPERM);
    CHECK(kill(getpid(), 0) == 0);
}

/* SIGXCPU comes when the CPU time is used up. */
static volatile sig_atomic_t xcpu;
static void on_xcpu(int sig)
{
    xcpu++;
}

static void cpu_limit(void)
{
    struct rlimit r = {0, 100};
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    r.rlim_cur = (rlim_t)t.tv_sec + 1;
    signal(SIGXCPU, on_xcpu);
    CHECK(setrlimit(RLIMIT_CPU, &r) == 0);
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    while ((rlim_t)t.tv_sec < r.rlim_cur + 1 && !xcpu);
    CHECK(xcpu >= 1);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
#define RUN(t) (printf("# " #t "\n"), t())
    RUN(limits);
    RUN(prctls);
    RUN(capabilities);
    RUN(system_names);
    RUN(randomness);
    RUN(no_children);
    RUN(cpu_limit);
    RUN(identities);
    return finish();
}
