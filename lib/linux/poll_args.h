// SPDX-License-Identifier: BSD-3-Clause
// The bodies of poll and select, shared with their forms that take a signal mask.
#pragma once

#include "base/types.h"
#include <poll.h>

/** poll_user - -EINVAL: more than RLIMIT_NOFILE entries; -EFAULT; -ENOMEM; -ERESTARTNOHAND or -EINTR. */
long poll_user(struct pollfd *user, unsigned n, nsec_t deadline_ns);
long select_user(int n, void *in, void *out, void *except, nsec_t deadline_ns);
