// SPDX-License-Identifier: BSD-3-Clause
// Costs of single operations in guest instructions: the same program runs under OSv and under Linux.
//
// Under QEMU's -icount shift=0 the time-stamp counter advances by one an instruction, so a row is the counter's difference
// over many repetitions. Prints "row NAME COST" a line; a row whose operation fails prints "row NAME -".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, MIB = 1 << 20 };

static const char *folder = "/tmp";
static char path[256];
static char buffer[MIB];

static inline uint64_t ticks(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

static void row(const char *name, int ok, uint64_t spent, uint64_t count)
{
    if (ok)
        printf("row %s %llu\n", name, (unsigned long long)(spent / count));
    else
        printf("row %s -\n", name);
    fflush(stdout);
}

// MEASURE times COUNT runs of an expression that is true on success, after one run to warm up.
#define MEASURE(name, count, expression)                                                                               \
    do {                                                                                                               \
        int ok_ = (expression);                                                                                        \
        uint64_t start_ = ticks();                                                                                     \
        for (int i_ = 0; i_ < (count) && ok_; i_++)                                                                    \
            ok_ = (expression);                                                                                        \
        row(name, ok_, ticks() - start_, count);                                                                       \
    } while (0)

static long raw_getppid(void)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_getppid) : "rcx", "r11", "memory");
    return result;
}

static int nop_work(void)
{
    __asm__ volatile("" ::: "memory");
    return 1;
}

static int one_malloc(void)
{
    char *volatile block = malloc(64);
    free(block);
    return block != NULL;
}

static int one_mutex(pthread_mutex_t *mutex)
{
    return pthread_mutex_lock(mutex) == 0 && pthread_mutex_unlock(mutex) == 0;
}

static int one_mmap(size_t bytes, int touch)
{
    volatile char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED)
        return 0;
    for (size_t i = 0; touch && i < bytes; i += PAGE)
        area[i] = 1;
    return munmap((void *)area, bytes) == 0;
}

static void bench_touch(void)
{
    enum { PAGES = 4096 };
    uint64_t start = ticks();
    int ok = one_mmap((size_t)PAGES * PAGE, 1);
    row("touch_fresh_per_4k", ok, ticks() - start, PAGES);
}

// Fill BYTES of fresh memory after ADVICE on the size of its pages; the cost is that of 4 KiB.
static void bench_touch_large(const char *name, int advice)
{
    size_t bytes = 256 * (size_t)MIB;
    volatile char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED || madvise((void *)area, bytes, advice)) {
        row(name, 0, 0, 1);
        return;
    }
    uint64_t start = ticks();
    for (size_t i = 0; i < bytes; i += PAGE)
        area[i] = 1;
    row(name, 1, ticks() - start, bytes / PAGE);
    munmap((void *)area, bytes);
}

// A 64 MiB file through the page cache: by read() and by a mapping.
static void bench_large_file(void)
{
    char name[300];
    size_t bytes = 64 * (size_t)MIB;
    snprintf(name, sizeof(name), "%s/bench-large", folder);
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600), ok = fd >= 0;
    for (size_t at = 0; at < bytes && ok; at += MIB)
        ok = write(fd, buffer, MIB) == MIB;
    uint64_t start = ticks();
    for (size_t at = 0; at < bytes && ok; at += 65536)
        ok = pread(fd, buffer, 65536, (off_t)at) == 65536;
    row("read_64m_file_per_64k", ok, ticks() - start, bytes / 65536);
    start = ticks();
    volatile char *area = ok ? mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    ok = area != MAP_FAILED;
    for (size_t at = 0; at < bytes && ok; at += PAGE)
        (void)area[at];
    if (ok)
        munmap((void *)area, bytes);
    row("mmap_read_64m_file_per_4k", ok, ticks() - start, bytes / PAGE);
    close(fd);
    unlink(name);
}

enum { MIX_BLOCKS = 512, MIX_STEPS = 20000 };

// Allocate and free blocks of 16 bytes to 4 KiB in random order.
static void *malloc_mix(void *argument)
{
    static __thread char *blocks[MIX_BLOCKS];
    uint32_t random = 12345;
    for (int i = 0; i < MIX_STEPS; i++) {
        random = random * 1664525 + 1013904223;
        unsigned k = (random >> 8) % MIX_BLOCKS;
        free(blocks[k]);
        blocks[k] = malloc(16u << ((random >> 20) % 9));
        if (blocks[k])
            blocks[k][0] = 1;
    }
    for (int k = 0; k < MIX_BLOCKS; k++) {
        free(blocks[k]);
        blocks[k] = NULL;
    }
    return argument;
}

