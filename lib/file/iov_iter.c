// SPDX-License-Identifier: BSD-3-Clause
// The cursor over user or kernel buffers.
#include "file/iov_iter.h"

#include "arch/uaccess.h"
#include "base/string.h"
#include "base/types.h"
#include <errno.h>
#include <sys/uio.h>

_Static_assert(sizeof(struct iovec) == sizeof(((struct iov_one *)0)->seg), "iov_one.seg is one iovec");

static struct iov_iter *init_one(struct iov_one *o, void *buf, size_t n, bool kernel)
{
    o->seg[0] = (uintptr_t)buf;
    o->seg[1] = n;
    o->iter.segs = (const struct iovec *)o->seg;
    o->iter.n_segs = 1;
    o->iter.seg_offset = 0;
    o->iter.remaining = n;
    o->iter.kernel = kernel;
    return &o->iter;
}

struct iov_iter *iov_iter_init_user(struct iov_one *o, void *user, size_t n)
{
    return init_one(o, user, n, false);
}

struct iov_iter *iov_iter_init_kernel(struct iov_one *o, void *buf, size_t n)
{
    return init_one(o, buf, n, true);
}

void iov_iter_init_segs(struct iov_iter *it, const struct iovec *segs, unsigned n, bool kernel)
{
    it->segs = segs;
    it->n_segs = n;
    it->seg_offset = 0;
    it->remaining = 0;
    it->kernel = kernel;
    for (unsigned i = 0; i < n; i++)
        it->remaining += segs[i].iov_len;
}

void iov_iter_advance(struct iov_iter *it, size_t n)
{
    it->remaining -= n;
    it->seg_offset += n;
    while (it->n_segs > 1 && it->seg_offset >= it->segs->iov_len) {
        it->seg_offset -= it->segs->iov_len;
        it->segs++;
        it->n_segs--;
    }
}

void iov_iter_revert(struct iov_iter *it, size_t n)
{
    it->remaining += n;
    while (n > it->seg_offset) {
        n -= it->seg_offset;
        it->segs--;
        it->n_segs++;
        it->seg_offset = it->segs->iov_len;
    }
    it->seg_offset -= n;
}

enum direction { TO_ITER, FROM_ITER, ZERO_ITER };

/* Returns the bytes not copied. */
static __always_inline size_t copy_piece(const struct iov_iter *it, char *there, char *here, size_t n, enum direction dir)
{
    if (!it->kernel) {
        if (dir == TO_ITER)
            return copy_out_partial(there, here, n);
        if (dir == FROM_ITER)
            return copy_in_partial(here, there, n);
        return clear_user(there, n) == 0 ? 0 : n;
    }
    if (dir == TO_ITER)
        memcpy(there, here, n);
    else if (dir == FROM_ITER)
        memcpy(here, there, n);
    else
        memset(there, 0, n);
    return 0;
}

/* Within the current segment: nearly every call. */
static __always_inline long copy_fast(struct iov_iter *it, char *here, size_t n, enum direction dir)
{
    size_t done = n - copy_piece(it, (char *)it->segs->iov_base + it->seg_offset, here, n, dir);

    it->remaining -= done;
    it->seg_offset += done;
    return done == 0 && n != 0 ? -EFAULT : (long)done;
}

static __always_inline long copy(struct iov_iter *it, char *here, size_t n, enum direction dir)
{
    size_t done = 0;

    if (n > it->remaining)
        n = it->remaining;
    if (likely(n <= it->segs->iov_len - it->seg_offset && it->seg_offset <= it->segs->iov_len))
        return copy_fast(it, here, n, dir);
    while (done < n) {
        while (it->seg_offset >= it->segs->iov_len)
            iov_iter_advance(it, 0);
        size_t piece = it->segs->iov_len - it->seg_offset;
        if (piece > n - done)
            piece = n - done;
        size_t left = copy_piece(it, (char *)it->segs->iov_base + it->seg_offset, here == NULL ? NULL : here + done, piece, dir);
        iov_iter_advance(it, piece - left);
        done += piece - left;
        if (left != 0)
            return done > 0 ? (long)done : -EFAULT;
    }
    return (long)done;
}

long iov_iter_put(struct iov_iter *it, const void *src, size_t n)
{
    return copy(it, (char *)src, n, TO_ITER);
}

long iov_iter_put_zeros(struct iov_iter *it, size_t n)
{
    return copy(it, NULL, n, ZERO_ITER);
}

long iov_iter_take(struct iov_iter *it, void *dst, size_t n)
{
    return copy(it, dst, n, FROM_ITER);
}

int iov_iter_fault_in(struct iov_iter *it, size_t n, bool for_write)
{
    if (it->kernel || it->remaining == 0 || n == 0)
        return 0;
    const char *start = (const char *)it->segs->iov_base + it->seg_offset;
    size_t piece = min(n, it->segs->iov_len - it->seg_offset);
    uint8_t byte = 0;

    if (piece == 0)
        return 0;
    for (const char *p = start; p < start + piece; p = (const char *)ALIGN_DOWN((uintptr_t)p + PAGE_SIZE, PAGE_SIZE)) {
        int r = get_user_u8(&byte, p);
        if (r == 0 && for_write)
            r = put_user_u8((void *)p, byte);
        if (r != 0)
            return p == start ? r : 0;
    }
    return 0;
}
