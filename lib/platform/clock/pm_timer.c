// SPDX-License-Identifier: BSD-3-Clause
// The ACPI power management timer as a reference counter and clock source.
#include "arch/io.h"
#include "clock/clock.h"
#include "reference.h"
#include "sched/time.h"

#define PM_HZ 3579545ull

static uint16_t pm_port;

static uint64_t pm_read(void)
{
    return in32(pm_port) & 0xffffff;
}

bool pm_present(void)
{
    return pm_port != 0;
}

const struct reference pm_reference = {.name = "ACPI PM timer", .hz_times_3 = PM_HZ * 3, .mask = 0xffffff, .read = pm_read};

static struct clock_source pm_source = {.name = "acpi_pm", .rank = 150, .read = pm_read, .frequency_hz = PM_HZ, .mask = 0xffffff};

void platform_clock_set_pm_timer(uint16_t port, bool is_32_bit)
{
    pm_port = port;
    clock_source_register(&pm_source);
}
