// SPDX-License-Identifier: BSD-3-Clause
// What is told without being asked for: SIGIO, SIGPIPE, inotify, message-queue notification; limits of tmpfs and of System V IPC.
#define _GNU_SOURCE
#include "../check.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>


static volatile sig_atomic_t n_pipe;

static void count_pipe(int signo)
{
    n_pipe++;
}

static void broken_pipe_is_told_once(void)
{
    int p[2];
    struct sigaction act = {.sa_handler = count_pipe};

    sigaction(SIGPIPE, &act, NULL);
    CHECK(pipe(p) == 0 && close(p[0]) == 0);
    CHECK_ERRNO(write(p[1], "x", 1), EPIPE);
    CHECK(n_pipe == 1);
    char byte = 0;
    struct iovec v = {&byte, 1};
    CHECK_ERRNO(vmsplice(p[1], &v, 1, 0), EPIPE);
    CHECK(n_pipe == 2);
    close(p[1]);
}

static void ready_file_signals_its_owner(void)
{
    int p[2];
    sigset_t set;
    siginfo_t info;
    struct timespec limit = {20, 0};
    struct f_owner_ex owner;

    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    CHECK(pipe(p) == 0);
    CHECK_ERRNO(fcntl(p[0], F_SETOWN, 99999), ESRCH);
    CHECK(fcntl(p[0], F_SETOWN, getpid()) == 0 && fcntl(p[0], F_GETOWN) == getpid());
    CHECK(fcntl(p[0], F_GETOWN_EX, &owner) == 0 && owner.type == F_OWNER_PID && owner.pid == getpid());
    CHECK(fcntl(p[0], F_SETFL, O_ASYNC) == 0 && (fcntl(p[0], F_GETFL) & O_ASYNC));
    CHECK(write(p[1], "a", 1) == 1);
    CHECK(sigtimedwait(&set, &info, &limit) == SIGIO);
    CHECK(fcntl(p[0], F_SETSIG, SIGRTMIN + 1) == 0 && fcntl(p[0], F_GETSIG) == SIGRTMIN + 1);
    CHECK(write(p[1], "b", 1) == 1);
    CHECK(sigtimedwait(&set, &info, &limit) == SIGRTMIN + 1 && info.si_code == POLL_IN && info.si_fd == p[0]);
    CHECK(info.si_band & POLLIN);
    CHECK(fcntl(p[0], F_SETFL, 0) == 0 && write(p[1], "c", 1) == 1);
    limit = (struct timespec){0, 1000};
    CHECK_ERRNO(sigtimedwait(&set, &info, &limit), EAGAIN);
    int s[2], on = 1;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
    CHECK(fcntl(s[0], F_SETOWN, getpid()) == 0 && ioctl(s[0], FIOASYNC, &on) == 0);
    CHECK(write(s[1], "d", 1) == 1);
    limit = (struct timespec){20, 0};
    CHECK(sigtimedwait(&set, &info, &limit) == SIGIO);
    close(s[0]);
    close(s[1]);
    close(p[0]);
    close(p[1]);
}

static void one_shot_watch_ends(void)
{
    char buf[1024];
    struct inotify_event *e = (struct inotify_event *)buf;
    int in = inotify_init1(IN_NONBLOCK);
    int fd = open("/tmp/watched", O_CREAT | O_RDWR, 0600);
    int wd = inotify_add_watch(in, "/tmp/watched", IN_MODIFY | IN_ONESHOT);

    CHECK(wd > 0 && write(fd, "x", 1) == 1 && write(fd, "y", 1) == 1);
    ssize_t n = read(in, buf, sizeof buf);
    CHECK(n == 2 * (ssize_t)sizeof *e && e[0].mask == IN_MODIFY && e[1].mask == IN_IGNORED && e[1].wd == wd);
    CHECK_ERRNO(inotify_rm_watch(in, wd), EINVAL);
    wd = inotify_add_watch(in, "/tmp/watched", IN_DELETE_SELF);
    CHECK(close(fd) == 0 && unlink("/tmp/watched") == 0);
    n = read(in, buf, sizeof buf);
    CHECK(n == 2 * (ssize_t)sizeof *e && e[0].mask == IN_DELETE_SELF && e[1].mask == IN_IGNORED);
    close(in);
}

static sem_t notified;

static void note(union sigval v)
{
    if (v.sival_int == 42)
        sem_post(&notified);
}

static void message_starts_a_thread(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = note, .sigev_value.sival_int = 42};
    mqd_t q = mq_open("/notify", O_CREAT | O_RDWR, 0600, NULL);
    struct timespec limit;

    sem_init(&notified, 0, 0);
    CHECK(q != -1 && mq_notify(q, &event) == 0);
    CHECK_ERRNO(mq_notify(q, &event), EBUSY);
    CHECK(mq_send(q, "m", 1, 0) == 0);
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 20;
    CHECK(sem_timedwait(&notified, &limit) == 0);
    CHECK(mq_notify(q, &event) == 0 && mq_notify(q, NULL) == 0); /* used up; then taken back */
    mq_close(q);
    mq_unlink("/notify");
}

