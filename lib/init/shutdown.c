// SPDX-License-Identifier: BSD-3-Clause
// The end: exit status to the host, power-off.

#include "acpi/acpi.h"
#include "arch/cpu.h"
#include "arch/power.h"
#include "base/format.h"
#include "base/string.h"
#include "device/console.h"
#include "private.h"
#include "process/process.h"

void __weak syscall_summary_print(void); /* linux/syscall_summary.c */
void __weak missing_files_print(void);   /* linux/missing_files.c */

/* sdk/README.md, section 4: the very last output, no CR. */
static void report(int status)
{
    char line[32];
    if (!init_options.report_exit)
        return;
    int n = format_string(line, sizeof(line), "\x1eosv-exit %d\n", status);
    console_write(line, (size_t)n);
}

void shutdown_with_status(int status)
{
    arch_cpu_stop_others();
    arch_exit_status(status);
}

void __weak net_finish(void); /* room net: what was sent is delivered */

/* @wait_status as wait(2) has it. */
static void __noreturn last_process_ended(int wait_status)
{
    int signo = wait_status & 0x7f;
    if (init_options.missing_files && missing_files_print)
        missing_files_print();
    if (init_options.syscall_summary && syscall_summary_print)
        syscall_summary_print();
    if (net_finish)
        net_finish();
    shutdown_with_status(signo ? 128 + signo : wait_status >> 8 & 0xff);
}

void shutdown_init(void)
{
    arch_power_set_report(report);
    acpi_power_init();
    process_set_shutdown(last_process_ended);
}
