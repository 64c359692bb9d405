// SPDX-License-Identifier: BSD-3-Clause
// Sleeping locks: mutex, reader-writer lock, semaphore, condition, completion.
#pragma once

#include "base/atomic.h"
#include "base/compiler.h"
#include "sched/wait.h"
#include <stdbool.h>
#include <stdint.h>

/** struct mutex - adaptive: spins while the owner runs on another CPU, else sleeps. Not recursive. Owner releases. */
struct mutex {
    uintptr_t owner; /* struct thread * | bit 0: there are waiters */
    struct wait_queue waiters;
};
#define MUTEX_INIT(m) {.owner = 0, .waiters = WAIT_QUEUE_INIT((m).waiters)}
void mutex_init(struct mutex *m);
void mutex_lock(struct mutex *m); /* may sleep; not interruptible */
int mutex_lock_interruptible(struct mutex *m) __must_check; /* 0 or -EINTR */
bool mutex_try_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);
bool mutex_held(const struct mutex *m); /* by the current thread */

/** struct rwlock - sleeping readers/writer lock; a waiting writer holds back new readers. */
struct rwlock {
    uint32_t state; /* bit 31 writer, bit 30 writer waits, else reader count */
    struct wait_queue readers, writers;
};
#define RWLOCK_INIT(l) {.state = 0, .readers = WAIT_QUEUE_INIT((l).readers), .writers = WAIT_QUEUE_INIT((l).writers)}
void rwlock_init(struct rwlock *l);
void rwlock_read_lock(struct rwlock *l);
bool rwlock_try_read_lock(struct rwlock *l);
void rwlock_read_unlock(struct rwlock *l);
void rwlock_write_lock(struct rwlock *l);
bool rwlock_try_write_lock(struct rwlock *l);
void rwlock_write_unlock(struct rwlock *l);
void rwlock_downgrade(struct rwlock *l); /* writer becomes reader */

struct semaphore {
    int32_t count;
    struct wait_queue waiters;
};
void semaphore_init(struct semaphore *s, int32_t count);
int semaphore_down(struct semaphore *s, bool interruptible, nsec_t deadline_ns) __must_check;
void semaphore_up(struct semaphore *s);

/** struct condition - used with a struct mutex; spurious wake-ups are possible. */
struct condition {
    struct wait_queue waiters;
};
void condition_init(struct condition *c);
int condition_wait(struct condition *c, struct mutex *m, bool interruptible, nsec_t deadline_ns);
void condition_signal(struct condition *c);
void condition_broadcast(struct condition *c);

/** struct completion - one-way "done" flag. */
struct completion {
    bool done;
    struct wait_queue waiters;
};
void completion_init(struct completion *c);
void completion_wait(struct completion *c);
int completion_wait_interruptible(struct completion *c, nsec_t deadline_ns) __must_check;
void completion_done(struct completion *c); /* wakes all; context: any */
