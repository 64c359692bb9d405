// SPDX-License-Identifier: BSD-3-Clause
// User I/O vectors: one checked kernel copy.
#pragma once

#include "file/iov_iter.h"
#include <sys/uio.h>

#define IOVEC_FAST 8

/** struct iovec_copy - filled by iovec_import(); iovec_release() frees what it allocated. */
struct iovec_copy {
    struct iov_iter iter;
    struct iovec *segs;
    struct iovec fast[IOVEC_FAST];
};

/**
 * iovec_import - copy and check a vector of user buffers.
 * Return: 0; -EINVAL: more than IOV_MAX segments, or a length that is negative; -EFAULT; -ENOMEM. The total is cut at FILE_RW_MAX.
 */
int iovec_import(struct iovec_copy *c, const struct iovec *user, unsigned long n) __must_check;
void iovec_release(struct iovec_copy *c);
