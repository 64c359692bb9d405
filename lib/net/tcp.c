// SPDX-License-Identifier: BSD-3-Clause
// TCP sockets over lwIP's raw API: connection set-up and tear-down, accept queues.
#include "tcp.h"

#include "base/string.h"
#include "icmp_error.h"
#include "lwip/pbuf.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/tcp.h"
#include "mem/kalloc.h"
#include "sched/time.h"
#include <errno.h>

/*
 * Theory. A tcp_socket has at most one lwIP control block (pcb). lwIP calls back, under the core lock: data arrived, data was acknowledged, connection
 * established, connection gone. After the "gone" callback (err) the pcb does not exist any more; t->pcb is NULL from then on and what was queued stays readable.
 * States: idle -> (connecting -> connected | listening) -> dead. Closing the file detaches the pcb and leaves it to lwIP, which finishes the
 * close handshake by itself; SO_LINGER waits for it or resets.
 * A connection that arrives becomes a tcp_socket at once and waits in its listener's queue; the backlog is lwIP's count of those
 * not accepted yet, so a flood of connections costs at most backlog sockets.
 */

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t n)
{
    (void)n;
    struct tcp_socket *t = arg;
    if (t != NULL)
        t->soft_error = 0;
    (void)pcb;
    if (t != NULL && t->pcb != NULL && tcp_can_write(t))
        socket_notify(&t->i.s, POLLOUT | POLLWRNORM);
    return ERR_OK;
}

/* TCP_DEFER_ACCEPT: data came, or the end of it, or it took too long. */
void tcp_undefer(struct tcp_socket *t)
{
    t->deferred_until = 0;
    list_remove(&t->accept_link);
    list_push_back(&t->listener->accept_queue, &t->accept_link);
    socket_notify(&t->listener->i.s, POLLIN | POLLRDNORM);
    tcp_watch(t);
}

static err_t on_receive(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    struct tcp_socket *t = arg;
    (void)err;
    if (t == NULL || (t->i.s.shut & SOCKET_SHUT_RD && p != NULL)) { /* nobody will read it */
        if (p != NULL) {
            tcp_recved(pcb, p->tot_len);
            pbuf_free(p);
        }
        return ERR_OK;
    }
    if (t->deferred_until != 0)
        tcp_undefer(t);
    if (p == NULL) {
        t->fin_received = true;
        socket_notify(&t->i.s, POLLIN | POLLRDNORM | POLLRDHUP | (t->i.s.shut & SOCKET_SHUT_WR ? POLLHUP : 0));
        return ERR_OK;
    }
    tcp_queue_append(t, p);
    socket_notify(&t->i.s, POLLIN | POLLRDNORM);
    return ERR_OK;
}

static int error_of(const struct tcp_socket *t, err_t err)
{
    if (err != ERR_RST && err != ERR_CLSD && t->soft_error != 0)
        return t->soft_error;
    if (t->state == TCP_CONNECTING)
        return err == ERR_RST ? ECONNREFUSED : ETIMEDOUT;
    if (err == ERR_RST)
        return ECONNRESET;
    return err == ERR_CLSD ? 0 : ETIMEDOUT;
}

static void on_error(void *arg, err_t err)
{
    struct tcp_socket *t = arg;
    if (t == NULL)
        return;
    int error = error_of(t, err);
    bool closing = t->state == TCP_CONNECTED && t->fin_received && (t->i.s.shut & SOCKET_SHUT_WR);
    t->pcb = NULL;
    if (t->deferred_until != 0) { /* nobody has seen it */
        list_remove(&t->accept_link);
        kfree(t);
        return;
    }
    if (error != 0 && !closing)
        t->i.s.error = error;
    t->state = TCP_DEAD;
    t->reset = err == ERR_RST;
    socket_notify(&t->i.s, POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP | POLLRDNORM | POLLWRNORM);
}

