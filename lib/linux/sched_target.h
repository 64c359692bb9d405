// SPDX-License-Identifier: BSD-3-Clause
// Finding and being allowed to change the thread that a scheduling call names.
#pragma once

#include "base/compiler.h"
#include <stdbool.h>
#include <sys/types.h>

struct process_thread;
struct sched_params;
struct thread;

/** struct sched_target - both halves of a thread, with a reference each. */
struct sched_target {
    struct thread *thread;
    struct process_thread *process;
};

/** sched_target_find - @tid 0: the caller. 0 or -ESRCH. sched_target_put - undo. */
int sched_target_find(pid_t tid, struct sched_target *out) __must_check;
void sched_target_put(struct sched_target *t);
/** sched_target_owned - does the caller's effective uid match the target's real or effective one, or may it change anybody (CAP_SYS_NICE)? */
bool sched_target_owned(const struct sched_target *t);
/** sched_can_nice - may the target's niceness become @nice (RLIMIT_NICE, CAP_SYS_NICE)? */
bool sched_can_nice(const struct sched_target *t, int nice);
