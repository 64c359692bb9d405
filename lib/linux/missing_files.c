// SPDX-License-Identifier: BSD-3-Clause
// --missing-files: the paths that system calls answered with ENOENT, each once, printed when the machine ends.

#include "syscall_trace.h"

#include <arch/frame.h>
#include <arch/uaccess.h>
#include <base/hash.h>
#include <base/list.h>
#include <base/string.h>
#include <device/console.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/strace.h>
#include <mem/kalloc.h>
#include <sched/mutex.h>
#include <sys/syscall.h>
#include <vfs/path.h>

#define BUCKETS 64u
#define PATH_BYTES 4096u

struct missing {
    struct list_node order;
    struct missing *next;
    char path[];
};
static struct list_node missing = LIST_INIT(missing);
static struct missing *buckets[BUCKETS];
static struct mutex lock = MUTEX_INIT(lock);

/* Under @lock. */
static void remember(const char *path)
{
    size_t n = strlen(path) + 1;
    struct missing **bucket = &buckets[hash_name(path, n) % BUCKETS];
    for (struct missing *m = *bucket; m; m = m->next)
        if (!strcmp(m->path, path))
            return;
    struct missing *m = kmalloc(sizeof(*m) + n);
    if (!m)
        return;
    memcpy(m->path, path, n);
    m->next = *bucket;
    *bucket = m;
    list_push_back(&missing, &m->order);
}

/* @path of @n bytes, relative to descriptor @dirfd: put the directory's name before it. */
static int make_absolute(int dirfd, char *path, size_t n)
{
    struct vfs_path directory;
    int r = vfs_walk(dirfd, ".", 0, &directory);
    if (r != 0)
        return r;
    char *text = kmalloc(PATH_BYTES);
    r = text ? vfs_path_string(&directory, text, PATH_BYTES - 1) : -ENOMEM;
    vfs_path_put(&directory);
    size_t used = r >= 0 ? strlen(text) : 0;
    if (r >= 0 && used + 1 + n <= PATH_BYTES) {
        bool slash = used && text[used - 1] == '/';
        memmove(path + used + !slash, path, n);
        memcpy(path, text, used);
        if (!slash)
            path[used] = '/';
    }
    kfree(text);
    return r < 0 ? r : 0;
}

/* The argument that names the missing file: the first string, but what a symbolic link says names nothing. -1: none. */
static int path_argument(long nr, const char *format)
{
    const char *s = strchr(format, 's');
    if (s && nr == SYS_symlink)
        s = strchr(s + 1, 's');
    return s ? (int)(s - format) : -1;
}

static void look(struct arch_frame *f)
{
    if (!arch_frame_is_syscall(f) || arch_frame_ret(f) != -ENOENT)
        return;
    long nr = arch_frame_nr(f);
    const struct syscall_name *c = syscall_name(nr);
    int i = c ? path_argument(nr, c->format) : -1;
    char *path = i >= 0 ? kmalloc(PATH_BYTES) : NULL;
    if (!path)
        return;
    long n = copy_in_string(path, (const char *)arch_frame_arg(f, (unsigned)i), PATH_BYTES);
    int dirfd = i > 0 && c->format[i - 1] == 'D' ? (int)arch_frame_arg(f, (unsigned)i - 1) : AT_FDCWD;
    if (n > 0 && (path[0] == '/' || make_absolute(dirfd, path, (size_t)n + 1) == 0)) {
        mutex_lock(&lock);
        remember(path);
        mutex_unlock(&lock);
    }
    kfree(path);
}

void missing_files_start(void)
{
    syscall_trace_start(look);
}

void missing_files_print(void)
{
    struct missing *m;
    LIST_FOR_EACH(m, &missing, order) {
        static const char head[] = "not found: ";
        console_write(head, sizeof(head) - 1);
        console_write(m->path, strlen(m->path));
        console_write("\r\n", 2);
    }
}
