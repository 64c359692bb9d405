// SPDX-License-Identifier: BSD-3-Clause
// Threads: creation, identity, sleeping and the hooks that rooms above hang on a thread.
#pragma once

#include "arch/context.h"
#include "arch/thread.h" /* struct arch_thread: kernel stack bounds, work flags, FPU area, FS base */
#include "base/compiler.h"
#include "base/list.h"
#include "base/rbtree.h"
#include "base/types.h"
#include "sched/sched.h"
#include <stdbool.h>
#include <stdint.h>

struct run_queue;
struct process_thread; /* defined by room process */

enum thread_state {
    THREAD_RUNNABLE,      /* on a run queue or running */
    THREAD_WOKEN_TIMEOUT, /* runnable: its wait ended at the deadline */
    THREAD_WOKEN_SIGNAL,  /* runnable: its wait ended by thread_interrupt() */
    THREAD_SLEEP,         /* waits; only its wait queue or deadline wakes it. This and all below: not runnable */
    THREAD_SLEEP_INTR,    /* waits; a signal wakes it too */
    THREAD_STOPPED,       /* job control or debugger: only wait_wake_thread() goes on */
    THREAD_DEAD,          /* has run for the last time; memory still held by references */
};

/* arch_thread.work bits, tested on each way out of a system call and each return from an interrupt. */
#define THREAD_WORK_RESCHED 1u /* unused by the scheduler: a wanted reschedule is in the preemption count */
#define THREAD_WORK_SIGNAL 2u  /* a deliverable signal may be pending (room process decides) */
#define THREAD_WORK_TRACE 4u   /* --strace */
#define THREAD_WORK_NOTIFY 8u  /* rseq fix-up after preemption or migration */

/**
 * struct sched_entity - the scheduler's part of a thread.
 * Legend: q = the lock of the run queue @rq names; s = only the thread itself
 */
struct sched_entity {
    struct rb_node node;       /* q: in rq->tree while waiting for the CPU */
    int64_t order;             /* q: fair: virtual run time in weighted cycles; realtime: position among equals */
    uint32_t class_key;        /* q: 0..98 realtime (99 - priority), SCHED_KEY_FAIR */
    uint32_t weight;           /* q: fair share; 1024 = nice 0 */
    uint64_t inverse_weight;   /* q: 2^32 * 1024 / weight */
    uint64_t run_start;        /* q: cycle counter when the current run was last accounted */
    uint64_t run_cycles;       /* q: in all */
    nsec_t reported_ns;        /* q: what thread_run_ns() said last */
    nsec_t reported_user_ns;   /* q: what thread_get_times() said last */
    uint64_t sampled_cycles;   /* q: of @run_cycles, charged to the application or the kernel */
    uint64_t system_cycles;    /* q: of these, to the kernel */
    uint64_t slice_start;      /* q: run_cycles when it got the CPU */
    struct run_queue *rq;      /* q: where it runs, waits, or slept last */
    bool on_rq;                /* q: running or in the tree */
    bool boosted;              /* q */
    bool in_tree;              /* q: waits in rq->tree */
    bool slice_expired;        /* q: a round-robin thread goes to the tail of its line */
    bool no_wake_preempt;      /* q: BATCH and IDLE */
    struct sched_params params;/* q: what the program set */
    struct sched_params boost; /* q: valid if boosted */
    struct cpu_mask affinity;  /* q */
    uint64_t voluntary, involuntary; /* q: switches */
};

/**
 * struct thread - one schedulable context.
 * @arch:  first member: assembly reaches it through the per-CPU current pointer
 * Legend: I = set before the thread first runs; q = owned by the run queue lock; s = only the thread itself; a = atomic
 */
