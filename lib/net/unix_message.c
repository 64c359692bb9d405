// SPDX-License-Identifier: BSD-3-Clause
// AF_UNIX: messages, with descriptors and credentials.
#include "base/string.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file/iov_iter.h"
#include "mem/kalloc.h"
#include "unix.h"
#include <errno.h>
#include <fcntl.h>

enum { STREAM_CHUNK = 32768, QUEUE_MAX = 512, MESSAGE_MAX = 212960 };

void unix_message_free(struct unix_message *m)
{
    for (unsigned i = 0; i < m->n_files; i++)
        if (m->files[i] != NULL)
            file_put(m->files[i]);
    kfree(m->files);
    unix_name_put(m->from);
    kfree(m);
}

static int take_files(struct unix_message *m, const uint8_t *data, size_t n)
{
    unsigned count = (unsigned)(n / sizeof(int));
    if (count == 0)
        return 0;
    if (count + m->n_files > UNIX_FILES_MAX)
        return -EINVAL;
    struct file **grown = krealloc(m->files, (m->n_files + count) * sizeof *grown);
    if (grown == NULL)
        return -ENOMEM;
    m->files = grown;
    for (unsigned i = 0; i < count; i++) {
        int fd;
        memcpy(&fd, data + i * sizeof fd, sizeof fd);
        struct file *f = fd_get_path(fd);
        if (f == NULL)
            return -EBADF;
        m->files[m->n_files++] = f;
    }
    return 0;
}

static int take_cred(struct unix_message *m, const uint8_t *data, size_t n)
{
    if (n != sizeof m->cred)
        return -EINVAL;
    memcpy(&m->cred, data, sizeof m->cred);
    return unix_check_claim(&m->cred);
}

static int parse_control(struct unix_message *m, const struct socket_msg *msg)
{
    for (size_t at = 0; at + sizeof(struct cmsghdr) <= msg->control_bytes;) {
        struct cmsghdr h;
        memcpy(&h, msg->control + at, sizeof h);
        if (h.cmsg_len < sizeof h || h.cmsg_len > msg->control_bytes - at)
            return -EINVAL;
        const uint8_t *data = msg->control + at + CMSG_LEN(0);
        size_t n = h.cmsg_len - CMSG_LEN(0);
        int err = 0;
        if (h.cmsg_level == SOL_SOCKET && h.cmsg_type == SCM_RIGHTS)
            err = take_files(m, data, n);
        else if (h.cmsg_level == SOL_SOCKET && h.cmsg_type == SCM_CREDENTIALS)
            err = take_cred(m, data, n);
        else if (h.cmsg_level == SOL_SOCKET)
            err = -EINVAL;
        if (err)
            return err;
        at += CMSG_ALIGN(h.cmsg_len);
    }
    return 0;
}

/* The next message to send: for streams a piece of at most STREAM_CHUNK bytes, control data only with the first. */
static int make_message(struct unix_socket *u, struct socket_msg *msg, size_t bytes, bool with_control, struct unix_message **out)
{
    struct unix_message *m = kmalloc(sizeof *m + bytes);
    if (m == NULL)
        return -ENOBUFS;
    memset(m, 0, sizeof *m);
    m->bytes = bytes;
    unix_own_cred(&m->cred);
    int err = with_control ? parse_control(m, msg) : 0;
    if (!err && bytes) {
        long got = iov_iter_take(msg->iter, m->data, bytes);
        if (got != (long)bytes)
            err = -EFAULT;
    }
    if (err) {
        unix_message_free(m);
        return err;
    }
    if (u->name != NULL) {
        __atomic_fetch_add((uint32_t *)&u->name->refs, 1, __ATOMIC_RELAXED);
        m->from = u->name;
    }
    *out = m;
    return 0;
}

static bool full(const struct unix_socket *to, size_t limit)
{
    if (to->s.type == SOCK_DGRAM)
        return to->queued >= QUEUE_MAX || to->queued_bytes >= (size_t)to->s.receive_buffer;
    return to->queued_bytes >= limit;
}

bool unix_can_send(struct unix_socket *to)
{
    return !full(to, (size_t)to->s.send_buffer / 2) || to->dead;
}

/* Queues @m at @to, waiting for room. Takes @m over only on success. */
static int deliver(struct unix_socket *u, struct unix_socket *to, struct unix_message *m, bool nonblock, nsec_t deadline)
{
    int err = 0;
    for (;;) {
        mutex_lock(&to->lock);
        if (to->dead)
            err = to->s.type == SOCK_DGRAM ? -ECONNREFUSED : -EPIPE;
        else if (to->s.shut & SOCKET_SHUT_RD)
            err = -EPIPE;
        else if (!full(to, (size_t)u->s.send_buffer))
            break;
        mutex_unlock(&to->lock);
        if (err)
            return err;
        if (nonblock)
            return -EAGAIN;
        WAIT_EVENT(&to->s.wait, unix_can_send(to) || (to->s.shut & SOCKET_SHUT_RD) || (u->s.shut & SOCKET_SHUT_WR), true, deadline, err);
        if (err)
            return err == -ETIMEDOUT ? -EAGAIN : err;
        if (u->s.shut & SOCKET_SHUT_WR)
            return -EPIPE;
    }
    list_push_back(&to->queue, &m->link);
    to->queued++;
    to->queued_bytes += m->bytes + (m->bytes == 0);
    mutex_unlock(&to->lock);
    socket_notify(&to->s, POLLIN | POLLRDNORM);
    return 0;
}

