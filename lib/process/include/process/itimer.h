// SPDX-License-Identifier: BSD-3-Clause
// Interval timers of a process: setitimer(2) and alarm(2).
#pragma once

#include "base/compiler.h"
#include "base/types.h"

/** struct itimer_setting - value 0: disarmed. */
struct itimer_setting {
    nsec_t value_ns, interval_ns;
};
/** itimer_set, itimer_get - @which: ITIMER_REAL, _VIRTUAL or _PROF. -ENOMEM (set). May sleep. */
int itimer_set(int which, const struct itimer_setting *s, struct itimer_setting *old) __must_check;
void itimer_get(int which, struct itimer_setting *out);
