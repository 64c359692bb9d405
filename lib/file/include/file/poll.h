// SPDX-License-Identifier: BSD-3-Clause
// Readiness: how poll, select and epoll learn that a file changed.
#pragma once

#include "base/types.h"
#include "sched/wait.h"
#include <poll.h>

struct file;
/**
 * struct poll_table - given to file_ops.poll, which calls poll_wait() for each wait queue that announces a change, then returns the
 * current mask. @add NULL: only the mask is asked for.
 */
struct poll_table {
    void (*add)(struct poll_table *pt, struct file *f, struct wait_queue *q);
    unsigned events; /* what the caller is interested in; advisory */
};
static inline void poll_wait(struct poll_table *pt, struct file *f, struct wait_queue *q)
{
    if (pt != NULL && pt->add != NULL)
        pt->add(pt, f, q);
}
/** poll_notify - wake @q for the events in @mask (key of the wake-up). Context: any. */
static inline void poll_notify(struct wait_queue *q, unsigned mask) { wait_queue_wake(q, 1, mask); }

/** poll_files - the body of poll(2): @fds are kernel copies; returns ready count, 0 at the deadline, -EINTR. */
int poll_files(struct pollfd *fds, unsigned n, nsec_t deadline_ns);

/** poll_files_exact - for select: unrequested POLLERR and POLLHUP do not end the wait. */
int poll_files_exact(struct pollfd *fds, unsigned n, nsec_t deadline_ns);

struct epoll_event;
struct file *epoll_create_file(void); /* NULL: no memory */
int epoll_control(struct file *ep, int op, int fd, struct file *target, const struct epoll_event *ev);
unsigned epoll_watched(struct file *ep); /* how many descriptors; 0 if it is no epoll */
int epoll_wait_events(struct file *ep, struct epoll_event *out_kernel, int max, nsec_t deadline_ns);

/** Anonymous files of this room; each returns a file with one reference or a negative errno through ERR-style out parameter. */
int pipe_create(struct file **read_end, struct file **write_end, unsigned flags);
struct pipe;
struct pipe *pipe_alloc(void); /* for a named pipe; the inode owns it. NULL: no memory */
void pipe_free(struct pipe *p);
/** fifo_open - make @f, fresh from file_alloc, an end of @p; blocks for the peer as open(2) says. -ENXIO, -ERESTARTSYS. */
int fifo_open(struct pipe *p, struct file *f);
int eventfd_create(uint32_t initial, unsigned flags, struct file **out);
int timerfd_create_file(int clockid, unsigned flags, struct file **out);
struct itimerspec;
int timerfd_set(struct file *f, int flags, const struct itimerspec *new_value, struct itimerspec *old_value);
int timerfd_get(struct file *f, struct itimerspec *out);

/** Pipes for fcntl, splice and ioctl. Each returns -EBADF if @f is no pipe. */
struct pipe *pipe_of(struct file *f); /* NULL: not a pipe */
long pipe_capacity(struct file *f);
long pipe_set_capacity(struct file *f, size_t bytes, size_t max_unprivileged, bool privileged);
/** pipe_wait_readable / _writable - 0 with at least one byte (or end of file / room) there; -EAGAIN, -EINTR, -EPIPE. */
int pipe_wait_readable(struct file *f, bool nonblock);
int pipe_wait_writable(struct file *f, bool nonblock);
/** pipe_peek - copy up to @n bytes from @offset behind the read position without consuming them: tee. */
long pipe_peek(struct file *f, size_t offset, void *buf, size_t n);
size_t pipe_bytes(struct file *f);
size_t pipe_room(struct file *f);

/** eventfd_add - as a write of @n from inside the kernel, never blocks. */
void eventfd_add(struct file *f, uint64_t n);
bool file_is_eventfd(const struct file *f);
bool file_is_epoll(const struct file *f);
