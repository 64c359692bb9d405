// SPDX-License-Identifier: BSD-3-Clause
// One file under random reads, writes, mappings, truncations, holes and moves, against a copy kept in memory.
//
// usage: torture [STEPS [SEED]]
// Each thread owns a region of the shared file for writes of every kind, and a private file on which it also changes the size. A
// difference prints the step that found it and the steps' seed.
#define _GNU_SOURCE
#include "../check.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef FALLOC_FL_ZERO_RANGE /* of Linux' own header, which a program cannot include beside libc's */
#define FALLOC_FL_COLLAPSE_RANGE 8
#define FALLOC_FL_ZERO_RANGE 16
#define FALLOC_FL_INSERT_RANGE 32
#endif

enum { THREADS = 3, REGION = 192 * 1024, PAGE = 4096 };

struct player {
    int fd, index;
    uint64_t random;
    long steps;
    off_t base;       /* of the region */
    off_t size;       /* private file: its length; shared: REGION */
    int shared;
    unsigned char good[REGION], buf[REGION];
};

static unsigned next(struct player *p, unsigned below)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(p->random >> 33) % below;
}

static int differs(struct player *p, long step, const char *what, off_t at, size_t n)
{
    if (memcmp(p->buf, p->good + at, n) == 0)
        return 0;
    size_t k = 0;
    while (p->buf[k] == p->good[at + (off_t)k])
        k++;
    printf("not ok - thread %d step %ld: %s at %ld+%zu: byte %ld is %02x, not %02x\n", p->index, step, what, (long)at, n, (long)at + (long)k,
           p->buf[k], p->good[at + (off_t)k]);
    failures++;
    return 1;
}

/* A piece inside the size. */
static void piece(struct player *p, off_t *at, size_t *n)
{
    *at = next(p, (unsigned)p->size);
    *n = 1 + next(p, next(p, 4) == 0 ? 60000 : 5000);
    if ((off_t)*n > p->size - *at)
        *n = (size_t)(p->size - *at);
}

static void fill(struct player *p, size_t n)
{
    for (size_t k = 0; k < n; k++)
        p->buf[k] = (unsigned char)next(p, 256);
}

static int do_read(struct player *p, long step)
{
    off_t at;
    size_t n;

    piece(p, &at, &n);
    if (pread(p->fd, p->buf, n, p->base + at) != (ssize_t)n) {
        CHECK(!"short read");
        return 1;
    }
    return differs(p, step, "read", at, n);
}

static int do_write(struct player *p, long step)
{
    off_t at;
    size_t n;

    piece(p, &at, &n);
    fill(p, n);
    memcpy(p->good + at, p->buf, n);
    CHECK(pwrite(p->fd, p->buf, n, p->base + at) == (ssize_t)n);
    return 0;
}

static int do_map(struct player *p, long step)
{
    off_t at;
    size_t n;

    piece(p, &at, &n);
    off_t start = (p->base + at) & ~(off_t)(PAGE - 1), skip = p->base + at - start;
    unsigned char *m = mmap(NULL, n + (size_t)skip, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd, start);
    if (m == MAP_FAILED) {
        CHECK(!"mmap");
        return 1;
    }
    memcpy(p->buf, m + skip, n);
    int bad = differs(p, step, "mapped read", at, n);
    fill(p, n);
    memcpy(m + skip, p->buf, n);
    memcpy(p->good + at, p->buf, n);
    if (next(p, 4) == 0)
        CHECK(msync(m, n + (size_t)skip, MS_SYNC) == 0);
    CHECK(munmap(m, n + (size_t)skip) == 0);
    return bad;
}

static int do_punch(struct player *p, long step)
{
    off_t at;
    size_t n;
    int mode = next(p, 2) ? FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE : FALLOC_FL_ZERO_RANGE;

    piece(p, &at, &n);
    CHECK(fallocate(p->fd, mode, p->base + at, (off_t)n) == 0);
    memset(p->good + at, 0, n);
    return 0;
}

