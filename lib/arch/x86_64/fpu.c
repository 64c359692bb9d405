// SPDX-License-Identifier: BSD-3-Clause
// Saving and loading vector and x87 state.

#include "arch/cpu.h"
#include "arch/fpu.h"
#include "arch/irq.h"
#include "base/panic.h"
#include "base/string.h"
#include "vector_state.h"
#include <errno.h>

#define XSTATE_HEADER 512u /* offset of XSTATE_BV, XCOMP_BV, reserved */

static void *(*allocate)(size_t bytes);

size_t arch_fpu_area_bytes(void)
{
    return ALIGN_UP((size_t)cpu_features.xsave_bytes, 64);
}

void arch_fpu_set_allocator(void *(*alloc)(size_t bytes))
{
    allocate = alloc;
}

void arch_fpu_save_current(void *area)
{
    if (!cpu_features.xsave) {
        __asm__ volatile("fxsave64 (%0)" ::"r"(area) : "memory");
        return;
    }
    memset((char *)area + XSTATE_HEADER, 0, 64);
    __asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(-1), "d"(-1) : "memory");
}

static void load(const void *area)
{
    if (cpu_features.xsave)
        __asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" ::"r"(area) : "memory");
}

int arch_fpu_load_current(void *area)
{
    uint32_t *mxcsr = (uint32_t *)((char *)area + 24);
    if (*mxcsr & ~0xffffu)
        return -EINVAL;
    if (cpu_features.xsave) {
        const uint64_t *header = (const uint64_t *)((char *)area + XSTATE_HEADER);
        for (unsigned i = 1; i < 8; i++)
            if (header[i])
                return -EINVAL;
        if (header[0] & ~cpu_features.xcr0)
            return -EINVAL;
    }
    load(area);
    return 0;
}

void arch_fpu_reset_current(void)
{
    uint32_t mxcsr = 0x1f80;
    __asm__ volatile("fninit; ldmxcsr %0" ::"m"(mxcsr));
}

static void need_area(struct arch_thread *t)
{
    if (!t->fpu)
        t->fpu = allocate ? allocate(arch_fpu_area_bytes()) : NULL;
    if (!t->fpu)
        panic("no memory for the vector state of a thread");
}

void arch_fpu_switch_out(struct arch_thread *t)
{
    need_area(t);
    if (cpu_features.xsaveopt)
        __asm__ volatile("xsaveopt64 (%0)" ::"r"(t->fpu), "a"(-1), "d"(-1) : "memory");
    else if (cpu_features.xsave)
        __asm__ volatile("xsave64 (%0)" ::"r"(t->fpu), "a"(-1), "d"(-1) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" ::"r"(t->fpu) : "memory");
}

void arch_fpu_switch_in(struct arch_thread *t)
{
    load(t->fpu);
}

int arch_fpu_copy(struct arch_thread *to)
{
    irq_flags_t flags = irq_save();
    if (!to->fpu && allocate)
        to->fpu = allocate(arch_fpu_area_bytes());
    if (to->fpu) {
        arch_fpu_save_current(to->fpu);
        to->flags |= THREAD_FPU_LIVE;
    }
    irq_restore(flags);
    return to->fpu ? 0 : -ENOMEM;
}
