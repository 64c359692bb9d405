// SPDX-License-Identifier: BSD-3-Clause
// System V message queues.
#define _GNU_SOURCE 1
#include "abi/restart.h"
#include "arch/uaccess.h"
#include "base/list.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "sched/time.h"
#include "sysv.h"
#include <errno.h>
#include <sys/msg.h>

#ifndef MSG_COPY
#define MSG_COPY 040000
#endif

#define MESSAGE_MAX 8192
#define QUEUE_BYTES 16384

struct message {
    struct list_node link;
    long type;
    size_t size;
    char bytes[];
};

struct queue {
    struct sysv_object object;
    struct list_node messages;
    size_t bytes, max_bytes, count;
    long send_time, receive_time, change_time;
    int send_pid, receive_pid;
};

static struct sysv_table table = {.lock = MUTEX_INIT(table.lock)};
static struct wait_queue changed = WAIT_QUEUE_INIT(changed);
static _Atomic uint64_t generation;

static long now_s(void)
{
    return clock_realtime_ns() / NSEC_PER_SEC;
}

static int my_pid(void)
{
    struct process *p = process_current();

    return p != NULL ? p->pid : 0;
}

static void announce(void)
{
    generation++;
    wait_queue_wake_all(&changed);
}

long sys_msgget(int key, int flags)
{
    struct sysv_object *o;

    mutex_lock(&table.lock);
    int r = sysv_get(&table, key, flags, &o);
    if (r == 0 && o != NULL)
        r = o->id;
    else if (r == 0) {
        struct queue *q = kzalloc(sizeof *q);
        if (q == NULL) {
            r = -ENOMEM;
        } else {
            list_init(&q->messages);
            q->max_bytes = QUEUE_BYTES;
            q->change_time = now_s();
            r = sysv_add(&table, &q->object, key, flags);
            if (r < 0)
                kfree(q);
        }
    }
    mutex_unlock(&table.lock);
    return r;
}

static struct queue *find(int id)
{
    return (struct queue *)sysv_find(&table, id);
}

static int wait_change(uint64_t seen)
{
    int r;

    WAIT_EVENT(&changed, generation != seen, true, NSEC_FOREVER, r);
    return r != 0 ? -EINTR : 0;
}

static int try_send(int id, struct message *m, bool waited)
{
    struct queue *q = find(id);

    if (q == NULL)
        return waited ? -EIDRM : -EINVAL;
    int r = sysv_permit(&q->object, 2);
    if (r != 0)
        return r;
    if (q->bytes + m->size > q->max_bytes || q->count >= q->max_bytes)
        return -EAGAIN;
    list_push_back(&q->messages, &m->link);
    q->bytes += m->size;
    q->count++;
    q->send_time = now_s();
    q->send_pid = my_pid();
    announce();
    return 0;
}

long sys_msgsnd(int id, const void *msg, size_t size, int flags)
{
    long type;
    bool waited = false;

    if (size > MESSAGE_MAX || (ssize_t)size < 0 || id < 0)
        return -EINVAL;
    if (copy_in(&type, msg, sizeof type) != 0)
        return -EFAULT;
    if (type < 1)
        return -EINVAL;
    struct message *m = kmalloc(sizeof *m + size);
    if (m == NULL)
        return -ENOMEM;
    m->type = type;
    m->size = size;
    int r = copy_in(m->bytes, (const char *)msg + sizeof type, size);
    while (r == 0) {
        mutex_lock(&table.lock);
        r = try_send(id, m, waited);
        uint64_t seen = generation;
        mutex_unlock(&table.lock);
        if (r != -EAGAIN || (flags & IPC_NOWAIT))
            break;
        r = wait_change(seen);
        waited = true;
    }
    if (r != 0)
        kfree(m);
    return r;
}

static struct message *choose(struct queue *q, long type, int flags)
{
    struct message *m, *best = NULL;

    if (flags & MSG_COPY) {
        LIST_FOR_EACH (m, &q->messages, link)
            if (type-- == 0)
                return m;
        return NULL;
    }
    LIST_FOR_EACH (m, &q->messages, link) {
        if (type == 0 || (type > 0 && ((flags & MSG_EXCEPT) ? m->type != type : m->type == type)))
            return m;
        if (type < 0 && m->type <= -type && (best == NULL || m->type < best->type))
            best = m;
    }
    return best;
}

static int try_receive(int id, size_t size, long type, int flags, bool waited, struct message **out)
{
    struct queue *q = find(id);

    if (q == NULL)
        return waited ? -EIDRM : -EINVAL;
    int r = sysv_permit(&q->object, 4);
    if (r != 0)
        return r;
    struct message *m = choose(q, type, flags);
    if (m == NULL)
        return -EAGAIN;
    if (m->size > size && !(flags & MSG_NOERROR))
        return -E2BIG;
    if (flags & MSG_COPY) {
        *out = kmemdup(m, sizeof *m + m->size);
        return *out == NULL ? -ENOMEM : 0;
    }
    list_remove(&m->link);
    q->bytes -= m->size;
    q->count--;
    q->receive_time = now_s();
    q->receive_pid = my_pid();
    announce();
    *out = m;
    return 0;
}

