// SPDX-License-Identifier: BSD-3-Clause
// Permission to signal a process.
#pragma once

#define INIT_PID 1 /* the kernel: no process has this number, and signals do nothing to it */

struct process;
/** kill_check - 0, -EPERM, or -ESRCH if it has just ended. */
int kill_check(struct process *p, int sig);
