// SPDX-License-Identifier: BSD-3-Clause
// TCP sockets: options that need a clock: TCP_USER_TIMEOUT, TCP_SYNCNT, TCP_DEFER_ACCEPT.
#include "lwip/priv/tcp_priv.h"
#include "sched/time.h"
#include "tcp.h"
#include <errno.h>

/*
 * Theory. lwIP asks twice a second about a connection that wants it. A connection is stalled while it has something to send and the first
 * unacknowledged byte stays the same, because the peer is gone or because it does not read (a zero window counts, as on Linux).
 */

static bool timed_out(struct tcp_socket *t, const struct tcp_pcb *pcb)
{
    nsec_t now = clock_monotonic_ns();
    if (pcb->unsent == NULL && pcb->unacked == NULL) {
        t->stalled_since = 0;
        return false;
    }
    if (t->stalled_since == 0 || t->stalled_at != pcb->lastack) {
        t->stalled_since = now;
        t->stalled_at = pcb->lastack;
    }
    return t->user_timeout_ms != 0 && now - t->stalled_since >= (nsec_t)t->user_timeout_ms * 1000000;
}

static err_t on_poll(void *arg, struct tcp_pcb *pcb)
{
    struct tcp_socket *t = arg;
    if (t == NULL)
        return ERR_OK;
    if (timed_out(t, pcb) || (pcb->state == SYN_SENT && t->syn_count != 0 && pcb->nrtx > t->syn_count)) {
        tcp_abandon(pcb, 0); /* the socket hears of it by its error callback: ETIMEDOUT */
        return ERR_ABRT;
    }
    if (t->deferred_until != 0 && clock_monotonic_ns() >= t->deferred_until)
        tcp_undefer(t);
    return ERR_OK;
}

void tcp_watch(struct tcp_socket *t)
{
    if (t->pcb == NULL || t->state == TCP_LISTENING)
        return;
    if (t->user_timeout_ms != 0 || t->syn_count != 0 || t->deferred_until != 0)
        tcp_poll(t->pcb, on_poll, 1);
    else
        tcp_poll(t->pcb, NULL, 0);
}