static void tmpfs_keeps_its_size(void)
{
    static char page[4096];
    struct statfs st;
    struct stat status;

    CHECK(mkdir("/small", 0755) == 0 && mount("none", "/small", "tmpfs", 0, "size=64k,nr_inodes=4") == 0);
    int fd = open("/small/f", O_CREAT | O_RDWR, 0600), n = 0;
    while (n < 100 && write(fd, page, sizeof page) == sizeof page)
        n++;
    CHECK(n == 16 && errno == ENOSPC);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 65536);
    CHECK(statfs("/small", &st) == 0 && st.f_blocks == 16 && st.f_bfree == 0 && st.f_files == 4);
    CHECK_ERRNO(fallocate(fd, 0, 65536, 4096), ENOSPC);
    CHECK(ftruncate(fd, 4096) == 0 && statfs("/small", &st) == 0 && st.f_bfree == 15);
    CHECK(pwrite(fd, page, 4096, 8192) == 4096);
    CHECK(mknod("/small/a", S_IFREG | 0600, 0) == 0 && mknod("/small/b", S_IFREG | 0600, 0) == 0);
    CHECK_ERRNO(mknod("/small/c", S_IFREG | 0600, 0), ENOSPC);
    CHECK(close(fd) == 0 && unlink("/small/f") == 0 && statfs("/small", &st) == 0 && st.f_bfree == 16);
    CHECK(umount("/small") == 0);
}

static void system_v_limits(void)
{
    struct sembuf up = {0, 32767, SEM_UNDO}, down = {0, -32767, 0}, more = {0, 1, SEM_UNDO};
    struct seminfo sems;
    struct shm_info shm;
    struct msginfo msg;
    struct semid_ds ds;
    int id = semget(IPC_PRIVATE, 3, 0600);

    CHECK(semop(id, &up, 1) == 0 && semop(id, &down, 1) == 0);
    CHECK(semop(id, &more, 1) == 0); /* undo is -32768 now, the last value */
    CHECK_ERRNO(semop(id, &more, 1), ERANGE);
    CHECK(semctl(id, 0, SETVAL, 5) == 0 && semop(id, &more, 1) == 0 && semctl(id, 0, GETVAL) == 6);
    CHECK(semctl(id, 0, GETPID) == getpid());
    int top = semctl(0, 0, SEM_INFO, &sems);
    CHECK(top >= 0 && sems.semusz == 1 && sems.semaem == 3);
    CHECK(semctl(top, 0, SEM_STAT, &ds) == id && ds.sem_nsems == 3);
    CHECK(semctl(top, 0, 20 /* SEM_STAT_ANY */, &ds) == id);
    CHECK(semctl(id, 0, IPC_RMID) == 0);
    id = shmget(IPC_PRIVATE, 8192, 0600);
    CHECK(shmctl(0, SHM_INFO, (void *)&shm) >= 0 && shm.__used_ids == 1 && shm.shm_tot == 2);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    id = msgget(IPC_PRIVATE, 0600);
    struct { long type; char text[4]; } m = {1, "abc"};
    CHECK(msgsnd(id, &m, 4, 0) == 0);
    CHECK(msgctl(0, MSG_INFO, (void *)&msg) >= 0 && msg.msgpool == 1 && msg.msgmap == 1 && msg.msgtql == 4);
    CHECK(msgctl(id, IPC_RMID, NULL) == 0);
}

static void *sharer(void *arg)
{
    int fd = *(int *)arg;

    CHECK(syscall(SYS_close_range, fd, fd, 2 /* CLOSE_RANGE_UNSHARE */) == 0);
    CHECK_ERRNO(fcntl(fd, F_GETFD), EBADF);
    return NULL;
}

static void close_range_unshares(void)
{
    pthread_t t;
    int fd = dup(1);

    CHECK(pthread_create(&t, NULL, sharer, &fd) == 0 && pthread_join(t, NULL) == 0);
    CHECK(fcntl(fd, F_GETFD) == 0 && close(fd) == 0);
}

/* As Linux answers on a file system that gives out no handles. */
static void handles_are_refused(void)
{
    struct { unsigned bytes; int type; char data[128]; } h = {.bytes = 128};
    int id;

    CHECK_ERRNO(syscall(SYS_name_to_handle_at, AT_FDCWD, "/nx", &h, &id, 0), ENOENT);
    CHECK_ERRNO(syscall(SYS_name_to_handle_at, AT_FDCWD, "/tmp", &h, &id, 0x99), EINVAL);
    CHECK_ERRNO(syscall(SYS_name_to_handle_at, AT_FDCWD, "/tmp", &h, &id, 0), EOPNOTSUPP);
    CHECK_ERRNO(syscall(SYS_open_by_handle_at, AT_FDCWD, &h, O_RDONLY), ESTALE);
    CHECK_ERRNO(syscall(SYS_open_by_handle_at, 999, &h, O_RDONLY), EBADF);
    h.bytes = 0;
    CHECK_ERRNO(syscall(SYS_open_by_handle_at, AT_FDCWD, &h, O_RDONLY), EINVAL);
}

int main(void)
{
    handles_are_refused();
    broken_pipe_is_told_once();
    ready_file_signals_its_owner();
    one_shot_watch_ends();
    message_starts_a_thread();
    tmpfs_keeps_its_size();
    system_v_limits();
    close_range_unshares();
    return finish();
}
