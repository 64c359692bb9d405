// SPDX-License-Identifier: BSD-3-Clause
// Futexes: sleeping on a word of user memory.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

/* @flags of all calls. */
#define FUTEX_SHARED 1u /* the word may be mapped by several processes */

/** struct futex_deadline - absolute; NULL or NSEC_FOREVER: none. */
struct futex_deadline {
    nsec_t at_ns;
    bool realtime; /* on CLOCK_REALTIME, else CLOCK_MONOTONIC */
};

/* The operations of futex(2): results and errnos as there. Each family is its own file; linux/futex.c links only what is used. */

/** futex_wait - Return: 0 woken; -EAGAIN value differs; -ETIMEDOUT; -ERESTARTSYS or, with a deadline, -ERESTART_RESTARTBLOCK; -EINVAL; -EFAULT. */
long futex_wait(uint32_t *uaddr, unsigned flags, uint32_t val, const struct futex_deadline *deadline, uint32_t bitset);
long futex_wake(uint32_t *uaddr, unsigned flags, int n, uint32_t bitset);
/** futex_requeue - @cmp NULL: FUTEX_REQUEUE. Return: threads woken and moved. */
long futex_requeue(uint32_t *uaddr, unsigned flags, uint32_t *uaddr2, int n_wake, int n_requeue, const uint32_t *cmp);
long futex_wake_op(uint32_t *uaddr, unsigned flags, uint32_t *uaddr2, int n_wake, int n_wake2, uint32_t op);

long futex_lock_pi(uint32_t *uaddr, unsigned flags, const struct futex_deadline *deadline, bool try_only);
long futex_unlock_pi(uint32_t *uaddr, unsigned flags);
long futex_wait_requeue_pi(uint32_t *uaddr, unsigned flags, uint32_t val, const struct futex_deadline *deadline, uint32_t bitset, uint32_t *uaddr2);
long futex_cmp_requeue_pi(uint32_t *uaddr, unsigned flags, uint32_t *uaddr2, int n_wake, int n_requeue, uint32_t cmp);

/** struct futex_wait_item - one of futex_waitv()'s words; kernel copy. */
struct futex_wait_item {
    uint32_t *uaddr;
    uint32_t val;
    unsigned flags;
};
/** futex_waitv - wait for any of @n (1..128). Return: index of one that was woken; errnos as futex_wait(). */
long futex_waitv(const struct futex_wait_item *items, unsigned n, const struct futex_deadline *deadline);

/** futex_wake_user - for thread exit (clear_child_tid) and robust lists: private and shared waiters. */
int futex_wake_user(uint32_t *uaddr, int n);
void futex_exit_robust_list(void *head, uint32_t tid);
