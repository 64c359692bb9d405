// SPDX-License-Identifier: BSD-3-Clause
// /proc/net/tcp, udp and their IPv6 twins, and sockstat.
#include "vfs/pseudo.h" /* before lwIP, whose port renames mem_init */

#include "base/format.h"
#include "core.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/raw.h"
#include "lwip/udp.h"
#include "proc.h"
#include "tcp.h"

/*
 * Theory. lwIP's lists of pcbs are the truth; the socket behind a pcb (its callback argument) adds inode and queue. A pcb whose socket has gone, as in
 * TIME_WAIT, shows inode 0, as on Linux. Addresses are printed as Linux does: 32-bit words in memory order, read as little-endian numbers.
 */

struct line {
    int family;
    const ip_addr_t *local, *remote; /* remote NULL: none */
    unsigned local_port, remote_port, state, send_queue, receive_queue, retransmits;
    unsigned long inode;
};

static void add_address(struct text *t, int family, const ip_addr_t *ip, unsigned port)
{
    uint32_t w[4] = {0};

    if (ip != NULL && IP_IS_V6_VAL(*ip)) {
        for (unsigned k = 0; k < 4; k++)
            w[k] = ip_2_ip6(ip)->addr[k];
    } else if (ip != NULL && IP_IS_V4_VAL(*ip)) {
        w[3] = ip4_addr_get_u32(ip_2_ip4(ip));
        w[2] = family == AF_INET6 && w[3] != 0 ? 0xffff0000 : 0; /* ::ffff:a.b.c.d */
    }
    if (family == AF_INET6)
        text_add(t, "%08X%08X%08X", w[0], w[1], w[2]);
    text_add(t, "%08X:%04X", w[3], port);
}

static void add_common(struct text *t, const struct line *l)
{
    add_address(t, l->family, l->local, l->local_port);
    text_add(t, " ");
    add_address(t, l->family, l->remote, l->remote_port);
    text_add(t, " %02X %08X:%08X %02X:%08X %08X %5u %8d %lu %d %016lx", l->state, l->send_queue, l->receive_queue, 0u, 0u, l->retransmits, 0u, 0,
             l->inode, 1, 0ul);
}

/* IPv4's lines have a fixed width, so that a reader may seek by record. */
static void end_line(struct text *t, size_t start, int family, size_t width)
{
    while (family == AF_INET && !t->failed && t->used - start < width)
        text_add(t, " ");
    text_add(t, "\n");
}

static unsigned linux_state(enum tcp_state s)
{
    static const uint8_t map[] = {[CLOSED] = 7, [LISTEN] = 10, [SYN_SENT] = 2, [SYN_RCVD] = 3, [ESTABLISHED] = 1, [FIN_WAIT_1] = 4,
                                  [FIN_WAIT_2] = 5, [CLOSE_WAIT] = 8, [CLOSING] = 11, [LAST_ACK] = 9, [TIME_WAIT] = 6};
    return map[s];
}

/* NULL: none any more (TIME_WAIT), or none yet: until the handshake ends lwIP leaves the listener's, which may have gone. */
static const struct tcp_socket *socket_behind(const struct tcp_pcb *p)
{
    return p->state == TIME_WAIT || p->state == SYN_RCVD ? NULL : p->callback_arg;
}

static int family_of(const struct tcp_pcb *p)
{
    const struct tcp_socket *s = socket_behind(p);

    return s != NULL ? s->i.s.family : IP_IS_V4_VAL(p->local_ip) ? AF_INET : AF_INET6;
}

/* A listener's pcb is a shorter object: only the fields that both have are looked at for it. */
static struct line tcp_line(const struct tcp_pcb *p)
{
    const struct tcp_socket *s = socket_behind(p);
    struct line l = {.family = family_of(p), .local = &p->local_ip, .local_port = p->local_port, .state = linux_state(p->state)};

