// SPDX-License-Identifier: BSD-3-Clause
// A cursor over user or kernel buffers: the one way that data moves between a system call and a file.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct iovec; /* <sys/uio.h> */

/** struct iov_iter - @segs is a kernel copy of the vector; the buffers are user memory unless @kernel. */
struct iov_iter {
    const struct iovec *segs;
    unsigned n_segs;
    size_t seg_offset; /* into segs[0] */
    size_t remaining;  /* bytes in all */
    bool kernel;
    struct iovec *single_storage; /* points into the caller for iov_iter_init_one */
};

#define IOV_MAX_SEGS 1024
/** Room for one segment, so that read(2) needs no allocation. */
struct iov_one {
    struct iov_iter iter;
    uintptr_t seg[2];
};
struct iov_iter *iov_iter_init_user(struct iov_one *o, void *user, size_t n);
struct iov_iter *iov_iter_init_kernel(struct iov_one *o, void *buf, size_t n);
void iov_iter_init_segs(struct iov_iter *it, const struct iovec *segs, unsigned n, bool kernel);

/**
 * iov_iter_put - copy @n bytes from kernel memory @src to the cursor and advance (a read).
 * Return: bytes copied (may be short at a fault after some bytes, or at the end); -EFAULT if none.
 */
long iov_iter_put(struct iov_iter *it, const void *src, size_t n) __must_check;
long iov_iter_put_zeros(struct iov_iter *it, size_t n) __must_check;
/** iov_iter_take - copy @n bytes from the cursor to kernel memory @dst and advance (a write). Return as iov_iter_put. */
long iov_iter_take(struct iov_iter *it, void *dst, size_t n) __must_check;
/** iov_iter_fault_in - touch up to @n bytes of the user buffers so that a following copy under a lock succeeds. -EFAULT if none can be. */
int iov_iter_fault_in(struct iov_iter *it, size_t n, bool for_write) __must_check;
void iov_iter_advance(struct iov_iter *it, size_t n);
void iov_iter_revert(struct iov_iter *it, size_t n); /* undo the last advance of n bytes; only within the current call's copies */
static inline size_t iov_iter_count(const struct iov_iter *it) { return it->remaining; }
