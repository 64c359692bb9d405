// SPDX-License-Identifier: BSD-3-Clause
// POSIX message queues: named queues of prioritised messages; descriptors are files.
#include "abi/restart.h"
#include "base/format.h"
#include "base/list.h"
#include "base/string.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "file/poll.h"
#include "linux/syscalls.h"
#include "net/netlink.h"
#include "mem/kalloc.h"
#include "path_arg.h"
#include "process/process.h"
#include "process/signal.h"
#include "sched/time.h"
#include "vfs/path.h"
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <time.h>

#define MAX_MESSAGES 65536
#define MAX_BYTES 16777216
#define DEFAULT_MESSAGES 10
#define DEFAULT_BYTES 8192
#define PRIORITY_MAX 32768u
/* The protocol of SIGEV_THREAD between kernel and libc: 32 bytes of libc's, the last one replaced by what happened. */
#define NOTIFY_COOKIE_BYTES 32
#define NOTIFY_WOKEN_UP 1
#define NOTIFY_REMOVED 2

struct message {
    struct list_node link;
    unsigned priority;
    size_t size;
    char bytes[];
};

/** struct queue - Legend: table_lock for the name and references; lock for the rest. */
struct queue {
    struct list_node link;
    unsigned refs;
    bool linked;
    char name[256];
    uint32_t mode, uid, gid;
    struct mutex lock;
    struct list_node messages; /* highest priority first, oldest first within one */
    long max_messages, max_bytes, count;
    struct wait_queue readable, writable;
    unsigned n_receivers;
    struct process *notify; /* reference; NULL: nobody registered */
    struct sigevent event;
    struct file *carrier; /* SIGEV_THREAD: the netlink socket on which libc's thread waits for the cookie */
    uint8_t cookie[NOTIFY_COOKIE_BYTES];
};

static struct mutex table_lock = MUTEX_INIT(table_lock);
static struct list_node queues = {&queues, &queues};

static struct queue *find(const char *name)
{
    struct queue *q;

    LIST_FOR_EACH (q, &queues, link)
        if (q->linked && strcmp(q->name, name) == 0)
            return q;
    return NULL;
}

/* Linked with sockets; who has a carrier has sockets. */
#pragma weak netlink_deliver

/* The one registration ends. @what tells libc's thread why. */
static void end_notify(struct queue *q, uint8_t what)
{
    if (q->carrier != NULL) {
        q->cookie[NOTIFY_COOKIE_BYTES - 1] = what;
        (void)netlink_deliver(q->carrier, q->cookie, sizeof q->cookie);
        file_put(q->carrier);
        q->carrier = NULL;
    }
    process_put(q->notify);
    q->notify = NULL;
}

static void queue_put_locked(struct queue *q)
{
    struct list_node *n;

    if (--q->refs != 0 || q->linked)
        return;
    list_remove(&q->link);
    while ((n = list_pop_front(&q->messages)) != NULL)
        kfree(container_of(n, struct message, link));
    if (q->notify != NULL)
        end_notify(q, NOTIFY_REMOVED);
    kfree(q);
}

static void mq_release(struct file *f)
{
    mutex_lock(&table_lock);
    queue_put_locked(f->priv);
    mutex_unlock(&table_lock);
}

static int mq_flush(struct file *f, void *owner)
{
    struct queue *q = f->priv;

    mutex_lock(&q->lock);
    if (q->notify != NULL && q->notify == process_current())
        end_notify(q, NOTIFY_REMOVED);
    mutex_unlock(&q->lock);
    return 0;
}

static unsigned mq_poll(struct file *f, struct poll_table *pt)
{
    struct queue *q = f->priv;

    poll_wait(pt, f, &q->readable);
    poll_wait(pt, f, &q->writable);
    return (q->count > 0 ? POLLIN | POLLRDNORM : 0) | (q->count < q->max_messages ? POLLOUT | POLLWRNORM : 0);
}

static long mq_read(struct file *f, struct iov_iter *it, struct io *io)
{
    struct queue *q = f->priv;
    char text[128];
    size_t bytes = 0;
    struct message *m;

    if (io->pos > 0)
        return 0;
    mutex_lock(&q->lock);
    LIST_FOR_EACH (m, &q->messages, link)
        bytes += m->size;
    mutex_unlock(&q->lock);
    int n = format_string(text, sizeof text, "QSIZE:%-10zu NOTIFY:%-5d SIGNO:%-5d NOTIFY_PID:%-6d\n", bytes, 0, 0, 0);
    long r = iov_iter_put(it, text, (size_t)n);
    if (r > 0)
        io->pos += r;
    return r;
}

