// SPDX-License-Identifier: BSD-3-Clause
// Sockets: one kind of file for all families; families plug in through struct socket_ops.
#pragma once

#include "base/compiler.h"
#include "base/list.h"
#include "base/types.h"
#include "file/poll.h"
#include "sched/wait.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct file;
struct iov_iter;
struct vm_object;
struct socket;

/** struct socket_msg - one message in or out; kernel memory except the bytes behind @iter. */
struct socket_msg {
    struct sockaddr_storage name;
    unsigned name_bytes;     /* 0: none */
    struct iov_iter *iter;
    uint8_t *control;        /* kernel buffer */
    size_t control_bytes;    /* send: valid bytes; receive: room, then bytes written */
    unsigned flags;          /* in: MSG_*; out (receive): MSG_TRUNC, MSG_CTRUNC, MSG_EOR, MSG_OOB */
    bool nonblock;
};

/** struct socket_ops - NULL: -EOPNOTSUPP. Addresses are kernel copies of @n bytes. All may sleep. */
struct socket_ops {
    int (*bind)(struct socket *s, const struct sockaddr *addr, unsigned n);
    int (*connect)(struct socket *s, const struct sockaddr *addr, unsigned n, bool nonblock);
    int (*listen)(struct socket *s, int backlog);
    int (*accept)(struct socket *s, bool nonblock, struct socket **out);
    int (*name)(struct socket *s, bool peer, struct sockaddr_storage *out, unsigned *n);
    long (*send)(struct socket *s, struct socket_msg *m);
    long (*receive)(struct socket *s, struct socket_msg *m);
    int (*shutdown)(struct socket *s, int how);
    unsigned (*poll)(struct socket *s);
    /** Values are kernel copies. set: -ENOPROTOOPT for unknown ones. get: *n is the room in, the length out. */
    int (*set_option)(struct socket *s, int level, int name, const void *value, unsigned n);
    int (*get_option)(struct socket *s, int level, int name, void *value, unsigned *n);
    int (*mmap)(struct socket *s, int64_t offset, size_t length, struct vm_object **out); /* NULL: -ENODEV */
    long (*ioctl)(struct socket *s, unsigned cmd, unsigned long arg);
    int (*pair)(struct socket *a, struct socket *b);
    void (*release)(struct socket *s); /* the file is gone; frees @s through socket_free when the protocol is done with it */
};

#define SOCKET_SHUT_RD 1u
#define SOCKET_SHUT_WR 2u

/**
 * struct socket - the family-independent part, first member of each family's object.
 * Legend: I set at creation; F the family's lock; a atomic
 */
struct socket {
    const struct socket_ops *ops; /* I */
    int family, type, protocol;   /* I */
    struct wait_queue wait;       /* readiness: key = POLL* bits */
    _Atomic int error;            /* a: SO_ERROR, positive errno */
    unsigned shut;                /* F: SOCKET_SHUT_* */
    nsec_t receive_timeout_ns, send_timeout_ns; /* a: 0 = none */
    int send_buffer, receive_buffer, receive_low; /* F: bytes */
    bool send_buffer_set;         /* F: by the program */
    int priority, mark;
    unsigned incoming_cpu;
    bool reuse_address, reuse_port, keep_alive, broadcast, dont_route, oob_inline, pass_credentials, timestamp, timestamp_ns, no_check, zerocopy;
    bool just_accepted;           /* accept() asks for the peer's name: told even if the peer has gone */
    bool linger_on;
    int linger_seconds;
    struct file *file;            /* I: borrowed; for SIGIO ownership */
    uint64_t inode_number;        /* I */
};

/** struct socket_family - registered by families that are linked in. */
struct socket_family {
    int family;
    /** create - make a socket object; type without flags. -ESOCKTNOSUPPORT, -EPROTONOSUPPORT, -EPERM, -ENOMEM. */
    int (*create)(int type, int protocol, struct socket **out);
    const struct socket_family *next;
};
void socket_family_register(struct socket_family *f);

/** socket_set_interface_ioctl - who answers SIOC requests about interfaces, which any socket takes: room linux, which can start the stack for it. */
void socket_set_interface_ioctl(long (*fn)(unsigned cmd, unsigned long arg));

/** socket_create - a socket file. @type with SOCK_NONBLOCK|SOCK_CLOEXEC bits. -EAFNOSUPPORT, -EINVAL. */
int socket_create(int family, int type, int protocol, struct file **out) __must_check;
int socket_create_pair(int family, int type, int protocol, struct file *out[2]) __must_check;
/** socket_wrap - a file around @s, which it owns from then on (also on failure). */
int socket_wrap(struct socket *s, unsigned file_flags, struct file **out) __must_check;
/** socket_from_file - NULL if it is not a socket (-ENOTSOCK). */
struct socket *socket_from_file(struct file *f);
void socket_init(struct socket *s, const struct socket_ops *ops, int family, int type, int protocol);

/** socket_accept - the body of accept4; @flags: SOCK_NONBLOCK|SOCK_CLOEXEC are the caller's business. */
int socket_accept(struct file *listener, unsigned file_flags, struct file **out) __must_check;
int socket_set_option(struct socket *s, int level, int name, const void *value, unsigned n) __must_check;
int socket_get_option(struct socket *s, int level, int name, void *value, unsigned *n) __must_check;
/** socket_notify - wake whoever waits for @mask. Context: any. */
void socket_notify(struct socket *s, unsigned mask);
/** socket_take_error - the pending error as a negative errno, cleared; 0 if none. */
int socket_take_error(struct socket *s);
nsec_t socket_deadline(nsec_t timeout_ns);

/** Control-message writer: appends one; sets MSG_CTRUNC when it does not fit. */
void socket_control_put(struct socket_msg *m, size_t *used, int level, int type, const void *data, size_t n);
