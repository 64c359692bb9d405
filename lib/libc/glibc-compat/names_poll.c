// SPDX-License-Identifier: BSD-3-Clause
// poll under its private name.

#include "compat.h"
#include <poll.h>

int __poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    return poll(fds, n, timeout_ms);
}
