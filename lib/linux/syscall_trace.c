// SPDX-License-Identifier: BSD-3-Clause
// Names of system calls and the hooks that the tracers stand on.

#include "syscall_trace.h"

#include <arch/frame.h>
#include <arch/thread.h>
#include <arch/trap.h>
#include <base/compiler.h>
#include <linux/table.h>
#include <process/process.h>
#include <sched/thread.h>
#include <sched/time.h>

#define SYSCALL(number, sys_name, args, text) [number] = {#sys_name, text},
static const struct syscall_name names[] = {
#include <linux/syscall_list.inc>
};
#undef SYSCALL

extern long syscall_from_frame(struct arch_frame *f) __weak; /* the table is linked only by what uses the instruction */

const struct syscall_name *syscall_name(long nr)
{
    return nr >= 0 && (size_t)nr < ARRAY_SIZE(names) && names[nr].name ? &names[nr] : NULL;
}

unsigned syscall_name_count(void)
{
    return ARRAY_SIZE(names);
}

nsec_t syscall_trace_duration(void)
{
    return clock_monotonic_ns() - thread_current()->arch.entered_ns;
}

static void entered(struct arch_frame *f)
{
    thread_current()->arch.entered_ns = clock_monotonic_ns();
}

static long timed_syscall(struct arch_frame *f)
{
    entered(f);
    return syscall_from_frame(f);
}

static int trace_thread(struct thread *t, void *arg)
{
    arch_thread_set_work(&t->arch, THREAD_WORK_TRACE);
    return 0;
}

void syscall_trace_start(void (*hook)(struct arch_frame *f))
{
    process_add_trace_hook(hook);
    trap_set_gate_entered(entered);
    if (syscall_from_frame)
        trap_set_syscall(timed_syscall);
    thread_iterate(trace_thread, NULL);
}
