// SPDX-License-Identifier: BSD-3-Clause
// The signal frame of x86-64 on the application's stack: entering a handler and returning from it.

/*
 * Layout and alignment are Linux's, because unwinders, garbage collectors and foreign libcs know them: from the stack pointer up
 * {restorer address, ucontext, siginfo}, above it the FXSAVE or XSAVE area at a multiple of 64. The stack pointer at the handler's first
 * instruction is 8 below a multiple of 16, as after a call; the 128 bytes below the interrupted stack pointer (red zone) are left alone.
 *
 * Vector registers: the kernel does not use them, so the interrupted code's values are still in the CPU, or, after a switch in between, put back by
 * it. They are saved through the thread's own area, which a switch would fill with the same values.
 */
#include "arch/cpu.h"
#include "arch/fpu.h"
#include "arch/frame.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include "process/signal.h"
#include "process/signal_frame.h"
#include <abi/signal.h>
#include <errno.h>

#define RED_ZONE_BYTES 128
#define SW_BYTES_OFFSET 464 /* in the FXSAVE area: left to software by the architecture */
#define FXSAVE_BYTES 512
#define FLAG_TF 0x100ul
#define FLAG_DF 0x400ul
#define FLAG_RF 0x10000ul

struct signal_stack {
    uintptr_t frame;   /* where the kernel_rt_sigframe goes */
    uintptr_t fpstate;
};

static bool on_altstack(const struct thread_signals *s, uintptr_t sp)
{
    /* with SS_AUTODISARM the handler runs as if there were no alternate stack */
    if (s->altstack_flags & SS_AUTODISARM)
        return false;
    return sp > s->altstack_sp && sp - s->altstack_sp <= s->altstack_bytes;
}

int signal_altstack_status(const struct thread_signals *s, uintptr_t sp)
{
    if (s->altstack_bytes == 0)
        return SS_DISABLE;
    return on_altstack(s, sp) ? SS_ONSTACK : 0;
}

static size_t fpstate_bytes(void)
{
    return cpu_features.xsave ? cpu_features.xsave_bytes + FP_XSTATE_MAGIC2_BYTES : FXSAVE_BYTES;
}

static int place_frame(const struct thread_signals *s, const struct arch_frame *f, bool want_altstack, struct signal_stack *out)
{
    uintptr_t sp = arch_frame_sp(f) - RED_ZONE_BYTES;
    bool alt = on_altstack(s, arch_frame_sp(f));

    if (want_altstack && signal_altstack_status(s, arch_frame_sp(f)) == 0) {
        sp = s->altstack_sp + s->altstack_bytes;
        alt = true;
    }
    out->fpstate = ALIGN_DOWN(sp - fpstate_bytes(), 64);
    out->frame = ALIGN_DOWN(out->fpstate - sizeof(struct kernel_rt_sigframe), 16) - 8;
    if (alt && (out->frame < s->altstack_sp || out->frame >= s->altstack_sp + s->altstack_bytes))
        return -EFAULT; /* overflow of the alternate stack */
    return 0;
}

static int save_fpu(uintptr_t to)
{
    size_t bytes = arch_fpu_area_bytes();
    uint32_t magic2 = FP_XSTATE_MAGIC2;
    char *area = kmalloc(bytes + 64);
    if (area == NULL)
        return -ENOMEM;
    char *aligned = (char *)ALIGN_UP((uintptr_t)area, 64);

    arch_fpu_save_current(aligned);
    struct kernel_fpx_sw_bytes sw = {0};
    if (cpu_features.xsave)
        sw = (struct kernel_fpx_sw_bytes){FP_XSTATE_MAGIC1, (uint32_t)fpstate_bytes(), cpu_features.xcr0, cpu_features.xsave_bytes, {0}};
    memcpy(aligned + SW_BYTES_OFFSET, &sw, sizeof(sw));
    int err = copy_out((void *)to, aligned, cpu_features.xsave ? cpu_features.xsave_bytes : FXSAVE_BYTES);
    if (err == 0 && cpu_features.xsave)
        err = copy_out((char *)to + cpu_features.xsave_bytes, &magic2, sizeof(magic2));
    kfree(area);
    return err;
}

