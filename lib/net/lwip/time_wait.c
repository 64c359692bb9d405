// SPDX-License-Identifier: BSD-3-Clause
// New connections on the address pair of one that waits in TIME-WAIT.
#include "base/string.h"
#include "lwip/ip.h"
#include "lwip/ip6.h"
#include "lwip/prot/tcp.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"
#include "net_lwip_hooks.h"

/*
 * Theory. A client (or a NAT in front of many) reuses ports within the minute that a closed connection stays in TIME-WAIT. lwIP answers its SYN with an
 * acknowledgement of the old connection, and the client has to retry until the minute is over. RFC 1122, 4.2.2.13 allows to accept a SYN
 * whose sequence number is beyond the old connection's; Linux does. So every SYN is looked at before TCP sees it, and the old connection forgotten.
 */

enum { TCP_HEADER = 20, FLAG_SYN = 2, FLAG_ACK = 16 };

static void forget_old(const ip_addr_t *from, const ip_addr_t *to, const uint8_t *tcp)
{
    uint16_t source = (uint16_t)(tcp[0] << 8 | tcp[1]), dest = (uint16_t)(tcp[2] << 8 | tcp[3]);
    uint32_t seq = (uint32_t)tcp[4] << 24 | (uint32_t)tcp[5] << 16 | (uint32_t)tcp[6] << 8 | tcp[7];
    for (struct tcp_pcb *pcb = tcp_tw_pcbs; pcb != NULL; pcb = pcb->next) {
        if (pcb->remote_port != source || pcb->local_port != dest || !ip_addr_cmp(&pcb->remote_ip, from) || !ip_addr_cmp(&pcb->local_ip, to))
            continue;
        if ((int32_t)(seq - pcb->rcv_nxt) > 0)
            tcp_abort(pcb); /* in this state it only frees */
        return;
    }
}

static bool is_syn(const uint8_t *tcp) { return (tcp[13] & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN; }

void (*net_lwip_watch)(struct netif *netif, struct pbuf *p, u16_t type);

int net_lwip_ip4_input(struct pbuf *p, struct netif *netif)
{
    const uint8_t *ip = p->payload;
    if (net_lwip_watch != NULL)
        net_lwip_watch(netif, p, 0x0800);
    if (p->len >= 20 && ip[9] == IP_PROTO_ICMP)
        net_lwip_icmp(p, netif, false);
    if (p->len < 20 + TCP_HEADER || ip[9] != IP_PROTO_TCP)
        return 0;
    size_t header = (size_t)(ip[0] & 15) * 4;
    if (header < 20 || p->len < header + TCP_HEADER || !is_syn(ip + header))
        return 0;
    net_lwip_make_room((u16_t)(ip[header + 2] << 8 | ip[header + 3]));
    ip_addr_t from, to;
    uint32_t address;
    memset(&from, 0, sizeof from);
    memset(&to, 0, sizeof to);
    memcpy(&address, ip + 12, 4);
    ip_addr_set_ip4_u32(&from, address);
    net_lwip_choose_listener(ip + header, address);
    memcpy(&address, ip + 16, 4);
    ip_addr_set_ip4_u32(&to, address);
    forget_old(&from, &to, ip + header);
    return 0;
}

int net_lwip_ip6_input(struct pbuf *p, struct netif *netif)
{
    const uint8_t *ip = p->payload;
    if (net_lwip_watch != NULL)
        net_lwip_watch(netif, p, 0x86dd);
    if (p->len >= 40 && ip[6] == IP6_NEXTH_ICMP6)
        net_lwip_icmp(p, netif, true);
    if (p->len < 40 + TCP_HEADER || ip[6] != IP_PROTO_TCP || !is_syn(ip + 40))
        return 0;
    net_lwip_make_room((u16_t)(ip[42] << 8 | ip[43]));
    ip_addr_t from, to;
    memset(&from, 0, sizeof from);
    memset(&to, 0, sizeof to);
    IP_SET_TYPE(&from, IPADDR_TYPE_V6);
    IP_SET_TYPE(&to, IPADDR_TYPE_V6);
    memcpy(ip_2_ip6(&from)->addr, ip + 8, 16);
    memcpy(ip_2_ip6(&to)->addr, ip + 24, 16);
    ip6_addr_assign_zone(ip_2_ip6(&from), IP6_UNKNOWN, netif);
    ip6_addr_assign_zone(ip_2_ip6(&to), IP6_UNKNOWN, netif);
    net_lwip_choose_listener(ip + 40, ip_2_ip6(&from)->addr[3]);
    forget_old(&from, &to, ip + 40);
    return 0;
}
