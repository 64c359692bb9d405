// SPDX-License-Identifier: BSD-3-Clause
// Blocking with a timer that ends the wait.
#pragma once

#include "sched/thread.h"

/** wait_block_until - sched_block() with an alarm at @deadline_ns that ends the announced wait with THREAD_WOKEN_TIMEOUT. */
void wait_block_until(struct thread *t, nsec_t deadline_ns);