void tcp_icmp_error(struct tcp_pcb *pcb, const struct icmp_error *e)
{
    struct tcp_socket *t = pcb->errf == on_error ? pcb->callback_arg : NULL;
    if (t == NULL || e->error == EMSGSIZE)
        return;
    t->soft_error = e->error;
    if (pcb->state == SYN_SENT) {
        tcp_abandon(pcb, 0);
    } else if (t->i.recv_error) {
        t->i.s.error = e->error;
        socket_notify(&t->i.s, POLLIN | POLLOUT | POLLERR);
    }
}

static void remember_names(struct tcp_socket *t, const struct tcp_pcb *pcb)
{
    t->local_ip = pcb->local_ip;
    t->remote_ip = pcb->remote_ip;
    t->local_port = pcb->local_port;
    t->remote_port = pcb->remote_port;
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct tcp_socket *t = arg;
    (void)err;
    if (t != NULL) {
        t->state = TCP_CONNECTED;
        remember_names(t, pcb);
        socket_notify(&t->i.s, POLLOUT | POLLWRNORM);
    }
    return ERR_OK;
}

void tcp_attach(struct tcp_socket *t, struct tcp_pcb *pcb)
{
    t->pcb = pcb;
    tcp_arg(pcb, t);
    if (t->state != TCP_LISTENING) {
        tcp_recv(pcb, on_receive);
        tcp_sent(pcb, on_sent);
        tcp_err(pcb, on_error);
    }
}

static void detach(struct tcp_pcb *pcb)
{
    tcp_arg(pcb, NULL);
    if (pcb->state == LISTEN) {
        tcp_accept(pcb, NULL);
        return;
    }
    tcp_recv(pcb, on_receive); /* with a NULL argument: drops what still comes */
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
    tcp_poll(pcb, NULL, 0);
}

struct tcp_socket *tcp_socket_alloc(int family, int protocol)
{
    struct tcp_socket *t = kzalloc(sizeof *t);
    if (t == NULL)
        return NULL;
    inet_init(&t->i, &tcp_socket_ops, family, SOCK_STREAM, protocol);
    t->i.s.send_buffer = 87040;
    t->i.s.receive_buffer = 131072;
    list_init(&t->accept_queue);
    list_init(&t->accept_link);
    list_init(&t->deferred_queue);
    t->keep_idle = 7200;
    t->keep_interval = 75;
    t->keep_count = 9;
    return t;
}

int tcp_socket_create(int family, int protocol, struct socket **out)
{
    struct tcp_socket *t = tcp_socket_alloc(family, IPPROTO_TCP);
    if (t == NULL)
        return -ENOMEM;
    (void)protocol;
    *out = &t->i.s;
    return 0;
}

/* The pcb is made late, because IPV6_V6ONLY decides its type. */
int tcp_need_pcb(struct tcp_socket *t)
{
    if (t->pcb != NULL)
        return 0;
    struct tcp_pcb *pcb = tcp_new_ip_type(inet_lwip_type(&t->i));
    if (pcb == NULL)
        return -ENOBUFS;
    tcp_attach(t, pcb);
    inet_apply_options(&t->i, (struct ip_pcb *)pcb);
    tcp_apply_options(t);
    return 0;
}

static int bind_op(struct socket *s, const struct sockaddr *addr, unsigned n)
{
    struct tcp_socket *t = tcp_of(s);
    ip_addr_t ip;
    uint16_t port;
    net_lock();
    int err = inet_address_in(&t->i, addr, n, &ip, &port);
    if (!err && addr->sa_family == AF_UNSPEC && !ip_addr_isany(&ip))
        err = -EAFNOSUPPORT;
    if (!err && (t->i.bound || t->state != TCP_IDLE))
        err = -EINVAL;
    if (!err && !t->i.freebind && (!inet_address_is_local(&ip) || ip_addr_ismulticast(&ip)))
        err = -EADDRNOTAVAIL;
    if (!err)
        err = tcp_need_pcb(t);
    if (!err) {
        bool any_both = s->family == AF_INET6 && !t->i.v6_only && ip_addr_isany(&ip);
        err = net_errno(tcp_bind(t->pcb, any_both ? IP_ANY_TYPE : &ip, port));
    }
    t->i.bound = !err || t->i.bound;
    net_unlock();
    return err;
}

