// SPDX-License-Identifier: BSD-3-Clause
// epoll: interest lists that remember, and ready lists that wake-ups fill.
//
// Each watched (file, descriptor) is an item with waiters on the file's wait queues. A wake-up (any context, the queue's spinlock
// held) puts the item on the ready list and wakes one sleeper. epoll_wait takes the list, asks the file of each item for its
// mask, and puts level-triggered ones back. An item holds no reference on its file: the last file_put calls epoll_forget_file().
//
// Locks: watch_lock (all changes of interest lists and of file->epoll_items) -> ep->lock (interest tree; held while files are asked) ->
// ep->ready_lock, a spinlock inside the files' wait queues. Waking ep's own queues happens under a watched queue's lock, so theirs has no
// rank; the loop check in epoll_control() keeps chains of epolls acyclic and short.
#include "file/poll.h"

#include "arch/spinlock.h"
#include "base/list.h"
#include "base/rbtree.h"
#include "file/file.h"
#include "mem/kalloc.h"
#include "sched/mutex.h"
#include "sched/thread.h"
#include "sched/wait.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>

#define MAX_NESTING 4
#define EP_PRIVATE (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)
#define EP_EXCLUSIVE_OK (EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)
#define RANK_EPOLL_READY (RANK_WAIT_QUEUE + 5)
#define ITEM_WAITERS 2

struct epoll {
    struct mutex lock;
    struct rb_root items;         /* lock */
    unsigned n_items;             /* lock for writers */
    struct spinlock ready_lock;
    struct list_node ready;       /* ready_lock */
    struct wait_queue sleepers;   /* epoll_wait callers, exclusive */
    struct wait_queue watchers;   /* poll or another epoll watches this one */
    struct file *file;            /* I */
};

/* Storage for waiters beyond the first two wait queues of a file. */
struct extra_waiter {
    struct extra_waiter *next;
    struct waiter waiter;
};

struct epoll_item {
    struct rb_node node;          /* ep->lock */
    struct list_node ready_link;  /* ready_lock; empty when not ready */
    struct list_node file_link;   /* watch_lock */
    struct epoll *ep;             /* I */
    struct file *file;            /* I, borrowed */
    int fd;                       /* I */
    uint32_t events;              /* ep->lock; read racily by wake-ups */
    uint64_t data;                /* ep->lock */
    unsigned n_waiters;
    struct waiter waiters[ITEM_WAITERS];
    struct extra_waiter *extra;
    bool no_memory;
};

static struct mutex watch_lock = MUTEX_INIT(watch_lock);
static const struct file_ops epoll_ops;

static inline bool item_less(const struct rb_node *a, const struct rb_node *b)
{
    const struct epoll_item *x = rb_entry(a, struct epoll_item, node), *y = rb_entry(b, struct epoll_item, node);

    return x->file != y->file ? x->file < y->file : x->fd < y->fd;
}

static struct epoll_item *item_find(struct epoll *ep, const struct file *f, int fd)
{
    struct rb_node *n = ep->items.node;

    while (n != NULL) {
        struct epoll_item *i = rb_entry(n, struct epoll_item, node);
        if (i->file == f && i->fd == fd)
            return i;
        bool left = i->file != f ? f < i->file : fd < i->fd;
        n = left ? n->left : n->right;
    }
    return NULL;
}

/* Returns true if the item was not on the list. */
static bool make_ready(struct epoll_item *i)
{
    struct epoll *ep = i->ep;
    irq_flags_t flags = spin_lock_irqsave(&ep->ready_lock);
    bool added = list_empty(&i->ready_link);

    if (added)
        list_push_back(&ep->ready, &i->ready_link);
    spin_unlock_irqrestore(&ep->ready_lock, flags);
    return added;
}

static unsigned announce(struct epoll *ep)
{
    unsigned woken = 0;

    if (wait_queue_active(&ep->sleepers))
        woken = wait_queue_wake(&ep->sleepers, 1, 0);
    if (wait_queue_active(&ep->watchers))
        wait_queue_wake(&ep->watchers, 1, EPOLLIN | EPOLLRDNORM);
    return woken;
}

static bool item_wake(struct waiter *w, uint64_t key)
{
    struct epoll_item *i = w->arg;
    uint32_t wanted = i->events;

    if ((wanted & ~EP_PRIVATE) == 0 || (key != 0 && !(key & wanted)))
        return false;
    make_ready(i);
    unsigned woken = announce(i->ep);
    return !(wanted & EPOLLEXCLUSIVE) || woken > 0;
}