static int do_truncate(struct player *p, long step)
{
    off_t size = 1 + next(p, REGION);
    struct stat st;

    CHECK(ftruncate(p->fd, size) == 0);
    if (size > p->size)
        memset(p->good + p->size, 0, (size_t)(size - p->size));
    p->size = size;
    CHECK(fstat(p->fd, &st) == 0 && st.st_size == size);
    return 0;
}

static int do_move(struct player *p, long step)
{
    off_t pages = p->size / PAGE;

    if (pages < 3)
        return 0;
    off_t at = next(p, (unsigned)pages - 1) * (off_t)PAGE;
    if (next(p, 2)) {
        CHECK(fallocate(p->fd, FALLOC_FL_COLLAPSE_RANGE, at, PAGE) == 0);
        memmove(p->good + at, p->good + at + PAGE, (size_t)(p->size - at - PAGE));
        p->size -= PAGE;
    } else if (p->size + PAGE <= REGION) {
        CHECK(fallocate(p->fd, FALLOC_FL_INSERT_RANGE, at, PAGE) == 0);
        memmove(p->good + at + PAGE, p->good + at, (size_t)(p->size - at));
        memset(p->good + at, 0, PAGE);
        p->size += PAGE;
    }
    return 0;
}

static int do_copy(struct player *p, long step)
{
    off_t from, to = 0;
    size_t n;

    piece(p, &from, &n);
    n /= 2;
    to = from + (off_t)n;
    if (n == 0)
        return 0;
    off_t in = p->base + from, out = p->base + to;
    CHECK(copy_file_range(p->fd, &in, p->fd, &out, n, 0) == (ssize_t)n);
    memcpy(p->good + to, p->good + from, n);
    return 0;
}

static int step_once(struct player *p, long step)
{
    switch (next(p, p->shared ? 7 : 10)) {
    case 0:
    case 1:
        return do_read(p, step);
    case 2:
    case 3:
        return do_write(p, step);
    case 4:
        return do_map(p, step);
    case 5:
        return do_punch(p, step);
    case 6:
        return do_copy(p, step);
    case 7:
    case 8:
        return do_truncate(p, step);
    default:
        return do_move(p, step);
    }
}

static void *play(void *arg)
{
    struct player *p = arg;

    for (long k = 0; k < p->steps && failures == 0; k++)
        if (step_once(p, k))
            break;
    if (failures == 0 && p->size > 0) {
        CHECK(pread(p->fd, p->buf, (size_t)p->size, p->base) == p->size);
        differs(p, p->steps, "all", 0, (size_t)p->size);
    }
    return NULL;
}

static struct player players[2 * THREADS];

int main(int argc, char **argv)
{
    long steps = argc > 1 ? atol(argv[1]) : 1500;
    uint64_t seed = argc > 2 ? (uint64_t)atol(argv[2]) : 1;
    pthread_t threads[2 * THREADS];
    char name[64];
    int shared = open("/tmp/shared", O_CREAT | O_RDWR, 0600);

    CHECK(shared >= 0 && ftruncate(shared, (off_t)THREADS * REGION) == 0);
    for (int k = 0; k < 2 * THREADS; k++) {
        struct player *p = &players[k];
        p->index = k;
        p->random = seed * 1000 + (uint64_t)k;
        p->steps = steps;
        p->shared = k < THREADS;
        p->base = p->shared ? (off_t)k * REGION : 0;
        p->size = REGION;
        snprintf(name, sizeof name, "/tmp/private-%d", k);
        p->fd = p->shared ? shared : open(name, O_CREAT | O_RDWR, 0600);
        if (!p->shared)
            CHECK(ftruncate(p->fd, REGION) == 0);
        CHECK(pthread_create(&threads[k], NULL, play, p) == 0);
    }
    for (int k = 0; k < 2 * THREADS; k++)
        pthread_join(threads[k], NULL);
    printf("seed %llu\n", (unsigned long long)seed);
    return finish();
}
