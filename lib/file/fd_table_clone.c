// SPDX-License-Identifier: BSD-3-Clause
// Descriptor tables as objects: creation, copies for fork, destruction.
#include "fd_table_private.h"

#include "base/atomic.h"
#include "mem/kalloc.h"

struct fd_table *fd_table_create(void)
{
    struct fd_table *t = kzalloc(sizeof(*t));

    if (t != NULL)
        fd_table_init(t);
    return t;
}

struct fd_table *fd_table_get(struct fd_table *t)
{
    atomic_add_relaxed(&t->refs, 1);
    return t;
}

static void free_arrays(struct fd_table *t)
{
    struct fd_array *a = t->array;

    while (a != &t->first) {
        struct fd_array *older = a->outgrown;
        kfree(a);
        a = older;
    }
}

void fd_table_put(struct fd_table *t)
{
    if (atomic_fetch_sub(&t->refs, 1) != 1)
        return;
    for (int fd = 0; (fd = fd_next(t, fd)) >= 0; fd++)
        fd_close(t, fd);
    free_arrays(t);
    kfree(t);
}

/* Under @t's lock; @copy is not published yet. Returns false if @copy is too small. */
static bool copy_descriptors(struct fd_table *copy, struct fd_table *t)
{
    bool fits;

    spin_lock(&t->lock);
    struct fd_array *from = t->array, *to = copy->array;
    fits = from->capacity <= to->capacity;
    for (unsigned fd = 0; fits && fd < from->capacity; fd++) {
        if (from->files[fd] == NULL)
            continue;
        to->files[fd] = file_get(from->files[fd]);
        bit_assign(to->used, fd, true);
        bit_assign(to->cloexec, fd, bit_test(from->cloexec, fd));
    }
    spin_unlock(&t->lock);
    return fits;
}

struct fd_table *fd_table_clone(struct fd_table *t)
{
    struct fd_table *copy = fd_table_create();

    if (copy == NULL)
        return NULL;
    copy->limit = t->limit;
    while (!copy_descriptors(copy, t)) {
        if (fd_table_grow(copy, atomic_load_acquire(&t->array)->capacity - 1) != 0) {
            fd_table_put(copy);
            return NULL;
        }
    }
    return copy;
}
