// SPDX-License-Identifier: BSD-3-Clause
// osv_start: the road from the boot code to the program, one line a stage.

/*
 * Stages: console (from here on mistakes can be told) -> memory -> options -> rooms (steps.c: the order is the architecture) -> program. Everything
 * that a program may do without is a weak reference in steps.c, so that it starts only if something the program uses has linked it.
 */

#include "arch/stack_guard.h"
#include "base/log.h"
#include "device/console.h"
#include "private.h"
#include "uart/uart.h"

static void log_to_console(enum log_level level, const char *text, size_t n)
{
    static const char *const prefixes[] = {"OSv error: ", "OSv warning: ", "OSv: ", "OSv debug: "};
    console_text(prefixes[level]);
    console_write(text, n);
    console_text("\r\n");
}

void osv_start(void)
{
    arch_stack_guard_randomize();
    uart_init();
    log_set_sink(log_to_console);
    shutdown_init();
    bootchart_mark("console");
    steps_memory();
    bootchart_mark("memory");
    options_read();
    steps_run();
    bootchart_mark("rooms");
    program_start();
}
