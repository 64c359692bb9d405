// SPDX-License-Identifier: BSD-3-Clause
// Files by name, pipes, readiness: what Linux answers.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/statfs.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

static int failures;
#define CHECK(x)                                                                                                       \
    do {                                                                                                               \
        if (!(x)) {                                                                                                    \
            printf("line %d: %s (errno %d)\n", __LINE__, #x, errno);                                                   \
            failures++;                                                                                                \
        }                                                                                                              \
    } while (0)
#define FAILS(x, e) CHECK((errno = 0, (x) == -1) && errno == (e))

static void names(void)
{
    struct stat st;
    char buf[300], path[4200];
    CHECK(mkdir("/t", 0755) == 0 && chdir("/t") == 0);
    FAILS(mkdir("/t", 0755), EEXIST);
    FAILS(mkdir("a/b", 0755), ENOENT);
    int fd = open("f", O_CREAT | O_RDWR | O_EXCL, 0640);
    CHECK(fd == 3);
    FAILS(open("f", O_CREAT | O_EXCL, 0600), EEXIST);
    FAILS(open("f/x", O_RDONLY), ENOTDIR);
    FAILS(open("f/", O_RDONLY), ENOTDIR);
    FAILS(open("nope/", O_CREAT | O_RDWR, 0600), EISDIR);
    FAILS(open("/t", O_WRONLY), EISDIR);
    FAILS(open("", O_RDONLY), ENOENT);
    CHECK(write(fd, "hello world", 11) == 11);
    CHECK(pread(fd, buf, 5, 6) == 5 && memcmp(buf, "world", 5) == 0);
    CHECK(lseek(fd, 0, SEEK_END) == 11);
    FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK(fstat(fd, &st) == 0 && st.st_size == 11 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0640);
    CHECK(symlink("f", "l") == 0 && readlink("l", buf, sizeof buf) == 1);
    FAILS(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK(symlink("loop", "loop") == 0);
    FAILS(stat("loop", &st), ELOOP);
    CHECK(lstat("loop", &st) == 0 && S_ISLNK(st.st_mode));
    memset(buf, 'x', 299);
    buf[299] = 0;
    FAILS(stat(buf, &st), ENAMETOOLONG);
    memset(path, '/', 4199);
    path[4199] = 0;
    FAILS(stat(path, &st), ENAMETOOLONG);
    CHECK(link("f", "g") == 0 && stat("g", &st) == 0 && st.st_nlink == 2);
    CHECK(rename("g", "h") == 0);
    FAILS(stat("g", &st), ENOENT);
    CHECK(mkdir("d", 0755) == 0 && mkdir("d/e", 0755) == 0);
    FAILS(rename("d", "d/e/x"), EINVAL);
    FAILS(rename("d/e", "d"), ENOTEMPTY);
    FAILS(rename("f", "d"), EISDIR);
    FAILS(rename("d", "f"), ENOTDIR);
    FAILS(rmdir("d"), ENOTEMPTY);
    FAILS(rmdir("f"), ENOTDIR);
    FAILS(unlink("d"), EISDIR);
    FAILS(rmdir("."), EINVAL);
    CHECK(rename("d/e", "e") == 0 && rmdir("d") == 0);
    CHECK(stat("e/../f", &st) == 0 && st.st_nlink == 2);
    CHECK(unlink("h") == 0 && unlink("l") == 0 && unlink("loop") == 0);
    CHECK(unlink("f") == 0 && fstat(fd, &st) == 0 && st.st_nlink == 0);
    CHECK(pread(fd, buf, 11, 0) == 11);
    CHECK(close(fd) == 0);
    FAILS(close(fd), EBADF);
    CHECK(getcwd(buf, sizeof buf) && strcmp(buf, "/t") == 0);
    FAILS(chdir("e/f"), ENOENT);
    CHECK(stat("/t/./e//", &st) == 0 && S_ISDIR(st.st_mode) && st.st_nlink == 2);
    DIR *d = opendir("/t");
    int n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n++;
    closedir(d);
    CHECK(n == 3);
    CHECK(rmdir("e") == 0);
}

static void contents(void)
{
    char buf[64] = "";
    struct iovec v[2] = {{"abc", 3}, {"defg", 4}};
    int fd = open("/t/c", O_CREAT | O_RDWR | O_TRUNC, 0600);
    CHECK(writev(fd, v, 2) == 7);
    CHECK(pwrite(fd, "Z", 1, 9999) == 1);
    CHECK(lseek(fd, 0, SEEK_DATA) == 0);
    CHECK(pread(fd, buf, 10, 5) == 10 && buf[0] == 'f' && buf[2] == 0);
    CHECK(ftruncate(fd, 3) == 0 && ftruncate(fd, 8192) == 0);
    CHECK(pread(fd, buf, 8, 0) == 8 && memcmp(buf, "abc\0\0\0\0\0", 8) == 0);
    char *m = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(m != MAP_FAILED);
    if (m != MAP_FAILED) {
        m[4096] = 'q';
        CHECK(pread(fd, buf, 1, 4096) == 1 && buf[0] == 'q');
        CHECK(pwrite(fd, "r", 1, 4097) == 1 && m[4097] == 'r');
        CHECK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096) == 0 && m[4096] == 0);
        munmap(m, 8192);
    }
    FAILS(read(-1, buf, 1), EBADF);
    FAILS(pread(fd, (void *)-1, 1, 0), EFAULT);
    int a = open("/t/c", O_WRONLY | O_APPEND);
    CHECK(pwrite(a, "!", 1, 0) == 1 && lseek(a, 0, SEEK_END) == 8193);
    FAILS(read(a, buf, 1), EBADF);
    close(a);
    CHECK(flock(fd, LOCK_EX) == 0);
    int b = open("/t/c", O_RDWR);
    FAILS(flock(b, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    close(b);
    CHECK(setxattr("/t/c", "user.k", "v", 1, 0) == 0 && getxattr("/t/c", "user.k", buf, 9) == 1 && buf[0] == 'v');
    close(fd);
    CHECK(unlink("/t/c") == 0);
    fd = memfd_create("m", 0);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1);
    close(fd);
    fd = open("/t", O_TMPFILE | O_RDWR, 0600);
    CHECK(fd >= 0 && write(fd, "tmp", 3) == 3);
    close(fd);
}

static void *late_writer(void *arg)
{
    usleep(20000);
    CHECK(write(*(int *)arg, "late", 4) == 4);
    return NULL;
}

static void readiness(void)
{
    int p[2], ep = epoll_create1(0), ev = eventfd(0, EFD_NONBLOCK), tf = timerfd_create(CLOCK_MONOTONIC, 0);
    char buf[8];
    uint64_t n = 5;
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = 7}, out[4];
    CHECK(pipe(p) == 0);
    CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e) == 0);
    FAILS(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e), EEXIST);
    FAILS(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &e), EINVAL);
    CHECK(epoll_wait(ep, out, 4, 0) == 0);
    CHECK(write(ev, &n, 8) == 8);
    CHECK(epoll_wait(ep, out, 4, -1) == 1 && out[0].data.u64 == 7 && out[0].events == EPOLLIN);
    CHECK(read(ev, &n, 8) == 8 && n == 5);
    FAILS(read(ev, &n, 8), EAGAIN);
    CHECK(epoll_wait(ep, out, 4, 0) == 0);
    pthread_t t;
    pthread_create(&t, NULL, late_writer, &p[1]);
    struct pollfd pf = {p[0], POLLIN, 0};
    CHECK(poll(&pf, 1, 2000) == 1 && pf.revents == POLLIN);
    CHECK(read(p[0], buf, 8) == 4 && memcmp(buf, "late", 4) == 0);
    pthread_join(t, NULL);
    pthread_create(&t, NULL, late_writer, &p[1]);
    CHECK(read(p[0], buf, 8) == 4);
    pthread_join(t, NULL);
    struct itimerspec its = {.it_value.tv_nsec = 10000000};
    CHECK(timerfd_settime(tf, 0, &its, NULL) == 0 && read(tf, &n, 8) == 8 && n == 1);
    close(p[1]);
    CHECK(read(p[0], buf, 8) == 0);
    close(p[0]);
    close(ep);
    close(ev);
    close(tf);
    int in = inotify_init1(IN_NONBLOCK);
    CHECK(inotify_add_watch(in, "/t", IN_CREATE | IN_DELETE) == 1);
    close(open("/t/n", O_CREAT | O_RDWR, 0600));
    unlink("/t/n");
    char ib[256];
    CHECK(read(in, ib, sizeof ib) == 64 && ((struct inotify_event *)ib)->mask == IN_CREATE);
    close(in);
}

