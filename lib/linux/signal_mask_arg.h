// SPDX-License-Identifier: BSD-3-Clause
// The temporary signal mask of ppoll, pselect and epoll_pwait.
#pragma once

#include "arch/uaccess.h"
#include "process/signal.h"
#include <errno.h>

/** mask_enter - install the user's mask, if there is one. 0; -EINVAL: wrong size; -EFAULT. */
static inline int mask_enter(const uint64_t *user, size_t size)
{
    uint64_t mask;

    if (user == NULL)
        return 0;
    if (size != sizeof mask)
        return -EINVAL;
    if (copy_in(&mask, user, sizeof mask) != 0)
        return -EFAULT;
    signal_mask_temporary(mask);
    return 0;
}

/** mask_leave - an interrupted call keeps the mask until its handler has run. */
static inline void mask_leave(const uint64_t *user, long result)
{
    if (user != NULL && result != -EINTR && result > -512)
        signal_mask_restore();
}
