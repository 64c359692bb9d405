// SPDX-License-Identifier: BSD-3-Clause
// RLIMIT_CPU.
#pragma once

#include <sys/resource.h>

struct process;
/** limit_cpu_set - watch @p's CPU time from now on. Context: may sleep. */
void limit_cpu_set(struct process *p, const struct rlimit *limit);
