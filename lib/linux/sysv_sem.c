// SPDX-License-Identifier: BSD-3-Clause
// System V semaphores.
//
// One lock and one wait queue for all sets: an operation is tried whole; if it must wait, the thread sleeps until anything changed and
// tries again. The threads of the one process share their undo values, so those apply when the machine stops and nobody is left
// to look; what a program can see of SEM_UNDO is that an undo value has a range.
#define _GNU_SOURCE 1
#include "abi/restart.h"
#include "arch/uaccess.h"
#include "base/string.h"
#include "deadline.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "sched/time.h"
#include "sysv.h"
#include <errno.h>
#include <sys/sem.h>

#define SETS_SEMS_MAX 32000
#define OPS_MAX 500
#ifndef SEM_STAT_ANY
#define SEM_STAT_ANY 20
#endif
#define VALUE_MAX 32767

struct sem {
    int value, pid;
    int undo; /* what the process' end would add */
    int n_waiting, z_waiting;
};

struct sem_set {
    struct sysv_object object;
    int count;
    long op_time, change_time;
    struct sem sems[];
};

static struct sysv_table table = {.lock = MUTEX_INIT(table.lock)};
static struct wait_queue changed = WAIT_QUEUE_INIT(changed);
static _Atomic uint64_t generation;

static void announce(void)
{
    generation++;
    wait_queue_wake_all(&changed);
}

static int my_pid(void)
{
    struct process *me = process_current();

    return me != NULL ? me->pid : 0;
}

static long now_s(void)
{
    return clock_realtime_ns() / NSEC_PER_SEC;
}

static struct sem_set *find(int id)
{
    return (struct sem_set *)sysv_find(&table, id);
}

static int create_set(int key, int count, int flags)
{
    struct sem_set *s;

    if (count <= 0 || count > SETS_SEMS_MAX)
        return -EINVAL;
    s = kzalloc(sizeof *s + (size_t)count * sizeof(struct sem));
    if (s == NULL)
        return -ENOMEM;
    s->count = count;
    s->change_time = now_s();
    int id = sysv_add(&table, &s->object, key, flags);
    if (id < 0)
        kfree(s);
    return id;
}

long sys_semget(int key, int count, int flags)
{
    struct sysv_object *o;

    if (count < 0 || count > SETS_SEMS_MAX)
        return -EINVAL;
    mutex_lock(&table.lock);
    int r = sysv_get(&table, key, flags, &o);
    if (r == 0 && o != NULL)
        r = count > ((struct sem_set *)o)->count ? -EINVAL : o->id;
    else if (r == 0)
        r = create_set(key, count, flags);
    mutex_unlock(&table.lock);
    return r;
}

static void take_back(struct sem *k, const struct sembuf *op)
{
    k->value -= op->sem_op;
    k->undo += op->sem_flg & SEM_UNDO ? op->sem_op : 0;
}

/* All or nothing. -EAGAIN: *blocker must change first. */
static int try_ops(struct sem_set *s, const struct sembuf *ops, unsigned n, const struct sembuf **blocker)
{
    unsigned done;
    int r = 0;

    for (done = 0; done < n && r == 0; done++) {
        const struct sembuf *op = &ops[done];
        struct sem *k = &s->sems[op->sem_num];
        if (op->sem_op == 0 ? k->value != 0 : k->value + op->sem_op < 0)
            r = -EAGAIN;
        else if (k->value + op->sem_op > VALUE_MAX)
            r = -ERANGE;
        else if ((op->sem_flg & SEM_UNDO) && (k->undo - op->sem_op > VALUE_MAX || k->undo - op->sem_op < -VALUE_MAX - 1))
            r = -ERANGE;
        else {
            k->value += op->sem_op;
            k->undo -= op->sem_flg & SEM_UNDO ? op->sem_op : 0;
        }
        if (r != 0) {
            *blocker = op;
            break;
        }
    }
    if (r != 0) {
        while (done-- > 0)
            take_back(&s->sems[ops[done].sem_num], &ops[done]);
        return r;
    }
    for (unsigned k = 0; k < n; k++)
        s->sems[ops[k].sem_num].pid = my_pid();
    s->op_time = now_s();
    announce();
    return 0;
}

