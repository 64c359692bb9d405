// SPDX-License-Identifier: BSD-3-Clause
// A hosted machine whose time moves only when a test says so, with the scheduler up.
#pragma once

#include "../mem/machine.h"
#include <arch/cpu.h>
#include <arch/host.h>
#include <arch/irq.h>
#include <arch/trap.h>
#include <sched/sched.h>
#include <sched/thread.h>
#include <sched/time.h>
#include <stdio.h>
#include <stdlib.h>

static nsec_t machine_deadline; /* what the clock event is set for; 0: nothing */

static void machine_set_deadline(nsec_t ns)
{
    machine_deadline = ns;
}

static void machine_timer_irq(unsigned vector, void *arg)
{
    clock_event_fired();
}

/* Time reaches @to, with the timer interrupts on the way. */
static void machine_run_clock_to(nsec_t to)
{
    while (machine_deadline != 0 && machine_deadline <= to) {
        nsec_t at = machine_deadline;
        machine_deadline = 0;
        if (at > host_clock_now())
            host_clock_advance(at - host_clock_now());
        host_irq_raise(ARCH_VECTOR_TIMER);
    }
    if (to > host_clock_now())
        host_clock_advance(to - host_clock_now());
}

/* The running thread computes for @ns. */
static void machine_compute(nsec_t ns)
{
    machine_run_clock_to(host_clock_now() + ns);
}

static void machine_idle(void)
{
    if (machine_deadline == 0) {
        fprintf(stderr, "everybody sleeps and no timer is set\n");
        abort();
    }
    machine_run_clock_to(machine_deadline);
}

static uint64_t machine_read_clock(void)
{
    return (uint64_t)host_clock_now();
}

static void machine_probe(void)
{
    static struct clock_source source = {.name = "virtual", .rank = 1, .read = machine_read_clock, .frequency_hz = 1000000000, .mask = ~0ull, .is_cycles = true};
    static const struct clock_event_ops event = {.name = "virtual", .set_deadline = machine_set_deadline};

    clock_set_cycles(1000000000, 0);
    clock_source_register(&source);
    clock_event_register(&event);
}

/** sched_machine_start - once a process. */
static void sched_machine_start(void)
{
    machine_start(256ul << 20);
    irq_disable();
    sched_init();
    clock_set_probe(machine_probe);
    irq_handler_set(ARCH_VECTOR_TIMER, machine_timer_irq, NULL);
    host_set_idle_hook(machine_idle);
    irq_enable();
}

#ifndef MACHINE_WITHOUT_THREADS
static struct thread *machine_spawn(void (*fn)(void *), void *arg)
{
    struct thread_attr attr = {.name = "t", .entry = fn, .entry_arg = arg};
    struct thread *t;

    if (thread_create(&attr, &t) != 0)
        abort();
    thread_start(t);
    return t;
}
#endif
