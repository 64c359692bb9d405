// SPDX-License-Identifier: BSD-3-Clause
// CPU time as a clock that timers wait on.
#pragma once

#include "process/process.h"

/** cpu_clock_process_ns, cpu_clock_thread_ns - Context: any, the process's signal lock not held. A thread that has left: its clock stands still. */
nsec_t cpu_clock_process_ns(struct process *p);
nsec_t cpu_clock_process_user_ns(struct process *p); /* the application's part, from thread_sample_start() on */
nsec_t cpu_clock_thread_ns(struct process_thread *t);
/**
 * cpu_clock_next_look - CPU time advances only while threads run, at most one second a second and thread: when to look again if @remaining_ns
 * is left. Return: CLOCK_MONOTONIC.
 */
nsec_t cpu_clock_next_look(struct process *p, nsec_t remaining_ns, bool one_thread);