static void bench_malloc_mix(void)
{
    pthread_t thread;
    malloc_mix(NULL);
    uint64_t start = ticks();
    malloc_mix(NULL);
    row("malloc_mix_1_thread", 1, ticks() - start, MIX_STEPS);
    start = ticks();
    int ok = pthread_create(&thread, NULL, malloc_mix, NULL) == 0;
    malloc_mix(NULL);
    if (ok)
        pthread_join(thread, NULL);
    row("malloc_mix_2_threads", ok, ticks() - start, 2 * MIX_STEPS);
}

static void *thread_return(void *argument)
{
    return argument;
}

static int one_thread(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, thread_return, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

static int yields;

static void *thread_yield(void *argument)
{
    (void)argument;
    for (int i = 0; i < yields; i++)
        sched_yield();
    return NULL;
}

static void bench_yield(void)
{
    pthread_t thread;
    yields = 20000;
    if (pthread_create(&thread, NULL, thread_yield, NULL)) {
        row("sched_yield_2_threads", 0, 0, 1);
        return;
    }
    sched_yield();
    uint64_t start = ticks();
    thread_yield(NULL);
    pthread_join(thread, NULL);
    row("sched_yield_2_threads", 1, ticks() - start, 2 * (uint64_t)yields);
}

static struct {
    int turn;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
} table = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

enum { TURNS = 5000 };

static void *cond_player(void *argument)
{
    int own = argument != NULL;
    pthread_mutex_lock(&table.mutex);
    for (int i = 0; i < TURNS; i++) {
        while (table.turn != own)
            pthread_cond_wait(&table.changed, &table.mutex);
        table.turn = !own;
        pthread_cond_signal(&table.changed);
    }
    pthread_mutex_unlock(&table.mutex);
    return NULL;
}

static void *futex_player(void *argument)
{
    int own = argument != NULL;
    for (int i = 0; i < TURNS; i++) {
        while (__atomic_load_n(&table.turn, __ATOMIC_ACQUIRE) != own)
            syscall(SYS_futex, &table.turn, 128, !own, NULL, NULL, 0); // FUTEX_WAIT_PRIVATE
        __atomic_store_n(&table.turn, !own, __ATOMIC_RELEASE);
        syscall(SYS_futex, &table.turn, 129, 1, NULL, NULL, 0); // FUTEX_WAKE_PRIVATE
    }
    return NULL;
}

static int ping[2], pong[2];

static void *pipe_player(void *argument)
{
    char byte;
    for (int i = 0; i < TURNS; i++)
        if (read(ping[0], &byte, 1) != 1 || write(pong[1], &byte, 1) != 1)
            return argument;
    return argument;
}

static void bench_pair(const char *name, void *(*player)(void *))
{
    pthread_t thread;
    table.turn = 0;
    if (pthread_create(&thread, NULL, player, &table)) {
        row(name, 0, 0, 1);
        return;
    }
    uint64_t start = ticks();
    player(NULL);
    pthread_join(thread, NULL);
    row(name, 1, ticks() - start, 2 * TURNS);
}

static void bench_pipe(void)
{
    pthread_t thread;
    char byte = 0;
    if (pipe(ping) || pipe(pong) || pthread_create(&thread, NULL, pipe_player, NULL)) {
        row("pipe_per_switch", 0, 0, 1);
        return;
    }
    int ok = 1;
    uint64_t start = ticks();
    for (int i = 0; i < TURNS && ok; i++)
        ok = write(ping[1], &byte, 1) == 1 && read(pong[0], &byte, 1) == 1;
    row("pipe_per_switch", ok, ticks() - start, 2 * TURNS);
    close(ping[1]);
    pthread_join(thread, NULL);
}

static int open_close(void)
{
    int fd = open(path, O_RDONLY);
    return fd >= 0 && close(fd) == 0;
}

static int one_stat(void)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static int create_unlink(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    return fd >= 0 && write(fd, buffer, 100) == 100 && close(fd) == 0 && unlink(name) == 0;
}

static void bench_files(void)
{
    char other[300];
    snprintf(path, sizeof(path), "%s/bench-file", folder);
    snprintf(other, sizeof(other), "%s/bench-other", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    int ok = fd >= 0 && write(fd, buffer, 64 * 1024) == 64 * 1024;
    MEASURE("pread_4k_memory_file", 2000, ok && pread(fd, buffer, PAGE, 8192) == PAGE);
    MEASURE("open_close", 2000, open_close());
    MEASURE("stat", 2000, one_stat());
    MEASURE("create_write_unlink", 500, create_unlink(other));
    close(fd);
    unlink(path);
}

static char deep[300];

static int stat_deep(void)
{
    struct stat st;
    return stat(deep, &st) == 0;
}

static void bench_deep_path(void)
{
    int ok = 1, length = snprintf(deep, sizeof(deep), "%s", folder);
    for (int i = 0; i < 10 && ok; i++) {
        length += snprintf(deep + length, sizeof(deep) - (size_t)length, "/deep%d", i);
        ok = mkdir(deep, 0755) == 0;
    }
    MEASURE("stat_10_deep", 1000, ok && stat_deep());
    for (; length > (int)strlen(folder); length = (int)(strrchr(deep, '/') - deep), deep[length] = 0)
        rmdir(deep);
}

static void bench_transfers(void)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    MEASURE("pwrite_4k_memory_file", 1000, fd >= 0 && pwrite(fd, buffer, PAGE, 8192) == PAGE);
    MEASURE("pwrite_1m_memory_file", 20, fd >= 0 && pwrite(fd, buffer, MIB, 0) == MIB);
    MEASURE("pread_1m_memory_file", 20, fd >= 0 && pread(fd, buffer, MIB, 0) == MIB);
    close(fd);
    unlink(path);
}

// Many names in one directory: what a file costs when 20,000 others are there.
static void bench_many_files(void)
{
    enum { FILES = 20000 };
    char name[300];
    int ok = 1;
    uint64_t start = ticks();
    for (int i = 0; i < FILES && ok; i++) {
        snprintf(name, sizeof(name), "%s/many%d", folder, i);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
        ok = fd >= 0 && close(fd) == 0;
    }
    row("create_20000_files_each", ok, ticks() - start, FILES);
    start = ticks();
    for (int i = 0; i < FILES && ok; i++) {
        snprintf(name, sizeof(name), "%s/many%d", folder, i);
        ok = unlink(name) == 0;
    }
    row("unlink_20000_files_each", ok, ticks() - start, FILES);
}

static int one_eventfd(int fd)
{
    uint64_t value = 1;
    return write(fd, &value, 8) == 8 && read(fd, &value, 8) == 8;
}

static void bench_events(void)
{
    int fd = eventfd(0, 0);
    MEASURE("eventfd_write_read", 5000, one_eventfd(fd));
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    uint64_t value = 1;
    int ok = epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) == 0 && write(fd, &value, 8) == 8;
    MEASURE("epoll_wait_ready", 5000, ok && epoll_wait(poll, &event, 1, 0) == 1);
    close(poll);
    close(fd);
}