struct item_poll_table {
    struct poll_table table;
    struct epoll_item *item;
};

static struct waiter *next_waiter(struct epoll_item *i)
{
    if (i->n_waiters < ITEM_WAITERS)
        return &i->waiters[i->n_waiters++];
    struct extra_waiter *x = kmalloc(sizeof *x);
    if (x == NULL)
        return NULL;
    x->next = i->extra;
    i->extra = x;
    return &x->waiter;
}

static void add_waiter(struct poll_table *pt, struct file *f, struct wait_queue *q)
{
    struct epoll_item *i = container_of(pt, struct item_poll_table, table)->item;
    struct waiter *w = next_waiter(i);

    if (w == NULL) {
        i->no_memory = true;
        return;
    }
    waiter_init_fn(w, item_wake, i);
    w->exclusive = i->events & EPOLLEXCLUSIVE;
    wait_queue_add(q, w);
}

static void item_unqueue(struct epoll_item *i)
{
    for (unsigned k = 0; k < i->n_waiters; k++)
        wait_queue_remove(&i->waiters[k]);
    while (i->extra != NULL) {
        struct extra_waiter *x = i->extra;
        i->extra = x->next;
        wait_queue_remove(&x->waiter);
        kfree(x);
    }
}

static void unready(struct epoll_item *i)
{
    irq_flags_t flags = spin_lock_irqsave(&i->ep->ready_lock);

    list_remove(&i->ready_link);
    spin_unlock_irqrestore(&i->ep->ready_lock, flags);
}

/* Under watch_lock and ep->lock. */
static void item_destroy(struct epoll_item *i)
{
    item_unqueue(i);
    unready(i);
    list_remove(&i->file_link);
    if (i->file->epoll_items != NULL && list_empty(i->file->epoll_items)) {
        kfree(i->file->epoll_items);
        i->file->epoll_items = NULL;
    }
    rb_erase(&i->ep->items, &i->node);
    i->ep->n_items--;
    kfree(i);
}

static void epoll_forget_file(struct file *f)
{
    mutex_lock(&watch_lock);
    while (f->epoll_items != NULL) {
        struct epoll_item *i = list_first_entry((struct list_node *)f->epoll_items, struct epoll_item, file_link);
        struct epoll *ep = i->ep;
        mutex_lock(&ep->lock);
        item_destroy(i);
        mutex_unlock(&ep->lock);
    }
    mutex_unlock(&watch_lock);
}

static uint32_t item_mask(struct epoll_item *i)
{
    return file_poll(i->file, NULL) & i->events & ~EP_PRIVATE;
}

static int link_to_file(struct epoll_item *i)
{
    struct list_node *head = i->file->epoll_items;

    if (head == NULL) {
        head = kmalloc(sizeof *head);
        if (head == NULL)
            return -ENOMEM;
        list_init(head);
        i->file->epoll_items = head;
    }
    list_push_back(head, &i->file_link);
    return 0;
}

static int item_add(struct epoll *ep, struct file *f, int fd, const struct epoll_event *ev)
{
    struct epoll_item *i = kzalloc(sizeof *i);

    if (i == NULL)
        return -ENOMEM;
    list_init(&i->ready_link);
    i->ep = ep;
    i->file = f;
    i->fd = fd;
    i->events = ev->events | EPOLLERR | EPOLLHUP;
    i->data = ev->data.u64;
    if (link_to_file(i) != 0) {
        kfree(i);
        return -ENOMEM;
    }
    rb_insert(&ep->items, &i->node, item_less);
    ep->n_items++;
    struct item_poll_table pt = {{.add = add_waiter, .events = i->events}, i};
    uint32_t mask = file_poll(f, &pt.table) & i->events & ~EP_PRIVATE;
    if (i->no_memory) {
        item_destroy(i);
        return -ENOMEM;
    }
    if (mask != 0 && make_ready(i))
        announce(ep);
    return 0;
}

static int item_modify(struct epoll_item *i, const struct epoll_event *ev)
{
    if ((i->events & EPOLLEXCLUSIVE) || (ev->events & EPOLLEXCLUSIVE))
        return -EINVAL;
    i->events = ev->events | EPOLLERR | EPOLLHUP;
    i->data = ev->data.u64;
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* a wake-up either sees the new mask or happened before this poll */
    if (item_mask(i) != 0 && make_ready(i))
        announce(i->ep);
    return 0;
}