long sys_msgrcv(int id, void *msg, size_t size, long type, int flags)
{
    struct message *m = NULL;
    bool waited = false;
    long r;

    if ((ssize_t)size < 0 || id < 0)
        return -EINVAL;
    if ((flags & MSG_COPY) && (!(flags & IPC_NOWAIT) || (flags & MSG_EXCEPT)))
        return -EINVAL;
    for (;;) {
        mutex_lock(&table.lock);
        r = try_receive(id, size, type, flags, waited, &m);
        uint64_t seen = generation;
        mutex_unlock(&table.lock);
        if (r != -EAGAIN)
            break;
        if (flags & IPC_NOWAIT)
            return -ENOMSG;
        r = wait_change(seen);
        if (r != 0)
            return r;
        waited = true;
    }
    if (r != 0)
        return r;
    size_t n = m->size < size ? m->size : size;
    r = (long)n;
    if (copy_out(msg, &m->type, sizeof m->type) != 0 || copy_out((char *)msg + sizeof m->type, m->bytes, n) != 0)
        r = -EFAULT;
    kfree(m);
    return r;
}

static void destroy(struct queue *q)
{
    struct list_node *n;

    sysv_remove(&table, &q->object);
    while ((n = list_pop_front(&q->messages)) != NULL)
        kfree(container_of(n, struct message, link));
    kfree(q);
    announce();
}

static void describe(const struct queue *q, struct msqid_ds *out)
{
    *out = (struct msqid_ds){.msg_stime = q->send_time,
                             .msg_rtime = q->receive_time,
                             .msg_ctime = q->change_time,
                             .msg_cbytes = q->bytes,
                             .msg_qnum = q->count,
                             .msg_qbytes = q->max_bytes,
                             .msg_lspid = q->send_pid,
                             .msg_lrpid = q->receive_pid};
    sysv_perm_out(&q->object, &out->msg_perm);
}

static int control(struct queue *q, int cmd, struct msqid_ds *ds)
{
    int r;

    switch (cmd) {
    case IPC_STAT:
    case MSG_STAT:
    case MSG_STAT_ANY:
        r = cmd == MSG_STAT_ANY ? 0 : sysv_permit(&q->object, 4);
        if (r == 0)
            describe(q, ds);
        return r;
    case IPC_SET:
        r = sysv_owner(&q->object);
        if (r == 0 && ds->msg_qbytes > QUEUE_BYTES && process_cred()->euid != 0)
            r = -EPERM;
        if (r == 0) {
            sysv_perm_in(&q->object, &ds->msg_perm);
            q->max_bytes = ds->msg_qbytes;
            q->change_time = now_s();
            announce();
        }
        return r;
    case IPC_RMID:
        r = sysv_owner(&q->object);
        if (r == 0)
            destroy(q);
        return r;
    default:
        return -EINVAL;
    }
}

/* Limits, or what is in use; the result is the highest slot in use. */
static long msg_info(int cmd, void *user)
{
    struct msginfo info = {.msgpool = SYSV_MAX * QUEUE_BYTES / 1024, .msgmap = QUEUE_BYTES, .msgmax = MESSAGE_MAX,
                           .msgmnb = QUEUE_BYTES, .msgmni = SYSV_MAX, .msgssz = 16, .msgtql = QUEUE_BYTES, .msgseg = 0xffff};
    int highest = 0;

    mutex_lock(&table.lock);
    if (cmd == MSG_INFO)
        info.msgpool = info.msgmap = info.msgtql = 0;
    for (int k = 0; k < SYSV_MAX; k++) {
        const struct queue *q = (const struct queue *)table.objects[k];
        if (q == NULL)
            continue;
        highest = k;
        if (cmd == MSG_INFO) {
            info.msgpool++;
            info.msgmap += (int)q->count;
            info.msgtql += (int)q->bytes;
        }
    }
    mutex_unlock(&table.lock);
    return copy_out(user, &info, sizeof info) != 0 ? -EFAULT : highest;
}

long sys_msgctl(int id, int cmd, struct msqid_ds *user)
{
    struct msqid_ds ds;

    cmd &= ~0x100; /* IPC_64 of old callers */
    if (cmd == IPC_SET && copy_in(&ds, user, sizeof ds) != 0)
        return -EFAULT;
    if (cmd == IPC_INFO || cmd == MSG_INFO)
        return msg_info(cmd, user);
    mutex_lock(&table.lock);
    bool by_slot = cmd == MSG_STAT || cmd == MSG_STAT_ANY;
    struct queue *q = by_slot ? (struct queue *)(id >= 0 && id < SYSV_MAX ? table.objects[id] : NULL) : find(id);
    int r = q == NULL ? -EINVAL : control(q, cmd, &ds);
    int found = q != NULL && r == 0 && by_slot ? q->object.id : 0;
    mutex_unlock(&table.lock);
    if (r == 0 && (cmd == IPC_STAT || by_slot) && copy_out(user, &ds, sizeof ds) != 0)
        return -EFAULT;
    return r != 0 ? r : found;
}
