// SPDX-License-Identifier: BSD-3-Clause
// The public interface <osv/net.h>.

#include <osv/net.h>

#include "arch/gate.h"
#include "arch/uaccess.h"
#include "net/net.h"
#include "sched/time.h"
#include "socket_call.h"
#include <errno.h>

extern int *__errno_location(void);

static int answer(long r)
{
    if (r >= 0)
        return (int)r;
    *__errno_location() = (int)-r;
    return -1;
}

static long get_interfaces(long out, long count, long size, long d, long e, long f)
{
    struct osv_net_interface info;
    size_t n = 0;
    int err = net_start(AF_INET);

    if (err)
        return err;
    for (; net_interface_info((unsigned)n, &info) == 0; n++) {
        if (n < (size_t)count &&
            copy_out((char *)out + n * (size_t)size, &info, min((size_t)size, sizeof(info))) != 0)
            return -EFAULT;
    }
    return (long)n;
}

int osv_net_get_interfaces(struct osv_net_interface *out, size_t count, size_t size)
{
    return answer(osv_syscall_gate((long)out, (long)count, (long)size, 0, 0, 0, get_interfaces, -1));
}

static long wait_configured(long family, long timeout_ms, long c, long d, long e, long f)
{
    nsec_t deadline = timeout_ms < 0 ? NSEC_FOREVER : clock_monotonic_ns() + timeout_ms * NSEC_PER_MSEC;
    int err;

    if (family != AF_INET && family != AF_INET6)
        return -EAFNOSUPPORT;
    err = net_start(AF_INET);
    return err ? err : net_wait_address((int)family, deadline);
}

int osv_net_wait_configured(int family, int timeout_ms)
{
    return answer(osv_syscall_gate(family, timeout_ms, 0, 0, 0, 0, wait_configured, -1));
}
