// SPDX-License-Identifier: BSD-3-Clause
// Inside room net: AF_UNIX sockets.
#pragma once

#include "base/list.h"
#include "net/socket.h"
#include "net/unix.h"
#include "sched/mutex.h"
#include <sys/un.h>

struct file;
struct vfs_path;

/** struct unix_name - what a socket is bound to; shared by messages that carry it. */
struct unix_name {
    _Atomic uint32_t refs;
    unsigned bytes; /* of addr, as getsockname reports */
    struct sockaddr_un addr;
};

#define UNIX_FILES_MAX 253 /* SCM_MAX_FD */
struct unix_message {
    struct list_node link;
    struct unix_name *from;  /* reference or NULL */
    struct ucred cred;
    struct file **files;     /* references; taken by the first reader */
    unsigned n_files;
    size_t bytes, taken;     /* taken: stream bytes already read */
    uint8_t data[];
};

enum unix_state { UNIX_IDLE, UNIX_LISTENING, UNIX_CONNECTED, UNIX_DISCONNECTED };

/**
 * struct unix_socket - Legend: N unix_names_lock; L lock; P peer_lock; a atomic.
 * Order: unix_names_lock, then a socket's lock, then a peer_lock. Two sockets' locks are never held together.
 */
struct unix_socket {
    struct socket s;
    _Atomic uint32_t refs;          /* a: the file, the peer, the inode or name table */
    struct spinlock peer_lock;
    struct unix_socket *peer;       /* P: reference */
    struct mutex lock;
    enum unix_state state;          /* N+L to change */
    bool peer_closed;               /* L: no more will come */
    bool reset;                     /* L: the peer went with unread data */
    bool dead;                      /* L: our own file is gone */
    struct list_node queue;         /* L: struct unix_message */
    size_t queued_bytes;            /* L */
    unsigned queued;                /* L */
    struct list_node accept_queue;  /* L: unix_socket.accept_link of new server-side sockets */
    struct list_node accept_link;
    unsigned n_pending, backlog;    /* L */
    struct unix_name *name;         /* N */
    struct inode *inode;            /* N: bound in the file system */
    struct list_node name_link;     /* N: table of bound sockets */
    struct ucred cred, peer_cred;   /* of the connecting or listening process */
};
static inline struct unix_socket *unix_of(struct socket *s) { return (struct unix_socket *)s; }

extern struct mutex unix_names_lock;
struct unix_socket *unix_get(struct unix_socket *u);
void unix_put(struct unix_socket *u);
struct unix_socket *unix_peer_get(struct unix_socket *u); /* reference or NULL */
void unix_own_cred(struct ucred *out);
int unix_check_claim(const struct ucred *claimed) __must_check;
void unix_name_put(struct unix_name *n);
/** unix_lookup - the socket bound to an address, with a reference. -ECONNREFUSED, -ENOENT, -EPROTOTYPE, -EINVAL, path errors. */
int unix_lookup(const struct sockaddr *addr, unsigned n, int type, struct unix_socket **out) __must_check;
int unix_bind(struct unix_socket *u, const struct sockaddr *addr, unsigned n) __must_check;
int unix_autobind(struct unix_socket *u) __must_check;
void unix_unbind(struct unix_socket *u);
void unix_message_free(struct unix_message *m);
long unix_send(struct socket *s, struct socket_msg *m);
long unix_receive(struct socket *s, struct socket_msg *m);
bool unix_can_send(struct unix_socket *to);