static const struct file_ops mq_ops = {
    .kind = "mqueue", .read = mq_read, .poll = mq_poll, .flush = mq_flush, .release = mq_release};

static int check_name(const char *name)
{
    size_t n = strlen(name);

    if (n == 0)
        return -EINVAL;
    if (n > 255)
        return -ENAMETOOLONG;
    return strchr(name, '/') != NULL ? -EACCES : 0;
}

static int may_access(const struct queue *q, int flags)
{
    static const unsigned wanted[4] = {4, 2, 6, 0};
    const struct vfs_cred *c = vfs_current_cred();
    unsigned mask = wanted[flags & O_ACCMODE];
    uint32_t mode = q->uid == c->uid ? q->mode >> 6 : vfs_cred_in_group(c, q->gid) ? q->mode >> 3 : q->mode;

    if (mask == 0)
        return -EINVAL;
    return (mask & ~mode & 7) == 0 || vfs_cred_capable(c, VFS_CAP_DAC_OVERRIDE) ? 0 : -EACCES;
}

static int make_queue(const char *name, mode_t mode, const struct mq_attr *user_attr, struct queue **out)
{
    struct mq_attr attr = {.mq_maxmsg = DEFAULT_MESSAGES, .mq_msgsize = DEFAULT_BYTES};
    const struct vfs_cred *c = vfs_current_cred();

    if (user_attr != NULL && copy_in(&attr, user_attr, sizeof attr) != 0)
        return -EFAULT;
    if (attr.mq_maxmsg <= 0 || attr.mq_msgsize <= 0 || attr.mq_maxmsg > MAX_MESSAGES || attr.mq_msgsize > MAX_BYTES)
        return -EINVAL;
    struct queue *q = kzalloc(sizeof *q);
    if (q == NULL)
        return -ENOMEM;
    strlcpy(q->name, name, sizeof q->name);
    q->linked = true;
    q->mode = mode & 0777 & ~fs_context_umask(vfs_current_context());
    q->uid = c->uid;
    q->gid = c->gid;
    mutex_init(&q->lock);
    list_init(&q->messages);
    wait_queue_init(&q->readable);
    wait_queue_init(&q->writable);
    q->max_messages = attr.mq_maxmsg;
    q->max_bytes = attr.mq_msgsize;
    list_push_back(&queues, &q->link);
    *out = q;
    return 0;
}

