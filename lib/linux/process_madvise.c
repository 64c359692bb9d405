// SPDX-License-Identifier: BSD-3-Clause
// process_madvise.

#include "file/fd_table.h"
#include "file/file.h"
#include "iovec.h"
#include "linux/syscalls.h"
#include "process/pidfd.h"
#include "process/process.h"
#include "vm/space.h"
#include <abi/capability.h>
#include <errno.h>

/* Advise range by range. Return: bytes advised before the first failure, else that failure. */
static long advise_all(struct address_space *as, const struct iovec_copy *c, size_t n, int advice)
{
    size_t done = 0;

    for (size_t i = 0; i < n; i++) {
        int err = vm_advise(as, (vaddr_t)c->segs[i].iov_base, c->segs[i].iov_len, advice);

        if (err)
            return done ? (long)done : err;
        done += c->segs[i].iov_len;
    }
    return (long)done;
}

static long advise_process(int pidfd, const struct iovec_copy *c, size_t n, int advice)
{
    struct file *f = fd_get(pidfd);
    const struct process *p;
    long r;

    if (!f)
        return -EBADF;
    p = pidfd_process(f);
    if (!p)
        r = -EBADF;
    else if (!vm_advise_foreign(advice))
        r = -EINVAL;
    else if (!p->space)
        r = -ESRCH;
    else if (!process_capable(CAP_SYS_NICE))
        r = -EPERM;
    else
        r = advise_all(p->space, c, n, advice);
    file_put(f);
    return r;
}

long sys_process_madvise(int pidfd, const struct iovec *vec, size_t n, int advice, unsigned flags)
{
    struct iovec_copy c;
    long r;

    if (flags)
        return -EINVAL;
    if ((r = iovec_import(&c, vec, n)))
        return r;
    r = advise_process(pidfd, &c, n, advice);
    iovec_release(&c);
    return r;
}
