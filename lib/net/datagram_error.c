// SPDX-License-Identifier: BSD-3-Clause
// UDP sockets: what ICMP errors do to them, and the error queue of IP_RECVERR.
#include "abi/errqueue.h"
#include "base/string.h"
#include "datagram.h"
#include "file/iov_iter.h"
#include "icmp_error.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <poll.h>

enum { ERRORS_MAX = 64 };

struct datagram_error {
    struct datagram_error *next;
    struct sock_extended_err ee;
    ip_addr_t offender, remote_ip;
    uint16_t remote_port;
    size_t bytes;
    uint8_t data[];
};

static void queue_error(struct datagram_socket *d, const struct icmp_error *e)
{
    struct datagram_error *q = d->n_errors < ERRORS_MAX ? kmalloc(sizeof *q + e->payload_bytes) : NULL;
    if (q == NULL)
        return;
    *q = (struct datagram_error){.offender = e->offender, .remote_ip = e->remote_ip, .remote_port = e->remote_port, .bytes = e->payload_bytes};
    q->ee = (struct sock_extended_err){.ee_errno = (uint32_t)e->error, .ee_origin = e->v6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP,
                                       .ee_type = e->type, .ee_code = e->code, .ee_info = e->info};
    memcpy(q->data, e->payload, e->payload_bytes);
    struct datagram_error **end = &d->errors;
    while (*end != NULL)
        end = &(*end)->next;
    *end = q;
    d->n_errors++;
}

void datagram_icmp_error(const struct udp_pcb *pcb, const struct icmp_error *e)
{
    struct datagram_socket *d = datagram_of_udp(pcb);
    if (d == NULL)
        return;
    if (d->i.recv_error)
        queue_error(d, e);
    else if (!e->hard || !d->connected)
        return;
    d->i.s.error = e->error;
    socket_notify(&d->i.s, POLLIN | POLLOUT | POLLERR | POLLRDNORM | POLLWRNORM);
}

static struct datagram_error *take(struct datagram_socket *d)
{
    struct datagram_error *q = d->errors;
    if (q != NULL) {
        d->errors = q->next;
        d->n_errors--;
    }
    return q;
}

void datagram_drop_errors(struct datagram_socket *d)
{
    struct datagram_error *q;
    while ((q = take(d)) != NULL)
        kfree(q);
}

static void put_control(const struct datagram_socket *d, struct socket_msg *m, const struct datagram_error *q)
{
    struct {
        struct sock_extended_err ee;
        uint8_t offender[sizeof(struct sockaddr_in6)];
    } info = {.ee = q->ee};
    struct sockaddr_storage offender;
    unsigned n = 0;
    size_t used = 0;
    bool v6 = d->i.s.family == AF_INET6;
    inet_address_out(&d->i, &q->offender, 0, &offender, &n);
    memcpy(info.offender, &offender, n < sizeof info.offender ? n : sizeof info.offender);
    socket_control_put(m, &used, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? 25 /* IPV6_RECVERR */ : IP_RECVERR, &info,
                       sizeof info.ee + (v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in)));
    m->control_bytes = used;
}

long datagram_receive_error(struct datagram_socket *d, struct socket_msg *m)
{
    net_lock();
    struct datagram_error *q = take(d);
    m->flags = MSG_ERRQUEUE;
    m->name_bytes = 0;
    if (q != NULL) /* the next one is pending now, or none */
        d->i.s.error = d->errors != NULL ? (int)d->errors->ee.ee_errno : 0;
    net_unlock();
    if (q == NULL)
        return -EAGAIN;
    size_t n = q->bytes < m->iter->remaining ? q->bytes : m->iter->remaining;
    long got = n > 0 ? iov_iter_put(m->iter, q->data, n) : 0;
    if (n < q->bytes)
        m->flags |= MSG_TRUNC;
    inet_address_out(&d->i, &q->remote_ip, q->remote_port, &m->name, &m->name_bytes);
    put_control(d, m, q);
    kfree(q);
    return got == (long)n ? (long)n : -EFAULT;
}
