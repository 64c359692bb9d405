// SPDX-License-Identifier: BSD-3-Clause
// AF_UNIX sockets: connection set-up and tear-down.
#include "abi/ioctl.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include "unix.h"
#include "vfs/inode.h"
#include <errno.h>
#include <sys/ioctl.h>

/*
 * Theory. Two connected sockets hold references on each other; each owns the queue of what was sent to it. Closing one marks the other: no more will come, and
 * sending to it fails; its name stays known to the other, which drops the reference when it is closed itself. A listener queues server-side sockets that are connected already, as Linux does: connect() does not wait for accept().
 * Cycles of sockets that sit in each other's queues are not collected; they end with the process.
 */

static void (*own_cred)(struct ucred *out);
static int (*claim_check)(const struct ucred *claimed);

void unix_set_credentials_hook(void (*own)(struct ucred *out), int (*may_claim)(const struct ucred *claimed))
{
    own_cred = own;
    claim_check = may_claim;
}

void unix_own_cred(struct ucred *out)
{
    *out = (struct ucred){0};
    if (own_cred != NULL)
        own_cred(out);
}

int unix_check_claim(const struct ucred *claimed) { return claim_check != NULL ? claim_check(claimed) : 0; }

struct unix_socket *unix_get(struct unix_socket *u)
{
    __atomic_fetch_add((uint32_t *)&u->refs, 1, __ATOMIC_RELAXED);
    return u;
}