/* Whom to send to; *out with a reference. */
static int target(struct unix_socket *u, struct socket_msg *msg, struct unix_socket **out)
{
    if (u->s.type == SOCK_DGRAM && msg->name_bytes != 0)
        return unix_lookup((struct sockaddr *)&msg->name, msg->name_bytes, SOCK_DGRAM, out);
    if (msg->name_bytes != 0)
        return u->state == UNIX_CONNECTED ? -EISCONN : -EOPNOTSUPP;
    if (u->s.type != SOCK_DGRAM && u->state == UNIX_DISCONNECTED)
        return -EPIPE;
    *out = unix_peer_get(u);
    return *out != NULL ? 0 : -ENOTCONN;
}

long unix_send(struct socket *s, struct socket_msg *msg)
{
    struct unix_socket *u = unix_of(s), *to;
    size_t left = msg->iter->remaining;
    bool stream = s->type == SOCK_STREAM;
    long done = 0;
    if (msg->flags & MSG_OOB)
        return -EOPNOTSUPP;
    int err = socket_take_error(s);
    if (!err && (s->shut & SOCKET_SHUT_WR))
        err = -EPIPE;
    if (!err && !stream && left > MESSAGE_MAX)
        err = -EMSGSIZE;
    if (!err)
        err = target(u, msg, &to);
    if (err)
        return err;
    nsec_t deadline = socket_deadline(s->send_timeout_ns);
    bool first = true;
    while (!err && (first || left > 0)) {
        size_t n = stream && left > STREAM_CHUNK ? STREAM_CHUNK : left;
        struct unix_message *m;
        if (stream && n == 0)
            break;
        err = make_message(u, msg, n, first, &m);
        if (err)
            break;
        err = deliver(u, to, m, msg->nonblock, deadline);
        if (err) {
            unix_message_free(m);
            break;
        }
        first = false;
        left -= n;
        done += (long)n;
    }
    unix_put(to);
    return done > 0 ? done : err;
}

/* Hands descriptors and credentials to the reader. */
static void put_control(struct unix_socket *u, struct socket_msg *msg, struct unix_message *m, size_t *used, unsigned in_flags)
{
    if (u->s.pass_credentials)
        socket_control_put(msg, used, SOL_SOCKET, SCM_CREDENTIALS, &m->cred, sizeof m->cred);
    if (m->n_files == 0)
        return;
    size_t room = msg->control_bytes - *used;
    unsigned fit = room > CMSG_LEN(0) ? (unsigned)((room - CMSG_LEN(0)) / sizeof(int)) : 0;
    int fds[UNIX_FILES_MAX];
    unsigned n = 0;
    for (; n < m->n_files && n < fit; n++) {
        fds[n] = fd_open_file(file_get(m->files[n]), in_flags & MSG_CMSG_CLOEXEC);
        if (fds[n] < 0)
            break;
    }
    if (n < m->n_files)
        msg->flags |= MSG_CTRUNC;
    if (n > 0)
        socket_control_put(msg, used, SOL_SOCKET, SCM_RIGHTS, fds, n * sizeof(int));
    if (in_flags & MSG_PEEK)
        return;
    for (unsigned i = 0; i < m->n_files; i++)
        file_put(m->files[i]);
    m->n_files = 0;
}

static void put_name(struct socket_msg *msg, const struct unix_message *m)
{
    msg->name_bytes = 0;
    if (m->from != NULL) {
        memcpy(&msg->name, &m->from->addr, m->from->bytes);
        msg->name_bytes = m->from->bytes;
    }
}

static void pop(struct unix_socket *u, struct unix_message *m)
{
    list_remove(&m->link);
    u->queued--;
    u->queued_bytes -= m->bytes - m->taken + (m->bytes == 0);
    unix_message_free(m);
}

