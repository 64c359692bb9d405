// SPDX-License-Identifier: BSD-3-Clause
// What the files of init share.
#pragma once

#include "base/compiler.h"
#include "init/init.h"
#include <stdbool.h>
#include <stddef.h>

/** options_read - parse a copy of the command line; --help, --version and mistakes end the machine here. */
void options_read(void);
/** steps_memory - frames and kernel objects; ends the machine if there is too little. */
void steps_memory(void);
/** steps_run - the rooms' starts, in order. Leaves interrupts on. */
void steps_run(void);
/** files_mount - --mount-fs and --cwd, after the file systems are there. files_redirect - --redirect, after descriptors 0-2 are open. */
void files_mount(void);
void files_redirect(void);
/** bootchart_mark - one stage was reached. bootchart_print - with --bootchart: how long each took. */
void bootchart_mark(const char *stage);
void bootchart_print(void);
/** program_start - the first process, its stack, the program. */
void program_start(void) __noreturn;
/** shutdown_init - how the machine ends. shutdown_with_status - end now; @status 0..255. */
void shutdown_init(void);
void shutdown_with_status(int status) __noreturn;
/** console_text - straight to the console. */
void console_text(const char *s);
