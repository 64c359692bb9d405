// SPDX-License-Identifier: BSD-3-Clause
// TCP sockets: sending and receiving bytes.
#include "base/string.h"
#include "file/iov_iter.h"
#include "lwip/pbuf.h"
#include "tcp.h"
#include <errno.h>
#include <sys/uio.h>

/*
 * Theory. Sending hands application memory to tcp_write(), which copies it into segments (one copy); the pages are touched before, so a bad
 * address is -EFAULT and not a hole in the stream. Receiving copies out of the queued pbufs and opens the window by what was read.
 * Copies to and from application memory happen under the core lock, a sleeping lock, so a page fault may take its time.
 */

void tcp_queue_append(struct tcp_socket *t, struct pbuf *p)
{
    t->queued_bytes += p->tot_len;
    t->bytes_received += p->tot_len;
    while (p != NULL) { /* every pbuf stands alone, so that lengths never exceed 16 bits */
        struct pbuf *next = p->next;
        p->next = NULL;
        p->tot_len = p->len;
        if (p->len == 0) {
            pbuf_free(p);
        } else {
            if (t->queue_tail != NULL)
                t->queue_tail->next = p;
            else
                t->queue_head = p;
            t->queue_tail = p;
        }
        p = next;
    }
}

static void free_head(struct tcp_socket *t)
{
    struct pbuf *p = t->queue_head;
    t->queue_head = p->next;
    if (t->queue_head == NULL)
        t->queue_tail = NULL;
    p->next = NULL;
    t->queue_skip = 0;
    pbuf_free(p);
}

void tcp_queue_drop(struct tcp_socket *t)
{
    while (t->queue_head != NULL)
        free_head(t);
    t->queued_bytes = 0;
}

/* How many bytes may wait for their acknowledgement: SO_SNDBUF below lwIP's own limit. */
static size_t send_limit(const struct tcp_socket *t)
{
    size_t limit = (size_t)t->i.s.send_buffer;
    return t->i.s.send_buffer_set && limit < TCP_SND_BUF ? limit : TCP_SND_BUF;
}

static size_t send_space(const struct tcp_socket *t)
{
    size_t limit = send_limit(t), waiting = TCP_SND_BUF - t->pcb->snd_buf;
    return waiting < limit ? limit - waiting : 0;
}

bool tcp_can_write(const struct tcp_socket *t)
{
    return send_space(t) >= send_limit(t) / 3 && tcp_sndqueuelen(t->pcb) < TCP_SND_QUEUELEN - 64;
}

void tcp_flush_cork(struct tcp_socket *t)
{
    if (t->pcb != NULL && t->pcb->unsent != NULL)
        tcp_output(t->pcb);
}

/* How much the send buffer takes now. */
static size_t send_room(const struct tcp_socket *t)
{
    size_t room = send_space(t);
    if (tcp_sndqueuelen(t->pcb) >= TCP_SND_QUEUELEN - 8)
        return 0;
    return room;
}

/* Whether sending is possible now: 0, or the error. */
static int send_state(struct tcp_socket *t)
{
    struct socket *s = &t->i.s;
    if (s->error != 0)
        return socket_take_error(s);
    if (t->state == TCP_CONNECTED && !(s->shut & SOCKET_SHUT_WR) && t->pcb != NULL)
        return 0;
    if (t->state == TCP_CONNECTING)
        return -EAGAIN;
    return -EPIPE;
}

/* One piece that lies in one buffer. Return: bytes taken, 0 if there is no room, -errno. */
static long send_piece(struct tcp_socket *t, struct iov_iter *it, bool more)
{
    size_t n = it->segs[0].iov_len - it->seg_offset, room = send_room(t);
    const char *from = (const char *)it->segs[0].iov_base + it->seg_offset;
    if (n == 0) {
        iov_iter_advance(it, 0);
        it->segs++;
        it->n_segs--;
        it->seg_offset = 0;
        return 0;
    }
    if (n > it->remaining)
        n = it->remaining;
    if (n > room)
        n = room;
    if (n > 0xffff)
        n = 0xffff;
    if (n == 0)
        return 0;
    if (!it->kernel) {
        int err = iov_iter_fault_in(it, n, false);
        if (err)
            return err;
    }
    net_copy_failed = false;
    u8_t flags = TCP_WRITE_FLAG_COPY | (more || n < it->remaining ? TCP_WRITE_FLAG_MORE : 0);
    err_t e = tcp_write(t->pcb, from, (u16_t)n, flags);
    if (e == ERR_MEM)
        return 0;
    if (e != ERR_OK)
        return net_errno(e);
    iov_iter_advance(it, n);
    t->bytes_sent += n;
    return net_copy_failed ? -EFAULT : (long)n;
}

