// SPDX-License-Identifier: BSD-3-Clause
// Permission to signal a process.
#pragma once

struct process;
/** kill_check - 0, -EPERM, or -ESRCH if it has just ended. */
int kill_check(struct process *p, int sig);
