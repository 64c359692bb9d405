// SPDX-License-Identifier: BSD-3-Clause
// Ends of the machine: debug exit, platform power-off and reset, reset ports, triple fault.

#include "arch/io.h"
#include "arch/irq.h"
#include "arch/power.h"
#include "base/compiler.h"
#include <stddef.h>
#include <stdint.h>

#define DEBUG_EXIT_PORT 0x501
#define RESET_PORT 0xcf9
#define KEYBOARD_PORT 0x64

static void (*power_off)(void);
static void (*reset)(void);
static void (*report)(int status);

void arch_power_set_off(void (*fn)(void))
{
    power_off = fn;
}

void arch_power_set_reset(void (*fn)(void))
{
    reset = fn;
}

void arch_power_set_report(void (*fn)(int status))
{
    report = fn;
}

void arch_power_last_resort(void)
{
    irq_disable();
    out8(RESET_PORT, 0x02);
    out8(RESET_PORT, 0x06);
    out8(KEYBOARD_PORT, 0xfe);
    struct {
        uint16_t limit;
        uint64_t base;
    } __packed none = {0, 0};
    __asm__ volatile("lidt %0; ud2" ::"m"(none));
    for (;;)
        __asm__ volatile("hlt");
}

void arch_reset(void)
{
    irq_disable();
    void (*fn)(void) = reset;
    reset = NULL;
    if (fn)
        fn();
    arch_power_last_resort();
}

void arch_power_off(void)
{
    irq_disable();
    void (*fn)(void) = power_off;
    power_off = NULL; /* a crash in it must not come back here */
    if (fn)
        fn();
    arch_reset();
}

void arch_exit_status(int status)
{
    irq_disable();
    void (*fn)(int) = report;
    report = NULL;
    if (fn)
        fn(status & 0xff);
    out32(DEBUG_EXIT_PORT, (uint32_t)status & 0x7f);
    arch_power_off();
}
