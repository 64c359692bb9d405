// SPDX-License-Identifier: BSD-3-Clause
// poll and select: wait until one of a set of files is ready.
#include "file/poll.h"

#include "arch/uaccess.h"
#include "base/list.h"
#include "file/fd_table.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include "sched/thread.h"
#include "sched/wait.h"
#include <errno.h>

#define INLINE_ENTRIES 8
#define CHUNK_ENTRIES 32

/* One wait queue that is being watched. */
struct poll_entry {
    struct waiter waiter;
    struct file *file; /* reference: the queue lives as long as the file */
    unsigned events;
    struct poller *owner;
};

struct poll_chunk {
    struct poll_chunk *next;
    unsigned used;
    struct poll_entry entries[CHUNK_ENTRIES];
};

struct poller {
    struct poll_table table;
    struct thread *thread;
    _Atomic bool triggered;
    bool no_memory;
    unsigned n_inline;
    struct poll_entry entries[INLINE_ENTRIES];
    struct poll_chunk *chunks;
};

static bool poll_wake(struct waiter *w, uint64_t key)
{
    struct poll_entry *e = w->arg;

    if (key != 0 && (key & (e->events | POLLERR | POLLHUP)) == 0)
        return false;
    e->owner->triggered = true;
    wait_wake_thread(e->owner->thread);
    return true;
}

static struct poll_entry *take_entry(struct poller *p)
{
    if (p->n_inline < INLINE_ENTRIES)
        return &p->entries[p->n_inline++];
    if (p->chunks == NULL || p->chunks->used == CHUNK_ENTRIES) {
        struct poll_chunk *c = kmalloc(sizeof *c);
        if (c == NULL)
            return NULL;
        c->next = p->chunks;
        c->used = 0;
        p->chunks = c;
    }
    return &p->chunks->entries[p->chunks->used++];
}

static void add_entry(struct poll_table *pt, struct file *f, struct wait_queue *q)
{
    struct poller *p = container_of(pt, struct poller, table);
    struct poll_entry *e = take_entry(p);

    if (e == NULL) {
        p->no_memory = true;
        return;
    }
    e->file = file_get(f);
    e->events = pt->events;
    e->owner = p;
    waiter_init_fn(&e->waiter, poll_wake, e);
    wait_queue_add(q, &e->waiter);
}

static void drop_entry(struct poll_entry *e)
{
    wait_queue_remove(&e->waiter);
    file_put(e->file);
}

static void poller_fini(struct poller *p)
{
    for (unsigned i = 0; i < p->n_inline; i++)
        drop_entry(&p->entries[i]);
    while (p->chunks != NULL) {
        struct poll_chunk *c = p->chunks;
        p->chunks = c->next;
        for (unsigned i = 0; i < c->used; i++)
            drop_entry(&c->entries[i]);
        kfree(c);
    }
}

static short poll_one(struct poller *p, const struct pollfd *pfd, bool exact)
{
    unsigned wanted = (unsigned short)pfd->events;

    if (!exact)
        wanted |= POLLERR | POLLHUP;
    if (pfd->fd < 0)
        return 0;
    struct file *f = fd_get(pfd->fd);
    if (f == NULL)
        return POLLNVAL;
    p->table.events = wanted;
    unsigned mask = file_poll(f, &p->table);
    file_put(f);
    return (short)(mask & wanted);
}

static int scan(struct poller *p, struct pollfd *fds, unsigned n, bool exact)
{
    int count = 0;

    for (unsigned i = 0; i < n; i++) {
        fds[i].revents = poll_one(p, &fds[i], exact);
        if (fds[i].revents != 0) {
            count++;
            p->table.add = NULL; /* will not sleep: no need to queue on the rest */
        }
    }
    p->table.add = NULL;
    return count;
}

static int wait_once(struct poller *p, nsec_t deadline_ns)
{
    wait_prepare(true);
    if (p->triggered) {
        wait_cancel();
        return 0;
    }
    return wait_commit(deadline_ns);
}

static int poll_loop(struct poller *p, struct pollfd *fds, unsigned n, nsec_t deadline_ns, bool exact)
{
    int r = 0;

    for (;;) {
        int count = scan(p, fds, n, exact);
        if (count != 0)
            return count;
        if (p->no_memory)
            return -ENOMEM;
        if (r == -ETIMEDOUT || deadline_ns == 0)
            return 0;
        if (r == -EINTR)
            return r;
        r = wait_once(p, deadline_ns);
        p->triggered = false;
    }
}

static int poll_common(struct pollfd *fds, unsigned n, nsec_t deadline_ns, bool exact)
{
    struct poller p;

    p.table.add = deadline_ns == 0 ? NULL : add_entry;
    p.thread = thread_current();
    p.triggered = false;
    p.no_memory = false;
    p.n_inline = 0;
    p.chunks = NULL;
    int r = poll_loop(&p, fds, n, deadline_ns, exact);
    poller_fini(&p);
    return r;
}

int poll_files(struct pollfd *fds, unsigned n, nsec_t deadline_ns)
{
    return poll_common(fds, n, deadline_ns, false);
}

int poll_files_exact(struct pollfd *fds, unsigned n, nsec_t deadline_ns)
{
    return poll_common(fds, n, deadline_ns, true);
}