static void show(const char *path)
{
    char buf[1200];
    int fd = open(path, O_RDONLY);
    long n = fd < 0 ? -1 : read(fd, buf, sizeof buf - 1);
    CHECK(n > 0);
    if (n > 0 && getenv("VERBOSE")) {
        buf[n] = 0;
        printf("== %s\n%s", path, buf);
    }
    close(fd);
}

static void pseudo(void)
{
    static const char *const files[] = {
        "/proc/self/maps", "/proc/self/status", "/proc/self/stat", "/proc/self/statm", "/proc/cpuinfo", "/proc/meminfo", "/proc/mounts",
        "/proc/self/limits", "/proc/uptime", "/proc/loadavg", "/proc/stat", "/proc/self/cmdline", "/proc/self/smaps", "/proc/version",
        "/proc/self/mountinfo", "/proc/sys/kernel/osrelease", "/proc/sys/kernel/random/uuid", "/proc/self/fdinfo/0", "/proc/self/comm",
        "/sys/devices/system/cpu/online", "/sys/devices/system/cpu/cpu0/topology/core_id", "/dev/urandom", "/dev/zero"};
    char buf[256];
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++)
        show(files[i]);
    int fd = open("/t", O_RDONLY);
    snprintf(buf, sizeof buf, "/proc/self/fd/%d", fd);
    char link[64] = "";
    CHECK(readlink(buf, link, sizeof link) == 2 && strcmp(link, "/t") == 0);
    close(fd);
    fd = open("/dev/null", O_RDWR);
    CHECK(write(fd, "x", 1) == 1 && read(fd, buf, 1) == 0);
    close(fd);
    int m = posix_openpt(O_RDWR);
    CHECK(m >= 0 && grantpt(m) == 0 && unlockpt(m) == 0);
    int s = open(ptsname(m), O_RDWR | O_NOCTTY);
    CHECK(s >= 0 && isatty(s));
    CHECK(write(m, "hi\n", 3) == 3 && read(s, buf, 9) == 3 && memcmp(buf, "hi\n", 3) == 0);
    CHECK(read(m, buf, 9) == 4 && memcmp(buf, "hi\r\n", 4) == 0);
    close(s);
    close(m);
    struct statfs sf;
    CHECK(statfs("/proc", &sf) == 0 && sf.f_type == 0x9fa0);
    CHECK(access("/proc/self/exe", F_OK) == 0 || errno == ENOENT);
}

