// SPDX-License-Identifier: BSD-3-Clause
// --bootchart: how long the stages of the start took.

#include "arch/boot_handoff.h"
#include "arch/cpu.h"
#include "base/format.h"
#include "base/types.h"
#include "device/console.h"
#include "private.h"
#include "sched/time.h"

#define STAGES_MAX 8

static struct {
    const char *name;
    uint64_t cycles; /* when it was complete */
} stages[STAGES_MAX];
static unsigned n_stages;

void bootchart_mark(const char *stage)
{
    if (n_stages == STAGES_MAX)
        return;
    stages[n_stages].name = stage;
    stages[n_stages++].cycles = cpu_cycles();
}

void bootchart_print(void)
{
    uint64_t before = boot_handoff.tsc_at_entry;
    if (!init_options.bootchart)
        return;
    for (unsigned i = 0; i < n_stages; i++) {
        char line[80];
        uint64_t us = (uint64_t)clock_cycles_to_ns(stages[i].cycles - before) / 1000;
        int n = format_string(line, sizeof(line), "  %-10s %8lu us\r\n", stages[i].name, us);
        console_write(line, (size_t)n);
        before = stages[i].cycles;
    }
}
