// SPDX-License-Identifier: BSD-3-Clause
// The answer to whoever wants a second process.
#include "second_process.h"
#include "base/log.h"
#include "caller.h"
#include <errno.h>
#include <stdbool.h>

long second_process_refused(const char *call)
{
    static bool said;
    char caller[CALLER_BYTES];

    if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
        log_warn("%s: there is only one process, none can be added; asked by %s", call, caller_text(caller));
    return -ENOSYS;
}
