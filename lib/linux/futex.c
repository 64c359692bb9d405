// SPDX-License-Identifier: BSD-3-Clause
// futex: decoding. Priority inheritance is linked only by programs that use it: weak references here, osv_futex_pi elsewhere.
#include "base/types.h"
#include "linux/syscalls.h"
#include "linux/user_time.h"
#include "process/futex.h"
#include "sched/time.h"
#include <abi/futex.h>
#include <errno.h>

#pragma weak futex_lock_pi
#pragma weak futex_unlock_pi
#pragma weak futex_wait_requeue_pi
#pragma weak futex_cmp_requeue_pi

static bool has_timeout(int cmd)
{
    return cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_LOCK_PI || cmd == FUTEX_LOCK_PI2 || cmd == FUTEX_WAIT_REQUEUE_PI;
}

static int get_deadline(struct futex_deadline *d, int op, const void *timeout)
{
    int cmd = op & FUTEX_CMD_MASK;

    d->at_ns = NSEC_FOREVER;
    d->realtime = op & FUTEX_CLOCK_REALTIME || cmd == FUTEX_LOCK_PI;
    if (timeout == NULL || !has_timeout(cmd))
        return 0;
    int err = user_timespec_get(&d->at_ns, timeout);
    if (err == 0 && cmd == FUTEX_WAIT)
        d->at_ns = nsec_add(clock_monotonic_ns(), d->at_ns);
    return err;
}

/* The operations on priority-inheriting locks. */
static long pi_op(int cmd, unsigned flags, uint32_t *uaddr, uint32_t val, const struct futex_deadline *d, int val2, uint32_t *uaddr2, uint32_t val3)
{
    if (futex_lock_pi == NULL)
        return -ENOSYS;
    switch (cmd) {
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
        return futex_lock_pi(uaddr, flags, d, false);
    case FUTEX_TRYLOCK_PI:
        return futex_lock_pi(uaddr, flags, NULL, true);
    case FUTEX_UNLOCK_PI:
        return futex_unlock_pi(uaddr, flags);
    case FUTEX_WAIT_REQUEUE_PI:
        return futex_wait_requeue_pi != NULL ? futex_wait_requeue_pi(uaddr, flags, val, d, FUTEX_BITSET_MATCH_ANY, uaddr2) : -ENOSYS;
    default:
        return futex_cmp_requeue_pi != NULL ? futex_cmp_requeue_pi(uaddr, flags, uaddr2, (int)val, val2, val3) : -ENOSYS;
    }
}

static __noinline long any_op(uint32_t *uaddr, int op, uint32_t val, const void *timeout, uint32_t *uaddr2, uint32_t val3)
{
    int cmd = op & FUTEX_CMD_MASK, val2 = (int)(uintptr_t)timeout;
    unsigned flags = op & FUTEX_PRIVATE_FLAG ? 0 : FUTEX_SHARED;
    struct futex_deadline d;

    int err = get_deadline(&d, op, timeout);
    if (err != 0)
        return err;
    if ((op & FUTEX_CLOCK_REALTIME) && cmd != FUTEX_WAIT_BITSET && cmd != FUTEX_WAIT_REQUEUE_PI && cmd != FUTEX_LOCK_PI2)
        return -ENOSYS;
    switch (cmd) {
    case FUTEX_WAIT:
        return futex_wait(uaddr, flags, val, &d, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAIT_BITSET:
        return futex_wait(uaddr, flags, val, &d, val3);
    case FUTEX_WAKE:
        return futex_wake(uaddr, flags, (int)val, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAKE_BITSET:
        return futex_wake(uaddr, flags, (int)val, val3);
    case FUTEX_REQUEUE:
        return futex_requeue(uaddr, flags, uaddr2, (int)val, val2, NULL);
    case FUTEX_CMP_REQUEUE:
        return futex_requeue(uaddr, flags, uaddr2, (int)val, val2, &val3);
    case FUTEX_WAKE_OP:
        return futex_wake_op(uaddr, flags, uaddr2, (int)val, val2, val3);
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_TRYLOCK_PI:
    case FUTEX_UNLOCK_PI:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_CMP_REQUEUE_PI:
        return pi_op(cmd, flags, uaddr, val, &d, val2, uaddr2, val3);
    default:
        return -ENOSYS;
    }
}

long sys_futex(uint32_t *uaddr, int op, uint32_t val, const void *timeout, uint32_t *uaddr2, uint32_t val3)
{
    unsigned flags = op & FUTEX_PRIVATE_FLAG ? 0 : FUTEX_SHARED;
    int cmd = op & ~FUTEX_PRIVATE_FLAG;

    /* the two that every lock of every program uses */
    if (likely(cmd == FUTEX_WAKE))
        return futex_wake(uaddr, flags, (int)val, FUTEX_BITSET_MATCH_ANY);
    if (likely(cmd == FUTEX_WAIT && timeout == NULL))
        return futex_wait(uaddr, flags, val, NULL, FUTEX_BITSET_MATCH_ANY);
    return any_op(uaddr, op, val, timeout, uaddr2, val3);
}
