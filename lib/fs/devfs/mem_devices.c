// SPDX-License-Identifier: BSD-3-Clause
// Character devices of major number 1: null, zero, full, random, urandom, kmsg.
#include "abi/ioctl.h"
#include "arch/uaccess.h"
#include "base/log.h"
#include "base/types.h"
#include "device/class.h"
#include "devfs_private.h"
#include "file/file.h"
#include "sched/wait.h"
#include "vfs/path.h"
#include "vm/object.h"
#include <errno.h>
#include <sys/mman.h>

#define CHUNK_BYTES 256u

static int64_t seek_nowhere(struct file *f, int64_t offset, int whence)
{
    return f->pos = 0;
}

static long read_nothing(struct file *f, struct iov_iter *it, struct io *io)
{
    return 0;
}

static long swallow(struct file *f, struct iov_iter *it, struct io *io)
{
    size_t n = iov_iter_count(it);

    iov_iter_advance(it, n);
    return (long)n;
}

static long read_zeros(struct file *f, struct iov_iter *it, struct io *io)
{
    return iov_iter_put_zeros(it, iov_iter_count(it));
}

static long write_full(struct file *f, struct iov_iter *it, struct io *io)
{
    return -ENOSPC;
}

static int mmap_zero(struct file *f, int prot, int flags, int64_t offset, size_t length, struct vm_object **out)
{
    *out = vm_object_create_anon((uint64_t)offset + length);
    return *out == NULL ? -ENOMEM : 0;
}

static long read_random(struct file *f, struct iov_iter *it, struct io *io)
{
    char chunk[CHUNK_BYTES];
    long total = 0;

    while (iov_iter_count(it) > 0) {
        size_t n = min(iov_iter_count(it), sizeof chunk);
        random_bytes(chunk, n);
        long r = iov_iter_put(it, chunk, n);
        if (r < 0)
            return total > 0 ? total : r;
        total += r;
        if ((size_t)r < n || (total >= 4096 && wait_signal_pending()))
            break;
    }
    return total;
}

static long write_random(struct file *f, struct iov_iter *it, struct io *io)
{
    char chunk[CHUNK_BYTES];
    long total = 0;

    while (iov_iter_count(it) > 0) {
        long r = iov_iter_take(it, chunk, min(iov_iter_count(it), sizeof chunk));
        if (r < 0)
            return total > 0 ? total : r;
        random_add(chunk, (size_t)r);
        total += r;
    }
    return total;
}

static long ioctl_random(struct file *f, unsigned cmd, unsigned long arg)
{
    switch (cmd) {
    case RNDGETENTCNT:
        return put_user_u32((void *)arg, random_seeded() ? 256 : 0);
    case RNDRESEEDCRNG:
    case RNDZAPENTCNT:
    case RNDCLEARPOOL:
    case RNDADDTOENTCNT:
        return vfs_cred_capable(vfs_current_cred(), VFS_CAP_SYS_ADMIN) ? 0 : -EPERM;
    default:
        return -ENOTTY;
    }
}

static long write_log(struct file *f, struct iov_iter *it, struct io *io)
{
    char line[CHUNK_BYTES];
    size_t n = iov_iter_count(it);
    long r = iov_iter_take(it, line, min(n, sizeof line - 1));

    if (r < 0)
        return r;
    line[r] = '\0';
    log_info("%s", line);
    return (long)n;
}

static const struct file_ops null_ops = {.kind = "null", .read = read_nothing, .write = swallow, .seek = seek_nowhere};
static const struct file_ops zero_ops = {
    .kind = "zero", .read = read_zeros, .write = swallow, .seek = seek_nowhere, .mmap = mmap_zero};
static const struct file_ops full_ops = {.kind = "full", .read = read_zeros, .write = write_full, .seek = seek_nowhere};
static const struct file_ops random_ops = {
    .kind = "random", .read = read_random, .write = write_random, .seek = seek_nowhere, .ioctl = ioctl_random};
static const struct file_ops kmsg_ops = {.kind = "kmsg", .read = read_nothing, .write = write_log, .seek = seek_nowhere};

void mem_devices_register(void)
{
    static const struct {
        unsigned minor;
        const struct file_ops *ops;
    } devices[] = {{3, &null_ops}, {5, &zero_ops}, {7, &full_ops}, {8, &random_ops}, {9, &random_ops}, {11, &kmsg_ops}};

    for (unsigned k = 0; k < ARRAY_SIZE(devices); k++)
        (void)vfs_char_device_register(1, devices[k].minor, 1, devices[k].ops, NULL);
}