static int wait_for_room(struct tcp_socket *t, bool nonblock, nsec_t deadline)
{
    if (nonblock)
        return -EAGAIN;
    int err = net_wait(&t->i.s.wait, deadline);
    return err == -ETIMEDOUT ? -EAGAIN : err;
}

long tcp_send(struct socket *s, struct socket_msg *m)
{
    struct tcp_socket *t = tcp_of(s);
    size_t want = m->iter->remaining;
    long done = 0;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    net_lock();
    nsec_t deadline = socket_deadline(s->send_timeout_ns);
    int err = 0;
    for (;;) {
        err = send_state(t);
        if (err == -EAGAIN) { /* still connecting */
            err = wait_for_room(t, m->nonblock, deadline);
            if (err)
                break;
            continue;
        }
        if (err || (size_t)done == want)
            break;
        long n = m->iter->n_segs == 0 ? 0 : send_piece(t, m->iter, t->cork || (m->flags & MSG_MORE));
        if (n < 0) {
            err = (int)n;
            break;
        }
        done += n;
        if ((size_t)done == want)
            break;
        if (n == 0 && send_room(t) == 0) {
            tcp_output(t->pcb);
            err = wait_for_room(t, m->nonblock, deadline);
            if (err)
                break;
        } else if (n == 0 && send_room(t) > 0 && m->iter->n_segs > 0 && m->iter->segs[0].iov_len != m->iter->seg_offset) {
            err = -ENOBUFS; /* no memory for a segment */
            break;
        }
    }
    if (done > 0 && t->pcb != NULL && !t->cork && !(m->flags & MSG_MORE))
        tcp_output(t->pcb);
    net_unlock();
    return done > 0 ? done : err;
}

/* Copies from the queue without removing anything. Return: bytes, -EFAULT. */
static long copy_queue(struct tcp_socket *t, struct iov_iter *it, bool discard)
{
    long done = 0;
    unsigned skip = t->queue_skip;
    for (struct pbuf *p = t->queue_head; p != NULL && it->remaining > 0; p = p->next, skip = 0) {
        size_t n = p->len - skip;
        if (n > it->remaining)
            n = it->remaining;
        if (discard) {
            it->remaining -= n;
            done += (long)n;
            continue;
        }
        long got = iov_iter_put(it, (char *)p->payload + skip, n);
        if (got < 0)
            return done > 0 ? done : got;
        done += got;
        if ((size_t)got < n)
            break;
    }
    return done;
}

static void consume(struct tcp_socket *t, size_t n)
{
    t->queued_bytes -= n;
    size_t left = n;
    while (left > 0) {
        size_t here = t->queue_head->len - t->queue_skip;
        if (left < here) {
            t->queue_skip += (unsigned)left;
            break;
        }
        left -= here;
        free_head(t);
    }
    while (t->pcb != NULL && n > 0) {
        u16_t step = n > 0xffff ? 0xffff : (u16_t)n;
        tcp_recved(t->pcb, step);
        n -= step;
    }
}

/* Nothing is queued: why reading would end now. 1: it would not. */
static int receive_state(struct tcp_socket *t)
{
    struct socket *s = &t->i.s;
    if (s->error != 0)
        return socket_take_error(s);
    if (t->fin_received || (s->shut & SOCKET_SHUT_RD) || t->state == TCP_DEAD)
        return 0;
    if (t->state == TCP_IDLE || t->state == TCP_LISTENING)
        return -ENOTCONN;
    return 1;
}

long tcp_receive(struct socket *s, struct socket_msg *m)
{
    struct tcp_socket *t = tcp_of(s);
    bool peek = m->flags & MSG_PEEK, wait_all = (m->flags & MSG_WAITALL) && !peek, nonblock = m->nonblock;
    bool discard = m->flags & MSG_TRUNC;
    long done = 0;
    int err = 0;
    if (m->flags & MSG_OOB)
        return -EINVAL;
    if (m->flags & MSG_ERRQUEUE)
        return -EAGAIN;
    net_lock();
    nsec_t deadline = socket_deadline(s->receive_timeout_ns);
    size_t want = m->iter->remaining;
    m->name_bytes = 0;
    for (;;) {
        if (t->queued_bytes > 0) {
            long n = copy_queue(t, m->iter, discard);
            if (n < 0) {
                err = (int)n;
                break;
            }
            if (!peek)
                consume(t, (size_t)n);
            done += n;
            if (!wait_all || (size_t)done == want)
                break;
        }
        if (want == 0)
            break;
        err = receive_state(t);
        if (err != 1 || (done > 0 && !wait_all))
            break;
        err = nonblock ? -EAGAIN : net_wait(&s->wait, deadline);
        if (err == -ETIMEDOUT)
            err = -EAGAIN;
        if (err)
            break;
    }
    net_unlock();
    m->flags = 0;
    return done > 0 ? done : err == 1 ? 0 : err;
}