static int attempt(int id, const struct sembuf *ops, unsigned n, bool waited, const struct sembuf **blocker)
{
    struct sem_set *s = find(id);
    bool alters = false;

    if (s == NULL)
        return waited ? -EIDRM : -EINVAL;
    for (unsigned k = 0; k < n; k++) {
        if (ops[k].sem_num >= s->count)
            return -EFBIG;
        alters = alters || ops[k].sem_op != 0;
    }
    int r = sysv_permit(&s->object, alters ? 2 : 4);
    return r != 0 ? r : try_ops(s, ops, n, blocker);
}

static void count_waiter(int id, const struct sembuf *op, int change)
{
    struct sem_set *s = find(id);

    if (s == NULL || op->sem_num >= s->count)
        return;
    if (op->sem_op == 0)
        s->sems[op->sem_num].z_waiting += change;
    else
        s->sems[op->sem_num].n_waiting += change;
}

static long run_ops(int id, const struct sembuf *ops, unsigned n, nsec_t deadline)
{
    const struct sembuf *blocker = NULL, *counted = NULL;
    bool waited = false;
    int r, w = 0;

    for (;;) {
        mutex_lock(&table.lock);
        if (counted != NULL)
            count_waiter(id, counted, -1);
        counted = NULL;
        r = w != 0 ? w : attempt(id, ops, n, waited, &blocker);
        uint64_t seen = generation;
        bool wait = r == -EAGAIN && w == 0 && !(blocker->sem_flg & IPC_NOWAIT);
        if (wait) {
            counted = blocker;
            count_waiter(id, counted, 1);
        }
        mutex_unlock(&table.lock);
        if (!wait)
            return r;
        WAIT_EVENT(&changed, generation != seen, true, deadline, w);
        if (w == -ETIMEDOUT)
            w = -EAGAIN;
        waited = true;
    }
}

long sys_semtimedop(int id, struct sembuf *user_ops, unsigned count, const struct timespec *timeout)
{
    nsec_t deadline;

    if (count == 0)
        return -EINVAL;
    if (count > OPS_MAX)
        return -E2BIG;
    int r = deadline_from_user(timeout, &deadline);
    if (r != 0)
        return r;
    if (deadline == 0)
        deadline = 1;
    struct sembuf *ops = kmalloc(count * sizeof *ops);
    if (ops == NULL)
        return -ENOMEM;
    long result = copy_in(ops, user_ops, count * sizeof *ops) != 0 ? -EFAULT : id < 0 ? -EINVAL : run_ops(id, ops, count, deadline);
    kfree(ops);
    return result;
}

long sys_semop(int id, struct sembuf *ops, unsigned count)
{
    return sys_semtimedop(id, ops, count, NULL);
}

static int get_all(struct sem_set *s, unsigned short *user)
{
    for (int k = 0; k < s->count; k++)
        if (put_user_u16(&user[k], (uint16_t)s->sems[k].value) != 0)
            return -EFAULT;
    return 0;
}

static int set_all(struct sem_set *s, const unsigned short *user)
{
    uint16_t v;

    for (int k = 0; k < s->count; k++) {
        if (get_user_u16(&v, &user[k]) != 0)
            return -EFAULT;
        if (v > VALUE_MAX)
            return -ERANGE;
    }
    for (int k = 0; k < s->count; k++)
        if (get_user_u16(&v, &user[k]) == 0)
            s->sems[k] = (struct sem){.value = v, .pid = my_pid(), .n_waiting = s->sems[k].n_waiting, .z_waiting = s->sems[k].z_waiting};
    s->change_time = now_s();
    announce();
    return 0;
}

static int set_status(struct sem_set *s, unsigned long arg)
{
    struct semid_ds ds;
    int r = sysv_owner(&s->object);

    if (r != 0)
        return r;
    if (copy_in(&ds, (const void *)arg, sizeof ds) != 0)
        return -EFAULT;
    sysv_perm_in(&s->object, &ds.sem_perm);
    s->change_time = now_s();
    return 0;
}

