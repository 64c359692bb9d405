// SPDX-License-Identifier: BSD-3-Clause
// The end of the machine: what was sent is delivered first.
#include "core.h"

#include "base/types.h"
#include "device/net.h"
#include "lwip/priv/tcp_priv.h"
#include "net/net.h"
#include "netif_device.h"
#include "sched/time.h"
#include "sched/wait.h"

/*
 * Theory. On Linux a program that ends leaves a kernel behind, which delivers what the program wrote: to close() or to exit after write() is right. Here
 * the machine goes with its program, and packets that the device has not taken from its ring yet, or that the peer has not acknowledged, would go
 * with it. So the last thing before power-off is to wait until every connection's bytes and end mark are acknowledged and every ring is empty. A peer
 * that stays silent for PATIENCE is not waited for any longer; neither is a handshake, in which there is nothing of the program's yet.
 */

#define PATIENCE_NS ((nsec_t)1000000000)
enum { STEP_MIN_NS = 50000, STEP_MAX_NS = 2000000 };

/* Bytes and end marks that peers have not acknowledged. */
static uint64_t unacknowledged(void)
{
    uint64_t n = 0;
    for (const struct tcp_pcb *p = tcp_active_pcbs; p != NULL; p = p->next)
        if (p->state != SYN_SENT && p->state != SYN_RCVD && (p->unsent != NULL || p->unacked != NULL))
            n += 1 + (uint32_t)(p->snd_lbb - p->lastack);
    return n;
}

static unsigned packets_in_rings(void)
{
    unsigned n = 0;
    for (struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        if (i->device == NULL || i->in_flight == 0)
            continue;
        i->device->ops->poll(i->device, 0, 0);
        n += i->in_flight;
    }
    return n;
}

static uint64_t undelivered(void)
{
    net_lock();
    uint64_t n = unacknowledged() + packets_in_rings();
    net_unlock();
    return n;
}

void net_finish(void)
{
    nsec_t step = STEP_MIN_NS, now = clock_monotonic_ns(), progress = now;
    for (uint64_t left = undelivered(), last = left; left != 0; left = undelivered()) {
        now = clock_monotonic_ns();
        if (left < last)
            progress = now;
        if (now - progress > PATIENCE_NS)
            return;
        last = left;
        sleep_until(now + step, false);
        step = step * 2 > STEP_MAX_NS ? STEP_MAX_NS : step * 2;
    }
}