void unix_put(struct unix_socket *u)
{
    if (__atomic_sub_fetch((uint32_t *)&u->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    while (!list_empty(&u->queue))
        unix_message_free(container_of(list_pop_front(&u->queue), struct unix_message, link));
    unix_name_put(u->name);
    kfree(u);
}

struct unix_socket *unix_peer_get(struct unix_socket *u)
{
    spin_lock(&u->peer_lock);
    struct unix_socket *peer = u->peer;
    if (peer != NULL)
        unix_get(peer);
    spin_unlock(&u->peer_lock);
    return peer;
}

/* Takes over the reference on @peer; returns the old one with its reference. */
static struct unix_socket *set_peer(struct unix_socket *u, struct unix_socket *peer)
{
    spin_lock(&u->peer_lock);
    struct unix_socket *old = u->peer;
    u->peer = peer;
    spin_unlock(&u->peer_lock);
    return old;
}

static const struct socket_ops unix_ops;

static struct unix_socket *alloc(int type)
{
    struct unix_socket *u = kzalloc(sizeof *u);
    if (u == NULL)
        return NULL;
    socket_init(&u->s, &unix_ops, AF_UNIX, type, 0);
    u->refs = 1;
    spin_init(&u->peer_lock, RANK_FILE);
    mutex_init(&u->lock);
    list_init(&u->queue);
    list_init(&u->accept_queue);
    unix_own_cred(&u->cred);
    return u;
}

static int create(int type, int protocol, struct socket **out)
{
    if (protocol != 0 && protocol != PF_UNIX)
        return -EPROTONOSUPPORT;
    if (type == SOCK_RAW)
        type = SOCK_DGRAM;
    if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
        return -ESOCKTNOSUPPORT;
    struct unix_socket *u = alloc(type);
    if (u == NULL)
        return -ENOMEM;
    *out = &u->s;
    return 0;
}

static int bind_op(struct socket *s, const struct sockaddr *addr, unsigned n) { return unix_bind(unix_of(s), addr, n); }

static void join(struct unix_socket *a, struct unix_socket *b)
{
    set_peer(a, unix_get(b));
    set_peer(b, unix_get(a));
    a->state = b->state = UNIX_CONNECTED;
    a->peer_cred = b->cred;
    b->peer_cred = a->cred;
}

static int pair_op(struct socket *a, struct socket *b)
{
    join(unix_of(a), unix_of(b));
    return 0;
}

static int listen_op(struct socket *s, int backlog)
{
    struct unix_socket *u = unix_of(s);
    if (s->type == SOCK_DGRAM)
        return -EOPNOTSUPP;
    int err = 0;
    mutex_lock(&u->lock);
    if (u->name == NULL || (u->state != UNIX_IDLE && u->state != UNIX_LISTENING)) {
        err = -EINVAL;
    } else {
        u->state = UNIX_LISTENING;
        u->backlog = (unsigned)backlog > 4096 ? 4096 : (unsigned)backlog;
        unix_own_cred(&u->cred);
    }
    mutex_unlock(&u->lock);
    return err;
}

static int connect_datagram(struct unix_socket *u, const struct sockaddr *addr, unsigned n)
{
    struct unix_socket *to = NULL;
    if (addr->sa_family != AF_UNSPEC) {
        int err = unix_lookup(addr, n, SOCK_DGRAM, &to);
        if (err)
            return err;
    }
    u->state = to != NULL ? UNIX_CONNECTED : UNIX_IDLE;
    struct unix_socket *old = set_peer(u, to);
    if (old != NULL)
        unix_put(old);
    return 0;
}

/* Puts a new server-side socket into the listener's queue. Return: 1 done, 0 the queue is full, -errno. */
static int try_connect(struct unix_socket *u, struct unix_socket *listener, struct unix_socket *server)
{
    int r = 1;
    mutex_lock(&listener->lock);
    if (listener->state != UNIX_LISTENING || listener->dead)
        r = -ECONNREFUSED;
    else if (listener->n_pending > listener->backlog)
        r = 0;
    if (r == 1) {
        server->cred = listener->cred;
        if (listener->name != NULL) {
            __atomic_fetch_add((uint32_t *)&listener->name->refs, 1, __ATOMIC_RELAXED);
            server->name = listener->name; /* getsockname() on it gives the listener's; it is not in the table of bound sockets */
        }
        join(u, server);
        list_push_back(&listener->accept_queue, &server->accept_link);
        listener->n_pending++;
    }
    mutex_unlock(&listener->lock);
    return r;
}

static int connect_stream(struct unix_socket *u, const struct sockaddr *addr, unsigned n, bool nonblock)
{
    struct unix_socket *listener;
    if (u->state == UNIX_CONNECTED || u->state == UNIX_DISCONNECTED)
        return -EISCONN;
    if (u->state == UNIX_LISTENING)
        return -EINVAL;
    int r = unix_lookup(addr, n, u->s.type, &listener);
    if (r)
        return r;
    struct unix_socket *server = alloc(u->s.type);
    if (server == NULL) {
        unix_put(listener);
        return -ENOMEM;
    }
    unix_own_cred(&u->cred);
    server->s.pass_credentials = listener->s.pass_credentials;
    nsec_t deadline = socket_deadline(u->s.send_timeout_ns);
    while ((r = try_connect(u, listener, server)) == 0) {
        if (nonblock) {
            r = -EAGAIN;
            break;
        }
        WAIT_EVENT(&listener->s.wait, listener->n_pending <= listener->backlog || listener->dead || listener->state != UNIX_LISTENING, true,
                   deadline, r);
        if (r) {
            r = r == -ETIMEDOUT ? -EAGAIN : r;
            break;
        }
    }
    if (r == 1)
        socket_notify(&listener->s, POLLIN | POLLRDNORM);
    else
        unix_put(server);
    unix_put(listener);
    return r == 1 ? 0 : r;
}

static int connect_op(struct socket *s, const struct sockaddr *addr, unsigned n, bool nonblock)
{
    struct unix_socket *u = unix_of(s);
    if (n < sizeof(sa_family_t))
        return -EINVAL;
    return s->type == SOCK_DGRAM ? connect_datagram(u, addr, n) : connect_stream(u, addr, n, nonblock);
}

static int accept_op(struct socket *s, bool nonblock, struct socket **out)
{
    struct unix_socket *u = unix_of(s);
    if (s->type == SOCK_DGRAM)
        return -EOPNOTSUPP;
    nsec_t deadline = socket_deadline(s->receive_timeout_ns);
    for (;;) {
        mutex_lock(&u->lock);
        int err = u->state != UNIX_LISTENING || (s->shut & SOCKET_SHUT_RD) ? -EINVAL : 0;
        if (!err && !list_empty(&u->accept_queue)) {
            struct unix_socket *server = container_of(list_pop_front(&u->accept_queue), struct unix_socket, accept_link);
            u->n_pending--;
            mutex_unlock(&u->lock);
            socket_notify(s, POLLOUT); /* connectors wait for room in the backlog */
            *out = &server->s;
            return 0;
        }
        mutex_unlock(&u->lock);
        if (!err && nonblock)
            err = -EAGAIN;
        if (err)
            return err;
        WAIT_EVENT(&s->wait, !list_empty(&u->accept_queue) || u->state != UNIX_LISTENING || (s->shut & SOCKET_SHUT_RD), true, deadline, err);
        if (err)
            return err == -ETIMEDOUT ? -EAGAIN : err;
    }
}

static int name_op(struct socket *s, bool peer, struct sockaddr_storage *out, unsigned *n)
{
    struct unix_socket *u = unix_of(s), *which = u;
    if (peer) {
        which = unix_peer_get(u);
        if (which == NULL)
            return -ENOTCONN;
    }
    mutex_lock(&unix_names_lock);
    memset(out, 0, sizeof *out);
    if (which->name != NULL) {
        memcpy(out, &which->name->addr, which->name->bytes);
        *n = which->name->bytes;
    } else {
        out->ss_family = AF_UNIX;
        *n = sizeof(sa_family_t);
    }
    mutex_unlock(&unix_names_lock);
    if (peer)
        unix_put(which);
    return 0;
}

/* @u's peer will get no more from it (and with @gone, takes no more). */
static void tell_peer(struct unix_socket *u, bool gone)
{
    struct unix_socket *peer = unix_peer_get(u);
    if (peer == NULL)
        return;
    if (u->s.type != SOCK_DGRAM) {
        mutex_lock(&peer->lock);
        peer->peer_closed = true;
        if (gone)
            peer->state = UNIX_DISCONNECTED;
        if (gone && !list_empty(&u->queue) && u->s.type == SOCK_STREAM)
            peer->s.error = ECONNRESET; /* what it sent was never read */
        mutex_unlock(&peer->lock);
        socket_notify(&peer->s, POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
    } else {
        socket_notify(&peer->s, POLLOUT);
    }
    unix_put(peer);
}

static int shutdown_op(struct socket *s, int how)
{
    struct unix_socket *u = unix_of(s);
    mutex_lock(&u->lock);
    s->shut |= how == SHUT_RD ? SOCKET_SHUT_RD : how == SHUT_WR ? SOCKET_SHUT_WR : 3u;
    mutex_unlock(&u->lock);
    if (s->shut & SOCKET_SHUT_WR)
        tell_peer(u, false);
    struct unix_socket *peer = s->type != SOCK_DGRAM && how != SHUT_WR ? unix_peer_get(u) : NULL;
    if (peer != NULL) { /* it cannot send to us any more */
        mutex_lock(&peer->lock);
        peer->s.shut |= SOCKET_SHUT_WR;
        mutex_unlock(&peer->lock);
        socket_notify(&peer->s, POLLOUT | POLLHUP);
        unix_put(peer);
    }
    socket_notify(s, POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
    return 0;
}

static unsigned poll_op(struct socket *s)
{
    struct unix_socket *u = unix_of(s);
    unsigned mask = s->error != 0 ? POLLERR : 0;
    mutex_lock(&u->lock);
    bool connected_type = s->type != SOCK_DGRAM;
    if (u->state == UNIX_LISTENING) {
        mask |= list_empty(&u->accept_queue) ? 0 : POLLIN | POLLRDNORM;
        mutex_unlock(&u->lock);
        return mask;
    }
    bool read_end = u->peer_closed || (s->shut & SOCKET_SHUT_RD);
    if (!list_empty(&u->queue) || read_end)
        mask |= POLLIN | POLLRDNORM;
    if (read_end)
        mask |= 0x2000; /* POLLRDHUP */
    if (connected_type && (u->state == UNIX_IDLE || u->state == UNIX_DISCONNECTED || (u->peer_closed && (s->shut & SOCKET_SHUT_WR)) || s->shut == 3))
        mask |= POLLHUP;
    mutex_unlock(&u->lock);
    struct unix_socket *peer = unix_peer_get(u);
    if (peer == NULL || unix_can_send(peer) || (s->shut & SOCKET_SHUT_WR))
        mask |= POLLOUT | POLLWRNORM;
    if (peer != NULL)
        unix_put(peer);
    return mask;
}

static int get_option_op(struct socket *s, int level, int name, void *value, unsigned *n)
{
    struct unix_socket *u = unix_of(s);
    int v;
    if (level != SOL_SOCKET)
        return -EOPNOTSUPP;
    if (name == SO_PEERCRED) {
        struct ucred none = {.pid = 0, .uid = (uid_t)-1, .gid = (gid_t)-1};
        const struct ucred *c = u->state == UNIX_CONNECTED || u->state == UNIX_DISCONNECTED ? &u->peer_cred : &none;
        *n = *n < sizeof *c ? *n : sizeof *c;
        memcpy(value, c, *n);
        return 0;
    }
    if (name != SO_ACCEPTCONN)
        return -ENOPROTOOPT;
    v = u->state == UNIX_LISTENING;
    *n = *n < sizeof v ? *n : sizeof v;
    memcpy(value, &v, *n);
    return 0;
}

static int set_option_op(struct socket *s, int level, int name, const void *value, unsigned n)
{
    (void)s;
    (void)name;
    (void)value;
    (void)n;
    return level == SOL_SOCKET ? -ENOPROTOOPT : -EOPNOTSUPP;
}

static long ioctl_op(struct socket *s, unsigned cmd, unsigned long arg)
{
    struct unix_socket *u = unix_of(s);
    size_t n = 0;
    if (cmd == FIONREAD) {
        if (u->state == UNIX_LISTENING)
            return -EINVAL;
        mutex_lock(&u->lock);
        if (s->type == SOCK_DGRAM && !list_empty(&u->queue))
            n = container_of(u->queue.next, struct unix_message, link)->bytes;
        else if (s->type != SOCK_DGRAM)
            n = u->queued_bytes;
        mutex_unlock(&u->lock);
    } else if (cmd == TIOCOUTQ) {
        struct unix_socket *peer = unix_peer_get(u);
        if (peer != NULL) {
            n = peer->queued_bytes;
            unix_put(peer);
        }
    } else {
        return -ENOTTY;
    }
    return put_user_u32((void *)arg, (uint32_t)n);
}

/* What nobody will read any more; descriptors in it are closed. */
static void drop_queue(struct unix_socket *u)
{
    struct list_node messages;
    list_init(&messages);
    mutex_lock(&u->lock);
    while (!list_empty(&u->queue))
        list_push_back(&messages, list_pop_front(&u->queue));
    u->queued = 0;
    u->queued_bytes = 0;
    mutex_unlock(&u->lock);
    while (!list_empty(&messages))
        unix_message_free(container_of(list_pop_front(&messages), struct unix_message, link));
}

static void release_op(struct socket *s)
{
    struct unix_socket *u = unix_of(s);
    struct list_node orphans;
    if (u->name != NULL && (u->inode != NULL || u->name_link.next != NULL))
        unix_unbind(u);
    list_init(&orphans);
    tell_peer(u, true);
    mutex_lock(&u->lock);
    u->dead = true;
    s->shut = 3;
    while (!list_empty(&u->accept_queue))
        list_push_back(&orphans, list_pop_front(&u->accept_queue));
    mutex_unlock(&u->lock);
    while (!list_empty(&orphans))
        release_op(&container_of(list_pop_front(&orphans), struct unix_socket, accept_link)->s);
    socket_notify(s, POLLIN | POLLOUT | POLLHUP);
    struct unix_socket *peer = set_peer(u, NULL);
    if (peer != NULL)
        unix_put(peer);
    drop_queue(u);
    unix_put(u);
}

static const struct socket_ops unix_ops = {
    .bind = bind_op,
    .connect = connect_op,
    .listen = listen_op,
    .accept = accept_op,
    .name = name_op,
    .send = unix_send,
    .receive = unix_receive,
    .shutdown = shutdown_op,
    .poll = poll_op,
    .set_option = set_option_op,
    .get_option = get_option_op,
    .ioctl = ioctl_op,
    .pair = pair_op,
    .release = release_op,
};

void unix_family_register(void)
{
    static struct socket_family family = {.family = AF_UNIX, .create = create};
    socket_family_register(&family);
}
