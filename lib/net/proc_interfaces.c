// SPDX-License-Identifier: BSD-3-Clause
// /proc/net: the table of its files, and those about interfaces, routes, neighbours and protocol counters.
#include "vfs/pseudo.h" /* before lwIP, whose port renames mem_init */

#include "base/format.h"
#include "core.h"
#include "lwip/etharp.h"
#include "lwip/stats.h"
#include "lwip/priv/tcp_priv.h"
#include "net/proc.h"
#include "netif_device.h"
#include "proc.h"

/* lwIP counts the loopback interface's traffic; a device counts its own. */
void net_interface_stats(const struct net_interface *i, struct net_device_stats *out)
{
    const struct stats_mib2_netif_ctrs *m = &i->netif->mib2_counters;

    if (i->device != NULL)
        *out = i->device->stats;
    else
        *out = (struct net_device_stats){.rx_bytes = m->ifinoctets, .rx_packets = m->ifinucastpkts, .rx_dropped = m->ifindiscards,
                                         .tx_bytes = m->ifoutoctets, .tx_packets = m->ifoutucastpkts, .tx_dropped = m->ifoutdiscards};
}

static int show_dev(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "Inter-|   Receive                                                |  Transmit\n"
                " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n");
    net_lock();
    for (const struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        struct net_device_stats s;
        net_interface_stats(i, &s);
        text_add(t, "%6s: %7llu %7llu %4llu %4llu %4u %5u %10u %9u ", i->name, (unsigned long long)s.rx_bytes, (unsigned long long)s.rx_packets,
                 (unsigned long long)s.rx_errors, (unsigned long long)s.rx_dropped, 0u, 0u, 0u, 0u);
        text_add(t, "%8llu %7llu %4llu %4llu %4u %5u %7u %10u\n", (unsigned long long)s.tx_bytes, (unsigned long long)s.tx_packets,
                 (unsigned long long)s.tx_errors, (unsigned long long)s.tx_dropped, 0u, 0u, 0u, 0u);
    }
    net_unlock();
    return 0;
}

static void pad(struct text *t, size_t start)
{
    while (!t->failed && t->used - start < 127)
        text_add(t, " ");
    text_add(t, "\n");
}

static void add_route(struct text *t, const char *name, uint32_t to, uint32_t gateway, uint32_t mask)
{
    size_t start = t->used;
    unsigned flags = 1u | (gateway != 0 ? 2u : 0) | (mask == 0xffffffff ? 4u : 0); /* RTF_UP, _GATEWAY, _HOST */

    text_add(t, "%s\t%08X\t%08X\t%04X\t%d\t%u\t%d\t%08X\t%d\t%u\t%u", name, to, gateway, flags, 0, 0u, 0, mask, 0, 0u, 0u);
    pad(t, start);
}

static int show_route(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT");
    pad(t, 0);
    net_lock();
    for (const struct net_interface *i = net_interfaces; i != NULL; i = i->next) {
        if (i->device == NULL || ip4_addr_isany(netif_ip4_addr(i->netif)))
            continue;
        uint32_t ip = netif_ip4_addr(i->netif)->addr, mask = netif_ip4_netmask(i->netif)->addr, gw = netif_ip4_gw(i->netif)->addr;
        if (gw != 0 && i->netif == netif_default)
            add_route(t, i->name, 0, gw, 0);
        add_route(t, i->name, ip & mask, 0, mask);
        for (unsigned k = 0; k < i->n_classless; k++)
            add_route(t, i->name, i->classless_dest[k].addr, i->classless_gateway[k].addr, i->classless_mask[k].addr);
    }
    net_unlock();
    return 0;
}

static void add_address6(struct text *t, const struct net_interface *i, s8_t n)
{
    const ip6_addr_t *ip = netif_ip6_addr(i->netif, n);
    u8_t state = netif_ip6_addr_state(i->netif, n);
    unsigned scope = ip6_addr_isloopback(ip) ? 0x10 : ip6_addr_islinklocal(ip) ? 0x20 : ip6_addr_issitelocal(ip) ? 0x40 : 0;

    if (!ip6_addr_isvalid(state) && !ip6_addr_istentative(state))
        return;
    for (unsigned k = 0; k < 4; k++)
        text_add(t, "%08x", lwip_ntohl(ip->addr[k]));
    text_add(t, " %02x %02x %02x %02x %8s\n", i->index, scope == 0x10 ? 128u : 64u, scope, ip6_addr_istentative(state) ? 0xc0u : 0x80u, i->name);
}

