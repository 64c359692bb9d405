// SPDX-License-Identifier: BSD-3-Clause
// Futexes: sleeping on a word of user memory.
#pragma once

#include "base/types.h"
#include <stdint.h>

/** futex_op - the body of futex(2); @deadline_ns absolute on CLOCK_MONOTONIC or NSEC_FOREVER. Result as the system call. */
long futex_op(uint32_t *uaddr, int op, uint32_t val, nsec_t deadline_ns, uint32_t *uaddr2, uint32_t val2, uint32_t val3);
/** futex_wake_user - for thread exit (clear_child_tid) and robust lists. */
int futex_wake_user(uint32_t *uaddr, int n);
void futex_exit_robust_list(void *head, uint32_t tid);
