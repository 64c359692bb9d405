// SPDX-License-Identifier: BSD-3-Clause
// System V shared memory.
#define _GNU_SOURCE 1
#include "arch/uaccess.h"
#include "base/list.h"
#include "linux/syscalls.h"
#include "mem/kalloc.h"
#include "process/process.h"
#include "sched/time.h"
#include "sysv.h"
#include "vm/object.h"
#include "vm/space.h"
#include <errno.h>
#include <sys/mman.h>
#include <sys/shm.h>

#define SHM_DEST_BIT 01000
#define SHM_LOCKED_BIT 02000

struct segment {
    struct sysv_object object;
    struct vm_object *memory;
    size_t bytes;
    unsigned n_attached;
    bool removed;
    long attach_time, detach_time, change_time;
    int creator_pid, last_pid;
};

/* One shmat. */
struct attachment {
    struct list_node link;
    struct address_space *space;
    vaddr_t addr;
    struct segment *segment;
};

static struct sysv_table table = {.lock = MUTEX_INIT(table.lock)};
static struct list_node attachments = {&attachments, &attachments};

static long now_s(void)
{
    return clock_realtime_ns() / NSEC_PER_SEC;
}

static int my_pid(void)
{
    struct process *p = process_current();

    return p != NULL ? p->pid : 0;
}

static int create_segment(int key, size_t size, int flags)
{
    struct segment *s;

    if (size == 0 || size > (1ul << 46))
        return -EINVAL;
    s = kzalloc(sizeof *s);
    if (s == NULL)
        return -ENOMEM;
    s->bytes = size;
    s->memory = vm_object_create_anon(ALIGN_UP(size, PAGE_SIZE));
    s->change_time = now_s();
    s->creator_pid = my_pid();
    int id = s->memory == NULL ? -ENOMEM : sysv_add(&table, &s->object, key, flags);
    if (id < 0) {
        if (s->memory != NULL)
            vm_object_put(s->memory);
        kfree(s);
    }
    return id;
}

long sys_shmget(int key, size_t size, int flags)
{
    struct sysv_object *o;

    mutex_lock(&table.lock);
    int r = sysv_get(&table, key, flags, &o);
    if (r == 0 && o != NULL)
        r = size > ((struct segment *)o)->bytes ? -EINVAL : o->id;
    else if (r == 0)
        r = create_segment(key, size, flags);
    mutex_unlock(&table.lock);
    return r;
}

static void maybe_destroy(struct segment *s)
{
    if (!s->removed || s->n_attached != 0)
        return;
    sysv_remove(&table, &s->object);
    vm_object_put(s->memory);
    kfree(s);
}

static long attach_locked(int id, vaddr_t addr, int flags)
{
    struct segment *s = (struct segment *)sysv_find(&table, id);

    if (s == NULL)
        return -EINVAL;
    int r = sysv_permit(&s->object, flags & SHM_RDONLY ? 4 : 6);
    if (r != 0)
        return r;
    struct attachment *a = kmalloc(sizeof *a);
    if (a == NULL)
        return -ENOMEM;
    struct vm_map_request q = {.addr = addr,
                               .length = ALIGN_UP(s->bytes, PAGE_SIZE),
                               .prot = PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) | (flags & SHM_EXEC ? PROT_EXEC : 0),
                               .flags = MAP_SHARED | (addr == 0 ? 0 : flags & SHM_REMAP ? MAP_FIXED : 0x100000 /* MAP_FIXED_NOREPLACE */),
                               .object = s->memory,
                               .may_write = !(flags & SHM_RDONLY)};
    long at = vm_map(vm_current(), &q);
    if (at < 0) {
        kfree(a);
        return at == -EEXIST ? -EINVAL : at;
    }
    *a = (struct attachment){.space = vm_current(), .addr = (vaddr_t)at, .segment = s};
    list_push_back(&attachments, &a->link);
    s->n_attached++;
    s->attach_time = now_s();
    s->last_pid = my_pid();
    return at;
}

long sys_shmat(int id, const void *addr, int flags)
{
    vaddr_t at = (vaddr_t)addr;

    if (at & (PAGE_SIZE - 1)) {
        if (!(flags & SHM_RND))
            return -EINVAL;
        at &= ~(PAGE_SIZE - 1);
    }
    if (at == 0 && (flags & SHM_REMAP))
        return -EINVAL;
    mutex_lock(&table.lock);
    long r = attach_locked(id, at, flags);
    mutex_unlock(&table.lock);
    return r;
}

static struct attachment *find_attachment(vaddr_t addr)
{
    struct attachment *a;

