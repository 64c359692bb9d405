// SPDX-License-Identifier: BSD-3-Clause
// Copies between the kernel and application memory.

/*
 * Big copies use vector registers. In a call that came through the gate they are dead, so THREAD_FPU_LIVE is set for the duration of the
 * copy only (a preemption then saves them); else the part that is used is put on the stack.
 */

#include "arch/thread.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "exception_table.h"
#include "state.h"
#include <errno.h>

size_t osv_user_copy(void *dst, const void *src, size_t n);
size_t osv_user_copy_nofault(void *dst, const void *src, size_t n);
size_t osv_user_copy_sse(void *dst, const void *src, size_t n);
size_t osv_user_copy_avx(void *dst, const void *src, size_t n);
size_t osv_user_copy_sse_saving(void *dst, const void *src, size_t n);
size_t osv_user_clear(void *dst, size_t n);

#define VECTOR_MIN 512u
#define XCR0_AVX 4u

extern const struct exception_entry osv_ex_table_start[], osv_ex_table_end[];

uintptr_t arch_exception_fixup(uintptr_t ip, bool *nofault)
{
    for (const struct exception_entry *e = osv_ex_table_start; e < osv_ex_table_end; e++) {
        if (ip >= e->start && ip < e->end) {
            *nofault = e->flags & 1;
            return e->fixup;
        }
    }
    return 0;
}

static size_t copy_by_vector(void *dst, const void *src, size_t n)
{
    struct arch_thread *t = arch_current();
    if (t->flags & THREAD_FPU_LIVE)
        return osv_user_copy_sse_saving(dst, src, n);
    t->flags |= THREAD_FPU_LIVE;
    size_t left = cpu_features.xcr0 & XCR0_AVX && cpu_features.xsave ? osv_user_copy_avx(dst, src, n) : osv_user_copy_sse(dst, src, n);
    t->flags &= ~THREAD_FPU_LIVE;
    return left;
}

static inline size_t copy(void *dst, const void *src, size_t n)
{
    return n < VECTOR_MIN ? osv_user_copy(dst, src, n) : copy_by_vector(dst, src, n);
}

size_t copy_in_partial(void *dst, const void *user_src, size_t n)
{
    return user_range_ok(user_src, n) ? copy(dst, user_src, n) : n;
}

size_t copy_out_partial(void *user_dst, const void *src, size_t n)
{
    return user_range_ok(user_dst, n) ? copy(user_dst, src, n) : n;
}

int copy_in(void *dst, const void *user_src, size_t n)
{
    return copy_in_partial(dst, user_src, n) ? -EFAULT : 0;
}

int copy_out(void *user_dst, const void *src, size_t n)
{
    return copy_out_partial(user_dst, src, n) ? -EFAULT : 0;
}

int copy_nofault(void *dst, const void *src, size_t n)
{
    return osv_user_copy_nofault(dst, src, n) ? -EFAULT : 0;
}

int clear_user(void *user_dst, size_t n)
{
    return user_range_ok(user_dst, n) && osv_user_clear(user_dst, n) == 0 ? 0 : -EFAULT;
}
