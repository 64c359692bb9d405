// SPDX-License-Identifier: BSD-3-Clause
// futex_waitv: waiting for any of several words.
#include "futex_private.h"
#include "mem/kalloc.h"
#include "sched/wait.h"
#include <abi/futex.h>
#include <abi/restart.h>
#include <errno.h>

/* Take all of the first @n off. Return: the last one that a waker had taken, or -1. */
static int unqueue_all(struct futex_waiter *w, unsigned n)
{
    int woken = -1;

    for (unsigned i = 0; i < n; i++) {
        if (!futex_unqueue(&w[i]))
            woken = (int)i;
    }
    return woken;
}

/* Queue everywhere; the wait is prepared on success. On failure nothing stays queued; *woken says if a waker was there meanwhile. */
static int queue_all(const struct futex_wait_item *items, struct futex_waiter *w, unsigned n, int *woken)
{
    *woken = -1;
    for (unsigned i = 0; i < n; i++) {
        int err = futex_queue_if(items[i].uaddr, items[i].val, &w[i]);
        if (err == 0)
            continue;
        wait_cancel();
        *woken = unqueue_all(w, i);
        return err;
    }
    return 0;
}

static bool any_woken(const struct futex_waiter *w, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (atomic_load_acquire(&w[i].woken))
            return true;
    }
    return false;
}

long futex_waitv(const struct futex_wait_item *items, unsigned n, const struct futex_deadline *deadline)
{
    int r = 0, woken;
    struct futex_waiter *w = kcalloc(n, sizeof(*w));

    if (w == NULL)
        return -ENOMEM;
    for (unsigned i = 0; i < n && r == 0; i++) {
        r = futex_key(items[i].uaddr, items[i].flags, &w[i].key);
        futex_waiter_init(&w[i], FUTEX_BITSET_MATCH_ANY, FUTEX_WAITS);
    }
    while (r == 0) {
        r = queue_all(items, w, n, &woken);
        if (r != 0) {
            r = woken >= 0 ? woken : r;
            break;
        }
        /* a page fault between two of the words may have ended the announcement of the first */
        wait_prepare(true);
        if (any_woken(w, n)) {
            wait_cancel();
            r = unqueue_all(w, n);
            break;
        }
        int why = wait_commit(futex_deadline_monotonic(deadline));
        woken = unqueue_all(w, n);
        if (woken >= 0) {
            r = woken;
            break;
        }
        r = why == -EINTR ? -ERESTARTSYS : why;
    }
    kfree(w);
    return r;
}
