// SPDX-License-Identifier: BSD-3-Clause
// Signals and files: interrupted and restarted reads, SIGPIPE, temporary masks of ppoll, signalfd in poll, SIGXFSZ.
#define _GNU_SOURCE
#include "check.h"
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static void counting(int sig)
{
    count++;
}

static void install(int sig, int flags)
{
    struct sigaction sa = {.sa_handler = counting, .sa_flags = flags};
    CHECK(sigaction(sig, &sa, NULL) == 0);
}

static const struct itimerval soon = {{0, 0}, {0, 20000}};
static int p[2];

static void *writes_later(void *arg)
{
    usleep(100000);
    CHECK(write(p[1], "x", 1) == 1);
    return NULL;
}

static void reads_are_interrupted(void)
{
    char c = 0;
    pthread_t t;
    sigset_t set;

    CHECK(pipe(p) == 0);
    install(SIGALRM, 0);
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK_ERRNO(read(p[0], &c, 1), EINTR);
    CHECK(count == 1);
    install(SIGALRM, SA_RESTART);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_create(&t, NULL, writes_later, NULL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    CHECK(read(p[0], &c, 1) == 1 && c == 'x');
    CHECK(count == 2);
    pthread_join(t, NULL);
}

static void broken_pipes(void)
{
    int q[2];

    CHECK(pipe(q) == 0);
    close(q[0]);
    count = 0;
    install(SIGPIPE, 0);
    CHECK_ERRNO(write(q[1], "x", 1), EPIPE);
    CHECK(count == 1);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERRNO(write(q[1], "x", 1), EPIPE);
    CHECK(count == 1);
    close(q[1]);
}

static void temporary_masks(void)
{
    struct pollfd f = {p[0], POLLIN, 0};
    sigset_t block, none, now;

    count = 0;
    install(SIGUSR1, SA_RESTART);
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    CHECK(poll(&f, 1, 10) == 0);
    raise(SIGUSR1);
    CHECK_ERRNO(ppoll(&f, 1, &(struct timespec){5, 0}, &none), EINTR);
    CHECK(count == 1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1));
    int fd = signalfd(-1, &block, 0);
    f.fd = fd;
    CHECK(poll(&f, 1, 0) == 0);
    raise(SIGUSR1);
    CHECK(poll(&f, 1, 1000) == 1 && f.revents == POLLIN);
    struct signalfd_siginfo record;
    CHECK(read(fd, &record, sizeof(record)) == sizeof(record) && record.ssi_signo == SIGUSR1 && record.ssi_pid == (unsigned)getpid());
    close(fd);
    sigprocmask(SIG_UNBLOCK, &block, NULL);
}

static void file_size_limit(void)
{
    struct rlimit r = {10, RLIM_INFINITY}, off = {RLIM_INFINITY, RLIM_INFINITY};
    int fd = open("/limited", O_RDWR | O_CREAT, 0600);

    CHECK(fd >= 0);
    count = 0;
    install(SIGXFSZ, 0);
    CHECK(setrlimit(RLIMIT_FSIZE, &r) == 0);
    CHECK(write(fd, "0123456789abcdef", 16) == 10);
    CHECK_ERRNO(write(fd, "x", 1), EFBIG);
    CHECK(count == 1);
    setrlimit(RLIMIT_FSIZE, &off);
    close(fd);
}

static void process_files(void)
{
    int fd = (int)syscall(434, getpid(), 0), q[2];
    struct pollfd f = {fd, POLLIN, 0};
    char c;

    CHECK(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC));
    CHECK(poll(&f, 1, 0) == 0);
    count = 0;
    install(SIGUSR2, 0);
    CHECK(syscall(424, fd, SIGUSR2, NULL, 0) == 0 && count == 1);
    CHECK_ERRNO(syscall(424, fd, 65, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(424, 0, SIGUSR2, NULL, 0), EBADF);
    CHECK(pipe(q) == 0 && write(q[1], "y", 1) == 1);
    int copy = (int)syscall(438, fd, q[0], 0);
    CHECK(copy >= 0 && read(copy, &c, 1) == 1 && c == 'y');
    CHECK_ERRNO(syscall(438, fd, 999, 0), EBADF);
    CHECK_ERRNO(syscall(434, 99999, 0), ESRCH);
    CHECK_ERRNO(syscall(434, 0, 0), EINVAL);
    CHECK_ERRNO(syscall(434, getpid(), 1), EINVAL);
}

static unsigned char pattern(unsigned at) { return (unsigned char)(at ^ at >> 8 ^ at >> 16); }

/* A full pipe read in odd pieces: what the writer adds never lands where something unread lies. */
static void odd_pieces(void)
{
    static unsigned char bytes[5000];
    unsigned in = 0, out = 0, wrong = 0;

    CHECK(pipe2(p, O_NONBLOCK) == 0);
    while (in < 300000 || out < in) {
        ssize_t n;
        do {
            for (unsigned i = 0; i < sizeof bytes; i++)
                bytes[i] = pattern(in + i);
            n = in < 300000 ? write(p[1], bytes, sizeof bytes) : 0;
            in += n > 0 ? (unsigned)n : 0;
        } while (n > 0);
        n = read(p[0], bytes, sizeof bytes);
        CHECK(n > 0);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++, out++)
            wrong += bytes[i] != pattern(out);
    }
    CHECK(wrong == 0);
    close(p[0]);
    close(p[1]);
}

/* Room counts in whole pages, as in Linux. */
static void room_is_whole_pages(void)
{
    char byte = 0, page[4096] = {0};
    int written = 0;

    CHECK(pipe2(p, O_NONBLOCK) == 0);
    while (write(p[1], page, sizeof page) == sizeof page)
        written++;
    CHECK(written == 16);
    CHECK(read(p[0], &byte, 1) == 1);
    CHECK_ERRNO(write(p[1], &byte, 1), EAGAIN);
    CHECK(read(p[0], page, 4095) == 4095);
    CHECK(write(p[1], page, 4096) == 4096);
    close(p[0]);
    close(p[1]);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
#define RUN(t) (printf("# " #t "\n"), t())
    RUN(reads_are_interrupted);
    RUN(broken_pipes);
    RUN(temporary_masks);
    RUN(file_size_limit);
    RUN(process_files);
    RUN(odd_pieces);
    RUN(room_is_whole_pages);
    return finish();
}