static int get_status(struct sem_set *s, unsigned long arg)
{
    struct semid_ds ds = {.sem_otime = s->op_time, .sem_ctime = s->change_time, .sem_nsems = (unsigned short)s->count};

    sysv_perm_out(&s->object, &ds.sem_perm);
    return copy_out((void *)arg, &ds, sizeof ds);
}

static int one_value(struct sem_set *s, int num, int cmd, unsigned long arg)
{
    if (num < 0 || num >= s->count)
        return -EINVAL;
    struct sem *k = &s->sems[num];
    switch (cmd) {
    case GETVAL:
        return k->value;
    case GETPID:
        return k->pid;
    case GETNCNT:
        return k->n_waiting;
    case GETZCNT:
        return k->z_waiting;
    default:
        if ((int)arg < 0 || (int)arg > VALUE_MAX)
            return -ERANGE;
        k->value = (int)arg;
        k->undo = 0;
        k->pid = my_pid();
        s->change_time = now_s();
        announce();
        return 0;
    }
}

static int control(struct sem_set *s, int num, int cmd, unsigned long arg)
{
    int r = 0;

    if (cmd != IPC_RMID && cmd != IPC_SET && cmd != SEM_STAT_ANY)
        r = sysv_permit(&s->object, cmd == SETVAL || cmd == SETALL ? 2 : 4);
    if (r != 0)
        return r;
    switch (cmd) {
    case IPC_STAT:
        return get_status(s, arg);
    case SEM_STAT:
    case SEM_STAT_ANY:
        r = get_status(s, arg);
        return r != 0 ? r : s->object.id;
    case IPC_SET:
        return set_status(s, arg);
    case IPC_RMID:
        r = sysv_owner(&s->object);
        if (r == 0) {
            sysv_remove(&table, &s->object);
            kfree(s);
            announce();
        }
        return r;
    case GETALL:
        return get_all(s, (unsigned short *)arg);
    case SETALL:
        return set_all(s, (const unsigned short *)arg);
    case GETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
    case SETVAL:
        return one_value(s, num, cmd, arg);
    default:
        return -EINVAL;
    }
}

/* Limits, or what is in use; the result is the highest slot in use. */
static long sem_info(int cmd, unsigned long arg)
{
    struct seminfo info = {.semmap = SYSV_MAX * SETS_SEMS_MAX, .semmni = SYSV_MAX, .semmns = SYSV_MAX * SETS_SEMS_MAX,
                           .semmnu = SYSV_MAX * SETS_SEMS_MAX, .semmsl = SETS_SEMS_MAX, .semopm = OPS_MAX, .semume = OPS_MAX,
                           .semusz = 20, .semvmx = VALUE_MAX, .semaem = VALUE_MAX};
    int highest = 0;

    mutex_lock(&table.lock);
    if (cmd == SEM_INFO)
        info.semusz = info.semaem = 0;
    for (int k = 0; k < SYSV_MAX; k++) {
        const struct sem_set *s = (const struct sem_set *)table.objects[k];
        if (s == NULL)
            continue;
        highest = k;
        if (cmd == SEM_INFO) {
            info.semusz++;
            info.semaem += s->count;
        }
    }
    mutex_unlock(&table.lock);
    return copy_out((void *)arg, &info, sizeof info) != 0 ? -EFAULT : highest;
}

long sys_semctl(int id, int num, int cmd, unsigned long arg)
{
    cmd &= ~0x100; /* IPC_64 of old callers */
    if (cmd == IPC_INFO || cmd == SEM_INFO)
        return sem_info(cmd, arg);
    mutex_lock(&table.lock);
    bool by_slot = cmd == SEM_STAT || cmd == SEM_STAT_ANY;
    struct sem_set *s = by_slot ? (struct sem_set *)(id >= 0 && id < SYSV_MAX ? table.objects[id] : NULL) : find(id);
    int r = s == NULL ? -EINVAL : control(s, num, cmd, arg);
    mutex_unlock(&table.lock);
    return r;
}
