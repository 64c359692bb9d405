// SPDX-License-Identifier: BSD-3-Clause
// The CPU's part of a thread: kernel stack, work word, FS base, FPU area.
#pragma once

#include "arch/frame.h"
#include "arch/percpu.h"
#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

/* arch_thread.work: bits 0-15 belong to room sched; of these, ARCH_WORK_ONCE (THREAD_WORK_TRACE) stays set and is no reason to look again. */
#define ARCH_WORK_ONCE 4u
#define ARCH_WORK_FULL_EXIT 0x40000000u /* leave the kernel by loading every register of the user frame */

/* arch_thread.flags */
#define THREAD_FPU_LIVE 1u /* the vector registers hold application state: save them at a switch */

/** struct arch_thread - first member of struct thread; offsets known to assembly. */
struct arch_thread {
    _Atomic uint32_t work;   /* THREAD_WORK_*; != 0: call trap_ops->user_return on the way out */
    uint32_t flags;          /* only the thread itself */
    uintptr_t kstack_base;   /* lowest usable byte; the guard page is below */
    uintptr_t kstack_top;    /* 16-byte aligned */
    uintptr_t fs_base;       /* of the code above the kernel */
    void *fpu;               /* xsave area, 64-byte aligned, cpu_features.xsave_bytes; NULL until first needed */
    struct arch_frame *user_frame; /* set on entry when not the default place at the stack's top */
    int64_t entered_ns;      /* when the system call being traced began; only with a trap_ops.entered that sets it */
    uint64_t reserved;
};

#define ARCH_THREAD_WORK 0
#define ARCH_THREAD_FLAGS 4
#define ARCH_THREAD_KSTACK_BASE 8
#define ARCH_THREAD_KSTACK_TOP 16
#define ARCH_THREAD_FS_BASE 24
#define ARCH_THREAD_FPU 32
_Static_assert(offsetof(struct arch_thread, flags) == ARCH_THREAD_FLAGS, "asm");
_Static_assert(offsetof(struct arch_thread, kstack_base) == ARCH_THREAD_KSTACK_BASE, "asm");
_Static_assert(offsetof(struct arch_thread, kstack_top) == ARCH_THREAD_KSTACK_TOP, "asm");
_Static_assert(offsetof(struct arch_thread, fs_base) == ARCH_THREAD_FS_BASE, "asm");
_Static_assert(offsetof(struct arch_thread, fpu) == ARCH_THREAD_FPU, "asm");

#ifdef CONFIG_HOSTED
struct arch_thread *arch_current(void);
#else
DECLARE_PER_CPU(struct arch_thread *, arch_current_thread);
/** arch_current - the running thread; never NULL (CPU 0 starts with arch_boot_thread). */
static inline struct arch_thread *arch_current(void)
{
    struct arch_thread *t;
    __asm__("movq %%gs:arch_current_thread, %0" : "=r"(t));
    return t;
}
#endif

/** arch_thread_init - @t zeroed by the caller. @fs_base: initial FS base. */
void arch_thread_init(struct arch_thread *t, uintptr_t kstack_base, uintptr_t kstack_top, uintptr_t fs_base);
/** arch_thread_adopt_boot - make @t, describing the boot stack, current in place of the built-in boot thread (sched_init). */
void arch_thread_adopt_boot(struct arch_thread *t);
/** arch_thread_fini - nothing is freed but what arch owns; @t->fpu is the caller's. */
void arch_thread_set_fs_base(struct arch_thread *t, uintptr_t fs_base);

static inline void arch_thread_set_work(struct arch_thread *t, uint32_t bits)
{
    __atomic_fetch_or((uint32_t *)&t->work, bits, __ATOMIC_SEQ_CST);
}
static inline void arch_thread_clear_work(struct arch_thread *t, uint32_t bits)
{
    __atomic_fetch_and((uint32_t *)&t->work, ~bits, __ATOMIC_SEQ_CST);
}