static void fill_registers(struct kernel_sigcontext *c, const struct arch_frame *f, const struct process_thread *t, uint64_t mask)
{
    *c = (struct kernel_sigcontext){
        .r8 = f->r8, .r9 = f->r9, .r10 = f->r10, .r11 = f->r11, .r12 = f->r12, .r13 = f->r13, .r14 = f->r14, .r15 = f->r15,
        .rdi = f->rdi, .rsi = f->rsi, .rbp = f->rbp, .rbx = f->rbx, .rdx = f->rdx, .rax = f->rax, .rcx = f->rcx,
        .rsp = f->rsp, .rip = f->rip, .eflags = f->rflags,
        .cs = 0x33, .ss = 0x2b, /* what application code of Linux would see; the return path has its own */
        .err = t->fault_error, .trapno = t->fault_trap_nr, .oldmask = mask, .cr2 = t->fault_address,
    };
}

/* The two parts of a siginfo_t and a ucontext, put together and written at once. */
static int write_frame(struct process_thread *t, const struct arch_frame *f, const struct signal_stack *at,
                       const struct signal_info *info, const struct signal_action *act, uint64_t mask)
{
    struct kernel_rt_sigframe frame;

    memset(&frame, 0, sizeof(frame));
    frame.pretcode = act->restorer;
    frame.uc.flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (cpu_features.xsave ? UC_FP_XSTATE : 0);
    frame.uc.stack.ss_sp = (void *)t->signals.altstack_sp;
    frame.uc.stack.ss_flags = (int)t->signals.altstack_flags;
    frame.uc.stack.ss_size = t->signals.altstack_bytes;
    fill_registers(&frame.uc.mcontext, f, t, mask);
    frame.uc.mcontext.fpstate = at->fpstate;
    frame.uc.sigmask = mask;
    memcpy(&frame.info, info, sizeof(*info));
    if (save_fpu(at->fpstate) != 0)
        return -EFAULT;
    return copy_out((void *)at->frame, &frame, sizeof(frame));
}

static void point_at_handler(struct arch_frame *f, const struct signal_stack *at, int signo, const struct signal_action *act)
{
    f->rip = act->handler;
    f->rsp = at->frame;
    f->rdi = (uint64_t)signo;
    f->rsi = at->frame + offsetof(struct kernel_rt_sigframe, info);
    f->rdx = at->frame + offsetof(struct kernel_rt_sigframe, uc);
    f->rax = 0;
    f->rflags &= ~(FLAG_TF | FLAG_DF | FLAG_RF);
}

static int build_frame(struct arch_frame *f, int signo, const struct signal_info *info, const struct signal_action *act, uint64_t mask)
{
    struct process_thread *t = process_thread_current();
    struct signal_stack at;

    if (!(act->flags & SA_RESTORER)) /* Linux has no other way back either */
        return -EFAULT;
    if (t->rseq_resume != NULL)
        t->rseq_resume(f);
    if (place_frame(&t->signals, f, act->flags & SA_ONSTACK, &at) != 0 || write_frame(t, f, &at, info, act, mask) != 0)
        return -EFAULT;
    if (t->signals.altstack_flags & SS_AUTODISARM) {
        t->signals.altstack_sp = t->signals.altstack_bytes = 0;
        t->signals.altstack_flags = SS_DISABLE;
    }
    t->fault_trap_nr = 0;
    t->fault_error = t->fault_address = 0;
    point_at_handler(f, &at, signo, act);
    arch_fpu_reset_current();
    return 0;
}

void signal_frame_enable(void)
{
    signal_set_frame_builder(build_frame);
}

