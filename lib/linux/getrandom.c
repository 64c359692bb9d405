// SPDX-License-Identifier: BSD-3-Clause
// getrandom.
#include "arch/uaccess.h"
#include "base/string.h"
#include "device/class.h"
#include "entropy_start.h"
#include "linux/syscalls.h"
#include "process/signal.h"
#include "sched/sched.h"
#include <abi/misc.h>
#include <errno.h>

#define CHUNK 256

long sys_getrandom(void *buf, size_t count, unsigned flags)
{
    uint8_t chunk[CHUNK];
    size_t done = 0;

    if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
        return -EINVAL;
    if ((flags & (GRND_INSECURE | GRND_RANDOM)) == (GRND_INSECURE | GRND_RANDOM))
        return -EINVAL;
    if (count > INT32_MAX)
        count = INT32_MAX;
    entropy_start();
    while (done < count) {
        size_t n = count - done < CHUNK ? count - done : CHUNK;
        random_bytes(chunk, n);
        if (copy_out((char *)buf + done, chunk, n) != 0)
            return done > 0 ? (long)done : -EFAULT;
        done += n;
        if (done % 65536 == 0 && signal_pending()) /* a long request may be cut short, a short one never */
            break;
    }
    memset(chunk, 0, sizeof(chunk));
    return (long)done;
}
