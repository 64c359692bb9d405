// SPDX-License-Identifier: BSD-3-Clause
// What POSIX test suites ask for at the edges: attributes of threads, names of semaphores, locked memory, times of mapped files, accounts.
#define _GNU_SOURCE 1
#include "../check.h"

#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static void thread_attributes(void)
{
    struct sched_param high = {.sched_priority = 100};
    pthread_attr_t attr;
    void *address;
    size_t size;

    CHECK(pthread_attr_init(&attr) == 0);
    CHECK(pthread_attr_getstack(&attr, &address, &size) == 0 && size > 0);
    CHECK(pthread_attr_setschedpolicy(&attr, 999) == EINVAL);
    CHECK(pthread_attr_setschedpolicy(&attr, SCHED_FIFO) == 0);
    CHECK(pthread_attr_setschedparam(&attr, &high) == EINVAL);
    high.sched_priority = 99;
    CHECK(pthread_attr_setschedparam(&attr, &high) == 0);
    pthread_attr_destroy(&attr);
}

static void *nothing(void *arg)
{
    return arg;
}

/* Undefined by POSIX; here as with glibc the identity of a thread that just ended gives an error. */
static void ended_threads(void)
{
    pthread_attr_t attr;
    pthread_t t;
    clockid_t clock;
    void *result;

    CHECK(pthread_create(&t, NULL, nothing, &t) == 0 && pthread_join(t, &result) == 0 && result == &t);
    CHECK(pthread_join(t, NULL) == ESRCH);
    CHECK(pthread_detach(t) == ESRCH);
    CHECK(pthread_cancel(t) == ESRCH);
    CHECK(pthread_getcpuclockid(t, &clock) == ESRCH);
    CHECK(pthread_attr_init(&attr) == 0 && pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0);
    CHECK(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN - 1) == EINVAL);
    CHECK(sysconf(_SC_THREAD_STACK_MIN) == PTHREAD_STACK_MIN && PTHREAD_STACK_MIN % 4096 == 0);
    CHECK(pthread_create(&t, &attr, nothing, NULL) == 0);
    CHECK(pthread_join(t, NULL) == EINVAL);
    for (int i = 0; i < 50; i++) /* memory of the ended ones is taken back */
        CHECK(pthread_create(&t, i % 2 ? &attr : NULL, nothing, NULL) == 0 && (i % 2 || pthread_join(t, NULL) == 0));
    pthread_attr_destroy(&attr);
}

static void raised_signals(void)
{
    siginfo_t info;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && raise(SIGUSR1) == 0);
    CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_code == SI_USER && info.si_pid == getpid());
    CHECK_ERRNO(sigpause(-1), EINVAL);
    CHECK(getpid() != 1 && killpg(getpgrp(), 0) == 0); /* group 1 could not be signalled: -1 is everybody */
    CHECK(kill(1, 0) == 0);
}

static void owners_and_pipes(void)
{
    int fd = open("/dev/null", O_RDWR), p[2];

    CHECK(fd >= 0 && pipe(p) == 0);
    CHECK_ERRNO(fcntl(fd, F_SETOWN, 123456789), ESRCH);
    CHECK_ERRNO(fcntl(fd, F_SETOWN, -123456789), ESRCH);
    CHECK(fcntl(fd, F_SETOWN, getpid()) == 0 && fcntl(fd, F_GETOWN) == getpid() && fcntl(fd, F_SETOWN, 0) == 0);
    CHECK_ERRNO(fcntl(fd, F_GETPIPE_SZ), EBADF);
    CHECK_ERRNO(fcntl(p[1], F_SETPIPE_SZ, -1), EINVAL);
    int dir = open("/tmp", O_RDONLY), file = open("/tmp/copied", O_RDWR | O_CREAT, 0600);
    CHECK_ERRNO(copy_file_range(file, NULL, dir, NULL, 1, 0), EISDIR);
    CHECK_ERRNO(copy_file_range(file, NULL, p[0], NULL, 1, 0), EINVAL);
    CHECK_ERRNO(splice(dir, NULL, p[1], NULL, 1, 0), EINVAL);
    CHECK(write(p[1], "x", 1) == 1);
    CHECK_ERRNO(sendfile(file, p[0], NULL, 1), EINVAL);
    CHECK(unlink("/tmp/copied") == 0);
    close(fd), close(p[0]), close(p[1]), close(dir), close(file);
}

/* access() asks as the real user, on the whole way; a connection to a socket needs permission to write to its name. */
static void permissions(void)
{
    struct sockaddr_un address = {AF_UNIX, "/tmp/private/socket"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);

    CHECK(mkdir("/tmp/private", 0700) == 0 && bind(s, (void *)&address, sizeof(address)) == 0 && listen(s, 1) == 0);
    CHECK(seteuid(65534) == 0);
    CHECK(access("/tmp/private/socket", W_OK) == 0);
    CHECK_ERRNO(faccessat(AT_FDCWD, "/tmp/private/socket", W_OK, AT_EACCESS), EACCES);
    CHECK(seteuid(0) == 0 && chmod("/tmp/private", 0755) == 0 && seteuid(65534) == 0);
    CHECK_ERRNO(connect(c, (void *)&address, sizeof(address)), EACCES);
    CHECK(seteuid(0) == 0 && connect(c, (void *)&address, sizeof(address)) == 0);
    CHECK_ERRNO(setxattr("/tmp/private", "user.", "v", 1, 0), EINVAL);
    close(s), close(c);
    CHECK(unlink(address.sun_path) == 0 && rmdir("/tmp/private") == 0);
}

static void semaphore_names(void)
{
    CHECK_ERRNO(sem_unlink(""), ENOENT);
    CHECK_ERRNO(sem_unlink("/none"), ENOENT);
}

static void times_of_mapped_files(void)
{
    struct timespec old[2] = {{1, 0}, {2, 0}};
    struct stat st;
    int fd = open("/tmp/mapped", O_RDWR | O_CREAT, 0600);

    CHECK(fd >= 0 && ftruncate(fd, 4096) == 0 && futimens(fd, old) == 0);
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED);
    CHECK(fstat(fd, &st) == 0 && st.st_atime > 2 && st.st_mtime == 2);
    *(volatile char *)p;
    CHECK(fstat(fd, &st) == 0 && st.st_mtime == 2);
    *(volatile char *)p = 1;
    CHECK(fstat(fd, &st) == 0 && st.st_mtime > 2);
    CHECK(munmap(p, 4096) == 0 && close(fd) == 0 && unlink("/tmp/mapped") == 0);
}

static void accounts(void)
{
    struct passwd *p = getpwnam("nobody");

    CHECK(p != NULL && p->pw_uid == 65534);
    p = getpwuid(0);
    CHECK(p != NULL && strcmp(p->pw_name, "root") == 0);
}

/* Last: the capability does not come back. */
static void locked_memory(void)
{
    struct rlimit none = {0, 0};
    static char page[4096];

    CHECK(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
    CHECK(mlock(page, sizeof(page)) == 0); /* CAP_IPC_LOCK */
    CHECK(munlock(page, sizeof(page)) == 0);
    CHECK(setuid(65534) == 0);
    CHECK_ERRNO(mlock(page, sizeof(page)), EPERM);
    CHECK_ERRNO(kill(1, 0), EPERM); /* the kernel is init, and root's */
}

int main(void)
{
    thread_attributes();
    ended_threads();
    raised_signals();
    owners_and_pipes();
    permissions();
    semaphore_names();
    times_of_mapped_files();
    accounts();
    locked_memory();
    return finish();
}
