// SPDX-License-Identifier: BSD-3-Clause
// TCP sockets: options and queue-length ioctls.
#include "abi/ioctl.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "sched/mutex.h"
#include "tcp.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

void tcp_apply_options(struct tcp_socket *t)
{
    struct tcp_pcb *p = t->pcb;
    if (t->state == TCP_LISTENING || p == NULL)
        return;
    if (t->no_delay)
        tcp_nagle_disable(p);
    else
        tcp_nagle_enable(p);
    p->keep_idle = (u32_t)t->keep_idle * 1000;
    p->keep_intvl = (u32_t)t->keep_interval * 1000;
    p->keep_cnt = (u32_t)t->keep_count;
    tcp_watch(t);
}

/* Linux counts retransmissions of the SYN-ACK, after 1, 2, 4... s, and tells the time that makes. */
static int defer_seconds(int v)
{
    int period = 1, sum = 0;
    while (sum < v && sum < 1000) {
        sum += period;
        period = period * 2 > 120 ? 120 : period * 2;
    }
    return sum;
}

static int *int_option(struct tcp_socket *t, int name)
{
    switch (name) {
    case TCP_DEFER_ACCEPT: return &t->defer_accept;
    case TCP_KEEPIDLE: return &t->keep_idle;
    case TCP_KEEPINTVL: return &t->keep_interval;
    case TCP_KEEPCNT: return &t->keep_count;
    case TCP_SYNCNT: return &t->syn_count;
    case TCP_LINGER2: return &t->linger2;
    case TCP_USER_TIMEOUT: return &t->user_timeout_ms;
    case TCP_QUICKACK: return &t->quick_ack;
    case TCP_WINDOW_CLAMP: return &t->window_clamp;
    default: return NULL;
    }
}

static bool in_range(int name, int v)
{
    switch (name) {
    case TCP_KEEPIDLE:
    case TCP_KEEPINTVL: return v >= 1 && v <= 32767;
    case TCP_KEEPCNT:
    case TCP_SYNCNT: return v >= 1 && v <= 127;
    case TCP_USER_TIMEOUT: return v >= 0;
    default: return true;
    }
}

static int set_congestion(const char *name, unsigned n)
{
    /* lwIP has one algorithm, NewReno. */
    return (n >= 4 && memcmp(name, "reno", 4) == 0) ? 0 : -ENOENT;
}

static int set_tcp(struct tcp_socket *t, int name, const void *value, unsigned n)
{
    int v;
    if (name == TCP_CONGESTION)
        return set_congestion(value, n);
    if (n < sizeof v)
        return -EINVAL;
    memcpy(&v, value, sizeof v);
    int *field = int_option(t, name);
    if (field != NULL) {
        if (!in_range(name, v))
            return -EINVAL;
        *field = name == TCP_DEFER_ACCEPT ? defer_seconds(v) : v;
        tcp_apply_options(t);
        return 0;
    }
    switch (name) {
    case TCP_NODELAY:
        t->no_delay = v != 0;
        tcp_apply_options(t);
        if (t->no_delay && t->state == TCP_CONNECTED)
            tcp_flush_cork(t);
        return 0;
    case TCP_CORK:
        t->cork = v != 0;
        if (!t->cork && t->state == TCP_CONNECTED)
            tcp_flush_cork(t);
        return 0;
    case TCP_MAXSEG:
        if (v < 88 || v > 32767)
            return -EINVAL;
        t->max_segment = v;
        if (t->pcb != NULL && t->state != TCP_LISTENING && t->pcb->mss > v)
            t->pcb->mss = (u16_t)v;
        return 0;
    default: return -ENOPROTOOPT; /* TCP_FASTOPEN, TCP_ULP, TCP_MD5SIG, TCP_REPAIR: not here */
    }
}

int tcp_set_option(struct socket *s, int level, int name, const void *value, unsigned n)
{
    struct tcp_socket *t = tcp_of(s);
    int err;
    net_lock();
    if (level == IPPROTO_TCP)
        err = set_tcp(t, name, value, n);
    else
        err = inet_set_option(&t->i, (struct ip_pcb *)t->pcb, level, name, value, n);
    net_unlock();
    return err;
}

