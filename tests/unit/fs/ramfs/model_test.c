// SPDX-License-Identifier: BSD-3-Clause
// The same random calls on ramfs and on the host's tmpfs: results, errnos and trees must agree.
//
// OSV_MODEL_SEQUENCES=n and OSV_MODEL_SEED=n in the environment; the seed of a failing sequence is printed.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../sched/machine.h"
#include <file/file.h>
#include <ramfs/ramfs.h>
#include <vfs/path.h>

#undef assert
#define N_FILES 6
#define OPS_PER_SEQUENCE 60
#define BUF_BYTES 9000

/* The leak checker needs /proc, which is outside of the test's root. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

static struct file *ours[N_FILES];
static int theirs[N_FILES];
static uint64_t rng;
static uint64_t sequence_seed;
static bool allocated; /* fallocate was used: Linux calls allocated pages holes until they are written, ramfs data */
static char what[512];

static unsigned rnd(unsigned n)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return (unsigned)((rng >> 20) % n);
}

static void agree(long our, long their)
{
    if (getenv("OSV_MODEL_TRACE") != NULL)
        fprintf(stderr, "%s = %ld\n", what, their);
    if (our != their) {
        fprintf(stderr, "seed %llu: %s: ours %ld, Linux %ld\n", (unsigned long long)sequence_seed, what, our, their);
        fail();
    }
}

static long host(long r)
{
    return r < 0 ? -errno : r;
}

static const char *component(void)
{
    static const char *const names[] = {"a", "b", "c", "d", "a", "b", "c", "l", ".", ".."};
    return names[rnd(sizeof names / sizeof *names)];
}

static void path(char *out)
{
    unsigned depth = 1 + rnd(3);
    strcpy(out, rnd(6) == 0 ? "/" : "");
    for (unsigned k = 0; k < depth; k++) {
        strcat(out, component());
        if (k + 1 < depth || rnd(12) == 0)
            strcat(out, rnd(20) == 0 ? "//" : "/");
    }
}

static void op_open(void)
{
    static const int flags_all[] = {O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY, O_NOFOLLOW, O_PATH};
    unsigned slot = rnd(N_FILES);
    int flags = (int)rnd(3) | O_NONBLOCK; /* named pipes must not wait for each other */
    char p[64];

    path(p);
    for (unsigned k = 0; k < 7; k++)
        if (rnd(k == 0 ? 2 : 7) == 0)
            flags |= flags_all[k];
    if ((flags & O_CREAT) && (flags & O_DIRECTORY))
        flags &= ~O_DIRECTORY; /* its meaning changed in Linux 6.4 */
    if (ours[slot] != NULL) {
        file_put(ours[slot]);
        close(theirs[slot]);
        ours[slot] = NULL;
    }
    snprintf(what, sizeof what, "open(%s, %#o)", p, (unsigned)flags);
    struct file *f = NULL;
    long a = vfs_open(AT_FDCWD, p, flags, 0644, 0, &f), b = open(p, flags, 0644);
    agree(a, b < 0 ? -errno : 0);
    if (b >= 0) {
        ours[slot] = f;
        theirs[slot] = (int)b;
    }
}

static char our_buf[BUF_BYTES], their_buf[BUF_BYTES];

