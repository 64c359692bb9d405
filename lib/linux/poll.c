// SPDX-License-Identifier: BSD-3-Clause
// poll.
#include "deadline.h"
#include "linux/syscalls.h"
#include "poll_args.h"

long sys_poll(struct pollfd *fds, unsigned nfds, int timeout_ms)
{
    return poll_user(fds, nfds, deadline_after_ms(timeout_ms));
}
