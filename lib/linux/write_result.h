// SPDX-License-Identifier: BSD-3-Clause
// The signal that comes with failed writes. (SIGXFSZ comes from where the limit is known: file_raise.)
#pragma once

#include "process/signal.h"
#include <errno.h>

/** write_result - raise SIGPIPE for -EPIPE. Return: @result. */
static inline long write_result(long result)
{
    if (unlikely(result == -EPIPE))
        signal_raise(SIGPIPE);
    return result;
}
