// SPDX-License-Identifier: BSD-3-Clause
// Descriptor tables: look-up, allocation and closing.
//
// Look-up takes no lock: struct file memory is type-stable (file.c), so a reader may raise the count of whatever it finds, unless it is
// zero, and then check that the slot still names that file. Outgrown arrays are kept until the table dies. A spinlock orders changes.
#include "fd_table_private.h"

#include "base/atomic.h"
#include "base/string.h"
#include "mem/kalloc.h"
#include <errno.h>
#include <fcntl.h>

static struct fd_table boot_table; /* until room process registers a hook */
static struct fd_table *(*current_hook)(void);

void fd_table_init(struct fd_table *t)
{
    t->refs = 1;
    spin_init(&t->lock, RANK_FILE);
    t->first = (struct fd_array){
        .capacity = FD_INLINE, .files = t->first_files, .used = &t->first_used, .cloexec = &t->first_cloexec};
    t->limit = FD_RESERVED_LIMIT;
    atomic_store_release(&t->array, &t->first);
}

void fd_table_set_current_hook(struct fd_table *(*fn)(void))
{
    current_hook = fn;
}

struct fd_table *fd_table_current(void)
{
    if (likely(current_hook != NULL))
        return current_hook();
    if (boot_table.array == NULL)
        fd_table_init(&boot_table);
    return &boot_table;
}

static bool file_try_get(struct file *f)
{
    uint32_t *refs = (uint32_t *)&f->refs;
    uint32_t old = atomic_load_relaxed(refs);

    while (old != 0)
        if (atomic_cmpxchg(refs, &old, old + 1))
            return true;
    return false;
}

struct file *fd_table_file(struct fd_table *t, int fd)
{
    for (;;) {
        struct fd_array *a = atomic_load_acquire(&t->array);
        if ((unsigned)fd >= a->capacity)
            return NULL;
        struct file *f = atomic_load_acquire(&a->files[fd]);
        if (f == NULL)
            return NULL;
        if (!file_try_get(f))
            continue; /* being closed: the slot changes at once */
        if (likely(atomic_load_acquire(&a->files[fd]) == f))
            return f;
        file_put(f);
    }
}

struct file *fd_get_path(int fd)
{
    return fd_table_file(fd_table_current(), fd);
}

struct file *fd_get(int fd)
{
    struct file *f = fd_table_file(fd_table_current(), fd);

    if (f != NULL && unlikely(f->flags & O_PATH)) {
        file_put(f);
        return NULL;
    }
    return f;
}

static struct fd_array *array_create(unsigned capacity)
{
    size_t words = capacity / 64;
    struct fd_array *a = kzalloc(sizeof(*a) + capacity * sizeof(struct file *) + 2 * words * sizeof(uint64_t));

    if (a == NULL)
        return NULL;
    a->capacity = capacity;
    a->files = (struct file **)(a + 1);
    a->used = (uint64_t *)(a->files + capacity);
    a->cloexec = a->used + words;
    return a;
}

static void array_copy(struct fd_array *to, const struct fd_array *from)
{
    memcpy(to->files, from->files, from->capacity * sizeof(struct file *));
    memcpy(to->used, from->used, from->capacity / 8);
    memcpy(to->cloexec, from->cloexec, from->capacity / 8);
    to->outgrown = (struct fd_array *)from;
}

int fd_table_grow(struct fd_table *t, unsigned wanted)
{
    unsigned capacity = FD_INLINE;

    while (capacity <= wanted)
        capacity *= 2;
    struct fd_array *a = array_create(capacity);
    if (a == NULL)
        return -ENOMEM;
    spin_lock(&t->lock);
    if (t->array->capacity < capacity) {
        array_copy(a, t->array);
        atomic_store_release(&t->array, a);
        a = NULL;
    }
    spin_unlock(&t->lock);
    kfree(a);
    return 0;
}

static unsigned find_free(const struct fd_array *a, unsigned from)
{
    for (unsigned word = from / 64; word < a->capacity / 64; word++) {
        uint64_t free_bits = ~a->used[word];
        if (word == from / 64)
            free_bits &= ~UINT64_C(0) << (from % 64);
        if (free_bits != 0)
            return word * 64 + (unsigned)__builtin_ctzll(free_bits);
    }
    return a->capacity;
}

int fd_alloc(struct fd_table *t, int min_fd, bool cloexec)
{
    unsigned long limit = min(atomic_load_relaxed(&t->limit), (unsigned long)FD_MAX);

    for (;;) {
        spin_lock(&t->lock);
        struct fd_array *a = t->array;
        unsigned from = max((unsigned)min_fd, t->lowest_free);
        unsigned fd = find_free(a, from);
        if (fd >= limit) {
            spin_unlock(&t->lock);
            return -EMFILE;
        }
        if (fd < a->capacity) {
            bit_assign(a->used, fd, true);
            bit_assign(a->cloexec, fd, cloexec);
            if ((unsigned)min_fd <= t->lowest_free)
                t->lowest_free = fd + 1;
            spin_unlock(&t->lock);
            return (int)fd;
        }
        spin_unlock(&t->lock);
        int r = fd_table_grow(t, max(fd, (unsigned)min_fd));
        if (r != 0)
            return r;
    }
}

void fd_install(struct fd_table *t, int fd, struct file *f)
{
    spin_lock(&t->lock);
    atomic_store_release(&t->array->files[fd], f); /* pairs with fd_table_file */
    spin_unlock(&t->lock);
}

void fd_release_reserved(struct fd_table *t, int fd)
{
    spin_lock(&t->lock);
    fd_take_locked(t, (unsigned)fd);
    spin_unlock(&t->lock);
}

struct file *fd_take_locked(struct fd_table *t, unsigned fd)
{
    struct fd_array *a = t->array;
    struct file *f = a->files[fd];

    atomic_store_release(&a->files[fd], NULL);
    bit_assign(a->used, fd, false);
    bit_assign(a->cloexec, fd, false);
    if (fd < t->lowest_free)
        t->lowest_free = fd;
    return f;
}

int fd_open_file(struct file *f, bool cloexec)
{
    struct fd_table *t = fd_table_current();
    int fd = fd_alloc(t, 0, cloexec);

    if (fd < 0)
        file_put(f);
    else
        fd_install(t, fd, f);
    return fd;
}

int fd_close(struct fd_table *t, int fd)
{
    struct file *f = NULL;

    spin_lock(&t->lock);
    if ((unsigned)fd < t->array->capacity && t->array->files[fd] != NULL)
        f = fd_take_locked(t, (unsigned)fd);
    spin_unlock(&t->lock);
    if (f == NULL)
        return -EBADF;
    file_run_closed_hook(f, t);
    file_put(f);
    return 0;
}
