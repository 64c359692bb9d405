// SPDX-License-Identifier: BSD-3-Clause
// The signals that come with failed writes.
#pragma once

#include "process/process.h"
#include "process/signal.h"
#include <errno.h>

/** write_result - raise SIGPIPE for -EPIPE, SIGXFSZ for -EFBIG at RLIMIT_FSIZE. Return: @result. */
static inline long write_result(long result)
{
    if (unlikely(result == -EPIPE))
        signal_raise(SIGPIPE);
    else if (unlikely(result == -EFBIG) && process_limit(RLIMIT_FSIZE).rlim_cur != RLIM_INFINITY)
        signal_raise(SIGXFSZ);
    return result;
}