/* The vector state the handler left in the frame; NULL: the start values. */
static int load_fpu(uintptr_t from)
{
    struct thread *self = thread_current();
    size_t bytes = cpu_features.xsave ? cpu_features.xsave_bytes : FXSAVE_BYTES;
    struct kernel_fpx_sw_bytes sw;
    uint32_t magic2;
    int err = 0;

    if (from == 0) {
        arch_fpu_reset_current();
        self->arch.flags |= THREAD_FPU_LIVE;
        return 0;
    }
    char *area = kmalloc(arch_fpu_area_bytes() + 64);
    if (area == NULL)
        return -ENOMEM;
    char *aligned = (char *)ALIGN_UP((uintptr_t)area, 64);
    if (copy_in(aligned, (const void *)from, FXSAVE_BYTES) != 0) {
        err = -EFAULT;
        goto out;
    }
    memcpy(&sw, aligned + SW_BYTES_OFFSET, sizeof(sw));
    bool extended = cpu_features.xsave && sw.magic1 == FP_XSTATE_MAGIC1 && sw.xstate_size == bytes &&
                    get_user_u32(&magic2, (const void *)(from + bytes)) == 0 && magic2 == FP_XSTATE_MAGIC2;
    memset(aligned + SW_BYTES_OFFSET, 0, sizeof(sw));
    if (extended) {
        if (copy_in(aligned + FXSAVE_BYTES, (const char *)from + FXSAVE_BYTES, bytes - FXSAVE_BYTES) != 0)
            err = -EFAULT;
    } else if (cpu_features.xsave) {
        memset(aligned + FXSAVE_BYTES, 0, bytes - FXSAVE_BYTES);
        aligned[FXSAVE_BYTES] = 3; /* only x87 and SSE are there: the rest gets its start values */
    }
    if (err == 0) {
        irq_flags_t flags = irq_save(); /* loaded, and known to be live, as one step */
        err = arch_fpu_load_current(aligned);
        self->arch.flags |= THREAD_FPU_LIVE;
        irq_restore(flags);
    }
out:
    kfree(area);
    return err;
}

static void restore_registers(struct arch_frame *f, const struct kernel_sigcontext *c)
{
    f->r8 = c->r8, f->r9 = c->r9, f->r10 = c->r10, f->r11 = c->r11, f->r12 = c->r12, f->r13 = c->r13, f->r14 = c->r14, f->r15 = c->r15;
    f->rdi = c->rdi, f->rsi = c->rsi, f->rbp = c->rbp, f->rbx = c->rbx, f->rdx = c->rdx, f->rax = c->rax, f->rcx = c->rcx;
    f->rsp = c->rsp, f->rip = c->rip;
    f->rflags = c->eflags;
    f->orig_ax = ~UINT64_C(0); /* no call to restart */
    f->entry = ARCH_ENTRY_TRAP;
}

/* As sigaltstack(2), errors ignored. */
static void restore_altstack(struct thread_signals *s, const struct kernel_stack_t *stack)
{
    if (stack->ss_flags & SS_DISABLE) {
        s->altstack_sp = s->altstack_bytes = 0;
        s->altstack_flags = SS_DISABLE;
    } else if (!on_altstack(s, arch_frame_sp(arch_user_frame(&thread_current()->arch)))) {
        s->altstack_sp = (uintptr_t)stack->ss_sp;
        s->altstack_bytes = stack->ss_size;
        s->altstack_flags = (unsigned)stack->ss_flags & SS_AUTODISARM;
    }
}

long signal_frame_return(uintptr_t frame_address)
{
    struct process_thread *t = process_thread_current();
    struct thread *self = thread_current();
    struct kernel_ucontext uc;
    struct arch_frame f = *arch_user_frame(&self->arch);

    if (copy_in(&uc, (const char *)frame_address + offsetof(struct kernel_rt_sigframe, uc), sizeof(uc)) != 0 ||
        load_fpu(uc.mcontext.fpstate) != 0) {
        signal_force(SIGSEGV, SI_KERNEL, 0, 0, 0);
        return 0;
    }
    restore_registers(&f, &uc.mcontext);
    arch_frame_sanitize(&f);
    restore_altstack(&t->signals, &uc.stack);
    arch_frame_restore(&self->arch, &f);
    signal_mask_set(uc.sigmask);
    t->restart.fn = NULL;
    return (long)uc.mcontext.rax;
}
