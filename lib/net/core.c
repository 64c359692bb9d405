// SPDX-License-Identifier: BSD-3-Clause
// The core lock, the net thread and lwIP's timers.
#include "core.h"

#include "arch/uaccess.h"
#include "base/hash.h"
#include "base/string.h"
#include "device/class.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/timeouts.h"
#include "mem/kalloc.h"
#include "net/net.h"
#include "netif_device.h"
#include "sched/mutex.h"
#include "sched/thread.h"
#include "sched/time.h"
#include <errno.h>

/*
 * Theory. lwIP is one state machine without locks of its own; one adaptive mutex, the core lock, makes it ours. System calls work on it in the
 * caller's context: a send goes all the way to the device's ring, and a packet to the machine itself is delivered before the lock is released, so
 * loopback needs no thread switch beyond waking the reader. One thread does what nobody else is there for: received packets (interrupts only mark the
 * device and wake it) and timers. It sleeps until the next timer; the quick test in net_unlock() wakes it when TCP needs its timer and the thread sleeps without one.
 */

static struct mutex core_lock = MUTEX_INIT(core_lock);
static struct wait_queue thread_wait = WAIT_QUEUE_INIT(thread_wait);
static _Atomic bool thread_kicked;
static bool thread_has_timer; /* core lock */
static struct netif *kick_list[8]; /* core lock */
static unsigned n_kicks;

void net_lock(void) { mutex_lock(&core_lock); }

void net_kick_later(struct netif *netif)
{
    for (unsigned i = 0; i < n_kicks; i++)
        if (kick_list[i] == netif)
            return;
    if (n_kicks < sizeof kick_list / sizeof kick_list[0])
        kick_list[n_kicks++] = netif;
    else
        netif_device_kick(netif);
}

static void deliver_loopback(void)
{
    struct netif *n;
    bool more = true;
    for (unsigned round = 0; more && round < 64; round++) {
        more = false;
        NETIF_FOREACH(n) {
            if (n->loop_first != NULL) {
                netif_poll(n);
                more = true;
            }
        }
    }
    if (more) /* a storm between local sockets: go on in the thread, let others in between */
        net_wake_thread();
}

void net_unlock(void)
{
    deliver_loopback();
    for (unsigned i = 0; i < n_kicks; i++)
        netif_device_kick(kick_list[i]);
    n_kicks = 0;
    if (!thread_has_timer && (tcp_active_pcbs != NULL || tcp_tw_pcbs != NULL))
        net_wake_thread();
    mutex_unlock(&core_lock);
}

int net_wait(struct wait_queue *q, nsec_t deadline_ns)
{
    struct waiter w;
    waiter_init(&w);
    wait_queue_add(q, &w);
    wait_prepare(true);
    net_unlock();
    int r = wait_commit(deadline_ns);
    wait_queue_remove(&w);
    net_lock();
    return r;
}

void net_wake_thread(void)
{
    if (!__atomic_exchange_n((bool *)&thread_kicked, true, __ATOMIC_SEQ_CST))
        wait_queue_wake_all(&thread_wait);
}

static nsec_t next_timer(void)
{
    u32_t ms = sys_timeouts_sleeptime();
    thread_has_timer = ms != SYS_TIMEOUTS_SLEEPTIME_INFINITE;
    return thread_has_timer ? clock_monotonic_ns() + (nsec_t)ms * 1000000 : NSEC_FOREVER;
}

static void net_thread(void *arg)
{
    (void)arg;
    for (;;) {
        thread_kicked = false;
        net_lock();
        bool more = netif_device_poll_all();
        sys_check_timeouts();
        netif_device_apply_changes();
        nsec_t deadline = next_timer();
        net_unlock();
        if (more) {
            thread_yield(); /* who waits for the lock or the CPU goes first: under a flood there is always more */
            continue;
        }
        int ignored;
        WAIT_EVENT(&thread_wait, thread_kicked, false, deadline, ignored);
        (void)ignored;
    }
}

int net_init(void)
{
    static bool done;
    if (done)
        return 0;
    done = true;
    net_lock();
    lwip_init();
    net_config_register();
    netif_device_init_loopback();
    net_unlock();
    return thread_start_kernel("net", net_thread, NULL);
}

int net_errno(err_t err)
{
    static const int map[] = {
        [-ERR_OK] = 0, [-ERR_MEM] = ENOBUFS, [-ERR_BUF] = ENOBUFS, [-ERR_TIMEOUT] = ETIMEDOUT, [-ERR_RTE] = ENETUNREACH,
        [-ERR_INPROGRESS] = EINPROGRESS, [-ERR_VAL] = EINVAL, [-ERR_WOULDBLOCK] = EAGAIN, [-ERR_USE] = EADDRINUSE,
        [-ERR_ALREADY] = EALREADY, [-ERR_ISCONN] = EISCONN, [-ERR_CONN] = ENOTCONN, [-ERR_IF] = EIO,
        [-ERR_ABRT] = ECONNABORTED, [-ERR_RST] = ECONNRESET, [-ERR_CLSD] = ENOTCONN, [-ERR_ARG] = EINVAL,
    };
    unsigned i = (unsigned)-err;
    return i < sizeof map / sizeof map[0] ? -map[i] : -EIO;
}