// One of 10,000 watched descriptors becomes ready.
static int one_of_many(int poll, int fd)
{
    struct epoll_event event;
    uint64_t value = 1;
    return write(fd, &value, 8) == 8 && epoll_wait(poll, &event, 1, 0) == 1 && event.data.fd == fd && read(fd, &value, 8) == 8;
}

static void bench_many_descriptors(void)
{
    enum { MANY = 10000 };
    static int fds[MANY];
    struct rlimit limit = {MANY + 100, MANY + 100};
    int poll = epoll_create1(0), ok = setrlimit(RLIMIT_NOFILE, &limit) == 0 && poll >= 0, count = 0;
    uint64_t start = ticks();
    for (; count < MANY && ok; count++) {
        struct epoll_event event = {.events = EPOLLIN};
        event.data.fd = fds[count] = eventfd(0, 0);
        ok = fds[count] >= 0 && epoll_ctl(poll, EPOLL_CTL_ADD, fds[count], &event) == 0;
    }
    row("epoll_add_10000_each", ok, ticks() - start, MANY);
    MEASURE("epoll_one_of_10000", 2000, ok && one_of_many(poll, fds[MANY / 2]));
    for (int i = 0; i < count; i++)
        close(fds[i]);
    close(poll);
}

static void *unix_drain(void *argument)
{
    static char chunk[65536];
    while (read(*(int *)argument, chunk, sizeof(chunk)) > 0)
        ;
    return NULL;
}

static int send_mebibytes(int fd, int count);