/* How deep epolls are nested below @ep; stops past the limit. *found: @needle is among them. */
static unsigned depth_below(struct epoll *ep, const struct epoll *needle, bool *found, unsigned level)
{
    unsigned deepest = 0;

    if (ep == needle)
        *found = true;
    if (*found || level > MAX_NESTING)
        return 0;
    for (struct rb_node *n = rb_first(&ep->items); n != NULL && !*found; n = rb_next(n)) {
        struct epoll_item *i = rb_entry(n, struct epoll_item, node);
        if (file_is_epoll(i->file))
            deepest = max(deepest, 1 + depth_below(i->file->priv, needle, found, level + 1));
    }
    return deepest;
}

static unsigned depth_above(struct epoll *ep, unsigned level)
{
    struct list_node *head = ep->file->epoll_items;
    struct epoll_item *i;
    unsigned highest = 0;

    if (head == NULL || level > MAX_NESTING)
        return 0;
    LIST_FOR_EACH (i, head, file_link)
        highest = max(highest, 1 + depth_above(i->ep, level + 1));
    return highest;
}

static int check_nesting(struct epoll *ep, struct epoll *child)
{
    bool found = false;
    unsigned below = depth_below(child, ep, &found, 0);

    return found || below + 1 + depth_above(ep, 0) > MAX_NESTING ? -ELOOP : 0;
}

static int control_locked(struct epoll *ep, int op, int fd, struct file *target, const struct epoll_event *ev)
{
    struct epoll_item *i = item_find(ep, target, fd);

    switch (op) {
    case EPOLL_CTL_ADD:
        return i != NULL ? -EEXIST : item_add(ep, target, fd, ev);
    case EPOLL_CTL_DEL:
        if (i == NULL)
            return -ENOENT;
        item_destroy(i);
        return 0;
    case EPOLL_CTL_MOD:
        return i == NULL ? -ENOENT : item_modify(i, ev);
    default:
        return -EINVAL;
    }
}

int epoll_control(struct file *epf, int op, int fd, struct file *target, const struct epoll_event *ev)
{
    int r = 0;

    if (target->ops->poll == NULL)
        return -EPERM;
    if (epf == target || !file_is_epoll(epf))
        return -EINVAL;
    if (op != EPOLL_CTL_DEL && (ev->events & EPOLLEXCLUSIVE) &&
        (op == EPOLL_CTL_MOD || (ev->events & ~EP_EXCLUSIVE_OK) || file_is_epoll(target)))
        return -EINVAL;
    struct epoll *ep = epf->priv;
    mutex_lock(&watch_lock);
    if (op == EPOLL_CTL_ADD && file_is_epoll(target))
        r = check_nesting(ep, target->priv);
    if (r == 0) {
        mutex_lock(&ep->lock);
        r = control_locked(ep, op, fd, target, ev);
        mutex_unlock(&ep->lock);
    }
    mutex_unlock(&watch_lock);
    return r;
}

/*
 * All that is ready now. What a wake-up adds from here on is for the next call: an item that was looked at already must not come twice in one
 * answer, because the program may close and free at its first event what the second would name.
 */
static void take_ready(struct epoll *ep, struct list_node *batch)
{
    irq_flags_t flags = spin_lock_irqsave(&ep->ready_lock);

    list_splice_back(batch, &ep->ready);
    spin_unlock_irqrestore(&ep->ready_lock, flags);
}

static struct epoll_item *pop_item(struct epoll *ep, struct list_node *batch)
{
    irq_flags_t flags = spin_lock_irqsave(&ep->ready_lock);
    struct list_node *n = list_pop_front(batch);

    spin_unlock_irqrestore(&ep->ready_lock, flags);
    return n == NULL ? NULL : container_of(n, struct epoll_item, ready_link);
}

/* What was not looked at stays in front; level-triggered items go back behind everything that became ready meanwhile. */
static bool requeue(struct epoll *ep, struct list_node *batch, struct list_node *again)
{
    irq_flags_t flags = spin_lock_irqsave(&ep->ready_lock);

    list_splice_back(batch, &ep->ready);
    list_splice_back(batch, again);
    list_splice_back(&ep->ready, batch);
    bool more = !list_empty(&ep->ready);
    spin_unlock_irqrestore(&ep->ready_lock, flags);
    return more;
}

static void keep(struct epoll *ep, struct epoll_item *i, struct list_node *again)
{
    irq_flags_t flags = spin_lock_irqsave(&ep->ready_lock);

    if (list_empty(&i->ready_link))
        list_push_back(again, &i->ready_link);
    spin_unlock_irqrestore(&ep->ready_lock, flags);
}