/* Waits for something in the queue. With u->lock held on return 1; 0: end of file; -errno. */
static int wait_for_message(struct unix_socket *u, bool nonblock, nsec_t deadline)
{
    for (;;) {
        mutex_lock(&u->lock);
        int err = socket_take_error(&u->s);
        if (!list_empty(&u->queue))
            return 1;
        if (!err && u->s.type == SOCK_SEQPACKET && u->state != UNIX_CONNECTED && u->state != UNIX_DISCONNECTED)
            err = -ENOTCONN;
        if (!err && u->s.type == SOCK_STREAM && (u->state == UNIX_IDLE || u->state == UNIX_LISTENING))
            err = -EINVAL;
        bool end = u->peer_closed || (u->s.shut & SOCKET_SHUT_RD);
        mutex_unlock(&u->lock);
        if (err || end)
            return err;
        if (nonblock)
            return -EAGAIN;
        WAIT_EVENT(&u->s.wait, !list_empty(&u->queue) || u->peer_closed || (u->s.shut & SOCKET_SHUT_RD) || u->s.error != 0, true, deadline, err);
        if (err)
            return err == -ETIMEDOUT ? -EAGAIN : err;
    }
}

/* Room appeared: whoever waits to send to us waits on our queue; pollers wait on the peer's. */
static void announce_room(struct unix_socket *u)
{
    socket_notify(&u->s, POLLOUT);
    struct unix_socket *peer = unix_peer_get(u);
    if (peer != NULL) {
        socket_notify(&peer->s, POLLOUT | POLLWRNORM);
        unix_put(peer);
    }
}

static long receive_message(struct unix_socket *u, struct socket_msg *msg, unsigned in)
{
    struct unix_message *m = container_of(u->queue.next, struct unix_message, link);
    size_t n = m->bytes < msg->iter->remaining ? m->bytes : msg->iter->remaining, used = 0, whole = m->bytes;
    long got = n ? iov_iter_put(msg->iter, m->data, n) : 0;
    if (got != (long)n)
        return -EFAULT;
    put_name(msg, m);
    put_control(u, msg, m, &used, in);
    msg->control_bytes = used;
    if (n < whole)
        msg->flags |= MSG_TRUNC;
    if (u->s.type == SOCK_SEQPACKET)
        msg->flags |= MSG_EOR;
    if (!(in & MSG_PEEK))
        pop(u, m);
    return in & MSG_TRUNC ? (long)whole : (long)n;
}

static bool same_sender(const struct unix_message *a, const struct ucred *cred, bool check)
{
    return !check || memcmp(&a->cred, cred, sizeof *cred) == 0;
}

/* Joins pieces; stops before a message with descriptors, and at another sender if credentials are wanted. */
static long receive_stream(struct unix_socket *u, struct socket_msg *msg, unsigned in, size_t *used, struct ucred *sender, bool *have_sender)
{
    long done = 0;
    struct unix_message *m, *next;
    LIST_FOR_EACH_SAFE (m, next, &u->queue, link) {
        if (msg->iter->remaining == 0 || (*have_sender && !same_sender(m, sender, u->s.pass_credentials)))
            break;
        if (*have_sender && m->n_files > 0)
            break;
        size_t n = m->bytes - m->taken;
        if (n > msg->iter->remaining)
            n = msg->iter->remaining;
        long got = iov_iter_put(msg->iter, m->data + m->taken, n);
        if (got < 0)
            return done > 0 ? done : got;
        if (!*have_sender) {
            put_name(msg, m);
            *sender = m->cred;
            bool had_files = m->n_files > 0;
            put_control(u, msg, m, used, in);
            *have_sender = true;
            if (had_files)
                next = container_of(&u->queue, struct unix_message, link); /* a message with descriptors is not joined with later ones */
        }
        done += got;
        if (in & MSG_PEEK)
            continue;
        u->queued_bytes -= (size_t)got;
        m->taken += (size_t)got;
        if (m->taken == m->bytes)
            pop(u, m);
        if (&next->link == &u->queue)
            break;
    }
    return done;
}

long unix_receive(struct socket *s, struct socket_msg *msg)
{
    struct unix_socket *u = unix_of(s);
    unsigned in = msg->flags;
    nsec_t deadline = socket_deadline(s->receive_timeout_ns);
    size_t used = 0, want = msg->iter->remaining;
    bool have_sender = false;
    struct ucred sender;
    long done = 0;
    if (in & MSG_OOB)
        return -EOPNOTSUPP;
    msg->flags = 0;
    msg->name_bytes = 0;
    if (s->type == SOCK_STREAM && want == 0) {
        msg->control_bytes = 0;
        return 0;
    }
    int r;
    while ((r = wait_for_message(u, msg->nonblock, deadline)) == 1) {
        long n = s->type == SOCK_STREAM ? receive_stream(u, msg, in, &used, &sender, &have_sender) : receive_message(u, msg, in);
        mutex_unlock(&u->lock);
        if (!(in & MSG_PEEK))
            announce_room(u);
        if (n < 0 || s->type != SOCK_STREAM)
            return done > 0 ? done : n;
        done += n;
        if (!(in & MSG_WAITALL) || (in & MSG_PEEK) || (size_t)done == want || n == 0)
            break;
    }
    msg->control_bytes = used;
    return done > 0 ? done : r == 1 ? 0 : r;
}
