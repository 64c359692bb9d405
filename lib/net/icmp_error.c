// SPDX-License-Identifier: BSD-3-Clause
// ICMP and ICMPv6 errors: which socket sent the packet that they quote, and what that socket is told.
#include "icmp_error.h"

#include "base/string.h"
#include "core.h"
#include "datagram.h"
#include "lwip/ip.h"
#include "lwip/netif.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/prot/ip6.h"
#include "tcp.h"
#include <errno.h>
#include <netinet/in.h>

/*
 * Theory. lwIP drops error messages. They are looked at on their way in: the quoted header names protocol, addresses and ports, and so the socket.
 * As on Linux a connected UDP socket hears of hard errors only (a port, protocol or host that does not exist), one with IP_RECVERR of all, with
 * details in its error queue; a TCP connection that is being made fails, and an established one remembers the error as the cause of a later
 * time-out. A quoted sequence number that is not in flight is a forgery and ignored: RFC 5927.
 */

static const struct verdict {
    uint8_t error;
    bool hard;
} unreachable4[] = {{ENETUNREACH, false}, {EHOSTUNREACH, false}, {ENOPROTOOPT, true},  {ECONNREFUSED, true}, {EMSGSIZE, true},     {EOPNOTSUPP, false},
                    {ENETUNREACH, true},  {EHOSTDOWN, true},     {ENONET, true},       {ENETUNREACH, true},  {EHOSTUNREACH, true}, {ENETUNREACH, false},
                    {EHOSTUNREACH, false}, {EHOSTUNREACH, true}, {EHOSTUNREACH, true}, {EHOSTUNREACH, true}},
  unreachable6[] = {{ENETUNREACH, false}, {EACCES, true}, {EHOSTUNREACH, false}, {EHOSTUNREACH, false}, {ECONNREFUSED, true}, {EACCES, true}, {EACCES, true}};

enum { UNREACHABLE4 = 3, TIME_EXCEEDED4 = 11, PARAMETER4 = 12, UNREACHABLE6 = 1, TOO_BIG6 = 2, TIME_EXCEEDED6 = 3, PARAMETER6 = 4 };

static bool judge(bool v6, uint8_t type, uint8_t code, struct verdict *out)
{
    if (!v6 && type == UNREACHABLE4 && code < sizeof unreachable4 / sizeof unreachable4[0])
        *out = unreachable4[code];
    else if (v6 && type == UNREACHABLE6 && code < sizeof unreachable6 / sizeof unreachable6[0])
        *out = unreachable6[code];
    else if (type == (v6 ? TIME_EXCEEDED6 : TIME_EXCEEDED4))
        *out = (struct verdict){EHOSTUNREACH, false};
    else if (type == (v6 ? PARAMETER6 : PARAMETER4))
        *out = (struct verdict){EPROTO, true};
    else if (v6 && type == TOO_BIG6)
        *out = (struct verdict){EMSGSIZE, true};
    else
        return false;
    return true;
}

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint32_t get32(const uint8_t *p) { return (uint32_t)get16(p) << 16 | get16(p + 2); }

static void to_udp(const struct icmp_error *e)
{
    for (struct udp_pcb *p = udp_pcbs; p != NULL; p = p->next) {
        if (p->local_port != e->local_port || (!ip_addr_isany(&p->local_ip) && !ip_addr_cmp(&p->local_ip, &e->local_ip)))
            continue;
        bool connected = p->flags & UDP_FLAGS_CONNECTED;
        if (connected && (p->remote_port != e->remote_port || !ip_addr_cmp(&p->remote_ip, &e->remote_ip)))
            continue;
        datagram_icmp_error(p, e);
        return;
    }
}

static void to_tcp(const struct icmp_error *e, uint32_t seq)
{
    for (struct tcp_pcb *p = tcp_active_pcbs; p != NULL; p = p->next) {
        if (p->local_port != e->local_port || p->remote_port != e->remote_port || !ip_addr_cmp(&p->local_ip, &e->local_ip) ||
            !ip_addr_cmp(&p->remote_ip, &e->remote_ip))
            continue;
        if (TCP_SEQ_BETWEEN(seq, p->lastack, p->snd_nxt))
            tcp_icmp_error(p, e);
        return;
    }
}