static int collect(struct epoll *ep, struct epoll_event *out, int max_events)
{
    struct list_node batch = LIST_INIT(batch), again = LIST_INIT(again);
    struct epoll_item *i;
    int n = 0;

    mutex_lock(&ep->lock);
    take_ready(ep, &batch);
    while (n < max_events && (i = pop_item(ep, &batch)) != NULL) {
        uint32_t mask = item_mask(i);
        if (mask == 0)
            continue;
        out[n].events = mask;
        out[n].data.u64 = i->data;
        n++;
        if (i->events & EPOLLONESHOT)
            i->events &= EP_PRIVATE;
        else if (!(i->events & EPOLLET))
            keep(ep, i, &again);
    }
    bool more = requeue(ep, &batch, &again);
    mutex_unlock(&ep->lock);
    if (more && n > 0 && wait_queue_active(&ep->sleepers))
        wait_queue_wake(&ep->sleepers, 1, 0);
    return n;
}

static bool has_ready(struct epoll *ep)
{
    return !list_empty(&ep->ready);
}

static int wait_ready(struct epoll *ep, nsec_t deadline_ns)
{
    struct waiter w;
    int r = 0;

    waiter_init(&w);
    w.exclusive = true;
    wait_queue_add(&ep->sleepers, &w);
    while (!has_ready(ep) && r == 0) {
        wait_prepare(true);
        if (has_ready(ep)) {
            wait_cancel();
            break;
        }
        r = wait_commit(deadline_ns);
    }
    wait_queue_remove(&w);
    return has_ready(ep) ? 0 : r;
}

unsigned epoll_watched(struct file *epf)
{
    return file_is_epoll(epf) ? READ_ONCE(((struct epoll *)epf->priv)->n_items) : 0;
}

int epoll_wait_events(struct file *epf, struct epoll_event *out, int max_events, nsec_t deadline_ns)
{
    if (!file_is_epoll(epf))
        return -EINVAL;
    struct epoll *ep = epf->priv;
    for (;;) {
        if (has_ready(ep)) {
            int n = collect(ep, out, max_events);
            if (n != 0)
                return n;
        }
        if (deadline_ns == 0)
            return 0;
        int r = wait_ready(ep, deadline_ns);
        if (r == -ETIMEDOUT)
            return 0;
        if (r != 0)
            return r;
    }
}

static unsigned epoll_poll(struct file *f, struct poll_table *pt)
{
    struct epoll *ep = f->priv;
    struct list_node batch = LIST_INIT(batch), again = LIST_INIT(again);
    struct epoll_item *i;
    unsigned mask = 0;

    poll_wait(pt, f, &ep->watchers);
    mutex_lock(&ep->lock);
    take_ready(ep, &batch);
    while (mask == 0 && (i = pop_item(ep, &batch)) != NULL)
        if (item_mask(i) != 0) {
            mask = POLLIN | POLLRDNORM;
            keep(ep, i, &again);
        }
    requeue(ep, &batch, &again);
    mutex_unlock(&ep->lock);
    return mask;
}

static void epoll_release(struct file *f)
{
    struct epoll *ep = f->priv;
    struct rb_node *n;

    mutex_lock(&watch_lock);
    mutex_lock(&ep->lock);
    while ((n = rb_first(&ep->items)) != NULL)
        item_destroy(rb_entry(n, struct epoll_item, node));
    mutex_unlock(&ep->lock);
    mutex_unlock(&watch_lock);
    kfree(ep);
}

static const struct file_ops epoll_ops = {.kind = "eventpoll", .poll = epoll_poll, .release = epoll_release};

bool file_is_epoll(const struct file *f)
{
    return f->ops == &epoll_ops;
}

static void nested_queue_init(struct wait_queue *q)
{
    wait_queue_init(q);
    q->lock.rank = RANK_NONE;
}

struct file *epoll_create_file(void)
{
    struct epoll *ep = kzalloc(sizeof *ep);

    if (ep == NULL)
        return NULL;
    mutex_init(&ep->lock);
    rb_root_init(&ep->items, NULL);
    spin_init(&ep->ready_lock, RANK_EPOLL_READY);
    list_init(&ep->ready);
    nested_queue_init(&ep->sleepers);
    nested_queue_init(&ep->watchers);
    file_set_epoll_hook(epoll_forget_file);
    struct file *f = file_alloc(&epoll_ops, O_RDWR, ep);
    ep->file = f;
    if (f == NULL)
        kfree(ep);
    return f;
}