/* What connect(2) says about where the connection stands; 1: it must be started. */
static int connect_state(struct tcp_socket *t)
{
    switch (t->state) {
    case TCP_LISTENING: return -EISCONN;
    case TCP_CONNECTING: return -EALREADY;
    case TCP_CONNECTED:
        if (!t->connect_reported) {
            t->connect_reported = true;
            return 0;
        }
        return -EISCONN;
    case TCP_DEAD: {
        int err = socket_take_error(&t->i.s);
        if (err == 0 && t->connect_reported)
            return -EISCONN;
        t->state = TCP_IDLE; /* a failed connect may be tried again */
        t->remote_port = 0;
        t->i.bound = false;
        return err ? err : 1;
    }
    default: return 1;
    }
}

static int start_connect(struct tcp_socket *t, const struct sockaddr *addr, unsigned n)
{
    ip_addr_t ip;
    uint16_t port;
    int err = inet_address_in(&t->i, addr, n, &ip, &port);
    if (err)
        return err;
    if (ip_addr_ismulticast(&ip) || (IP_IS_V4(&ip) && ip4_addr_get_u32(ip_2_ip4(&ip)) == 0xffffffff))
        return -ENETUNREACH;
    if (ip_addr_isany(&ip)) { /* Linux: any means this host */
        if (IP_IS_V6(&ip))
            ip_addr_set_loopback(true, &ip);
        else
            ip_addr_set_loopback(false, &ip);
    }
    err = inet_need_route(&ip);
    if (!err)
        err = tcp_need_pcb(t);
    if (err)
        return err;
    t->state = TCP_CONNECTING;
    t->connect_reported = false;
    t->soft_error = 0;
    t->fin_received = false;
    err_t e = tcp_connect(t->pcb, &ip, port, on_connected);
    if (e != ERR_OK) {
        t->state = TCP_IDLE;
        return e == ERR_USE ? -EADDRNOTAVAIL : net_errno(e);
    }
    t->i.bound = true;
    return 0;
}

/* connect() with AF_UNSPEC dissolves the association. */
static int disconnect(struct tcp_socket *t)
{
    if (t->pcb != NULL && t->state != TCP_LISTENING && t->state != TCP_IDLE) {
        struct tcp_pcb *pcb = t->pcb;
        detach(pcb);
        t->pcb = NULL;
        tcp_abort(pcb);
    }
    tcp_queue_drop(t);
    t->state = TCP_IDLE;
    t->remote_port = 0;
    t->i.bound = false;
    return 0;
}

static int connect_op(struct socket *s, const struct sockaddr *addr, unsigned n, bool nonblock)
{
    struct tcp_socket *t = tcp_of(s);
    if (n < sizeof(sa_family_t))
        return -EINVAL;
    net_lock();
    int err;
    if (addr->sa_family == AF_UNSPEC) {
        err = disconnect(t);
        net_unlock();
        return err;
    }
    bool waiting_already = t->state == TCP_CONNECTING && !nonblock;
    err = waiting_already ? 1 : connect_state(t);
    if (err == 1) {
        err = waiting_already ? 0 : start_connect(t, addr, n);
        /* A connection to this host may be decided as soon as loopback packets are delivered; Linux says "in progress" all the same. */
        if (!err) {
            net_unlock();
            net_lock();
            err = nonblock ? -EINPROGRESS : 0;
        }
        nsec_t deadline = socket_deadline(s->send_timeout_ns);
        while (!err && t->state == TCP_CONNECTING) {
            int r = net_wait(&s->wait, deadline);
            if (t->state == TCP_CONNECTING && r != 0)
                err = r == -ETIMEDOUT ? -EINPROGRESS : r;
        }
        if (!err && t->state == TCP_DEAD)
            err = socket_take_error(s);
        if (!err && t->state == TCP_CONNECTED)
            t->connect_reported = true;
    }
    net_unlock();
    return err;
}

