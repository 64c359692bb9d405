// SPDX-License-Identifier: BSD-3-Clause
// Time-outs of system calls as deadlines.
#pragma once
#include "base/compiler.h"

#include "base/types.h"
#include <time.h>

/** deadline_after - now + @ns; 0 for "do not wait" (@ns == 0). */
nsec_t deadline_after(nsec_t ns);
nsec_t deadline_after_ms(int ms); /* negative: NSEC_FOREVER */
/** deadline_from_user - a relative timespec in user memory; NULL: NSEC_FOREVER. 0; -EFAULT; -EINVAL. */
int deadline_from_user(const struct timespec *user, nsec_t *out) __must_check;
/** deadline_left_to_user - write what is left of @deadline_ns back (select, ppoll); ignores faults. */
void deadline_left(nsec_t deadline_ns, struct timespec *out);
