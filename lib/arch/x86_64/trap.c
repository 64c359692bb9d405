// SPDX-License-Identifier: BSD-3-Clause
// What happens at a trap: page faults, exceptions, and the work on the way back to application code.

#include "arch/crash.h"
#include "arch/irq.h"
#include "arch/pgtable.h"
#include "arch/preempt.h"
#include "arch/trap.h"
#include "arch/uaccess.h"
#include "asm_offsets.h"
#include "state.h"
#include <errno.h>

static long no_syscall(struct arch_frame *f)
{
    return -ENOSYS;
}

struct trap_ops arch_trap_ops = {.syscall = no_syscall};

void trap_set_page_fault(int (*fn)(struct arch_frame *f, vaddr_t address, unsigned bits, bool from_user))
{
    arch_trap_ops.page_fault = fn;
}

void trap_set_exception(bool (*fn)(struct arch_frame *f))
{
    arch_trap_ops.exception = fn;
}

void trap_set_syscall(long (*fn)(struct arch_frame *f))
{
    arch_trap_ops.syscall = fn;
}

void trap_set_user_return(void (*fn)(struct arch_frame *f))
{
    arch_trap_ops.user_return = fn;
}

void trap_set_gate_entered(void (*fn)(struct arch_frame *f))
{
    arch_trap_ops.gate_entered = fn;
}

static const char *const names[] = {"divide error", "debug exception", "non-maskable interrupt", "breakpoint", "overflow",
    "bound range exceeded", "invalid opcode", "no FPU", "double fault", "coprocessor overrun", "invalid TSS", "segment not present",
    "stack segment fault", "general protection fault", "page fault", "reserved", "x87 floating-point error", "alignment check",
    "machine check", "SIMD floating-point error", "virtualization exception", "control protection exception"};

static bool on_kernel_stack(uintptr_t sp)
{
    return sp - *this_cpu_ptr(arch_kstack_base) <= KSTACK_BYTES;
}

bool arch_frame_from_user(const struct arch_frame *f)
{
    return !on_kernel_stack(f->rsp);
}

static const char *page_fault_cause(const struct arch_frame *f, bool user)
{
    uintptr_t a = f->address;
    if (!user && *this_cpu_ptr(arch_kstack_base) - a <= GUARD_BYTES)
        return "kernel stack overflow";
    if ((f->error & ARCH_FAULT_FETCH) && a < 4096)
        return "call of a null function pointer";
    if (a < 4096)
        return "null pointer access";
    if (f->error & ARCH_FAULT_FETCH)
        return "execution of memory that holds no code";
    if ((f->error & ARCH_FAULT_PRESENT) && (f->error & ARCH_FAULT_WRITE))
        return "write to read-only memory";
    return "access to unmapped memory";
}

static void crash_exception(struct arch_frame *f)
{
    unsigned v = f->vector;
    if (v == 14)
        arch_crash(page_fault_cause(f, arch_frame_from_user(f)), f);
    arch_crash(v < sizeof(names) / sizeof(names[0]) ? names[v] : "exception", f);
}

/* Return: true if the interrupted code may go on. */
static bool page_fault(struct arch_frame *f, bool user)
{
    bool nofault = false;
    uintptr_t fixup = user ? 0 : arch_exception_fixup(f->rip, &nofault);
    bool resolvable = (user || fixup) && !nofault && f->address < ARCH_USER_END && arch_trap_ops.page_fault;
    if (resolvable) {
        if (f->rflags & ARCH_RFLAGS_IF)
            irq_enable();
        if (arch_trap_ops.page_fault(f, f->address, f->error & 0x1f, true) == 0)
            return true;
    }
    if (!fixup)
        return false;
    f->rip = fixup;
    return true;
}

static void exception(struct arch_frame *f, bool user)
{
    if (f->vector == 14) {
        __asm__ volatile("movq %%cr2, %0" : "=r"(f->address));
        if (page_fault(f, user))
            return;
    } else if (f->vector == 13 && !user) {
        bool nofault;
        uintptr_t fixup = arch_exception_fixup(f->rip, &nofault); /* non-canonical address */
        if (fixup) {
            f->rip = fixup;
            return;
        }
    }
    if (user && f->vector != 8 && f->vector != 2 && f->vector != 18 && arch_trap_ops.exception) {
        if (f->rflags & ARCH_RFLAGS_IF)
            irq_enable();
        if (arch_trap_ops.exception(f))
            return;
    }
    crash_exception(f);
}

/* The way back to application code. In: any interrupt state; out: interrupts off, nothing pending. */
static void user_work(struct arch_frame *f)
{
    struct arch_thread *t = arch_current();
    uint32_t ignore = ARCH_WORK_FULL_EXIT;
    for (;;) {
        irq_disable();
        if (preempt_need_resched() && !preempt_is_off()) {
            irq_enable();
            arch_preempt_call_hook();
            continue;
        }
        if (!(t->work & ~ignore) || !arch_trap_ops.user_return)
            break;
        irq_enable();
        arch_trap_ops.user_return(f);
        ignore |= ARCH_WORK_ONCE;
    }
    if (t->work & ARCH_WORK_FULL_EXIT)
        arch_thread_clear_work(t, ARCH_WORK_FULL_EXIT);
    t->flags &= ~THREAD_FPU_LIVE;
}

void arch_syscall_slow(struct arch_frame *f)
{
    user_work(f);
}

/* The frame of a gate call: @f->entry says so; vector registers are dead. */
void arch_gate_slow(struct arch_frame *f)
{
    user_work(f);
}

static void kernel_exit(struct arch_frame *f)
{
    irq_disable();
    if (f->rip >= (uintptr_t)osv_gate_check && f->rip < (uintptr_t)osv_gate_leave)
        f->rip = (uintptr_t)osv_gate_check;
    bool room = (uintptr_t)f - *this_cpu_ptr(arch_kstack_base) > KSTACK_BYTES / 2; /* the hook runs with interrupts on: no endless nesting */
    if (f->vector >= 32 && (f->rflags & ARCH_RFLAGS_IF) && preempt_need_resched() && !preempt_is_off() && room) {
        irq_enable();
        arch_preempt_call_hook();
        irq_disable();
    }
}

void arch_trap(struct arch_frame *f)
{
    bool user = arch_frame_from_user(f);
    if (user) {
        arch_current()->flags |= THREAD_FPU_LIVE;
        arch_current()->user_frame = f;
    }
    if (f->vector >= 32)
        arch_irq(f);
    else
        exception(f, user);
    if (user)
        user_work(f);
    else
        kernel_exit(f);
}