static void ipc(void)
{
    char buf[64] = "";
    int p[2], q[2];
    CHECK(pipe(p) == 0 && pipe(q) == 0);
    int fd = open("/t/s", O_CREAT | O_RDWR, 0600);
    CHECK(write(fd, "0123456789", 10) == 10);
    off_t off = 2;
    CHECK(sendfile(p[1], fd, &off, 4) == 4 && off == 6);
    CHECK(tee(p[0], q[1], 100, 0) == 4);
    loff_t at = 20;
    CHECK(splice(p[0], NULL, fd, &at, 100, 0) == 4 && at == 24);
    CHECK(read(q[0], buf, 9) == 4 && memcmp(buf, "2345", 4) == 0);
    loff_t a = 0, b = 100;
    CHECK(copy_file_range(fd, &a, fd, &b, 10, 0) == 10 && lseek(fd, 0, SEEK_END) == 110);
    struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
    CHECK(fcntl(fd, F_SETLK, &fl) == 0);
    fl.l_type = F_RDLCK;
    fl.l_pid = 0;
    int fd2 = open("/t/s", O_RDWR);
    FAILS(fcntl(fd2, F_OFD_SETLK, &fl), EAGAIN);
    CHECK(fcntl(fd2, F_OFD_GETLK, &fl) == 0 && fl.l_type == F_WRLCK && fl.l_len == 10);
    close(fd2);
    close(fd);
    struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 32};
    mqd_t m = mq_open("/q", O_CREAT | O_RDWR, 0600, &attr);
    CHECK(m >= 0 && mq_send(m, "low", 3, 1) == 0 && mq_send(m, "high", 4, 9) == 0);
    unsigned prio;
    CHECK(mq_receive(m, buf, 32, &prio) == 4 && prio == 9);
    FAILS(mq_receive(m, buf, 8, &prio), EMSGSIZE);
    CHECK(mq_close(m) == 0 && mq_unlink("/q") == 0);
    int id = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0600);
    char *s1 = shmat(id, 0, 0), *s2 = shmat(id, 0, SHM_RDONLY);
    CHECK(s1 != (char *)-1 && s2 != (char *)-1);
    strcpy(s1, "shared");
    CHECK(strcmp(s2, "shared") == 0 && shmctl(id, IPC_RMID, 0) == 0 && shmdt(s1) == 0 && shmdt(s2) == 0);
    FAILS(shmctl(id, IPC_RMID, 0), EINVAL);
    id = semget(IPC_PRIVATE, 2, 0600);
    struct sembuf up = {0, 2, 0}, down = {0, -3, IPC_NOWAIT};
    CHECK(id >= 0 && semop(id, &up, 1) == 0 && semctl(id, 0, GETVAL) == 2);
    FAILS(semop(id, &down, 1), EAGAIN);
    CHECK(semctl(id, 0, IPC_RMID) == 0);
    struct { long type; char text[8]; } msg = {5, "text"};
    id = msgget(IPC_PRIVATE, 0600);
    CHECK(id >= 0 && msgsnd(id, &msg, 5, 0) == 0);
    FAILS(msgrcv(id, &msg, 8, 4, IPC_NOWAIT), ENOMSG);
    CHECK(msgrcv(id, &msg, 8, 0, 0) == 5 && msgctl(id, IPC_RMID, 0) == 0);
}

int main(void)
{

    names();
    contents();
    readiness();
    pseudo();
    ipc();
    printf(failures ? "FAILED: %d\n" : "ok\n", failures);
    return failures ? 1 : 0;
}