static void bench_unix(void)
{
    static int pair[2];
    pthread_t thread;
    char byte = 1;
    int ok = socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
    MEASURE("unix_send_receive_1_byte", 2000, ok && write(pair[0], &byte, 1) == 1 && read(pair[1], &byte, 1) == 1);
    if (!ok || pthread_create(&thread, NULL, unix_drain, &pair[1])) {
        row("unix_bulk_per_mib", 0, 0, 1);
        return;
    }
    MEASURE("unix_bulk_per_mib", 16, send_mebibytes(pair[0], 1));
    close(pair[0]);
    pthread_join(thread, NULL);
    close(pair[1]);
}

enum { ROUNDS = 1000, BULK = 16 };
static struct sockaddr_in server_address = {.sin_family = AF_INET};

static void *echo_server(void *argument)
{
    int listener = *(int *)argument;
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        static char chunk[65536];
        for (ssize_t got; (got = read(fd, chunk, sizeof(chunk))) > 0;)
            if (got == 1 && write(fd, chunk, 1) != 1)
                break;
        close(fd);
    }
}

static int dial(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&server_address, sizeof(server_address)) == 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        return fd;
    }
    return -1;
}

static int connect_close(void)
{
    int fd = dial();
    return fd >= 0 && close(fd) == 0;
}

static int send_mebibytes(int fd, int count)
{
    for (long left = (long)count * MIB; left > 0;) {
        ssize_t sent = write(fd, buffer, left < MIB ? (size_t)left : MIB);
        if (sent <= 0)
            return 0;
        left -= sent;
    }
    return 1;
}

static void bench_tcp(void)
{
    static int listener;
    pthread_t thread;
    socklen_t length = sizeof(server_address);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    server_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int ok = listener >= 0 && bind(listener, (struct sockaddr *)&server_address, length) == 0 && listen(listener, 16) == 0 &&
             getsockname(listener, (struct sockaddr *)&server_address, &length) == 0 &&
             pthread_create(&thread, NULL, echo_server, &listener) == 0;
    int fd = ok ? dial() : -1;
    char byte = 1;
    MEASURE("tcp_round_trip_1_byte", ROUNDS, fd >= 0 && write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 1);
    MEASURE("tcp_bulk_per_mib", BULK, fd >= 0 && send_mebibytes(fd, 1));
    if (fd >= 0)
        close(fd);
    MEASURE("tcp_connect_accept_close", 200, ok && connect_close());
}

// As Linux's init: mount what the rows need, and end the machine afterwards.
static void begin_as_init(void)
{
    mkdir("/tmp", 0777);
    mkdir("/proc", 0755);
    mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
    mount("proc", "/proc", "proc", 0, NULL);
}

static void end_as_init(void)
{
    tcdrain(STDOUT_FILENO);
    if (iopl(3) == 0)
        outl(0, 0x501);
    reboot(RB_AUTOBOOT);
}

// Linux brings no interface up by itself.
static void loopback_up(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0) {
        request.ifr_flags |= IFF_UP | IFF_RUNNING;
        ioctl(fd, SIOCSIFFLAGS, &request);
    }
    close(fd);
}

int main(int argc, char **argv)
{
    int init = argc > 1 && strcmp(argv[1], "init") == 0;
    if (init) {
        begin_as_init();
        loopback_up();
    }
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct timespec now;
    memset(buffer, 1, sizeof(buffer));

    MEASURE("empty_loop", 100000, nop_work());
    MEASURE("getppid_by_instruction", 10000, raw_getppid() >= 0);
    MEASURE("getppid_by_libc", 10000, getppid() >= 0);
    MEASURE("clock_gettime", 10000, clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    MEASURE("malloc_free_64", 10000, one_malloc());
    MEASURE("mutex_lock_unlock", 10000, one_mutex(&mutex));
    MEASURE("mmap_munmap_4k", 1000, one_mmap(PAGE, 0));
    MEASURE("mmap_touch_munmap_4k", 1000, one_mmap(PAGE, 1));
    bench_touch();
    bench_touch_large("touch_256m_by_4k", MADV_NOHUGEPAGE);
    bench_touch_large("touch_256m_by_2m_per_4k", MADV_HUGEPAGE);
    bench_large_file();
    bench_malloc_mix();
    MEASURE("thread_create_join", 500, one_thread());
    bench_yield();
    bench_pair("futex_switch", futex_player);
    bench_pair("condvar_switch", cond_player);
    bench_pipe();
    bench_files();
    bench_deep_path();
    bench_transfers();
    bench_many_files();
    bench_events();
    bench_many_descriptors();
    bench_unix();
    bench_tcp();
    if (init)
        end_as_init();
    return 0;
}