static void take_new_connection(struct tcp_socket *listener, struct tcp_socket *t, struct tcp_pcb *pcb)
{
    t->state = TCP_CONNECTED;
    t->connect_reported = true;
    t->i.bound = true;
    remember_names(t, pcb);
    t->i.s.keep_alive = listener->i.s.keep_alive;
    t->i.s.linger_on = listener->i.s.linger_on;
    t->i.s.linger_seconds = listener->i.s.linger_seconds;
    t->i.s.receive_timeout_ns = listener->i.s.receive_timeout_ns;
    t->i.s.send_timeout_ns = listener->i.s.send_timeout_ns;
    t->i.s.send_buffer = listener->i.s.send_buffer;
    t->i.s.send_buffer_set = listener->i.s.send_buffer_set;
    t->i.s.receive_buffer = listener->i.s.receive_buffer;
    t->i.s.oob_inline = listener->i.s.oob_inline;
    t->i.s.reuse_address = listener->i.s.reuse_address;
    t->no_delay = listener->no_delay;
    t->keep_idle = listener->keep_idle;
    t->keep_interval = listener->keep_interval;
    t->keep_count = listener->keep_count;
    t->user_timeout_ms = listener->user_timeout_ms;
    t->i.v6_only = listener->i.v6_only;
    t->i.ttl = listener->i.ttl;
    t->i.tos = listener->i.tos;
    tcp_attach(t, pcb);
    inet_apply_options(&t->i, (struct ip_pcb *)pcb);
    tcp_apply_options(t);
    tcp_backlog_delayed(pcb);
    t->listener = listener;
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct tcp_socket *listener = arg;
    if (err != ERR_OK || pcb == NULL || listener == NULL)
        return ERR_VAL;
    struct tcp_socket *t = tcp_socket_alloc(listener->i.s.family, IPPROTO_TCP);
    if (t == NULL)
        return ERR_MEM;
    take_new_connection(listener, t, pcb);
    if (listener->defer_accept > 0) {
        t->deferred_until = clock_monotonic_ns() + (nsec_t)listener->defer_accept * 1000000000;
        list_push_back(&listener->deferred_queue, &t->accept_link);
        tcp_watch(t);
        return ERR_OK;
    }
    list_push_back(&listener->accept_queue, &t->accept_link);
    socket_notify(&listener->i.s, POLLIN | POLLRDNORM);
    return ERR_OK;
}

/* SO_REUSEPORT lets sockets share a port if all of them ask for it; lwIP would refuse every second listener. */
static bool may_share_port(const struct tcp_socket *t)
{
    if (!t->i.s.reuse_port)
        return false;
    for (const struct tcp_pcb_listen *l = tcp_listen_pcbs.listen_pcbs; l != NULL; l = l->next) {
        const struct tcp_socket *other = l->callback_arg;
        if (l->local_port == t->pcb->local_port && ip_addr_cmp(&l->local_ip, &t->pcb->local_ip) && (other == NULL || !other->i.s.reuse_port))
            return false;
    }
    return true;
}

static int listen_op(struct socket *s, int backlog)
{
    struct tcp_socket *t = tcp_of(s);
    int err = 0;
    unsigned length = (unsigned)backlog > 254 ? 254 : (unsigned)backlog;
    net_lock();
    if (t->state == TCP_LISTENING) {
        tcp_backlog_set((struct tcp_pcb_listen *)t->pcb, (u8_t)(length + 1));
        goto out;
    }
    if (t->state != TCP_IDLE) {
        err = -EINVAL;
        goto out;
    }
    err = tcp_need_pcb(t);
    if (!err && !t->i.bound)
        err = net_errno(tcp_bind(t->pcb, s->family == AF_INET ? IP4_ADDR_ANY : t->i.v6_only ? IP6_ADDR_ANY : IP_ANY_TYPE, 0));
    if (err)
        goto out;
    t->i.bound = true;
    err_t e;
    bool shared = may_share_port(t);
    if (shared)
        ip_reset_option(t->pcb, SOF_REUSEADDR);
    struct tcp_pcb *listening = tcp_listen_with_backlog_and_err(t->pcb, (u8_t)(length + 1), &e); /* Linux admits one more than it is told */
    if (listening == NULL) {
        err = e == ERR_USE ? -EADDRINUSE : net_errno(e);
        goto out;
    }
    if (shared)
        ip_set_option(listening, SOF_REUSEADDR);
    t->state = TCP_LISTENING;
    t->pcb = listening;
    tcp_arg(listening, t);
    tcp_accept(listening, on_accept);
out:
    net_unlock();
    return err;
}

