// SPDX-License-Identifier: BSD-3-Clause
// A listener whose backlog is full of half-open connections: the oldest one makes room for a new one.
#include "lwip/priv/tcp_priv.h"
#include "net_lwip_hooks.h"

/*
 * Theory. A connection that nobody completes stays for 20 seconds, so a few hundred SYNs from addresses that do not answer would keep everybody out. Dropping
 * the oldest half-open connection instead lets a client in whose answer comes before the flood has gone once round the backlog. No reset is
 * sent: the address is somebody else's.
 */

static struct tcp_pcb *oldest_half_open(const struct tcp_pcb_listen *l)
{
    struct tcp_pcb *found = NULL;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next)
        if (pcb->state == SYN_RCVD && pcb->listener == l && (found == NULL || (int32_t)(found->tmr - pcb->tmr) >= 0))
            found = pcb; /* among those of one tick the last: new ones come first */
    return found;
}

void net_lwip_make_room(u16_t port)
{
    for (struct tcp_pcb_listen *l = tcp_listen_pcbs.listen_pcbs; l != NULL; l = l->next) {
        if (l->local_port != port || l->accepts_pending < l->backlog)
            continue;
        struct tcp_pcb *pcb = oldest_half_open(l);
        if (pcb != NULL)
            tcp_abandon(pcb, 0);
    }
}
