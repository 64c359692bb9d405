// SPDX-License-Identifier: BSD-3-Clause
// process_vm_readv and process_vm_writev.

/*
 * The other process is this one: there is one address space. Bytes go through a buffer a page at a time and a chunk never crosses a page
 * of the remote side, so that a bad page ends the transfer where Linux ends it.
 */

#include "arch/uaccess.h"
#include "iovec.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "vm/space.h"
#include <errno.h>

/* The remote vector: lengths are checked, addresses only when they are used. */
static int remote_import(struct iovec **out, const struct iovec *user, unsigned long n)
{
    struct iovec *segs;

    if (n > IOV_MAX_SEGS)
        return -EINVAL;
    segs = kmalloc((n ? n : 1) * sizeof(*segs));
    if (!segs)
        return -ENOMEM;
    if (copy_in(segs, user, n * sizeof(*segs))) {
        kfree(segs);
        return -EFAULT;
    }
    for (unsigned long i = 0; i < n; i++) {
        if ((ssize_t)segs[i].iov_len < 0) {
            kfree(segs);
            return -EINVAL;
        }
    }
    *out = segs;
    return 0;
}

static int check_process(pid_t pid)
{
    struct process_thread *t = process_thread_find(pid);
    int err = 0;

    if (!t)
        return -ESRCH;
    if (t->process->space != vm_current())
        err = -EPERM; /* another space's pages would have to be looked up there */
    process_thread_put(t);
    return err;
}

/* One chunk inside a page of the remote side. Return: bytes moved; -EFAULT if none. */
static long move_chunk(struct iov_iter *local, void *remote, void *buffer, size_t n, bool write)
{
    long done;

    if (!write)
        return copy_in(buffer, remote, n) ? -EFAULT : iov_iter_put(local, buffer, n);
    done = iov_iter_take(local, buffer, n);
    if (done <= 0)
        return -EFAULT;
    return copy_out(remote, buffer, (size_t)done) ? -EFAULT : done;
}

static long move(struct iov_iter *local, const struct iovec *remote, unsigned long n_remote, bool write)
{
    char *buffer = kmalloc(PAGE_SIZE);
    size_t total = 0;
    long err = 0;

    if (!buffer)
        return -ENOMEM;
    for (unsigned long i = 0; i < n_remote && !err && iov_iter_count(local); i++) {
        uintptr_t at = (uintptr_t)remote[i].iov_base;
        size_t left = remote[i].iov_len;

        while (left && iov_iter_count(local)) {
            size_t n = min(min(left, PAGE_SIZE - at % PAGE_SIZE), iov_iter_count(local));
            long r = move_chunk(local, (void *)at, buffer, n, write);

            if (r < 0) {
                err = r;
                break;
            }
            total += (size_t)r;
            at += (size_t)r;
            left -= (size_t)r;
            if ((size_t)r < n) {
                err = -EFAULT;
                break;
            }
        }
    }
    kfree(buffer);
    return total ? (long)total : err;
}

static long process_vm_rw(pid_t pid, const struct iovec *local, unsigned long n_local, const struct iovec *remote,
                          unsigned long n_remote, unsigned long flags, bool write)
{
    struct iovec_copy ours;
    struct iovec *theirs;
    long r;

    if (flags)
        return -EINVAL;
    if ((r = iovec_import(&ours, local, n_local)))
        return r;
    if (iov_iter_count(&ours.iter) && (r = remote_import(&theirs, remote, n_remote)) == 0) {
        size_t total = 0;

        for (unsigned long i = 0; i < n_remote; i++)
            total |= theirs[i].iov_len;
        if (total && (r = check_process(pid)) == 0)
            r = move(&ours.iter, theirs, n_remote, write);
        kfree(theirs);
    }
    iovec_release(&ours);
    return r;
}

long sys_process_vm_readv(pid_t pid, const struct iovec *local, unsigned long n_local, const struct iovec *remote,
                          unsigned long n_remote, unsigned long flags)
{
    return process_vm_rw(pid, local, n_local, remote, n_remote, flags, false);
}

long sys_process_vm_writev(pid_t pid, const struct iovec *local, unsigned long n_local, const struct iovec *remote,
                           unsigned long n_remote, unsigned long flags)
{
    return process_vm_rw(pid, local, n_local, remote, n_remote, flags, true);
}
