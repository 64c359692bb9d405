// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: TCP sockets.
#pragma once

#include "inet.h"
#include "lwip/tcp.h"
#include <poll.h>

#ifndef POLLRDHUP
#define POLLRDHUP 0x2000
#endif

enum tcp_socket_state { TCP_IDLE, TCP_CONNECTING, TCP_CONNECTED, TCP_LISTENING, TCP_DEAD };

/** struct tcp_socket - all fields under the core lock. */
struct tcp_socket {
    struct inet_socket i;
    struct tcp_pcb *pcb; /* NULL: none, or gone */
    enum tcp_socket_state state;
    bool fin_received, connect_reported, reset;
    int soft_error;                       /* positive errno: what ICMP said since data was last acknowledged */
    bool no_delay, cork;
    int defer_accept, keep_idle, keep_interval, keep_count, syn_count, linger2, user_timeout_ms, max_segment, quick_ack, fast_open, window_clamp;
    struct pbuf *queue_head, *queue_tail; /* received, in order; each pbuf stands alone */
    unsigned queue_skip;                  /* bytes of the head already read */
    size_t queued_bytes;
    ip_addr_t local_ip, remote_ip;        /* of the last connection: they outlive its pcb */
    uint16_t local_port, remote_port;
    uint64_t bytes_sent, bytes_received;
    struct list_node accept_queue;        /* listener: tcp_socket.accept_link */
    struct list_node accept_link;
    struct list_node deferred_queue;      /* listener: connections without data yet, TCP_DEFER_ACCEPT; tcp_socket.accept_link */
    nsec_t deferred_until;                /* 0: not deferred */
    uint32_t stalled_at;                  /* TCP_USER_TIMEOUT: the first byte that nobody acknowledges, */
    nsec_t stalled_since;                 /* since when; 0: all is well */
    struct tcp_socket *listener;
};
static inline struct tcp_socket *tcp_of(struct socket *s) { return (struct tcp_socket *)s; }

extern const struct socket_ops tcp_socket_ops;
struct tcp_socket *tcp_socket_alloc(int family, int protocol);
void tcp_attach(struct tcp_socket *t, struct tcp_pcb *pcb);
int tcp_need_pcb(struct tcp_socket *t) __must_check;
void tcp_apply_options(struct tcp_socket *t);
void tcp_flush_cork(struct tcp_socket *t);
bool tcp_can_write(const struct tcp_socket *t);
/** tcp_watch - call on_poll twice a second if some option of @t needs it. tcp_undefer - the connection may be accepted now. */
void tcp_watch(struct tcp_socket *t);
void tcp_undefer(struct tcp_socket *t);

void tcp_queue_append(struct tcp_socket *t, struct pbuf *p);
void tcp_queue_drop(struct tcp_socket *t);
long tcp_send(struct socket *s, struct socket_msg *m);
long tcp_receive(struct socket *s, struct socket_msg *m);
int tcp_set_option(struct socket *s, int level, int name, const void *value, unsigned n);
int tcp_get_option(struct socket *s, int level, int name, void *value, unsigned *n);
long tcp_ioctl(struct socket *s, unsigned cmd, unsigned long arg);
