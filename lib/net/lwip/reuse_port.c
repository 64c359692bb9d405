// SPDX-License-Identifier: BSD-3-Clause
// SO_REUSEPORT: new connections are spread over the listeners that share a port.
#include "base/hash.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"
#include "net_lwip_hooks.h"

/* lwIP gives a connection to the first listener of its list that fits, so the one that shall have it is put in front. */
void net_lwip_choose_listener(const uint8_t *tcp, uint32_t from)
{
    uint16_t port = (uint16_t)(tcp[2] << 8 | tcp[3]);
    struct tcp_pcb_listen *first = NULL, **link;
    unsigned n = 0;
    for (struct tcp_pcb_listen *l = tcp_listen_pcbs.listen_pcbs; l != NULL; l = l->next) {
        if (l->local_port != port || (first != NULL && !ip_addr_cmp(&l->local_ip, &first->local_ip)))
            continue;
        if (first == NULL)
            first = l;
        n++;
    }
    if (n < 2)
        return;
    uint32_t key[2] = {from, (uint32_t)(tcp[0] << 8 | tcp[1])};
    unsigned chosen = (unsigned)(hash_bytes(key, sizeof key, 0) % n);
    ip_addr_t shared = first->local_ip;
    for (link = &tcp_listen_pcbs.listen_pcbs; *link != NULL; link = &(*link)->next) {
        struct tcp_pcb_listen *l = *link;
        if (l->local_port != port || !ip_addr_cmp(&l->local_ip, &shared) || chosen-- != 0)
            continue;
        *link = l->next;
        l->next = tcp_listen_pcbs.listen_pcbs;
        tcp_listen_pcbs.listen_pcbs = l;
        return;
    }
}