/*
 * The backlog was full until now, so SYNs were dropped. A remote client tries again after a second; one on this machine need not wait
 * for a timer, for we can see it.
 */
static void retry_local_connects(uint16_t port)
{
    for (struct tcp_pcb *p = tcp_active_pcbs; p != NULL; p = p->next)
        if (p->state == SYN_SENT && p->remote_port == port && inet_address_is_local(&p->remote_ip))
            tcp_rexmit_rto(p);
}

static void accepted(struct tcp_socket *listener, struct tcp_socket *t)
{
    const struct tcp_pcb_listen *l = (struct tcp_pcb_listen *)listener->pcb;
    bool was_full = l != NULL && l->accepts_pending >= l->backlog;
    if (t->pcb != NULL)
        tcp_backlog_accepted(t->pcb);
    if (was_full)
        retry_local_connects(l->local_port);
}

static int accept_op(struct socket *s, bool nonblock, struct socket **out)
{
    struct tcp_socket *listener = tcp_of(s);
    int err = 0;
    net_lock();
    nsec_t deadline = socket_deadline(s->receive_timeout_ns);
    while (list_empty(&listener->accept_queue)) {
        if (listener->state != TCP_LISTENING)
            err = -EINVAL;
        else if (nonblock)
            err = -EAGAIN;
        if (!err) {
            err = net_wait(&s->wait, deadline);
            if (err == -ETIMEDOUT)
                err = -EAGAIN;
        }
        if (err && list_empty(&listener->accept_queue)) {
            net_unlock();
            return err;
        }
        err = 0;
    }
    struct tcp_socket *t = container_of(list_pop_front(&listener->accept_queue), struct tcp_socket, accept_link);
    list_init(&t->accept_link);
    t->listener = NULL;
    accepted(listener, t);
    net_unlock();
    *out = &t->i.s;
    return 0;
}

static int name_op(struct socket *s, bool peer, struct sockaddr_storage *out, unsigned *n)
{
    struct tcp_socket *t = tcp_of(s);
    int err = 0;
    net_lock();
    bool was_connected = t->state == TCP_DEAD && t->remote_port != 0;
    if (peer && t->state != TCP_CONNECTED && !(was_connected && s->just_accepted)) {
        err = -ENOTCONN;
    } else if (t->pcb == NULL && (t->state == TCP_CONNECTED || was_connected)) {
        inet_address_out(&t->i, peer ? &t->remote_ip : &t->local_ip, peer ? t->remote_port : t->local_port, out, n);
    } else if (t->pcb == NULL) {
        ip_addr_t any = *IP4_ADDR_ANY;
        inet_address_out(&t->i, &any, 0, out, n);
    } else {
        inet_address_out(&t->i, peer ? &t->pcb->remote_ip : &t->pcb->local_ip, peer ? t->pcb->remote_port : t->pcb->local_port, out, n);
    }
    net_unlock();
    return err;
}

static void stop_listening(struct tcp_socket *t)
{
    struct tcp_pcb *pcb = t->pcb;
    t->pcb = NULL;
    t->state = TCP_IDLE;
    t->i.bound = false;
    detach(pcb);
    tcp_close(pcb);
    list_splice_back(&t->accept_queue, &t->deferred_queue);
    while (!list_empty(&t->accept_queue)) { /* nobody will accept these */
        struct tcp_socket *c = container_of(list_pop_front(&t->accept_queue), struct tcp_socket, accept_link);
        c->listener = NULL;
        c->deferred_until = 0;
        if (c->pcb != NULL) {
            pcb = c->pcb;
            detach(pcb);
            tcp_backlog_accepted(pcb);
            tcp_abort(pcb);
        }
        tcp_queue_drop(c);
        kfree(c);
    }
}