static long open_locked(const char *name, int flags, mode_t mode, const struct mq_attr *attr, struct file **out)
{
    struct queue *q = find(name);
    int r = 0;

    if (q != NULL && (flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    if (q == NULL && !(flags & O_CREAT))
        return -ENOENT;
    r = q != NULL ? may_access(q, flags) : make_queue(name, mode, attr, &q);
    if (r != 0)
        return r;
    *out = file_alloc(&mq_ops, (unsigned)flags & (O_ACCMODE | O_NONBLOCK), q);
    if (*out == NULL)
        return -ENFILE;
    q->refs++;
    return 0;
}

long sys_mq_open(const char *user_name, int flags, mode_t mode, struct mq_attr *attr)
{
    struct path_arg name;
    struct file *f;
    long r = path_arg_get(&name, user_name);

    if (r != 0)
        return r;
    r = name.name[0] == '\0' ? -ENOENT : check_name(name.name);
    if (r == 0) {
        mutex_lock(&table_lock);
        r = open_locked(name.name, flags, mode, attr, &f);
        mutex_unlock(&table_lock);
    }
    path_arg_put(&name);
    return r != 0 ? r : fd_open_file(f, flags & O_CLOEXEC);
}

long sys_mq_unlink(const char *user_name)
{
    struct path_arg name;
    const struct vfs_cred *c = vfs_current_cred();
    long r = path_arg_get(&name, user_name);

    if (r != 0)
        return r;
    mutex_lock(&table_lock);
    struct queue *q = find(name.name);
    if (q == NULL)
        r = -ENOENT;
    else if (q->uid != c->uid && !vfs_cred_capable(c, VFS_CAP_FOWNER))
        r = -EACCES;
    if (r == 0) {
        q->linked = false;
        q->refs++;
        queue_put_locked(q);
    }
    mutex_unlock(&table_lock);
    path_arg_put(&name);
    return r;
}

/* Deadlines here are on CLOCK_REALTIME. */
static int absolute_deadline(const struct timespec *user, nsec_t *out)
{
    struct timespec ts;

    *out = NSEC_FOREVER;
    if (user == NULL)
        return 0;
    if (copy_in(&ts, user, sizeof ts) != 0)
        return -EFAULT;
    if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    if (ts.tv_sec < INT64_MAX / NSEC_PER_SEC / 2)
        *out = ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec - clock_realtime_offset_ns();
    return 0;
}

static struct file *mq_get(int fd)
{
    struct file *f = fd_get(fd);

    if (f != NULL && f->ops != &mq_ops) {
        file_put(f);
        f = NULL;
    }
    return f;
}

/* A message came to an empty queue that nobody waits on: the one registration is used up. */
static void notify_arrival(struct queue *q)
{
    struct process *p = q->notify;

    if (p == NULL || q->count != 1 || q->n_receivers > 0)
        return;
    if (q->event.sigev_notify == SIGEV_SIGNAL && q->event.sigev_signo != 0) {
        siginfo_t info = {.si_signo = q->event.sigev_signo, .si_code = SI_MESGQ};
        info.si_value = q->event.sigev_value;
        struct process *me = process_current();
        info.si_pid = me != NULL ? me->pid : 0;
        (void)signal_send_process(p, q->event.sigev_signo, &info);
    }
    end_notify(q, NOTIFY_WOKEN_UP);
}

static void insert_message(struct queue *q, struct message *m)
{
    struct list_node *at = q->messages.prev;

    while (at != &q->messages && container_of(at, struct message, link)->priority < m->priority)
        at = at->prev;
    list_insert_after(at, &m->link);
    q->count++;
}

static long send(struct file *f, struct message *m, nsec_t deadline)
{
    struct queue *q = f->priv;
    int r;

    if ((long)m->size > q->max_bytes)
        return -EMSGSIZE;
    for (;;) {
        mutex_lock(&q->lock);
        if (q->count < q->max_messages) {
            insert_message(q, m);
            notify_arrival(q);
            mutex_unlock(&q->lock);
            wait_queue_wake(&q->readable, 1, POLLIN | POLLRDNORM);
            return 0;
        }
        mutex_unlock(&q->lock);
        if (f->flags & O_NONBLOCK)
            return -EAGAIN;
        WAIT_EVENT(&q->writable, q->count < q->max_messages, true, deadline, r);
        if (r != 0)
            return r == -EINTR ? -ERESTARTSYS : r;
    }
}

long sys_mq_timedsend(int mqd, const char *msg, size_t len, unsigned prio, const struct timespec *user_deadline)
{
    nsec_t deadline;
    long r = absolute_deadline(user_deadline, &deadline);

    if (r != 0)
        return r;
    if (prio >= PRIORITY_MAX)
        return -EINVAL;
    struct file *f = mq_get(mqd);
    if (f == NULL)
        return -EBADF;
    struct message *m = NULL;
    if (!file_writable(f))
        r = -EBADF;
    else if ((long)len > ((struct queue *)f->priv)->max_bytes)
        r = -EMSGSIZE;
    else if ((m = kmalloc(sizeof *m + len)) == NULL)
        r = -ENOMEM;
    else if (copy_in(m->bytes, msg, len) != 0)
        r = -EFAULT;
    if (r == 0) {
        m->priority = prio;
        m->size = len;
        r = send(f, m, deadline);
    }
    if (r != 0)
        kfree(m);
    file_put(f);
    return r;
}

static struct message *take_message(struct queue *q)
{
    mutex_lock(&q->lock);
    struct list_node *n = list_pop_front(&q->messages);
    if (n != NULL)
        q->count--;
    mutex_unlock(&q->lock);
    return n == NULL ? NULL : container_of(n, struct message, link);
}

static long receive(struct file *f, nsec_t deadline, struct message **out)
{
    struct queue *q = f->priv;
    int r = 0;

    while ((*out = take_message(q)) == NULL) {
        if (f->flags & O_NONBLOCK)
            return -EAGAIN;
        q->n_receivers++;
        WAIT_EVENT(&q->readable, q->count > 0, true, deadline, r);
        q->n_receivers--;
        if (r != 0)
            return r == -EINTR ? -ERESTARTSYS : r;
    }
    wait_queue_wake(&q->writable, 1, POLLOUT | POLLWRNORM);
    return 0;
}

long sys_mq_timedreceive(int mqd, char *msg, size_t len, unsigned *prio, const struct timespec *user_deadline)
{
    nsec_t deadline;
    struct message *m = NULL;
    long r = absolute_deadline(user_deadline, &deadline);

    if (r != 0)
        return r;
    struct file *f = mq_get(mqd);
    if (f == NULL)
        return -EBADF;
    if (!file_readable(f))
        r = -EBADF;
    else if ((long)len < ((struct queue *)f->priv)->max_bytes)
        r = -EMSGSIZE;
    else
        r = receive(f, deadline, &m);
    if (r == 0) {
        r = (long)m->size;
        if (copy_out(msg, m->bytes, m->size) != 0 || (prio != NULL && put_user_u32(prio, m->priority) != 0))
            r = -EFAULT;
        kfree(m);
    }
    file_put(f);
    return r;
}

static long set_notify(struct queue *q, const struct sigevent *event, struct file *carrier, const uint8_t *cookie)
{
    struct process *me = process_current();
    long r = 0;

    mutex_lock(&q->lock);
    if (event == NULL) {
        if (q->notify == me && me != NULL)
            end_notify(q, NOTIFY_REMOVED);
    } else if (q->notify != NULL) {
        r = -EBUSY;
    } else {
        q->notify = process_get(me);
        q->event = *event;
        if (carrier != NULL) {
            q->carrier = file_get(carrier);
            memcpy(q->cookie, cookie, sizeof q->cookie);
        }
    }
    mutex_unlock(&q->lock);
    return r;
}

/* With SIGEV_THREAD, sigev_signo is a netlink socket and sigev_value points to the cookie. */
static long get_carrier(const struct sigevent *event, struct file **out, uint8_t *cookie)
{
    if (copy_in(cookie, event->sigev_value.sival_ptr, NOTIFY_COOKIE_BYTES) != 0)
        return -EFAULT;
    *out = fd_get(event->sigev_signo);
    if (*out == NULL)
        return -EBADF;
    return netlink_deliver == NULL ? -ENOTSOCK : netlink_deliver(*out, NULL, 0);
}

long sys_mq_notify(int mqd, const struct sigevent *user)
{
    struct sigevent event;

    if (user != NULL) {
        if (copy_in(&event, user, sizeof event) != 0)
            return -EFAULT;
        if (event.sigev_notify != SIGEV_NONE && event.sigev_notify != SIGEV_SIGNAL && event.sigev_notify != SIGEV_THREAD)
            return -EINVAL;
        if (event.sigev_notify == SIGEV_SIGNAL && (unsigned)event.sigev_signo > 64)
            return -EINVAL;
    }
    struct file *f, *carrier = NULL;
    uint8_t cookie[NOTIFY_COOKIE_BYTES];
    long r = user != NULL && event.sigev_notify == SIGEV_THREAD ? get_carrier(&event, &carrier, cookie) : 0;
    if (r == 0) {
        f = mq_get(mqd);
        r = f == NULL ? -EBADF : set_notify(f->priv, user != NULL ? &event : NULL, carrier, cookie);
        if (f != NULL)
            file_put(f);
    }
    if (carrier != NULL)
        file_put(carrier);
    return r;
}

long sys_mq_getsetattr(int mqd, const struct mq_attr *user_new, struct mq_attr *user_old)
{
    struct mq_attr fresh = {0};

    if (user_new != NULL && copy_in(&fresh, user_new, sizeof fresh) != 0)
        return -EFAULT;
    if (fresh.mq_flags & ~O_NONBLOCK)
        return -EINVAL;
    struct file *f = mq_get(mqd);
    if (f == NULL)
        return -EBADF;
    struct queue *q = f->priv;
    struct mq_attr old = {.mq_flags = (long)(f->flags & O_NONBLOCK),
                          .mq_maxmsg = q->max_messages,
                          .mq_msgsize = q->max_bytes,
                          .mq_curmsgs = q->count};
    if (user_new != NULL)
        f->flags = (f->flags & ~(uint32_t)O_NONBLOCK) | (uint32_t)fresh.mq_flags;
    file_put(f);
    return user_old != NULL ? copy_out(user_old, &old, sizeof old) : 0;
}
