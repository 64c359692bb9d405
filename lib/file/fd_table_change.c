// SPDX-License-Identifier: BSD-3-Clause
// Descriptor tables: duplication, close-on-exec, ranges, enumeration.
#include "fd_table_private.h"

#include "base/atomic.h"
#include <errno.h>

int fd_dup(struct fd_table *t, int fd, int min_fd, bool cloexec)
{
    struct file *f = fd_table_file(t, fd);

    if (f == NULL)
        return -EBADF;
    if (min_fd < 0 || (unsigned long)min_fd >= fd_table_limit(t)) {
        file_put(f);
        return -EINVAL;
    }
    int new_fd = fd_alloc(t, min_fd, cloexec);
    if (new_fd < 0)
        file_put(f);
    else
        fd_install(t, new_fd, f);
    return new_fd;
}

int fd_dup_to(struct fd_table *t, int old_fd, int new_fd, bool cloexec)
{
    if (new_fd < 0 || (unsigned long)new_fd >= fd_table_limit(t))
        return -EBADF;
    struct file *f = fd_table_file(t, old_fd);
    if (f == NULL)
        return -EBADF;
    if ((unsigned)new_fd >= t->array->capacity) {
        int r = fd_table_grow(t, (unsigned)new_fd);
        if (r != 0) {
            file_put(f);
            return r;
        }
    }
    spin_lock(&t->lock);
    struct fd_array *a = t->array;
    struct file *old = a->files[new_fd];
    if (old == NULL && bit_test(a->used, (unsigned)new_fd)) {
        spin_unlock(&t->lock); /* reserved by an open that has not ended */
        file_put(f);
        return -EBUSY;
    }
    bit_assign(a->used, (unsigned)new_fd, true);
    bit_assign(a->cloexec, (unsigned)new_fd, cloexec);
    atomic_store_release(&a->files[new_fd], f);
    spin_unlock(&t->lock);
    if (old != NULL) {
        file_run_closed_hook(old, t);
        file_put(old);
    }
    return new_fd;
}

int fd_get_cloexec(struct fd_table *t, int fd)
{
    int r = -EBADF;

    spin_lock(&t->lock);
    if ((unsigned)fd < t->array->capacity && t->array->files[fd] != NULL)
        r = bit_test(t->array->cloexec, (unsigned)fd);
    spin_unlock(&t->lock);
    return r;
}

int fd_set_cloexec(struct fd_table *t, int fd, bool on)
{
    int r = -EBADF;

    spin_lock(&t->lock);
    if ((unsigned)fd < t->array->capacity && t->array->files[fd] != NULL) {
        bit_assign(t->array->cloexec, (unsigned)fd, on);
        r = 0;
    }
    spin_unlock(&t->lock);
    return r;
}

int fd_next(struct fd_table *t, int from)
{
    struct fd_array *a = atomic_load_acquire(&t->array);

    for (unsigned fd = from < 0 ? 0 : (unsigned)from; fd < a->capacity; fd++)
        if (atomic_load_relaxed(&a->files[fd]) != NULL)
            return (int)fd;
    return -1;
}

int fd_close_range(struct fd_table *t, unsigned first, unsigned last, bool only_set_cloexec)
{
    if (first > last)
        return -EINVAL;
    for (int fd = (int)min(first, FD_MAX); (fd = fd_next(t, fd)) >= 0 && (unsigned)fd <= last; fd++) {
        if (only_set_cloexec)
            fd_set_cloexec(t, fd, true);
        else
            fd_close(t, fd);
    }
    return 0;
}

void fd_close_on_exec(struct fd_table *t)
{
    for (int fd = 0; (fd = fd_next(t, fd)) >= 0; fd++)
        if (fd_get_cloexec(t, fd) == 1)
            fd_close(t, fd);
}

void fd_table_set_limit(struct fd_table *t, unsigned long nofile_soft)
{
    atomic_store_relaxed(&t->limit, nofile_soft);
}

unsigned long fd_table_limit(struct fd_table *t)
{
    return min(atomic_load_relaxed(&t->limit), (unsigned long)FD_MAX);
}
