// SPDX-License-Identifier: BSD-3-Clause
// The scheduler: policies, yielding, affinity, CPUs.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

struct thread;

#define CPU_MAX 256
struct cpu_mask {
    uint64_t bits[CPU_MAX / 64];
};

#define SCHED_KEY_FAIR 100u

/** sched_init - make the calling context thread 1 on CPU 0 ("init thread"). Called once, interrupts off. */
void sched_init(void);
/** sched_start_cpus - start the other CPUs (through arch_cpu_start) and let them schedule. Context: may sleep. Return: how many run now. */
unsigned sched_start_cpus(void);
unsigned sched_cpu_count(void); /* online */
void sched_online_mask(struct cpu_mask *out);

/** thread_yield - let other threads of this CPU run first; the body of sched_yield(2). */
void thread_yield(void);
/** sched_block - give up the CPU if the thread's state says so; the caller announced the wait. See wait.h. */
void sched_block(void);
/** sched_set_space_hook - called with interrupts off when the CPU goes on with a thread whose @space is not the CPU's current one. */
void sched_set_space_hook(void (*fn)(struct thread *next));
/** sched_space_left - this CPU has left its address space behind the scheduler's back (it is being destroyed). Interrupts off. */
void sched_space_left(void);
/** sched_set_idle_hooks - called with interrupts off right before and after a halt, if there are several CPUs. */
void sched_set_idle_hooks(void (*enter)(void), void (*leave)(void));
void sched_preempt_point(void); /* reschedule now if asked to; may not be called with preemption off */

/* Numbers of Linux's SCHED_ constants. */
enum sched_policy {
    SCHED_POLICY_OTHER = 0,
    SCHED_POLICY_FIFO = 1,
    SCHED_POLICY_RR = 2,
    SCHED_POLICY_BATCH = 3,
    SCHED_POLICY_IDLE = 5,
};

/** Policies and parameters as sched_setattr(2) has them: SCHED_OTHER/FIFO/RR/BATCH/IDLE/DEADLINE(refused). */
struct sched_params {
    int policy;
    int nice;        /* -20..19, for OTHER and BATCH */
    int priority;    /* 1..99, for FIFO and RR */
    bool reset_on_fork;
};
int sched_set_params(struct thread *t, const struct sched_params *p) __must_check; /* -EINVAL */
void sched_get_params(struct thread *t, struct sched_params *out);
/** sched_boost - priority inheritance: run @t at least at @p; NULL ends it. Context: any. */
void sched_boost(struct thread *t, const struct sched_params *p);
int sched_set_affinity(struct thread *t, const struct cpu_mask *mask) __must_check; /* -EINVAL: no online CPU in it */
void sched_get_affinity(struct thread *t, struct cpu_mask *out);
/** sched_inherit - give @child, not started, the parameters and affinity of @parent as fork does (reset_on_fork respected). */
void sched_inherit(struct thread *child, struct thread *parent);
nsec_t sched_rr_interval_ns(struct thread *t);
unsigned sched_current_cpu(void);

/** sched_load_average - 1, 5 and 15 minutes, fixed point 1/65536 as sysinfo(2). */
void sched_load_average(uint64_t out[3]);
/** sched_idle_ns - time CPU @cpu spent idle; sched_busy_ns its complement. */
uint64_t sched_switch_count(void); /* context switches since boot */
nsec_t sched_idle_ns(unsigned cpu);