    if (p->state != LISTEN && p->state != CLOSED) {
        l.remote = &p->remote_ip;
        l.remote_port = p->remote_port;
        l.send_queue = p->state == TIME_WAIT ? 0 : p->snd_lbb - p->lastack;
        l.retransmits = p->nrtx;
    }
    if (s != NULL && s->i.s.file != NULL) {
        l.inode = s->i.s.inode_number;
        l.receive_queue = (unsigned)s->queued_bytes;
    }
    if (s != NULL && p->state == LISTEN) {
        for (const struct list_node *n = s->accept_queue.next; n != NULL && n != &s->accept_queue; n = n->next)
            l.receive_queue++;
    }
    return l;
}

static int show_tcp(struct text *t, int family)
{
    unsigned number = 0;

    net_lock();
    for (unsigned k = 0; k < LWIP_ARRAYSIZE(tcp_pcb_lists); k++) {
        if (k == 1) /* bound only: Linux lists those neither */
            continue;
        for (const struct tcp_pcb *p = *tcp_pcb_lists[k]; p != NULL; p = p->next) {
            size_t start = t->used;
            struct line l = tcp_line(p);
            if (l.family != family)
                continue;
            text_add(t, "%4u: ", number++);
            add_common(t, &l);
            text_add(t, " %u %u %u %u %d", 100u, 0u, 0u, 10u, -1);
            end_line(t, start, family, 149);
        }
    }
    net_unlock();
    return 0;
}

int proc_net_tcp(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode");
    end_line(t, 0, AF_INET, 149);
    return show_tcp(t, AF_INET);
}

int proc_net_tcp6(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt"
                "   uid  timeout inode\n");
    return show_tcp(t, AF_INET6);
}

static int show_udp(struct text *t, int family)
{
    unsigned number = 0;

    net_lock();
    for (const struct udp_pcb *p = udp_pcbs; p != NULL; p = p->next) {
        struct net_udp_view v;
        size_t start = t->used;
        net_udp_view(p, &v);
        if (v.family != family) /* 0: DHCP's and DNS's own pcbs */
            continue;
        struct line l = {.family = family, .local = &p->local_ip, .local_port = p->local_port, .state = v.connected ? 1 : 7,
                         .receive_queue = v.queued_bytes, .inode = v.inode};
        if (v.connected) {
            l.remote = &p->remote_ip;
            l.remote_port = p->remote_port;
        }
        text_add(t, "%5u: ", number++);
        add_common(t, &l);
        text_add(t, " %u", v.drops);
        end_line(t, start, family, 127);
    }
    net_unlock();
    return 0;
}

int proc_net_udp(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops");
    end_line(t, 0, AF_INET, 127);
    return show_udp(t, AF_INET);
}

int proc_net_udp6(struct text *t, const struct pseudo_context *c)
{
    text_add(t, "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt"
                "   uid  timeout inode ref pointer drops\n");
    return show_udp(t, AF_INET6);
}

struct counts {
    unsigned tcp, waiting, udp;
};

static struct counts count(int family)
{
    struct counts n = {0};

    net_lock();
    for (unsigned k = 0; k < LWIP_ARRAYSIZE(tcp_pcb_lists); k++)
        for (const struct tcp_pcb *p = *tcp_pcb_lists[k]; p != NULL; p = p->next)
            if (family_of(p) == family)
                *(p->state == TIME_WAIT ? &n.waiting : &n.tcp) += 1;
    for (const struct udp_pcb *p = udp_pcbs; p != NULL; p = p->next) {
        struct net_udp_view v;
        net_udp_view(p, &v);
        n.udp += v.family == family;
    }
    net_unlock();
    return n;
}

int proc_net_sockstat(struct text *t, const struct pseudo_context *c)
{
    struct counts v4 = count(AF_INET), v6 = count(AF_INET6);

    text_add(t, "sockets: used %u\n", v4.tcp + v4.udp + v6.tcp + v6.udp);
    text_add(t, "TCP: inuse %u orphan 0 tw %u alloc %u mem 0\n", v4.tcp, v4.waiting + v6.waiting, v4.tcp + v6.tcp);
    text_add(t, "UDP: inuse %u mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n", v4.udp);
    return 0;
}

int proc_net_sockstat6(struct text *t, const struct pseudo_context *c)
{
    struct counts v6 = count(AF_INET6);

    text_add(t, "TCP6: inuse %u\nUDP6: inuse %u\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n", v6.tcp, v6.udp);
    return 0;
}
