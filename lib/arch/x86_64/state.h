// SPDX-License-Identifier: BSD-3-Clause
// What the files of this folder share: per-CPU words that assembly uses, tables, entry points.
#pragma once

#include "arch/context.h"
#include "arch/cpu.h"
#include "arch/frame.h"
#include "arch/percpu.h"
#include "arch/thread.h"
#include "arch/trap.h"
#include "base/types.h"

DECLARE_PER_CPU(uintptr_t, arch_percpu_self);       /* this CPU's offset */
DECLARE_PER_CPU(uintptr_t, arch_fault_stack_frame); /* the same on the double-fault stack */
DECLARE_PER_CPU(uint32_t, arch_apic_id);

extern struct trap_ops arch_trap_ops;
extern struct arch_thread arch_boot_thread;

/** arch_init_cpu - the calling CPU's descriptor tables, control registers and current thread. GS base not yet set. */
void arch_init_cpu(unsigned cpu, struct arch_thread *current_thread);
void arch_cpu_enable_features(void);
void arch_cpu_detect(void);
static inline void arch_write_fs_base(uintptr_t base)
{
    if (likely(cpu_features.fsgsbase))
        __asm__ volatile("wrfsbase %0" ::"r"(base));
    else
        arch_msr_write(0xc0000100, base);
}

/** arch_exception_fixup - where to go on if the instruction at @ip faults; 0: nowhere. *@nofault: do not try to resolve. */
uintptr_t arch_exception_fixup(uintptr_t ip, bool *nofault);

/* Called by entry.S. */
void arch_trap(struct arch_frame *f);
void arch_syscall_slow(struct arch_frame *f);
void arch_gate_slow(struct arch_frame *f);
void arch_irq(struct arch_frame *f);

extern char osv_trap_stubs[], osv_syscall_entry[], osv_gate_check[], osv_gate_leave[];
void osv_return_frame(struct arch_frame *f) __noreturn;
void osv_context_start(void);