struct thread {
    struct arch_thread arch;
    struct arch_context ctx;         /* q */
    uint32_t tid;                    /* 1..; unique among all threads that have references; registry lock to change (execve) */
    uint32_t refs;           /* a */
    uint32_t state;          /* a: enum thread_state */
    bool interrupt_pending;  /* a: set by thread_interrupt(), cleared by room process when no signal is deliverable */
    bool kernel_only;                /* I: never returns to application code */
    bool notify_preempt;             /* s: set THREAD_WORK_NOTIFY when preempted or migrated */
    char name[16];                   /* lock in thread.c; always terminated */
    void (*entry)(void *);           /* I */
    void *entry_arg;                 /* I */
    struct process_thread *process;  /* I: NULL for kernel threads; room process owns it */
    void (*on_exit)(struct thread *);/* I: called on the dying thread, may sleep */
    void *space;                     /* s or before start: address space, for sched_set_space_hook(); NULL: any will do */
    struct sched_entity se;          /* q */
    struct thread *hash_next;        /* registry lock */
    struct list_node all_link;       /* registry lock */
    struct thread *reap_next;        /* own CPU, between the last run and the last thread_put */
    uint64_t start_cycles;           /* I */
    uint64_t minor_faults, major_faults; /* s */
    uint64_t user_data[4];           /* s: scratch for rooms above (audit: restart block lives in process) */
};

struct thread_attr {
    const char *name;      /* NULL: inherits the creator's */
    void *entry_arg;
    void (*entry)(void *); /* runs on the kernel stack with interrupts on */
    struct process_thread *process;
    void (*on_exit)(struct thread *);
    uint64_t affinity_first_64; /* 0: the creator's */
    void *space;           /* see struct thread */
    bool kernel_only;
};

/**
 * thread_create - make a thread; it does not run until thread_start().
 * thread_put() instead gives up a thread that was not started.
 * Context: may sleep. Return: 0 and *out with one reference for the caller; -ENOMEM; -EAGAIN at the thread limit.
 */
int thread_create(const struct thread_attr *attr, struct thread **out) __must_check;
void thread_start(struct thread *t);
/** thread_start_kernel - create, start and release a detached kernel thread. */
int thread_start_kernel(const char *name, void (*entry)(void *), void *arg) __must_check;
void thread_exit(void) __noreturn;
static inline struct thread *thread_current(void)
{
    return (struct thread *)arch_current();
}
struct thread *thread_get(struct thread *t);
void thread_put(struct thread *t);
/** thread_lookup - by tid, with a reference; NULL if none is alive. Context: any, never sleeps. */
struct thread *thread_lookup(uint32_t tid);
/** thread_iterate - call fn for every live thread with a reference held; stops when fn returns non-zero and returns it. */
int thread_iterate(int (*fn)(struct thread *, void *), void *arg);
unsigned thread_count(void);
unsigned thread_runnable_count(void); /* running or waiting for a CPU */
uint64_t thread_created_total(void);
/** thread_set_limits - most threads at once (0: unchanged) and the highest tid (0: unchanged): threads-max and pid_max of /proc/sys/kernel. */
void thread_set_limits(unsigned max_threads, uint32_t max_tid);
void thread_get_limits(unsigned *max_threads, uint32_t *max_tid);
void thread_set_name(struct thread *t, const char *name);
void thread_get_name(struct thread *t, char out[16]);

/** thread_take_tid - give @t the number @tid of a thread that is leaving or has left; if it is still there, it gets @t's. Not with @t's own number. */
void thread_take_tid(struct thread *t, uint32_t tid);

/** thread_interrupt - a signal is pending: ends an interruptible wait with -EINTR and sets THREAD_WORK_SIGNAL. Context: any. */
void thread_interrupt(struct thread *t);
/** thread_kick - make @t notice its work bits soon: reschedule IPI if it runs on another CPU. Context: any. */
void thread_kick(struct thread *t);

/** Times of a thread, ns: @run_ns in all, of which @system_ns in the kernel by sampling (thread_sample_start()); switches counted. */
struct thread_times {
    nsec_t run_ns, system_ns;
    uint64_t voluntary_switches, involuntary_switches, minor_faults, major_faults;
};
/** thread_run_ns - CPU time of @t so far, also while it runs. Context: any. */
nsec_t thread_run_ns(struct thread *t);
void thread_get_times(struct thread *t, struct thread_times *out);
/** thread_sample_start - from now on tell time in the kernel from time in the application; before, all of it counts as the latter. Context: any. */
void thread_sample_start(void);