/* What Linux numbers the states: include/net/tcp_states.h order. */
static uint8_t state_number(const struct tcp_socket *t)
{
    static const uint8_t map[] = {
        [CLOSED] = 7, [LISTEN] = 10, [SYN_SENT] = 2, [SYN_RCVD] = 3, [ESTABLISHED] = 1, [FIN_WAIT_1] = 4, [FIN_WAIT_2] = 5,
        [CLOSE_WAIT] = 8, [CLOSING] = 11, [LAST_ACK] = 9, [TIME_WAIT] = 6,
    };
    return t->pcb == NULL ? 7 : map[t->pcb->state];
}

static int get_info(struct tcp_socket *t, void *value, unsigned *n)
{
    struct tcp_info info;
    memset(&info, 0, sizeof info);
    info.tcpi_state = state_number(t);
    if (t->pcb != NULL && t->state == TCP_CONNECTED) {
        struct tcp_pcb *p = t->pcb;
        info.tcpi_retransmits = p->nrtx;
        info.tcpi_rto = (uint32_t)p->rto * 500000;
        info.tcpi_snd_mss = info.tcpi_rcv_mss = info.tcpi_advmss = p->mss;
        info.tcpi_rtt = (uint32_t)(p->sa > 0 ? (p->sa >> 3) * 500000 : 1000);
        info.tcpi_rttvar = (uint32_t)(p->sv > 0 ? (p->sv >> 2) * 500000 : 0);
        info.tcpi_snd_cwnd = p->mss ? p->cwnd / p->mss : 0;
        info.tcpi_snd_ssthresh = p->mss ? p->ssthresh / p->mss : 0;
        info.tcpi_rcv_space = p->rcv_wnd;
        info.tcpi_options = (p->flags & TF_TIMESTAMP ? 1 : 0) | (p->flags & TF_SACK ? 2 : 0) | (p->flags & TF_WND_SCALE ? 4 : 0);
        info.tcpi_snd_wscale = p->snd_scale & 15;
        info.tcpi_rcv_wscale = p->rcv_scale & 15;
        info.tcpi_unacked = p->snd_nxt - p->lastack;
        info.tcpi_bytes_acked = t->bytes_sent;
        info.tcpi_bytes_received = t->bytes_received;
    }
    return inet_give(&info, sizeof info, value, n);
}

static int get_tcp(struct tcp_socket *t, int name, void *value, unsigned *n)
{
    int v;
    int *field = int_option(t, name);
    switch (name) {
    case TCP_INFO: return get_info(t, value, n);
    case TCP_CONGESTION: return inet_give("reno\0\0\0\0\0\0\0\0\0\0\0", 16, value, n);
    case TCP_NODELAY: v = t->no_delay; break;
    case TCP_CORK: v = t->cork; break;
    case TCP_MAXSEG: v = t->pcb != NULL && t->state == TCP_CONNECTED ? t->pcb->mss : t->max_segment ? t->max_segment : 536; break;
    default:
        if (field == NULL)
            return -ENOPROTOOPT;
        v = *field;
    }
    return inet_give(&v, sizeof v, value, n);
}

int tcp_get_option(struct socket *s, int level, int name, void *value, unsigned *n)
{
    struct tcp_socket *t = tcp_of(s);
    int err;
    net_lock();
    if (level == IPPROTO_TCP) {
        err = get_tcp(t, name, value, n);
    } else if (level == SOL_SOCKET && name == SO_ACCEPTCONN) {
        int v = t->state == TCP_LISTENING;
        err = inet_give(&v, sizeof v, value, n);
    } else {
        err = inet_get_option(&t->i, (struct ip_pcb *)t->pcb, level, name, value, n);
    }
    net_unlock();
    return err;
}

long tcp_ioctl(struct socket *s, unsigned cmd, unsigned long arg)
{
    struct tcp_socket *t = tcp_of(s);
    uint32_t v;
    if (cmd != FIONREAD && cmd != TIOCOUTQ && cmd != SIOCATMARK)
        return inet_ioctl(s, cmd, arg);
    net_lock();
    int err = t->state == TCP_LISTENING && cmd != SIOCATMARK ? -EINVAL : 0;
    if (cmd == FIONREAD)
        v = (uint32_t)t->queued_bytes;
    else if (cmd == TIOCOUTQ)
        v = t->pcb != NULL && t->state == TCP_CONNECTED ? t->pcb->snd_lbb - t->pcb->lastack : 0;
    else
        v = 0;
    net_unlock();
    return err ? err : put_user_u32((void *)arg, v);
}