static void op_io(void)
{
    unsigned slot = rnd(N_FILES);
    struct file *f = ours[slot];
    struct iov_one one;
    int64_t pos = rnd(3) == 0 ? rnd(20000) : rnd(100);
    size_t n = rnd(4) == 0 ? rnd(BUF_BYTES) : rnd(50);
    bool path_only = f != NULL && (f->flags & O_PATH);
    long a;

    if (f == NULL || path_only || S_ISFIFO(f->inode->mode))
        return;
    switch (rnd(8)) {
    case 0:
        snprintf(what, sizeof what, "read(%zu)", n);
        a = file_read(f, iov_iter_init_kernel(&one, our_buf, n), NULL, 0);
        agree(a, host(read(theirs[slot], their_buf, n)));
        if (a > 0 && memcmp(our_buf, their_buf, (size_t)a) != 0)
            agree(1, 0);
        break;
    case 1:
        snprintf(what, sizeof what, "pread(%zu, %lld)", n, (long long)pos);
        a = file_read(f, iov_iter_init_kernel(&one, our_buf, n), &pos, 0);
        agree(a, host(pread(theirs[slot], their_buf, n, pos - (a > 0 ? a : 0))));
        if (a > 0 && memcmp(our_buf, their_buf, (size_t)a) != 0)
            agree(1, 0);
        break;
    case 2:
    case 3:
        memset(our_buf, 'A' + (int)rnd(26), n);
        snprintf(what, sizeof what, "write(%zu)", n);
        agree(file_write(f, iov_iter_init_kernel(&one, our_buf, n), NULL, 0), host(write(theirs[slot], our_buf, n)));
        break;
    case 4: {
        int64_t at = pos;
        memset(our_buf, 'a' + (int)rnd(26), n);
        snprintf(what, sizeof what, "pwrite(%zu, %lld)", n, (long long)pos);
        agree(file_write(f, iov_iter_init_kernel(&one, our_buf, n), &at, 0), host(pwrite(theirs[slot], our_buf, n, pos)));
        break;
    }
    case 5: {
        int whence = (int)rnd(allocated ? 3 : 5);
        int64_t off = (int64_t)rnd(300) - 50;
        if (!S_ISREG(f->inode->mode))
            break;
        snprintf(what, sizeof what, "lseek(%lld, %d)", (long long)off, whence);
        agree(f->ops->seek(f, off, whence), host(lseek(theirs[slot], off, whence)));
        break;
    }
    case 6:
        if (!file_writable(f))
            break;
        snprintf(what, sizeof what, "ftruncate(%lld)", (long long)pos);
        agree(f->ops->truncate(f, pos), host(ftruncate(theirs[slot], pos)));
        break;
    default: {
        static const int modes[] = {0, 1, 3, 2};
        int mode = modes[rnd(4)];
        if (!file_writable(f) || n == 0)
            break;
        allocated = true;
        snprintf(what, sizeof what, "fallocate(%d, %lld, %zu)", mode, (long long)pos, n);
        agree(f->ops->fallocate(f, mode, pos, (int64_t)n), host(fallocate(theirs[slot], mode, pos, (off_t)n)));
    }
    }
}

static void op_names(void)
{
    char p[64], q[64];
    unsigned op = rnd(8);

    path(p);
    path(q);
    switch (op) {
    case 0:
        snprintf(what, sizeof what, "mkdir(%s)", p);
        agree(vfs_mkdir(AT_FDCWD, p, 0755), host(mkdir(p, 0755)));
        break;
    case 1:
        snprintf(what, sizeof what, "rmdir(%s)", p);
        agree(vfs_unlink(AT_FDCWD, p, true), host(rmdir(p)));
        break;
    case 2:
        snprintf(what, sizeof what, "unlink(%s)", p);
        agree(vfs_unlink(AT_FDCWD, p, false), host(unlink(p)));
        break;
    case 3:
        snprintf(what, sizeof what, "symlink(%s, %s)", q, p);
        agree(vfs_symlink(q, AT_FDCWD, p), host(symlink(q, p)));
        break;
    case 4:
        snprintf(what, sizeof what, "link(%s, %s)", p, q);
        agree(vfs_link(AT_FDCWD, p, AT_FDCWD, q, 0), host(link(p, q)));
        break;
    case 5:
    case 6: {
        unsigned flags = rnd(4) == 0 ? 1 + rnd(2) : 0;
        snprintf(what, sizeof what, "rename(%s, %s, %u)", p, q, flags);
        agree(vfs_rename(AT_FDCWD, p, AT_FDCWD, q, flags), host(renameat2(AT_FDCWD, p, AT_FDCWD, q, flags)));
        break;
    }
    default:
        snprintf(what, sizeof what, "mknod(%s)", p);
        agree(vfs_mknod(AT_FDCWD, p, S_IFIFO | 0600, 0), host(mknod(p, S_IFIFO | 0600, 0)));
    }
}

static void op_stat(void)
{
    struct stat a, b;
    struct vfs_path at;
    char p[64];
    unsigned nofollow = rnd(2);

    path(p);
    snprintf(what, sizeof what, "%s(%s)", nofollow ? "lstat" : "stat", p);
    long r = vfs_walk(AT_FDCWD, p, nofollow ? WALK_NOFOLLOW : 0, &at);
    agree(r, host(nofollow ? lstat(p, &b) : stat(p, &b)));
    if (r != 0)
        return;
    assert_int_equal(vfs_stat_path(&at, &a), 0);
    vfs_path_put(&at);
    strcat(what, " mode");
    agree(a.st_mode, b.st_mode);
    strcat(what, " nlink");
    agree((long)a.st_nlink, (long)b.st_nlink);
    strcat(what, " size");
    agree(a.st_size, b.st_size);
}

struct names {
    struct dir_sink sink;
    char list[64][8];
    unsigned n;
};