static void deliver(struct icmp_error *e, const uint8_t *transport, size_t n)
{
    if (n < 8)
        return;
    e->local_port = get16(transport);
    e->remote_port = get16(transport + 2);
    if (e->protocol == IPPROTO_UDP) {
        e->payload = transport + 8;
        e->payload_bytes = n - 8;
        to_udp(e);
    } else if (e->protocol == IPPROTO_TCP) {
        to_tcp(e, get32(transport + 4));
    }
}

static void set_ip4(ip_addr_t *ip, const uint8_t *from)
{
    uint32_t v;
    memcpy(&v, from, sizeof v);
    memset(ip, 0, sizeof *ip);
    ip_addr_set_ip4_u32(ip, v);
}

static void set_ip6(ip_addr_t *ip, const uint8_t *from, struct netif *netif)
{
    memset(ip, 0, sizeof *ip);
    IP_SET_TYPE(ip, IPADDR_TYPE_V6);
    memcpy(ip_2_ip6(ip)->addr, from, 16);
    ip6_addr_assign_zone(ip_2_ip6(ip), IP6_UNKNOWN, netif);
}

/* Loopback does not sum. */
static bool sum_is_good(const struct netif *netif, const uint8_t *icmp, size_t n, uint32_t sum)
{
    if (!(netif->chksum_flags & NETIF_CHECKSUM_CHECK_ICMP))
        return true;
    sum += net_lwip_checksum(icmp, (int)n);
    sum = (sum & 0xffff) + (sum >> 16);
    return ((sum & 0xffff) + (sum >> 16)) == 0xffff;
}

void icmp_error_input4(const uint8_t *ip, size_t bytes, struct netif *netif)
{
    size_t header = (size_t)(ip[0] & 15) * 4;
    if (bytes > get16(ip + 2))
        bytes = get16(ip + 2);
    if (header < 20 || bytes != get16(ip + 2) || bytes < header + 8 + 20 || !sum_is_good(netif, ip + header, bytes - header, 0))
        return;
    const uint8_t *icmp = ip + header, *quoted = icmp + 8;
    struct icmp_error e = {.type = icmp[0], .code = icmp[1], .info = 0, .protocol = quoted[9]};
    struct verdict v;
    size_t left = bytes - header - 8, inner = (size_t)(quoted[0] & 15) * 4;
    if (!judge(false, e.type, e.code, &v) || quoted[0] >> 4 != 4 || inner < 20 || left < inner || (get16(quoted + 6) & 0x1fff) != 0)
        return;
    e.error = v.error;
    e.hard = v.hard;
    if (v.error == EMSGSIZE)
        e.info = get16(icmp + 6);
    set_ip4(&e.offender, ip + 12);
    set_ip4(&e.local_ip, quoted + 12);
    set_ip4(&e.remote_ip, quoted + 16);
    deliver(&e, quoted + inner, left - inner);
}

void icmp_error_input6(const uint8_t *ip, size_t bytes, struct netif *netif)
{
    if (bytes > get16(ip + 4) + 40u)
        bytes = get16(ip + 4) + 40u;
    if (bytes < 40 + 8 + 40)
        return;
    const uint8_t *icmp = ip + 40, *quoted = icmp + 8;
    struct icmp_error e = {.v6 = true, .type = icmp[0], .code = icmp[1], .protocol = quoted[6]};
    struct verdict v;
    uint32_t pseudo = net_lwip_checksum(ip + 8, 32) + lwip_htons((uint16_t)(bytes - 40)) + lwip_htons(IPPROTO_ICMPV6);
    if (!judge(true, e.type, e.code, &v) || quoted[0] >> 4 != 6 || bytes != get16(ip + 4) + 40u || !sum_is_good(netif, icmp, bytes - 40, pseudo))
        return;
    e.error = v.error;
    e.hard = v.hard;
    if (v.error == EMSGSIZE)
        e.info = get32(icmp + 4);
    set_ip6(&e.offender, ip + 8, netif);
    set_ip6(&e.local_ip, quoted + 8, netif);
    set_ip6(&e.remote_ip, quoted + 24, netif);
    deliver(&e, quoted + 40, bytes - 40 - 8 - 40);
}
