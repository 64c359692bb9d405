// SPDX-License-Identifier: BSD-3-Clause
// RCU: readers without locks, reclamation after a grace period.
#pragma once

#include "arch/preempt.h"
#include "base/compiler.h"

/** Readers: preemption is off inside, so they must not sleep. Nesting is allowed. */
static inline void rcu_read_lock(void) { preempt_disable(); }
static inline void rcu_read_unlock(void) { preempt_enable(); }

#define rcu_load(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)            /* pairs with rcu_publish */
#define rcu_publish(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE) /* pairs with rcu_load */

struct rcu_head {
    struct rcu_head *next;
    void (*fn)(struct rcu_head *);
};
/** rcu_call - run @fn(head) after every reader that may see the object has left. Context: any. @fn runs in a kernel thread and may sleep briefly. */
void rcu_call(struct rcu_head *head, void (*fn)(struct rcu_head *));
void rcu_synchronize(void); /* waits for a grace period; may sleep */
void rcu_barrier(void);     /* waits until all callbacks queued so far have run */
