// SPDX-License-Identifier: BSD-3-Clause
// POSIX per-process timers: timer_create(2) and its family.
#pragma once

#include "base/compiler.h"
#include "base/types.h"
#include <stdbool.h>
#include <stdint.h>

struct process_thread;

/** struct posix_timer_request - timer_create decoded and checked. @clock: what counts, see posix_timer_clock. */
struct posix_timer_request {
    int clock_id;                 /* one posix_timer_clock_ok() accepts */
    int signo;                    /* 0: no notification */
    uint64_t value;               /* si_value */
    bool value_is_id;
    struct process_thread *thread;/* NULL: the process is signalled; else a reference, taken over on success */
};
struct posix_timer_setting {
    nsec_t value_ns, interval_ns;
};

/** posix_timer_clock_check - can timers run on @clock_id? 0, -EINVAL, -EOPNOTSUPP. */
int posix_timer_clock_check(int clock_id) __must_check;
/** posix_timer_create - Return: its id; -EAGAIN (RLIMIT_SIGPENDING), -ENOMEM. May sleep. */
int posix_timer_create(const struct posix_timer_request *r) __must_check;
/** The rest: -EINVAL if the calling process has no timer @id. */
int posix_timer_set(int id, bool absolute, const struct posix_timer_setting *s, struct posix_timer_setting *old) __must_check;
int posix_timer_get(int id, struct posix_timer_setting *out) __must_check;
int posix_timer_overrun(int id) __must_check;
int posix_timer_delete(int id) __must_check;