static int shutdown_op(struct socket *s, int how)
{
    struct tcp_socket *t = tcp_of(s);
    int err = 0;
    net_lock();
    if (t->state == TCP_LISTENING && how != SHUT_WR) {
        stop_listening(t);
        socket_notify(s, POLLIN | POLLHUP | POLLRDHUP);
    } else if (t->state != TCP_CONNECTED) {
        err = -ENOTCONN;
    } else {
        if (how != SHUT_RD && !(s->shut & SOCKET_SHUT_WR)) {
            s->shut |= SOCKET_SHUT_WR;
            if (t->pcb != NULL)
                tcp_shutdown(t->pcb, 0, 1);
        }
        if (how != SHUT_WR)
            s->shut |= SOCKET_SHUT_RD;
        socket_notify(s, POLLIN | POLLOUT | POLLRDHUP | (s->shut == 3 ? POLLHUP : 0));
    }
    net_unlock();
    return err;
}

static unsigned poll_op(struct socket *s)
{
    struct tcp_socket *t = tcp_of(s);
    unsigned mask = 0;
    net_lock();
    switch (t->state) {
    case TCP_LISTENING:
        mask = list_empty(&t->accept_queue) ? 0 : POLLIN | POLLRDNORM;
        break;
    case TCP_IDLE:
        mask = POLLOUT | POLLWRNORM | POLLHUP;
        break;
    case TCP_CONNECTING:
        break;
    case TCP_CONNECTED:
    case TCP_DEAD: {
        bool end = t->fin_received || (s->shut & SOCKET_SHUT_RD) || t->state == TCP_DEAD;
        if (t->queued_bytes >= (size_t)s->receive_low || (t->queued_bytes > 0 && end) || end)
            mask |= POLLIN | POLLRDNORM;
        if (end)
            mask |= POLLRDHUP;
        if ((end && (s->shut & SOCKET_SHUT_WR)) || t->state == TCP_DEAD)
            mask |= POLLHUP;
        if ((s->shut & SOCKET_SHUT_WR) || t->state == TCP_DEAD || (t->pcb != NULL && tcp_can_write(t)))
            mask |= POLLOUT | POLLWRNORM;
        break;
    }
    }
    if (s->error != 0)
        mask |= POLLERR;
    net_unlock();
    return mask;
}

/* SO_LINGER with a time: until the peer has acknowledged everything. */
static void linger(struct tcp_socket *t)
{
    nsec_t deadline = clock_monotonic_ns() + (nsec_t)t->i.s.linger_seconds * 1000000000;
    while (t->pcb != NULL && (t->pcb->unsent != NULL || t->pcb->unacked != NULL)) {
        if (net_wait(&t->i.s.wait, deadline) != 0)
            break;
    }
}

static void release_op(struct socket *s)
{
    struct tcp_socket *t = tcp_of(s);
    net_lock();
    if (t->state == TCP_LISTENING)
        stop_listening(t);
    bool unread = t->queued_bytes > 0;
    tcp_queue_drop(t);
    if (t->pcb != NULL && s->linger_on && s->linger_seconds == 0 && t->state == TCP_CONNECTED)
        unread = true; /* reset */
    if (t->pcb != NULL && t->state == TCP_CONNECTED && !unread) {
        tcp_flush_cork(t);
        if (s->linger_on) {
            tcp_shutdown(t->pcb, 0, 1);
            linger(t);
        }
    }
    struct tcp_pcb *pcb = t->pcb;
    if (pcb != NULL) {
        detach(pcb);
        if ((unread && t->state == TCP_CONNECTED) || tcp_close(pcb) != ERR_OK)
            tcp_abort(pcb);
    }
    inet_drop_memberships(&t->i);
    net_unlock();
    kfree(t);
}

const struct socket_ops tcp_socket_ops = {
    .bind = bind_op,
    .connect = connect_op,
    .listen = listen_op,
    .accept = accept_op,
    .name = name_op,
    .send = tcp_send,
    .receive = tcp_receive,
    .shutdown = shutdown_op,
    .poll = poll_op,
    .set_option = tcp_set_option,
    .get_option = tcp_get_option,
    .ioctl = tcp_ioctl,
    .release = release_op,
};
