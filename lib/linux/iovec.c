// SPDX-License-Identifier: BSD-3-Clause
// User I/O vectors: one checked kernel copy.
#include "iovec.h"

#include "arch/uaccess.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <sys/types.h>

static int check(struct iovec *segs, unsigned n)
{
    size_t total = 0;

    for (unsigned i = 0; i < n; i++) {
        if ((ssize_t)segs[i].iov_len < 0)
            return -EINVAL;
        if (!user_range_ok(segs[i].iov_base, segs[i].iov_len))
            return -EFAULT;
        if (segs[i].iov_len > FILE_RW_MAX - total)
            segs[i].iov_len = FILE_RW_MAX - total;
        total += segs[i].iov_len;
    }
    return 0;
}

int iovec_import(struct iovec_copy *c, const struct iovec *user, unsigned long n)
{
    if (n > IOV_MAX_SEGS)
        return -EINVAL;
    c->segs = c->fast;
    if (n > IOVEC_FAST) {
        c->segs = kmalloc(n * sizeof(struct iovec));
        if (c->segs == NULL)
            return -ENOMEM;
    }
    int r = copy_in(c->segs, user, n * sizeof(struct iovec));
    if (r == 0)
        r = check(c->segs, (unsigned)n);
    if (r != 0) {
        iovec_release(c);
        return r;
    }
    iov_iter_init_segs(&c->iter, c->segs, (unsigned)n, false);
    return 0;
}

void iovec_release(struct iovec_copy *c)
{
    if (c->segs != c->fast)
        kfree(c->segs);
}