static bool collect(struct dir_sink *s, const char *name, size_t len, uint64_t ino, unsigned type, int64_t next)
{
    struct names *n = container_of(s, struct names, sink);
    memcpy(n->list[n->n], name, len);
    n->list[n->n++][len] = '\0';
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void op_list(void)
{
    struct names a = {.sink.emit = collect}, b = {.n = 0};
    struct file *f = NULL;
    char p[64];

    path(p);
    snprintf(what, sizeof what, "list(%s)", p);
    long r = vfs_open(AT_FDCWD, p, O_RDONLY | O_DIRECTORY, 0, 0, &f);
    DIR *d = opendir(p);
    agree(r, d == NULL ? -errno : 0);
    if (d == NULL)
        return;
    assert_int_equal(f->ops->iterate(f, &a.sink), 0);
    file_put(f);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        strcpy(b.list[b.n++], e->d_name);
    closedir(d);
    agree(a.n, b.n);
    qsort(a.list, a.n, sizeof a.list[0], by_name);
    qsort(b.list, b.n, sizeof b.list[0], by_name);
    for (unsigned k = 0; k < a.n; k++)
        agree(strcmp(a.list[k], b.list[k]), 0);
}

static void op_attr(void)
{
    struct vfs_path at;
    char p[64];
    uint32_t mode = rnd(010000);

    path(p);
    snprintf(what, sizeof what, "chmod(%s, %o)", p, mode);
    long r = vfs_walk(AT_FDCWD, p, 0, &at);
    if (r == 0) {
        struct inode_attr a = {.valid = ATTR_MODE, .mode = mode};
        r = vfs_set_attr(&at, &a);
        vfs_path_put(&at);
    }
    agree(r, host(chmod(p, mode)));
}

static void step(void)
{
    unsigned op = rnd(20);

    if (op < 4)
        op_open();
    else if (op < 9)
        op_io();
    else if (op < 15)
        op_names();
    else if (op < 18)
        op_stat();
    else if (op < 19)
        op_list();
    else
        op_attr();
}

static void remove_tree(const char *dir)
{
    char p[256];
    DIR *d = opendir(*dir != '\0' ? dir : "/");
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(p, sizeof p, "%s/%s", dir, e->d_name);
        if (e->d_type == DT_DIR) {
            remove_tree(p);
            assert_int_equal(vfs_unlink(AT_FDCWD, p, true), host(rmdir(p)));
        } else {
            assert_int_equal(vfs_unlink(AT_FDCWD, p, false), host(unlink(p)));
        }
    }
    if (d != NULL)
        closedir(d);
}

static void sequence(uint64_t seed)
{
    struct inode_attr a = {.valid = ATTR_MODE, .mode = 0755};
    struct vfs_path root;

    sequence_seed = seed;
    allocated = false;
    rng = seed * 0x9e3779b97f4a7c15ull + 1;
    for (int k = 0; k < OPS_PER_SEQUENCE; k++)
        step();
    for (int k = 0; k < N_FILES; k++)
        if (ours[k] != NULL) {
            file_put(ours[k]);
            close(theirs[k]);
            ours[k] = NULL;
        }
    remove_tree("");
    assert_int_equal(vfs_walk(AT_FDCWD, "/", 0, &root), 0);
    assert_int_equal(vfs_set_attr(&root, &a), 0);
    vfs_path_put(&root);
    chmod("/", 0755);
}

static unsigned long long number(const char *name, unsigned long long otherwise)
{
    const char *s = getenv(name);
    return s != NULL ? strtoull(s, NULL, 10) : otherwise;
}

static void ramfs_when_given_random_calls_agrees_with_tmpfs(void **state)
{
    unsigned long long n = number("OSV_MODEL_SEQUENCES", 2000), seed = number("OSV_MODEL_SEED", 1);

    for (unsigned long long k = 0; k < n; k++)
        sequence(seed + k);
    printf("%llu sequences from seed %llu agree\n", n, seed);
}

static int in_private_tmpfs(void)
{
    char dir[] = "/dev/shm/osv-model-XXXXXX";

    if (geteuid() != 0 || mkdtemp(dir) == NULL || chroot(dir) != 0 || chdir("/") != 0)
        return 0;
    umask(022);
    return chmod("/", 0755) == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ramfs_when_given_random_calls_agrees_with_tmpfs)};

    if (!in_private_tmpfs()) {
        printf("needs root and /dev/shm\n");
        return 77;
    }
    sched_machine_start();
    ramfs_register();
    if (vfs_init() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
