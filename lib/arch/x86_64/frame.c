// SPDX-License-Identifier: BSD-3-Clause
// Register frames: where they are, making new ones, restarting system calls.

#include "arch/frame.h"
#include "arch/gate.h"
#include "arch/irq.h"
#include "arch/uaccess.h"
#include "asm_offsets.h"
#include "base/string.h"
#include "state.h"

#define RFLAGS_USER 0x250dd5ull /* CF PF AF ZF SF TF DF OF AC ID and no others */

struct arch_frame *arch_user_frame(struct arch_thread *t)
{
    return (struct arch_frame *)(t->kstack_top - sizeof(struct arch_frame));
}

void arch_frame_init_user(struct arch_frame *f, uintptr_t ip, uintptr_t sp)
{
    memset(f, 0, sizeof(*f));
    f->rip = ip;
    f->rsp = sp;
    f->orig_ax = (uint64_t)-1;
    arch_frame_sanitize(f);
}

void arch_frame_sanitize(struct arch_frame *f)
{
    f->cs = SEL_CODE64;
    f->ss = SEL_DATA;
    f->rflags = (f->rflags & RFLAGS_USER) | ARCH_RFLAGS_IF | 2;
}

void arch_frame_restore(struct arch_thread *t, const struct arch_frame *f)
{
    struct arch_frame *dst = arch_user_frame(t);
    *dst = *f;
    dst->entry = ARCH_ENTRY_TRAP;
    dst->orig_ax = (uint64_t)-1;
    arch_frame_sanitize(dst);
    arch_thread_set_work(t, ARCH_WORK_FULL_EXIT);
}

void arch_enter_user(const struct arch_frame *f)
{
    struct arch_frame *dst = arch_user_frame(arch_current());
    irq_disable();
    memmove(dst, f, sizeof(*dst)); /* may overlap nothing that still counts: the stack is given up here */
    arch_frame_sanitize(dst);
    arch_syscall_slow(dst);
    osv_return_frame(dst);
}

void arch_frame_restart(struct arch_frame *f)
{
    if (f->entry == ARCH_ENTRY_SYSCALL) {
        f->rip -= 2; /* length of the syscall instruction */
        f->rax = f->orig_ax;
    } else if (f->entry == ARCH_ENTRY_GATE) {
        f->rsp -= 8; /* the return address still stands there */
        f->rip = (uintptr_t)osv_syscall_gate;
        f->rcx = f->r10;
    }
    f->entry = ARCH_ENTRY_TRAP;
}

int arch_frame_restart_as(struct arch_frame *f, long nr, long (*fn)(void))
{
    if (f->entry == ARCH_ENTRY_GATE) {
        uint64_t words[2] = {(uintptr_t)fn, (uint64_t)nr};
        int error = copy_out((void *)f->rsp, words, sizeof(words));
        if (error)
            return error;
    } else {
        f->orig_ax = (uint64_t)nr;
    }
    arch_frame_restart(f);
    return 0;
}