    LIST_FOR_EACH (a, &attachments, link)
        if (a->addr == addr && a->space == vm_current())
            return a;
    return NULL;
}

long sys_shmdt(const void *addr)
{
    long r = -EINVAL;

    mutex_lock(&table.lock);
    struct attachment *a = find_attachment((vaddr_t)addr);
    if (a != NULL) {
        struct segment *s = a->segment;
        r = vm_unmap(vm_current(), a->addr, ALIGN_UP(s->bytes, PAGE_SIZE));
        list_remove(&a->link);
        kfree(a);
        s->n_attached--;
        s->detach_time = now_s();
        s->last_pid = my_pid();
        maybe_destroy(s);
    }
    mutex_unlock(&table.lock);
    return r;
}

static void describe(const struct segment *s, struct shmid_ds *out)
{
    *out = (struct shmid_ds){.shm_segsz = s->bytes,
                             .shm_atime = s->attach_time,
                             .shm_dtime = s->detach_time,
                             .shm_ctime = s->change_time,
                             .shm_cpid = s->creator_pid,
                             .shm_lpid = s->last_pid,
                             .shm_nattch = s->n_attached};
    sysv_perm_out(&s->object, &out->shm_perm);
    if (s->removed)
        out->shm_perm.mode |= SHM_DEST_BIT;
}

static int control(struct segment *s, int cmd, struct shmid_ds *ds)
{
    int r;

    switch (cmd) {
    case IPC_STAT:
    case SHM_STAT:
    case SHM_STAT_ANY:
        r = cmd == SHM_STAT_ANY ? 0 : sysv_permit(&s->object, 4);
        if (r == 0)
            describe(s, ds);
        return r;
    case IPC_SET:
        r = sysv_owner(&s->object);
        if (r == 0) {
            sysv_perm_in(&s->object, &ds->shm_perm);
            s->change_time = now_s();
        }
        return r;
    case IPC_RMID:
        r = sysv_owner(&s->object);
        if (r == 0) {
            s->removed = true;
            s->object.key = IPC_PRIVATE;
            maybe_destroy(s);
        }
        return r;
    case SHM_LOCK:
    case SHM_UNLOCK:
        r = sysv_owner(&s->object);
        if (r == 0) /* pages of segments are never taken away: locked or not makes no difference but the mode bit */
            s->object.mode = cmd == SHM_LOCK ? s->object.mode | SHM_LOCKED_BIT : s->object.mode & ~(uint32_t)SHM_LOCKED_BIT;
        return r;
    default:
        return -EINVAL;
    }
}

/* Limits, or what is in use; the result is the highest slot in use. */
static long shm_info(int cmd, void *user)
{
    struct shminfo limits = {.shmmax = 1ul << 46, .shmmin = 1, .shmmni = SYSV_MAX, .shmseg = SYSV_MAX, .shmall = 1ul << 34};
    struct shm_info used = {0};
    int highest = 0;

    mutex_lock(&table.lock);
    for (int k = 0; k < SYSV_MAX; k++) {
        const struct segment *s = (const struct segment *)table.objects[k];
        if (s == NULL)
            continue;
        highest = k;
        used.__used_ids++;
        used.shm_tot += (s->bytes + 4095) / 4096;
        used.shm_rss += s->memory->n_pages;
    }
    mutex_unlock(&table.lock);
    int r = cmd == IPC_INFO ? copy_out(user, &limits, sizeof limits) : copy_out(user, &used, sizeof used);
    return r != 0 ? r : highest;
}

long sys_shmctl(int id, int cmd, struct shmid_ds *user)
{
    struct shmid_ds ds;

    cmd &= ~0x100; /* IPC_64 of old callers */
    if (cmd == IPC_SET && copy_in(&ds, user, sizeof ds) != 0)
        return -EFAULT;
    if (cmd == IPC_INFO || cmd == SHM_INFO)
        return shm_info(cmd, user);
    mutex_lock(&table.lock);
    bool by_slot = cmd == SHM_STAT || cmd == SHM_STAT_ANY;
    struct segment *s = (struct segment *)(by_slot ? (id >= 0 && id < SYSV_MAX ? table.objects[id] : NULL) : sysv_find(&table, id));
    int found = s != NULL && by_slot ? s->object.id : 0;
    int r = s == NULL ? -EINVAL : control(s, cmd, &ds);
    mutex_unlock(&table.lock);
    if (r == 0 && (cmd == IPC_STAT || by_slot) && copy_out(user, &ds, sizeof ds) != 0)
        return -EFAULT;
    return r != 0 ? r : found;
}
