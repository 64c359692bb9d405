// SPDX-License-Identifier: BSD-3-Clause
// Maskable interrupts of the current CPU: off, on, saved.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

/** irq_flags_t - what irq_save() hands to irq_restore(); opaque. */
typedef unsigned long irq_flags_t;

#ifdef CONFIG_HOSTED /* lib/arch/host: a flag in the virtual CPU */
void irq_disable(void);
void irq_enable(void);
irq_flags_t irq_save(void);
void irq_restore(irq_flags_t flags);
bool irq_enabled(void);
static inline bool irq_flags_enabled(irq_flags_t flags)
{
    return flags;
}
#else
#define ARCH_RFLAGS_IF 0x200ul

static inline void irq_disable(void)
{
    __asm__ volatile("cli" ::: "memory");
}

static inline void irq_enable(void)
{
    __asm__ volatile("sti" ::: "memory");
}

static inline irq_flags_t irq_save(void)
{
    irq_flags_t flags;
    __asm__ volatile("pushfq; popq %0; cli" : "=rm"(flags)::"memory");
    return flags;
}

/** irq_flags_enabled - were interrupts on when irq_save() gave @flags? */
static inline bool irq_flags_enabled(irq_flags_t flags)
{
    return flags & ARCH_RFLAGS_IF;
}

static inline void irq_restore(irq_flags_t flags)
{
    if (flags & ARCH_RFLAGS_IF)
        irq_enable();
}

static inline bool irq_enabled(void)
{
    irq_flags_t flags;
    __asm__ volatile("pushfq; popq %0" : "=rm"(flags)::"memory");
    return flags & ARCH_RFLAGS_IF;
}
#endif