static int show_if_inet6(struct text *t, const struct pseudo_context *c)
{
    net_lock();
    for (const struct net_interface *i = net_interfaces; i != NULL; i = i->next)
        for (s8_t n = 0; n < LWIP_IPV6_NUM_ADDRESSES; n++)
            add_address6(t, i, n);
    net_unlock();
    return 0;
}

static int show_arp(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "IP address       HW type     Flags       HW address            Mask     Device\n");
    net_lock();
    for (size_t k = 0; k < ARP_TABLE_SIZE; k++) {
        ip4_addr_t *ip;
        struct netif *n;
        struct eth_addr *mac;
        char dotted[16];
        if (!etharp_get_entry(k, &ip, &n, &mac))
            continue;
        const struct net_interface *i = n->state;
        const uint8_t *b = (const uint8_t *)&ip->addr, *m = mac->addr;
        format_string(dotted, sizeof dotted, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
        text_add(t, "%-16s 0x%-10x0x%-10x%02x:%02x:%02x:%02x:%02x:%02x     *        %s\n", dotted, 1u, 2u, m[0], m[1], m[2], m[3], m[4], m[5], i->name);
    }
    net_unlock();
    return 0;
}

static unsigned established(void)
{
    unsigned n = 0;

    net_lock();
    for (const struct tcp_pcb *p = tcp_active_pcbs; p != NULL; p = p->next)
        n += p->state == ESTABLISHED || p->state == CLOSE_WAIT;
    net_unlock();
    return n;
}

static int show_snmp(struct text *t, const struct pseudo_context *c)
{
    const struct stats_mib2 *m = &lwip_stats.mib2;

    text_add(t, "Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests "
                "OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates\n");
    text_add(t, "Ip: 2 64 %u %u %u %u %u %u %u %u %u %u 0 %u %u %u %u %u %u\n", m->ipinreceives, m->ipinhdrerrors, m->ipinaddrerrors, m->ipforwdatagrams,
             m->ipinunknownprotos, m->ipindiscards, m->ipindelivers, m->ipoutrequests, m->ipoutdiscards, m->ipoutnoroutes, m->ipreasmreqds,
             m->ipreasmoks, m->ipreasmfails, m->ipfragoks, m->ipfragfails, m->ipfragcreates);
    text_add(t, "Icmp: InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps "
                "InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects "
                "OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps\n");
    text_add(t, "Icmp: %u %u 0 %u %u %u %u %u %u %u %u %u %u %u %u %u %u %u 0 0 0 %u %u 0 0 0 0\n", m->icmpinmsgs, m->icmpinerrors, m->icmpindestunreachs,
             m->icmpintimeexcds, m->icmpinparmprobs, m->icmpinsrcquenchs, m->icmpinredirects, m->icmpinechos, m->icmpinechoreps,
             m->icmpintimestamps, m->icmpintimestampreps, m->icmpinaddrmasks, m->icmpinaddrmaskreps, m->icmpoutmsgs, m->icmpouterrors,
             m->icmpoutdestunreachs, m->icmpouttimeexcds, m->icmpoutechos, m->icmpoutechoreps);
    text_add(t, "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs "
                "OutRsts InCsumErrors\n");
    text_add(t, "Tcp: 4 200 120000 -1 %u %u %u %u %u %u %u %u %u %u 0\n", m->tcpactiveopens, m->tcppassiveopens, m->tcpattemptfails, m->tcpestabresets,
             established(), m->tcpinsegs, m->tcpoutsegs, m->tcpretranssegs, m->tcpinerrs, m->tcpoutrsts);
    text_add(t, "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors\n");
    text_add(t, "Udp: %u %u %u %u 0 0 0 0 0\n", m->udpindatagrams, m->udpnoports, m->udpinerrors, m->udpoutdatagrams);
    return 0;
}

const struct pseudo_node net_proc_files[] = {
    {.name = "arp", .show = show_arp},
    {.name = "dev", .show = show_dev},
    {.name = "if_inet6", .show = show_if_inet6},
    {.name = "route", .show = show_route},
    {.name = "snmp", .show = show_snmp},
    {.name = "sockstat", .show = proc_net_sockstat},
    {.name = "sockstat6", .show = proc_net_sockstat6},
    {.name = "tcp", .show = proc_net_tcp},
    {.name = "tcp6", .show = proc_net_tcp6},
    {.name = "udp", .show = proc_net_udp},
    {.name = "udp6", .show = proc_net_udp6},
    {.name = "unix", .show = proc_net_unix},
    {.name = NULL},
};
