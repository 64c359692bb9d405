// SPDX-License-Identifier: BSD-3-Clause
// Interrupts between CPUs.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <stdint.h>

/** ipi_send - raise @vector on logical CPU @cpu. Context: any. ipi_send_others - on every other started CPU. */
void ipi_send(unsigned cpu, unsigned vector);
void ipi_send_others(unsigned vector);
/** ipi_resched - ask @cpu to look at its run queue and its thread's work word. */
void ipi_resched(unsigned cpu);

/**
 * ipi_call - run @fn(@arg) with interrupts off on every CPU in @mask_bits (ARCH_CPU_MAX bits; the caller's own bit means a direct call) and wait.
 * Context: interrupts on, no spinlock held that an interrupt handler takes. @fn never sleeps.
 */
void ipi_call(const uint64_t *mask_bits, void (*fn)(void *), void *arg);

/** struct ipi_ops - given by the interrupt controller (platform/irqchip). */
struct ipi_ops {
    void (*send)(uint32_t apic_id, unsigned vector);
    void (*send_init)(uint32_t apic_id);
    void (*send_startup)(uint32_t apic_id, unsigned page);
    void (*init_cpu)(void);   /* local APIC of the calling CPU on */
    uint32_t (*own_id)(void);
};
void ipi_set_ops(const struct ipi_ops *ops);
